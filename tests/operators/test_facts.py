from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from tests.operators.ledgers import situation
from tests.warehouse.small_warehouse import empty_warehouse, insert_rows
from warehouse.database import Connection
from warehouse.operators.facts import Ledger, read_ledger

SINCE = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.fixture
def warehouse() -> Iterator[Connection]:
    with empty_warehouse() as connection:
        yield connection


def a_run(run_id: str, day: int, outcome: str, **changes: str | None) -> dict[str, str | None]:
    return {
        "run_id": run_id,
        "started_at": f"2026-12-{day:02} 18:00:00+00",
        "finished_at": f"2026-12-{day:02} 18:00:30+00",
        "outcome": outcome,
    } | changes


def a_file(file_id: str, scope: str, as_of: str, read: int, **changes: str) -> dict[str, str]:
    return {
        "file_id": file_id,
        "source": "rekap",
        "scope": scope,
        "as_of": as_of,
        "delivered_at": f"2026-12-{read:02} 09:00:00+00",
        "read_at": f"2026-12-{read:02} 18:00:00+00",
        "rows_accepted": "8",
        "rows_quarantined": "0",
    } | changes


def test_a_new_ledger_says_nothing(warehouse: Connection) -> None:
    assert read_ledger(warehouse, SINCE) == Ledger()


def test_each_run_has_the_lines_of_the_files_it_read(warehouse: Connection) -> None:
    insert_rows(
        warehouse,
        "ledger.runs",
        [
            a_run("old", 1, "published", started_at="2026-11-20 18:00:00+00"),
            a_run("one", 2, "published"),
            a_run("two", 3, "failed", finished_at=None, message="killed"),
        ],
    )
    insert_rows(
        warehouse,
        "ledger.files",
        [
            a_file("f1", "51", "2026-11-30", 2, rows_accepted="8", rows_quarantined="2"),
            a_file("f2", "52", "2026-11-30", 2, rows_accepted="20"),
        ],
    )
    told = read_ledger(warehouse, SINCE)
    assert told.first_run_at == datetime(2026, 11, 20, 18, tzinfo=UTC)
    first, second = told.runs
    # A file of ten rows has ten lines in these tests, and one of twenty has twenty.
    assert (first.files, first.lines, first.rows_accepted, first.rows_set_aside) == (2, 30, 28, 2)
    assert (first.seconds, second.seconds, second.lines) == (30.0, None, 0)


def test_stages_stand_beside_the_median_of_earlier_runs(warehouse: Connection) -> None:
    insert_rows(warehouse, "ledger.runs", [a_run(f"r{day}", day, "published") for day in range(1, 5)])
    seconds = {"r1": "10", "r2": "3", "r3": "4", "r4": "9"}
    insert_rows(
        warehouse,
        "ledger.steps",
        [{"run_id": name, "step": "land", "seconds": "1", "message": "m"} for name in seconds]
        + [
            {"run_id": name, "step": "build", "seconds": took, "message": name}
            for name, took in seconds.items()
        ]
        + [{"run_id": "r4", "step": "publish", "seconds": "2", "message": "new"}],
    )
    stages = read_ledger(warehouse, SINCE).stages
    assert [(one.step, one.seconds, one.usual_seconds) for one in stages] == [
        ("land", 1.0, 1.0),
        ("build", 9.0, 4.0),
        ("publish", 2.0, None),
    ]


def test_the_first_delivery_of_a_month_is_the_one_that_counts_as_its_arrival(warehouse: Connection) -> None:
    insert_rows(
        warehouse,
        "ledger.files",
        [
            a_file("f1", "51", "2026-11-30", 4),
            a_file("f2", "51", "2026-11-30", 9),
            a_file("f3", "51", "2026-10-31", 5, state="rejected"),
        ],
    )
    told = read_ledger(warehouse, SINCE)
    assert [(one.scope, one.period, one.delivered_at.day) for one in told.deliveries] == [
        ("51", date(2026, 11, 1), 4)
    ]
    (office,) = told.offices
    assert (office.files, office.newest_delivery.day) == (1, 9)


def test_rows_set_aside_of_the_newest_day_are_told_with_their_commonest_reason(warehouse: Connection) -> None:
    aside = {"rows_accepted": "90", "rows_quarantined": "10"}
    insert_rows(
        warehouse,
        "ledger.files",
        [
            a_file("old", "51", "2026-10-31", 3, **aside),
            a_file("new", "51", "2026-11-30", 4, **aside),
            a_file("worse", "52", "2026-11-30", 4, rows_accepted="10", rows_quarantined="10"),
            a_file("clean", "53", "2026-11-30", 4),
        ],
    )
    reasons = [
        ("region_code:unknown", "7", "false"),
        ("segment:missing", "3", "false"),
        ("x:y", "90", "true"),
    ]
    insert_rows(
        warehouse,
        "ledger.rejections",
        [
            {
                "file_id": name,
                "reading": "r1",
                "reason": reason,
                "rows": count,
                "rows_first_reason": count,
                "is_warning": warning,
            }
            for name in ("old", "new", "worse")
            for reason, count, warning in reasons
        ],
    )
    told = read_ledger(warehouse, SINCE).set_aside
    assert [(one.file_name, one.rows_set_aside, one.reason) for one in told] == [
        ("worse.csv", 10, "region_code:unknown"),
        ("new.csv", 10, "region_code:unknown"),
    ]


def test_only_checks_of_the_newest_judgement_that_found_rows_are_told(warehouse: Connection) -> None:
    insert_rows(
        warehouse,
        "ledger.check_results",
        [
            {"run_id": "r1", "check_id": "members_jump", "severity": "warning", "rows": "5"},
            {"run_id": "r2", "check_id": "coverage_above_100", "severity": "warning", "rows": "2"},
            {"run_id": "r2", "check_id": "region_reported_twice", "severity": "error", "rows": "1"},
            {"run_id": "r2", "check_id": "members_jump", "severity": "warning", "rows": "0"},
        ],
    )
    told = read_ledger(warehouse, SINCE).findings
    assert [(one.check_id, one.rows) for one in told] == [
        ("region_reported_twice", 1),
        ("coverage_above_100", 2),
    ]


@pytest.mark.parametrize(
    ("zone", "label"),
    [
        ("Asia/Jakarta", "WIB"),
        ("Asia/Makassar", "WITA"),
        ("Asia/Jayapura", "WIT"),
        ("Asia/Kolkata", "UTC+5.5"),
    ],
)
def test_zones_have_the_name_that_people_use(zone: str, label: str) -> None:
    from zoneinfo import ZoneInfo  # noqa: PLC0415

    assert situation(zone=ZoneInfo(zone)).zone_label == label
