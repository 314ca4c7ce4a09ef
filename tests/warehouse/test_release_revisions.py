"""Cells that differ from the release before, and the reason that the two releases show."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

import warehouse.declared
from tests.warehouse.small_warehouse import COUNTRY, empty_warehouse, fill, insert_rows
from warehouse.build import build_marts
from warehouse.database import Connection
from warehouse.release.facts import ReleaseFacts
from warehouse.release.revisions import COMPARED, build_revisions
from warehouse.release.tables import write_tables

NOW = datetime(2026, 1, 5, tzinfo=UTC)
FACTS = ReleaseFacts("before", "x", "r", None, NOW, NOW, None, None, "0", (), (), is_synthetic=False)
MARCH = {"file_id": "m1", "as_of": "2025-03-31", "segment": "TOTAL"}
TARGET = {
    "target_id": "t", "region_code": "1101", "year": "2025", "target_pct": "60", "is_current": "true",
    "numerator_id": "workers_residence", "denominator_id": "eligible_workers", "set_by": "x", "source_url": "x",
}  # fmt: skip


@pytest.fixture
def connection(monkeypatch: pytest.MonkeyPatch) -> Iterator[Connection]:
    """Agung 500/1000 = 50.00, target 60; Biru 100/500 = 20.00."""
    monkeypatch.setattr(warehouse.declared, "comment", lambda *_: None)
    with empty_warehouse() as opened:
        fill(opened, COUNTRY)
        insert_rows(
            opened,
            "staging.membership_counts",
            [{**MARCH, "region_code": "1101", "active_members": "500"},
             {**MARCH, "region_code": "1102", "active_members": "100"}],
        )  # fmt: skip
        insert_rows(
            opened,
            "staging.bases",
            [{"file_id": "b1", "base_round": "2024-08-01", "region_code": code, "workers": workers}
             for code, workers in (("1101", "1000"), ("1102", "500"))],
        )  # fmt: skip
        insert_rows(
            opened,
            "ledger.files",
            [{"file_id": "m1", "source": "rekap", "as_of": "2025-03-31"},
             {"file_id": "b1", "source": "penduduk_bekerja", "as_of": "2024-08-01"}],
        )  # fmt: skip
        insert_rows(opened, "reference.targets", [TARGET])
        build_marts(opened, "r")
        yield opened


@pytest.fixture
def before(connection: Connection, tmp_path: Path) -> Path:
    """The release before, as it was written."""
    assert build_revisions(connection, None) == 0
    write_tables(connection, FACTS, tmp_path)
    return tmp_path


def _revised(connection: Connection, before: Path, change: str) -> list[tuple[str, ...]]:
    """Apply a change to what was delivered, build, and return the revisions of the table by regency."""
    connection.execute(change)
    build_marts(connection, "r")
    changed = build_revisions(connection, before)
    assert connection.execute("SELECT count(*) FROM marts.revisions").fetchall() == [(changed,)]
    return connection.execute(
        """SELECT key, "column", old, new, reason FROM marts.revisions
           WHERE "table" = 'coverage_by_regency' ORDER BY key, "column" """
    ).fetchall()


def test_the_first_release_and_an_equal_one_revise_nothing(connection: Connection, before: Path) -> None:
    assert build_revisions(connection, before) == 0
    assert build_revisions(connection, before / "nowhere") == 0


def test_members_delivered_anew(connection: Connection, before: Path) -> None:
    """520/1000 = 52.00: gap 8.00, 80 people missing instead of 100."""
    change = "UPDATE staging.membership_counts SET active_members = 520 WHERE region_code = '1101'"
    reason = "membership_delivered"
    assert _revised(connection, before, change) == [
        ("2025-03-01 1101", "active_members", "500", "520", reason),
        ("2025-03-01 1101", "coverage_pct", "50.00", "52.00", reason),
        ("2025-03-01 1101", "coverage_rate", "0.5", "0.52", reason),
        ("2025-03-01 1101", "gap_points", "10.00", "8.00", reason),
        ("2025-03-01 1101", "members_needed", "100", "80", reason),
    ]


def test_a_base_delivered_anew(connection: Connection, before: Path) -> None:
    change = "UPDATE staging.bases SET workers = 400 WHERE region_code = '1102'"
    reason = "base_delivered"
    assert _revised(connection, before, change) == [
        ("2025-03-01 1102", "coverage_pct", "20.00", "25.00", reason),
        ("2025-03-01 1102", "coverage_rate", "0.2", "0.25", reason),
        ("2025-03-01 1102", "working_population", "500", "400", reason),
    ]


def test_both_delivered_anew_and_a_rank_that_follows(connection: Connection, before: Path) -> None:
    """Biru 300/400 = 75.00 is now the first; Agung's rank follows from it, its own figure stays."""
    change = """UPDATE staging.bases SET workers = 400 WHERE region_code = '1102';
        UPDATE staging.membership_counts SET active_members = 300 WHERE region_code = '1102'"""
    revised = _revised(connection, before, change)
    assert revised[0] == ("2025-03-01 1101", "rank_in_province", "1", "2", "follows_from_other_figures")
    assert {(key, reason) for key, _, _, _, reason in revised[1:]} == {
        ("2025-03-01 1102", "membership_and_base_delivered")
    }
    assert ("2025-03-01 1102", "rank_in_province", "2", "1", "membership_and_base_delivered") in revised


def test_a_figure_that_is_gone_is_null_and_no_longer_there(connection: Connection, before: Path) -> None:
    revised = _revised(connection, before, "DELETE FROM staging.bases WHERE region_code = '1102'")
    cells = {column: (old, new) for _, column, old, new, _ in revised}
    assert cells["coverage_pct"] == ("20.00", None)
    assert cells["working_population"] == ("500", None)
    assert cells["denominator_id"] == ("eligible_workers", None)
    assert cells["coverage_status"] == ("complete", "no_survey")
    assert cells["obs_status"] == ("A", "O")
    assert {reason for *_, reason in revised} == {"base_delivered"}


def test_a_regency_that_reports_late_brings_its_province_with_it(
    connection: Connection, before: Path
) -> None:
    """Cemara 200/500 = 40.00 completes Utara: (500 + 100 + 200) / (1000 + 500 + 500) = 800/2000 = 40.00."""
    insert_rows(
        connection,
        "staging.membership_counts",
        [{**MARCH, "region_code": "1171", "active_members": "200"}],
    )
    base = {"file_id": "b1", "base_round": "2024-08-01", "region_code": "1171", "workers": "500"}
    insert_rows(connection, "staging.bases", [base])
    revised = _revised(connection, before, "SELECT 1")
    late = {column: (old, new) for key, column, old, new, _ in revised if key == "2025-03-01 1171"}
    assert late["coverage_pct"] == (None, "40.00")
    assert late["numerator_id"] == (None, "workers_residence")
    assert {reason for key, *_, reason in revised if key == "2025-03-01 1171"} == {
        "membership_and_base_delivered"
    }
    province = connection.execute(
        """SELECT key, old, new, reason FROM marts.revisions
           WHERE "table" = 'coverage_by_province' AND "column" = 'coverage_pct'"""
    ).fetchall()
    assert province == [("2025-03-01 11", None, "40.00", "membership_and_base_delivered")]


def test_another_definition(connection: Connection, before: Path) -> None:
    change = """UPDATE staging.membership_counts SET segment = 'PU', active_members = 300 WHERE region_code = '1101';
        INSERT INTO staging.membership_counts
        SELECT * REPLACE ('BPU' AS segment) FROM staging.membership_counts WHERE region_code = '1101'"""
    revised = _revised(connection, before, change)
    assert (
        "2025-03-01 1101",
        "numerator_id",
        "workers_residence",
        "workers_residence_pu_bpu",
        "definition",
    ) in revised
    assert {reason for key, *_, reason in revised if key.endswith("1101")} == {"definition"}


def test_another_target(connection: Connection, before: Path) -> None:
    change = "UPDATE reference.targets SET target_pct = 65"
    assert _revised(connection, before, change) == [
        ("2025-03-01 1101", "gap_points", "10.00", "15.00", "target_register"),
        ("2025-03-01 1101", "members_needed", "100", "150", "target_register"),
        ("2025-03-01 1101", "target_pct", "60.00", "65.00", "target_register"),
    ]


def test_the_same_counts_and_another_percent_is_a_change_of_method(
    connection: Connection, before: Path
) -> None:
    """As if the release before had cut off instead of rounding."""
    parquet = before / "coverage_by_regency.parquet"
    duckdb.sql(
        f"""COPY (SELECT * REPLACE (coverage_pct - 0.01 AS coverage_pct) FROM '{parquet}')
            TO '{before / "other.parquet"}'"""
    )
    (before / "other.parquet").replace(parquet)
    revised = _revised(connection, before, "SELECT 1")
    assert ("2025-03-01 1101", "coverage_pct", "49.99", "50.00", "method") in revised
    assert {reason for *_, reason in revised} == {"method"}


def test_a_new_month_is_no_revision(connection: Connection, before: Path) -> None:
    insert_rows(connection, "ledger.files", [{"file_id": "m2", "source": "rekap", "as_of": "2025-04-30"}])
    insert_rows(
        connection,
        "staging.membership_counts",
        [
            {
                "file_id": "m2",
                "as_of": "2025-04-30",
                "segment": "TOTAL",
                "region_code": "1101",
                "active_members": "9",
            }
        ],
    )
    assert _revised(connection, before, "SELECT 1") == []


def test_a_column_that_the_release_before_did_not_have_is_no_revision(
    connection: Connection, before: Path
) -> None:
    parquet = before / "coverage_by_regency.parquet"
    duckdb.sql(f"COPY (SELECT * EXCLUDE (gap_points) FROM '{parquet}') TO '{before / 'other.parquet'}'")
    (before / "other.parquet").replace(parquet)
    assert _revised(connection, before, "SELECT 1") == []


def test_every_compared_table_is_compared(connection: Connection, before: Path) -> None:
    connection.execute("UPDATE staging.membership_counts SET active_members = 520 WHERE region_code = '1101'")
    build_marts(connection, "r")
    build_revisions(connection, before)
    found = connection.execute('SELECT DISTINCT "table" FROM marts.revisions ORDER BY 1').fetchall()
    # Nothing about provinces, country, segments and printed statements follows from Agung alone.
    assert found == [("coverage_by_definition",), ("coverage_by_regency",)]
    assert {name for (name,) in found} < set(COMPARED)
