"""After a time in which nothing was served: missed nights are made up for once, lost runs are closed."""

from __future__ import annotations

import os
import signal
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from tests.nights import settings_of
from tests.orchestration.service import Service, wait_for
from tests.orchestration.test_trouble import _part
from tests.small_nights import deliver, run_at, small_registers


@pytest.fixture
def last_night(tmp_path: Path) -> Path:
    """A data root whose last night was at 00:00 UTC of 5 January 2026, 08:00 in Makassar."""
    deliver(tmp_path / "landing", "rekap_51_20250331.csv")
    run_at(tmp_path, registers=small_registers(tmp_path / "registers"), day=5)
    return tmp_path


def test_missed_nights_are_those_of_the_schedule_since_the_last_one(last_night: Path) -> None:
    from flows.service.catch_up import missed_nights  # noqa: PLC0415 (imports Prefect)

    settings = settings_of(last_night)
    before = [
        missed.astimezone(UTC) for missed in missed_nights(settings, datetime(2026, 1, 8, 17, 59, tzinfo=UTC))
    ]
    assert before == [datetime(2026, 1, day, 18, tzinfo=UTC) for day in (7, 6, 5)]
    assert missed_nights(settings, datetime(2026, 1, 5, 17, 59, tzinfo=UTC)) == []
    # The clock was set back behind the last night: nothing is missed, nothing fails.
    assert missed_nights(settings, datetime(2026, 1, 1, tzinfo=UTC)) == []


def test_a_night_that_was_cut_short_is_missed_and_one_by_hand_is_not(last_night: Path) -> None:
    from flows.service.catch_up import missed_nights  # noqa: PLC0415

    with duckdb.connect(str(last_night / "warehouse.duckdb")) as connection:
        connection.execute("UPDATE ledger.runs SET outcome = 'failed'")
    settings = settings_of(last_night)
    moment = datetime(2026, 1, 8, tzinfo=UTC)
    assert missed_nights(settings, moment) == [], "no night ever judged its files: none is missed"
    run_at(last_night, registers=last_night / "registers", day=7)
    assert len(missed_nights(settings, moment)) == 1


def test_before_the_first_night_none_is_missed(tmp_path: Path) -> None:
    from flows.service.catch_up import missed_nights  # noqa: PLC0415

    assert missed_nights(settings_of(tmp_path), datetime(2026, 1, 8, tzinfo=UTC)) == []


@pytest.mark.orchestration
def test_one_run_makes_up_for_all_missed_nights_and_lost_runs_are_closed(
    service: Service, night: str
) -> None:
    assert service.start_run()["state_type"] == "COMPLETED"
    with duckdb.connect(str(service.root / "warehouse.duckdb")) as connection:
        connection.execute("UPDATE ledger.runs SET started_at = started_at - INTERVAL 3 DAY")
    known = {run["id"] for run in service.runs()}
    lost = _run_at_work_on_paper(service)
    os.kill(_part(service, "flows.service.nights"), signal.SIGKILL)

    def caught_up() -> dict[str, object] | None:
        ended = [run for run in service.ended() if run["id"] not in known | {lost}]
        return ended[0] if ended else None

    run = wait_for(caught_up, 120)
    assert str(run["name"]).startswith("catch-up ")
    assert str(run["name"]).endswith(" and 2 before")
    assert run["state_type"] == "COMPLETED"
    ends = {run["id"]: run["state_type"] for run in service.ended()}
    assert ends[lost] == "CRASHED"
    assert len(set(ends) - known - {lost}) == 1


def _run_at_work_on_paper(service: Service) -> str:
    """A run whose machine lost its power two minutes ago, as the server still has it."""
    found = service.post("deployments/filter", deployments={"name": {"any_": ["nightly"]}})[0]
    made = service.post(
        "flow_runs/",
        flow_id=found["flow_id"],
        deployment_id=found["id"],
        state={"type": "RUNNING", "name": "Running"},
    )
    since = (datetime.now(tz=UTC) - timedelta(minutes=2)).strftime("%Y-%m-%d %H:%M:%S.%f")
    with sqlite3.connect(service.root / "prefect" / "prefect.db", timeout=60) as database:
        changed = database.execute(
            "UPDATE flow_run_state SET timestamp = ? WHERE flow_run_id = ?", [since, made["id"]]
        )
    assert changed.rowcount == 1
    return str(made["id"])
