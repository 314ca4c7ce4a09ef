"""Pruning: what goes, and above all what never goes."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from flows.clock import now
from flows.lock import one_writer
from flows.operations.prune import Removal, prune
from flows.settings import Settings
from schemas.errors import AlreadyRunning, NothingPublished
from tests.fixtures.make_data_root import write
from tests.nights import ask, settings_of, tree
from tests.small_nights import run_at
from warehouse.release.shelf import damaged_files

#: Days of settings that nothing of the tests reaches.
_FOREVER = {"keep_releases": 400, "keep_staged_days": 10_000, "keep_quarantine_days": 10_000}


def _pruned(kept: Settings, *, dry_run: bool = False, **changed: int) -> list[Removal]:
    changes = _FOREVER | changed
    return prune(settings_of(kept.paths.root, registers=kept.registers, **changes), dry_run=dry_run)


def _releases(kept: Settings) -> list[str]:
    return sorted(path.name for path in kept.paths.published.glob("20*"))


@pytest.fixture
def third(kept: Settings) -> Settings:
    """The data root with a third release."""
    write(kept.paths.landing, "rekap_91_20240630.csv", "wilayah;segmen;peserta_aktif\n9105;TOTAL;12\n", 8)
    assert run_at(kept.paths.root, registers=kept.registers, day=9).release_id is not None
    assert len(_releases(kept)) == 3
    return kept


def test_old_releases_go_and_the_newest_two_stay_whole(third: Settings) -> None:
    before = set(_releases(third))
    latest = third.paths.latest.readlink().name
    ((previous,),) = ask(
        third.paths.root,
        f"SELECT previous_release_id FROM ledger.releases WHERE release_id = '{latest}'",
    )
    removed = _pruned(third, keep_releases=2)
    assert {removal.path.name for removal in removed} == before - {latest, previous}
    assert set(_releases(third)) == {latest, previous}
    assert all(damaged_files(third.paths.published / name) == [] for name in (latest, previous))
    listed = json.loads((third.paths.published / "releases.json").read_text())
    assert [release["release_id"] for release in listed] == [latest, previous]


def test_the_last_good_release_stays_when_newer_ones_are_damaged(third: Settings) -> None:
    order = [
        name
        for (name,) in ask(third.paths.root, "SELECT release_id FROM ledger.releases ORDER BY sequence DESC")
    ]
    for name in order[:2]:
        (third.paths.published / name / "README.txt").write_text("damaged")
    assert _pruned(third, keep_releases=2) == []
    assert sorted(order) == _releases(third)


def test_a_dry_run_names_everything_and_removes_nothing(third: Settings) -> None:
    before = tree(third.paths.root)
    named = _pruned(third, dry_run=True, keep_releases=2, keep_staged_days=0, keep_quarantine_days=0)
    assert {removal.kind for removal in named} == {"release", "staged", "quarantine"}
    assert all(removal.bytes > 0 and removal.why for removal in named)
    after = tree(third.paths.root)
    assert {name: after[name] for name in before if not name.startswith(("warehouse", "keep", "run"))} == {
        name: before[name] for name in before if not name.startswith(("warehouse", "keep", "run"))
    }
    removed = _pruned(third, keep_releases=2, keep_staged_days=0, keep_quarantine_days=0)
    assert removed == named
    assert not any(removal.path.exists() for removal in removed)


def test_rows_that_count_stay_however_old(kept: Settings) -> None:
    """One delivery of June was superseded by the second night: its rows go, all others count."""
    for path in kept.paths.staged.rglob("*"):
        os.utime(path, (0, 0))
    removed = _pruned(kept, keep_staged_days=0)
    assert len(removed) == 1
    assert removed[0].path.parent.name == "as_of=2024-06-30"
    outcome = run_at(kept.paths.root, registers=kept.registers, day=8).outcome
    assert outcome == "nothing_new"


def test_rows_set_aside_stay_for_their_days(kept: Settings) -> None:
    rows = list(kept.paths.quarantine.rglob("*.parquet"))
    assert rows
    day = 86_400
    for path in rows:
        os.utime(path, (now().timestamp() - 89 * day, now().timestamp() - 89 * day))
    assert _pruned(kept, keep_quarantine_days=90) == []
    for path in rows:
        os.utime(path, (now().timestamp() - 91 * day, now().timestamp() - 91 * day))
    assert {removal.path for removal in _pruned(kept, keep_quarantine_days=90)} == set(rows)


@pytest.mark.parametrize("lock", ["run.lock", "keep.lock"])
def test_nothing_is_removed_while_a_night_or_a_backup_is_at_work(kept: Settings, lock: str) -> None:
    before = _releases(kept)
    with one_writer(kept.paths.root / lock, now()), pytest.raises(AlreadyRunning):
        _pruned(kept, keep_releases=2)
    assert _releases(kept) == before


def test_without_a_warehouse_there_is_nothing_to_prune(tmp_path: Path) -> None:
    with pytest.raises(NothingPublished):
        prune(settings_of(tmp_path / "data"))
