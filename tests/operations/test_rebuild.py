"""The warehouse and the newest release from the landing alone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from flows.operations.rebuild import rebuild
from flows.settings import Settings
from flows.steps import InProcess
from schemas.errors import StorageError
from tests.nights import ask, settings_of, tree
from tests.small_nights import comparable, run_at
from warehouse.release.shelf import damaged_files

COUNTS = "SELECT * FROM staging.worker_counts ORDER BY ALL"
RUNS = "SELECT run_id, outcome FROM ledger.runs ORDER BY ALL"


def _rebuilt(kept: Settings, *, accept_missing: bool = False) -> str | None:
    return rebuild(kept, InProcess(quiet=True), accept_missing=accept_missing).release_id


def test_the_landing_alone_gives_equal_bytes(kept: Settings) -> None:
    before, counts = comparable(kept.paths.published), ask(kept.paths.root, COUNTS)
    latest = kept.paths.latest.readlink().name
    runs = ask(kept.paths.root, RUNS)
    assert _rebuilt(kept) == latest
    assert comparable(kept.paths.published) == before
    assert ask(kept.paths.root, COUNTS) == counts
    assert set(runs) <= set(ask(kept.paths.root, RUNS))
    assert run_at(kept.paths.root, registers=kept.registers, day=9).outcome == "nothing_new"
    assert not list(kept.paths.root.glob(".*"))


def test_a_lost_warehouse_and_lost_rows_are_made_again_byte_by_byte(kept: Settings, tmp_path: Path) -> None:
    """Of a landing in which every delivery stands: of one that was replaced, only the lost ledger knew."""
    root = tmp_path / "fresh"
    shutil.copytree(kept.paths.landing, root / "landing")
    shutil.copy2(kept.paths.root / "pseudonym.key", root)
    latest = run_at(root, registers=kept.registers, day=8).release_id
    counts, published = ask(root, COUNTS), comparable(root / "published")
    for name in ("staged", "quarantine"):
        shutil.rmtree(root / name)
    (root / "warehouse.duckdb").unlink()
    assert _rebuilt(settings_of(root, registers=kept.registers)) == latest
    assert ask(root, COUNTS) == counts
    assert comparable(root / "published") == published


def test_a_damaged_release_is_replaced(kept: Settings) -> None:
    path = kept.paths.latest / "coverage_by_regency.csv"
    content = path.read_bytes()
    path.write_bytes(content[:-9])
    _rebuilt(kept)
    assert path.read_bytes() == content
    assert damaged_files(kept.paths.latest) == []


def test_files_that_count_and_are_gone_stop_a_rebuild_and_change_nothing(kept: Settings) -> None:
    (kept.paths.landing / "rekap_91_20230831.csv").unlink()
    before = tree(kept.paths.root)
    with pytest.raises(
        StorageError, match="1 files that count are not in the landing: rekap_91_20230831.csv"
    ):
        _rebuilt(kept)
    locks = ("run.lock", "keep.lock")
    after = {name: content for name, content in tree(kept.paths.root).items() if name not in locks}
    assert after == {name: content for name, content in before.items() if name not in locks}


def test_without_them_when_that_is_accepted(kept: Settings) -> None:
    (kept.paths.landing / "rekap_91_20230831.csv").unlink()
    before = kept.paths.latest.readlink()
    assert _rebuilt(kept, accept_missing=True) is not None
    assert kept.paths.latest.readlink() != before
    names = ask(kept.paths.root, "SELECT file_name FROM ledger.counted_files")
    assert ("rekap_91_20230831.csv",) not in names


def test_what_is_made_again_is_for_its_owner_alone(kept: Settings) -> None:
    _rebuilt(kept)
    for folder in (kept.paths.staged, kept.paths.quarantine):
        for path in (folder, *folder.rglob("*")):
            assert path.stat().st_mode & 0o077 == 0, path
    assert kept.paths.warehouse.stat().st_mode & 0o077 == 0
