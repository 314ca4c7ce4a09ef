"""Marts that are built by months: only what changed is built, and the outcome is that of building everything."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from schemas.catalog import MARTS
from tests.warehouse.small_warehouse import COUNTRY, empty_warehouse, fill, insert_rows
from warehouse.build import build_marts
from warehouse.database import Connection
from warehouse.release.tables import rows_in_order

BY_MONTH = tuple(entry for entry in MARTS if entry.by_month)
DAYS = ("2025-01-31", "2025-02-28", "2025-03-31")


@pytest.fixture
def connection() -> Iterator[Connection]:
    with empty_warehouse() as opened:
        fill(opened, COUNTRY)
        for day in DAYS:
            deliver(opened, day)
        yield opened


def deliver(connection: Connection, day: str, persons: int = 50) -> None:
    """Member rows of a day, counted: two regencies, people who live and work in them."""
    file = {"file_id": f"p{day}", "source": "peserta", "scope": "11", "as_of": day, "rows_accepted": 1}
    insert_rows(connection, "ledger.files", [{**file, "lines": 1}])
    for region in ("1102", "1101"):
        told = {"as_of": day, "region_code": region, "segment": "PU", "sex": "P", "age_group": "25-34",
                "funding": "MANDIRI", "is_vulnerable": False, "persons": persons}  # fmt: skip
        for counted_by in ("residence", "workplace", "membership"):
            insert_rows(connection, "staging.worker_counts", [{**told, "counted_by": counted_by}])
        flow = {"as_of": day, "region_code": region, "workplace_code": "1101", "persons": persons}
        insert_rows(connection, "staging.work_flows", [flow])
        held = {"as_of": day, "region_code": region, "segments": "PU", "persons": persons}
        insert_rows(connection, "staging.segment_overlap", [held])


def everything(connection: Connection) -> dict[str, list[tuple[object, ...]]]:
    return {
        entry.name: connection.execute(f"FROM {entry.full_name} ORDER BY ALL").fetchall()
        for entry in BY_MONTH
    }


def mark(connection: Connection) -> None:
    """Leave a trace in every row: a month that is built again loses it."""
    connection.execute("UPDATE marts.members_by_region SET file_name = 'traced'")
    for name in ("workers_by_regency", "work_flows"):
        connection.execute(f"UPDATE marts.{name} SET regency_name = 'traced'")


def built_again(connection: Connection) -> dict[str, set[date]]:
    """Months of each mart that do not bear the trace."""
    trace = {
        "members_by_region": "file_name",
        "workers_by_regency": "regency_name",
        "work_flows": "regency_name",
    }
    return {
        name: {
            month
            for (month,) in connection.execute(
                f"SELECT DISTINCT period FROM marts.{name} WHERE {column} <> 'traced'"
            ).fetchall()
        }
        for name, column in trace.items()
    }


def test_a_month_that_did_not_change_stands_as_it_was_built(connection: Connection) -> None:
    build_marts(connection, "first")
    mark(connection)
    build_marts(connection, "second")
    assert built_again(connection) == {entry.name: set() for entry in BY_MONTH}


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE staging.worker_counts SET persons = 51 WHERE as_of = '2025-02-28' AND counted_by = 'residence'",
        "UPDATE staging.work_flows SET persons = 7 WHERE as_of = '2025-02-28' AND region_code = '1101'",
        "UPDATE staging.segment_overlap SET persons = 7 WHERE as_of = '2025-02-28' AND region_code = '1101'",
        "UPDATE ledger.files SET file_name = 'renamed' WHERE as_of = '2025-02-28'",
    ],
)
def test_only_the_month_that_changed_is_built(connection: Connection, change: str) -> None:
    build_marts(connection, "first")
    mark(connection)
    connection.execute(change)
    build_marts(connection, "second")
    assert built_again(connection) == {entry.name: {date(2025, 2, 1)} for entry in BY_MONTH}


def test_a_register_that_changed_builds_every_month(connection: Connection) -> None:
    build_marts(connection, "first")
    mark(connection)
    connection.execute("UPDATE reference.regions SET name_short = 'Renamed' WHERE region_code_bps = '1101'")
    build_marts(connection, "second")
    assert all(len(months) == len(DAYS) for months in built_again(connection).values())


def test_months_built_one_after_the_other_are_those_built_at_once(connection: Connection) -> None:
    build_marts(connection, "first")
    connection.execute("UPDATE staging.worker_counts SET persons = 77 WHERE as_of = '2025-01-31'")
    connection.execute("DELETE FROM staging.work_flows WHERE as_of = '2025-03-31'")
    connection.execute("DELETE FROM ledger.files WHERE as_of = '2025-02-28'")
    for name in ("worker_counts", "work_flows", "segment_overlap"):
        connection.execute(f"DELETE FROM staging.{name} WHERE as_of = '2025-02-28'")
    build_marts(connection, "second")
    step_by_step = everything(connection)
    connection.execute("DELETE FROM staging.built_months")
    build_marts(connection, "third")
    assert everything(connection) == step_by_step
    assert {row[0] for row in step_by_step["workers_by_regency"]} == {date(2025, 1, 1), date(2025, 3, 1)}


def test_rows_are_written_out_in_the_order_of_the_key_whatever_month_came_last(
    connection: Connection,
) -> None:
    build_marts(connection, "first")
    connection.execute("UPDATE staging.worker_counts SET persons = 51 WHERE as_of = '2025-01-31'")
    connection.execute("UPDATE staging.work_flows SET persons = 51 WHERE as_of = '2025-01-31'")
    build_marts(connection, "second")
    for entry in BY_MONTH:
        written = connection.execute(rows_in_order(connection, entry)).fetchall()
        assert len(written) > len(DAYS)
        assert written == connection.execute(f"FROM {entry.full_name} ORDER BY {entry.order}").fetchall()
