"""The shelf: folders appear whole, never change, and `latest` is never missing for a moment."""

from __future__ import annotations

import hashlib
import json
import stat
import threading
from pathlib import Path

import duckdb
import pytest

from schemas.errors import StorageError
from warehouse.release import shelf


@pytest.fixture
def published(tmp_path: Path) -> Path:
    folder = tmp_path / "published"
    folder.mkdir()
    return folder


def _placed(published: Path, release_id: str) -> Path:
    unfinished = shelf.unfinished_folder(published, release_id)
    (unfinished / "who.txt").write_text(release_id)
    shelf.write_manifest(unfinished)
    return shelf.place(unfinished, release_id)


def test_a_release_is_built_where_nobody_looks(published: Path) -> None:
    unfinished = shelf.unfinished_folder(published, "r1")
    assert unfinished.name.startswith(".")
    assert not shelf.is_complete(published, "r1")
    (unfinished / "half.csv").write_text("left by a run that was killed")
    assert list(shelf.unfinished_folder(published, "r1").iterdir()) == []


def test_a_placed_release_is_whole_and_readable_by_all(published: Path) -> None:
    unfinished = shelf.unfinished_folder(published, "r1")
    (unfinished / "province").mkdir(mode=0o700)
    (unfinished / "province" / "51.html").write_text("<html>")
    (unfinished / "province" / "51.html").chmod(0o600)
    shelf.write_manifest(unfinished)
    folder = shelf.place(unfinished, "r1")
    assert folder == published / "r1"
    assert shelf.is_complete(published, "r1")
    assert not unfinished.exists()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o755
    assert stat.S_IMODE((folder / "province").stat().st_mode) == 0o755
    assert stat.S_IMODE((folder / "province" / "51.html").stat().st_mode) == 0o644


def test_a_folder_without_its_manifest_is_replaced(published: Path) -> None:
    """It cannot come from a run of ours: a folder appears by one rename, with its manifest inside."""
    (published / "r1").mkdir()
    (published / "r1" / "stray.txt").write_text("x")
    assert not shelf.is_complete(published, "r1")
    _placed(published, "r1")
    assert {path.name for path in (published / "r1").iterdir()} == {"who.txt", shelf.MANIFEST}


def test_the_manifest_lists_every_file_with_its_digest(published: Path) -> None:
    folder = shelf.unfinished_folder(published, "r1")
    (folder / "a").mkdir()
    (folder / "a" / "b.txt").write_text("one")
    (folder / "c.txt").write_text("two")
    digest = shelf.write_manifest(folder)
    text = (folder / shelf.MANIFEST).read_text()
    # sha256sum of "one" and of "two".
    assert text == (
        "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed  a/b.txt\n"
        "3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3  c.txt\n"
    )
    assert digest == hashlib.sha256(text.encode()).hexdigest() == shelf.manifest_digest(folder)
    assert shelf.damaged_files(folder) == []
    (folder / "c.txt").write_text("tow")
    assert shelf.damaged_files(folder) == ["c.txt"]
    (folder / "a" / "b.txt").unlink()
    assert shelf.damaged_files(folder) == ["a/b.txt", "c.txt"]


def test_latest_points_to_a_release_that_is_there(published: Path) -> None:
    assert shelf.latest_release(published) is None
    _placed(published, "r1")
    shelf.switch_latest(published, "r1")
    assert shelf.latest_release(published) == "r1"
    assert (published / "latest").readlink() == Path("r1"), "relative: the shelf can be moved as a whole"
    moved = published.rename(published.with_name("moved"))
    assert (moved / "latest" / "who.txt").read_text() == "r1"
    shelf.switch_latest(moved, "gone")
    assert shelf.latest_release(moved) is None


def test_a_reader_never_misses_latest_while_it_is_switched(published: Path) -> None:
    for release_id in ("r1", "r2"):
        _placed(published, release_id)
    shelf.switch_latest(published, "r1")
    seen: list[str] = []
    failures: list[Exception] = []
    enough, ready = threading.Event(), threading.Event()

    def read() -> None:
        try:
            while not enough.is_set():
                seen.append((published / "latest" / "who.txt").read_text())
                ready.set()
        except Exception as failure:  # noqa: BLE001
            failures.append(failure)
            ready.set()

    reader = threading.Thread(target=read)
    reader.start()
    ready.wait()
    while len(seen) < 2_000 and not failures:
        for release_id in ("r2", "r1"):
            shelf.switch_latest(published, release_id)
    enough.set()
    reader.join()
    assert failures == []
    assert set(seen) == {"r1", "r2"}


def test_whoever_has_the_old_database_open_keeps_it(published: Path) -> None:
    for number in (1, 2):
        unfinished = shelf.unfinished_folder(published, f"r{number}")
        with duckdb.connect(str(unfinished / "cakupan.duckdb")) as made:
            made.execute(f"CREATE TABLE figures AS SELECT {number} AS release FROM range(10000)")
        shelf.write_manifest(unfinished)
        shelf.place(unfinished, f"r{number}")
    shelf.switch_latest(published, "r1")
    with (
        duckdb.connect(str(published / "latest" / "cakupan.duckdb"), read_only=True) as analyst,
        (published / "latest" / "SHA256SUMS").open() as stream,
    ):
        shelf.switch_latest(published, "r2")
        assert analyst.execute("SELECT sum(release)::BIGINT FROM figures").fetchall() == [(10_000,)]
        assert stream.read() == (published / "r1" / "SHA256SUMS").read_text()
        assert (published / "latest" / "SHA256SUMS").read_text() == (
            published / "r2" / "SHA256SUMS"
        ).read_text()
    with duckdb.connect(str((published / "latest").resolve() / "cakupan.duckdb"), read_only=True) as newcomer:
        assert newcomer.execute("SELECT sum(release)::BIGINT FROM figures").fetchall() == [(20_000,)]


def test_what_a_killed_switch_left_is_no_obstacle(published: Path) -> None:
    for release_id in ("r1", "r2"):
        _placed(published, release_id)
    (published / ".latest.unfinished").symlink_to("r1")
    shelf.switch_latest(published, "r2")
    assert shelf.latest_release(published) == "r2"
    assert not (published / ".latest.unfinished").is_symlink()


def test_the_list_tells_the_releases_that_can_be_had(published: Path) -> None:
    for release_id in ("r1", "r2"):
        _placed(published, release_id)
    shelf.write_list(published, [_listed("r1")])
    shelf.write_list(published, [_listed("r2"), _listed("pruned"), _listed("r1")])
    listed = json.loads((published / "releases.json").read_text(encoding="utf-8"))
    assert listed == [_listed("r2"), _listed("r1")]
    assert [path.name for path in published.glob(".*")] == []


def _listed(release_id: str) -> dict[str, str | None]:
    return {
        "release_id": release_id,
        "data_as_of": "2025-03-31",
        "published_at": "2026-01-05 00:00:00+00",
        "previous_release_id": None,
        "input_state": "0123",
        "sha256": "4567",
        "what_changed": "Rilis pertama – „first“",
    }


def test_a_disk_that_refuses_is_told(tmp_path: Path) -> None:
    (tmp_path / "published").write_text("a file where the folder should be")
    with pytest.raises(StorageError) as failure:
        shelf.unfinished_folder(tmp_path / "published", "r1")
    assert "nothing published was changed" in failure.value.hint
