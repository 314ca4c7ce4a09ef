"""One release per state of the inputs, whatever happens in between: kills, full disks, failed checks."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pytest
from frictionless import Resource

import warehouse.release.tables
from flows.night import Report
from schemas.catalog import PUBLISHED
from schemas.errors import StorageError
from tests.nights import ask, tree
from tests.small_nights import comparable, deliver, run_at, small_registers, stamp
from warehouse.release.shelf import damaged_files

pytestmark = pytest.mark.slow

AUGUST = ("rekap_91_20230831.csv", "penduduk_bekerja_91_202308.xlsx")


@dataclass(frozen=True)
class Shelf:
    """A data root after a night."""

    root: Path
    registers: Path
    report: Report
    #: What somebody read who had the release before open: before the night and after it.
    read_meanwhile: list[str] = field(default_factory=list)

    @property
    def published(self) -> Path:
        return self.root / "published"

    def copy(self, to: Path) -> Path:
        """Copy the data root, with every moment of every file."""
        shutil.copytree(self.root, to, symlinks=True)
        return to


@pytest.fixture(scope="module")
def registers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_registers(tmp_path_factory.mktemp("small") / "registers")


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory, registers: Path) -> Shelf:
    """August 2023 in Papua Barat, as published."""
    root = tmp_path_factory.mktemp("first")
    deliver(root / "landing", *AUGUST)
    return Shelf(root, registers, run_at(root, registers=registers))


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory, first: Shelf) -> Shelf:
    """The night after: Kaimana's 25.721 members were delivered anew as 26.000, undisturbed."""
    root = first.copy(tmp_path_factory.mktemp("second") / "root")
    _deliver_anew(root)
    with duckdb.connect(str(root / "published" / "latest" / "cakupan.duckdb"), read_only=True) as analyst:
        read = [_kaimana(analyst)]
        report = run_at(root, registers=first.registers, day=6)
        read.append(_kaimana(analyst))
    return Shelf(root, first.registers, report, read)


def _deliver_anew(root: Path) -> None:
    """Kaimana anew, and the count of an earlier day of the month, which does not count beside the later one."""
    (root / "landing" / "rekap_91_20230815.csv").write_text(
        "wilayah,segmen,peserta_aktif\n9101,TOTAL,20000\n"
    )
    stamp(root / "landing" / "rekap_91_20230815.csv", day=5)
    path = root / "landing" / AUGUST[0]
    path.write_bytes(path.read_bytes().replace(b"25.721", b"26.000"))
    stamp(path, day=5)


def _state(path: Path) -> tuple[int, int]:
    seen = path.lstat()
    return seen.st_mtime_ns, seen.st_ino


def test_an_unchanged_input_publishes_nothing_and_every_byte_stays(first: Shelf) -> None:
    assert first.report.outcome == "published"
    before = comparable(first.published)
    moments = {path: _state(path) for path in first.published.rglob("*") if path.name != "metrics.prom"}
    again = run_at(first.root, registers=first.registers, day=7)
    assert (again.outcome, again.release_id, again.exit_code) == ("nothing_new", first.report.release_id, 0)
    assert again.files_read == 0
    assert comparable(first.published) == before
    assert {path: _state(path) for path in moments} == moments


def test_two_data_roots_with_the_same_inputs_publish_the_same_bytes(first: Shelf, tmp_path: Path) -> None:
    deliver(tmp_path / "landing", *AUGUST)
    twin = run_at(tmp_path, registers=first.registers, threads=1)
    assert twin.release_id == first.report.release_id
    assert comparable(tmp_path / "published") == comparable(first.published)


def test_the_second_release_tells_what_it_revised(first: Shelf, second: Shelf) -> None:
    """26,000 / 20,390 = 127.51 instead of 126.15; the province 128,636 / 155,222 = 82.87 instead of 82.69."""
    old, new = first.report.release_id, second.report.release_id
    assert second.report.outcome == "published"
    assert old != new
    latest = second.published / "latest"
    assert latest.readlink() == Path(str(new))
    with (latest / "revisions.csv").open(encoding="utf-8", newline="") as stream:
        revisions = list(csv.DictReader(stream))
    cells = {
        (row["table"], row["key"], row["column"]): (row["old"], row["new"], row["reason"])
        for row in revisions
    }
    reason = "membership_delivered"
    assert cells["coverage_by_regency", "2023-08-01 9102", "coverage_pct"] == ("126.15", "127.51", reason)
    assert cells["coverage_by_regency", "2023-08-01 9102", "active_members"] == ("25721", "26000", reason)
    assert cells["coverage_by_regency", "2023-08-01 9102", "figure_status"] == ("final", "revised", reason)
    assert cells["coverage_by_province", "2023-08-01 91", "coverage_pct"] == ("82.69", "82.87", reason)
    claim = ("published_figures", "kabupaten-kaimana-20230831-total", "verdict")
    assert cells[claim][:2] == ("ties", "differs")
    assert {row["release_id"] for row in revisions} == {new}
    releases = json.loads((second.published / "releases.json").read_text(encoding="utf-8"))
    assert [release["release_id"] for release in releases] == [new, old]
    assert [release["previous_release_id"] for release in releases] == [old, None]
    delivered = sum(row["reason"] == "membership_delivered" for row in revisions)
    follows = len(revisions) - delivered
    assert follows > delivered > 0
    assert releases[0]["what_changed"] == (
        f"{len(revisions)} cells changed against {old}: it follows from other figures ({follows}), "
        f"an office delivered members anew ({delivered}); see revisions.csv."
    )
    changelog = (latest / "CHANGELOG.md").read_text(encoding="utf-8")
    assert releases[0]["what_changed"] in changelog
    assert "`coverage_by_regency`" in changelog


def test_a_release_never_changes_once_it_is_public(first: Shelf, second: Shelf) -> None:
    old = str(first.report.release_id)
    assert tree(second.published / old) == tree(first.published / old)
    assert damaged_files(second.published / old) == []


def test_whoever_reads_during_the_night_keeps_the_release_they_opened(second: Shelf) -> None:
    assert second.read_meanwhile == ["126.15", "126.15"]
    with duckdb.connect(
        str((second.published / "latest").resolve() / "cakupan.duckdb"), read_only=True
    ) as newcomer:
        assert _kaimana(newcomer) == "127.51"


def _kaimana(database: duckdb.DuckDBPyConnection) -> str:
    query = "SELECT coverage_pct::VARCHAR FROM marts.coverage_by_regency WHERE regency_code = '9102'"
    return str(database.execute(query).fetchall()[0][0])


def test_inputs_that_are_back_bring_their_release_back(first: Shelf, tmp_path: Path) -> None:
    root = first.copy(tmp_path / "root")
    other = tmp_path / "registers"
    shutil.copytree(first.registers, other)
    with (other / "targets.csv").open("a", encoding="utf-8") as stream:
        stream.write("91-2023,91,2023,90,,workers_residence,eligible_workers,true,Gubernur,,http://x,\n")
    changed = run_at(root, registers=other, day=6)
    assert changed.outcome == "published"
    assert changed.release_id != first.report.release_id
    back = run_at(root, registers=first.registers, day=7)
    assert (back.outcome, back.release_id) == ("published", first.report.release_id)
    assert (root / "published" / "latest").readlink() == Path(str(first.report.release_id))
    assert tree(root / "published" / str(back.release_id)) == tree(first.published / str(back.release_id))
    releases = json.loads((root / "published" / "releases.json").read_text(encoding="utf-8"))
    # The folder speaks for itself: it was published on the 5th, as the first one.
    assert [
        (release["release_id"], release["published_at"][:10], release["previous_release_id"])
        for release in releases
    ] == [
        (first.report.release_id, "2026-01-05", None),
        (changed.release_id, "2026-01-06", first.report.release_id),
    ]
    assert run_at(root, registers=first.registers, day=8).outcome == "nothing_new"


def test_a_failed_check_leaves_the_last_release_public(first: Shelf, tmp_path: Path) -> None:
    """Kaimana stands in a second file of the same day: it would count twice."""
    root = first.copy(tmp_path / "root")
    (root / "landing" / "rekap_00_20230831.csv").write_text(
        "wilayah,segmen,peserta_aktif\n9102,TOTAL,25721\n"
    )
    stamp(root / "landing" / "rekap_00_20230831.csv", day=5)
    before = comparable(root / "published")
    failed = run_at(root, registers=first.registers, day=6)
    assert (failed.outcome, failed.exit_code, failed.release_id) == ("checks_failed", 6, None)
    assert [finding.check.check_id for finding in failed.findings if finding.stops_release] == [
        "region_reported_twice"
    ]
    assert comparable(root / "published") == before


def test_a_full_disk_while_publishing_leaves_the_last_release_public(
    first: Shelf, second: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = first.copy(tmp_path / "root")
    _deliver_anew(root)
    before = comparable(root / "published")
    true = warehouse.release.tables._write

    def full(*given: Any, **named: Any) -> int:
        if given[1].name == "coverage_nationwide":
            raise OSError(28, "No space left on device")
        return true(*given, **named)

    with monkeypatch.context() as patched:
        patched.setattr(warehouse.release.tables, "_write", full)
        with pytest.raises(StorageError, match="No space left on device"):
            run_at(root, registers=first.registers, day=6)
    assert (root / "published" / "latest").readlink() == Path(str(first.report.release_id))
    assert damaged_files(root / "published" / "latest") == []
    assert {name for name in comparable(root / "published") if not name.startswith(".")} == set(before)
    assert run_at(root, registers=first.registers, day=6).outcome == "published"
    assert comparable(root / "published") == comparable(second.published)


def test_a_lost_release_and_a_lost_link_are_made_again(second: Shelf, tmp_path: Path) -> None:
    root = second.copy(tmp_path / "root")
    newest = str(second.report.release_id)
    (root / "published" / "latest").unlink()
    shutil.rmtree(root / "published" / newest)
    again = run_at(root, registers=second.registers, day=6)
    assert (again.outcome, again.release_id) == ("published", newest)
    assert comparable(root / "published") == comparable(second.published)


def test_the_data_package_describes_every_csv_as_it_is(second: Shelf) -> None:
    """Held against its schema by another program: types, required cells, lists of values, unique keys."""
    folder = second.published / "latest"
    described = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    resources = {resource["path"]: resource for resource in described["resources"]}
    assert set(resources) == {f"{entry.name}.{ending}" for entry in PUBLISHED for ending in entry.endings}
    for path, resource in resources.items():
        assert resource["bytes"] == (folder / path).stat().st_size
        if path.endswith(".csv"):
            report = Resource.from_descriptor(resource, basepath=str(folder)).validate()
            assert report.valid, (path, report.flatten(["rowNumber", "fieldName", "type", "note"])[:5])
            with (folder / path).open(encoding="utf-8", newline="") as stream:
                assert len(list(csv.reader(stream))) - 1 == resource["rows"], path


#: Where a night dies, in its order: each run comes further than the one before and finds what that one left.
DEATHS = (
    "flows.nightly:survey after 1",
    "warehouse.staged:_write_account before 1",
    "warehouse.staged:_write_account after 1",
    "flows.stages.loading:load_file before 1",
    "warehouse.load:_load_rows after 1",
    "flows.stages.loading:load_file after 1",
    "flows.stages.statements:claim_repairs after 1",
    "warehouse.build:_build after 9",
    "flows.nightly:build_marts after 1",
    "warehouse.ledger:record_checks after 1",
    "warehouse.release.tables:_write after 5",
    "warehouse.release.snapshot:comment after 3",
    "warehouse.release.shelf:write_manifest after 1",
    "warehouse.release.shelf:place after 1",
    "warehouse.ledger:record_release after 1",
    "warehouse.release.shelf:write_list after 1",
    "warehouse.release.shelf:Path.symlink_to after 1",
    "warehouse.release.shelf:switch_latest after 1",
)


def test_a_night_that_is_killed_again_and_again_ends_in_the_same_release(
    first: Shelf, second: Shelf, tmp_path: Path
) -> None:
    root = first.copy(tmp_path / "root")
    _deliver_anew(root)
    old, new = str(first.report.release_id), str(second.report.release_id)
    with _mortal(root, first.registers) as nights:
        assert nights.stdin is not None
        assert nights.stdout is not None
        for death in DEATHS:
            nights.stdin.write(f"{death}\n")
            nights.stdin.flush()
            assert nights.stdout.readline() == "-9\n", death
            public = (root / "published" / "latest").readlink().name
            assert public == (new if "switch_latest" in death else old), death
            assert damaged_files(root / "published" / public) == [], death
        nights.communicate()
    last = run_at(root, registers=first.registers, day=6)
    assert (last.outcome, last.release_id) == ("nothing_new", new)
    assert comparable(root / "published") == comparable(second.published)
    for table in ("staging.membership_counts", "staging.bases", "ledger.files", "ledger.rejections"):
        query = f"FROM {table} ORDER BY ALL"
        assert ask(root, query) == ask(second.root, query), table
    assert [path.name for path in root.rglob(".*.unfinished")] == []


def _mortal(root: Path, registers: Path) -> subprocess.Popen[str]:
    repository = Path(__file__).parents[2]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.flows.killed_night", str(root), str(registers), "6"],
        cwd=repository,
        env={**os.environ, "PYTHONPATH": str(repository)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
