"""Reading months again and publishing again, without Prefect."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from flows import by_hand
from flows.night import Report
from flows.settings import Settings
from flows.steps import InProcess
from schemas.errors import NothingPublished, SettingsError
from tests.nights import ask, run_quietly, settings_of
from tests.small_nights import deliver, small_registers
from warehouse.release.shelf import damaged_files

MARCH = date(2025, 3, 9)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data root with two files, read and published, and its registers beside it. Not to be changed."""
    root = tmp_path_factory.mktemp("by hand") / "data"
    deliver(root / "landing", "rekap_51_20250331.csv", "penduduk_bekerja_51_202503.csv")
    run_quietly(root, registers=small_registers(root.parent / "registers"))
    return root


@pytest.fixture
def given(published: Path, tmp_path: Path) -> Settings:
    """Settings of a copy that may be changed."""
    shutil.copytree(published, tmp_path / "copy", symlinks=True)
    return settings_of(tmp_path / "copy", registers=published.parent / "registers")


def _backfill(settings: Settings, first: date = MARCH, last: date = MARCH) -> Report:
    return by_hand.backfill(settings, InProcess(quiet=True), first, last)


def _members(settings: Settings) -> int:
    ((members,),) = ask(settings.paths.root, "SELECT sum(active_members) FROM staging.membership_counts")
    return int(members)


def test_backfill_reads_files_of_the_months_again(given: Settings) -> None:
    assert _backfill(given).files_read == 2
    assert _backfill(given, date(2025, 4, 1), date(2025, 12, 1)).files_read == 0


def test_backfill_changes_nothing_when_the_files_are_the_same(given: Settings) -> None:
    before = ask(given.paths.root, "SELECT * FROM staging.membership_counts ORDER BY ALL")
    assert _backfill(given).outcome == "nothing_new"
    assert ask(given.paths.root, "SELECT * FROM staging.membership_counts ORDER BY ALL") == before


def test_backfill_sees_bytes_that_changed_behind_size_and_time(given: Settings) -> None:
    path = given.paths.landing / "rekap_51_20250331.csv"
    times = path.stat()
    path.write_bytes(path.read_bytes().replace(b"935.079", b"935.080"))
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert run_quietly(given.paths.root, registers=given.registers).outcome == "nothing_new"
    assert _backfill(given).files_read == 2


def test_backfill_keeps_figures_of_files_that_are_gone(given: Settings) -> None:
    (given.paths.landing / "rekap_51_20250331.csv").unlink()
    assert _backfill(given).files_read == 1
    assert _members(given) == 935_079


def test_backfill_looks_at_rejected_files_again(given: Settings) -> None:
    (given.paths.landing / "rekap_51_20250228.csv").write_text("nonsense\n")
    assert run_quietly(given.paths.root, registers=given.registers).outcome == "partly_failed"
    assert run_quietly(given.paths.root, registers=given.registers).outcome == "nothing_new"
    report = _backfill(given, date(2025, 2, 1), date(2025, 2, 1))
    assert [problem.file for problem in report.problems] == ["rekap_51_20250228.csv"]


def test_months_the_wrong_way_round_are_refused(given: Settings) -> None:
    with pytest.raises(SettingsError, match="2025-04"):
        _backfill(given, date(2025, 4, 1), date(2025, 3, 1))


def _remove(release: Path) -> None:
    (release / "README.txt").unlink()


def _change(release: Path) -> None:
    path = release / "coverage_by_province.csv"
    path.write_bytes(path.read_bytes() + b"x")


@pytest.mark.parametrize("damage", [_remove, _change])
def test_publish_again_makes_a_damaged_release_whole(given: Settings, damage: Callable[[Path], None]) -> None:
    release = given.paths.latest.resolve()
    damage(release)
    given.paths.landing.rename(given.paths.root / "the share is away")
    report = by_hand.publish_again(given, InProcess(quiet=True))
    assert report.outcome == "published"
    assert given.paths.latest.resolve() == release
    assert damaged_files(release) == []


def test_publish_again_leaves_a_whole_release_alone(given: Settings) -> None:
    before = given.paths.latest.resolve().stat().st_mtime_ns
    assert by_hand.publish_again(given, InProcess(quiet=True)).outcome == "nothing_new"
    assert given.paths.latest.resolve().stat().st_mtime_ns == before


def test_publish_again_needs_a_release(data_root: Path, tmp_path: Path) -> None:
    settings = settings_of(data_root, registers=small_registers(tmp_path / "registers"))
    with pytest.raises(NothingPublished, match="no release was published yet"):
        by_hand.publish_again(settings, InProcess(quiet=True))
