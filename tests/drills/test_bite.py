"""A drill is worth something only if it fails when its defence is taken out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from flows.operations.drills import arrivals, damage, drill, hostile, keys, kills, overlaps, processes
from flows.operations.drills.drill import Drill, Held, hold
from flows.stages import counting, survey
from warehouse import landing

pytestmark = pytest.mark.slow


def held(work: Any) -> Held:
    """How a drill went; its scratch folder is removed by pytest."""
    return hold(Drill("tried", "something", work))


@pytest.fixture(autouse=True)
def _scratch_folders_of_this_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drill.tempfile, "tempdir", str(tmp_path))


@pytest.fixture
def broken_nights(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let nights in other processes run without a defence."""

    def without(defence: str) -> None:
        monkeypatch.setattr(processes, "_MODULE", "tests.drills.broken_night")
        monkeypatch.setenv("BROKEN_DEFENCE", defence)

    return without


def test_without_the_lock_two_runs_are_noticed(broken_nights: Any) -> None:
    broken_nights("lock")
    found = held(overlaps.two_runs)
    assert found.state == "FAILED"
    assert "the second ended" in found.told


def test_rows_that_are_lost_are_noticed(broken_nights: Any) -> None:
    broken_nights("rows")
    found = held(kills.at_every_stage)
    assert found.state == "FAILED"
    assert "rows were lost" in found.told


def test_a_release_that_is_cut_off_is_noticed(broken_nights: Any) -> None:
    broken_nights("release")
    found = held(kills.at_every_stage)
    assert found.state == "FAILED"
    assert "is broken: regions.csv" in found.told


def test_random_kills_notice_lost_rows_and_say_where_to_look(broken_nights: Any, tmp_path: Path) -> None:
    broken_nights("rows")
    found = held(lambda scratch: kills.at_random_moments(scratch, 6, seed=3))
    assert found.state == "FAILED"
    kept = Path(found.told.rpartition("kept: ")[2].rstrip(")"))
    assert kept.is_relative_to(tmp_path)
    assert kept.is_dir()


def test_a_flipped_bit_in_staged_rows_is_met(monkeypatch: pytest.MonkeyPatch) -> None:
    assert held(damage.staged_byte).state == "held"
    monkeypatch.setattr(counting, "hold_against_account", lambda _: None)
    found = held(damage.staged_byte)
    assert (found.state, "as if nothing were wrong" in found.told) == ("FAILED", True)


def test_a_copy_under_another_name_that_counts_twice_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(survey, "_one_per_content", lambda listed, _: listed)
    monkeypatch.setattr(survey.ledger, "known_readings", lambda _: {})
    assert held(arrivals.same_file_twice).state == "FAILED"


def test_a_file_of_the_future_that_is_read_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(survey, "_not_of_the_future", lambda *_: None)
    found = held(arrivals.wrong_month)
    assert (found.state, "refused were" in found.told) == ("FAILED", True)


def test_links_that_are_followed_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landing, "landing_files", _with_links)
    monkeypatch.setattr(survey, "landing_files", _with_links)
    found = held(hostile.names)
    assert (found.state, found.told.partition(" (kept")[0]) == (
        "FAILED",
        "a file outside the landing was read",
    )


def _with_links(folder: Path) -> list[landing.LandingFile]:
    """Every file of a landing, whatever it is reached by."""
    seen = [(entry, entry.lstat()) for entry in sorted(folder.iterdir()) if not entry.name.startswith("-")]
    return [
        landing.LandingFile(path, found.st_size, found.st_mtime_ns) for path, found in seen if path.is_file()
    ]


def test_names_that_are_shown_as_they_came_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landing, "shown_name", lambda name: name)
    assert held(hostile.names).state == "FAILED"


def test_a_night_that_needs_no_key_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.night.load_keys", lambda _: ("0" * 64,))
    found = held(keys.missing)
    assert (found.state, "as if nothing were wrong" in found.told) == ("FAILED", True)
