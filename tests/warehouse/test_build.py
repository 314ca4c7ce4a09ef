"""A mart is replaced as a whole and only by what the catalog declares."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import warehouse.build
import warehouse.declared
from schemas.catalog import MARTS, TableEntry
from schemas.errors import ContractBroken
from tests.warehouse.small_warehouse import COUNTRY, RUN_ID, empty_warehouse, fill, insert_rows, texts
from warehouse.build import build_marts
from warehouse.database import Connection, sql_text
from warehouse.declared import declared_columns

MARCH = {"file_id": "m1", "as_of": "2025-03-31", "region_code": "1101", "segment": "TOTAL"}


@pytest.fixture
def connection(monkeypatch: pytest.MonkeyPatch) -> Iterator[Connection]:
    with empty_warehouse() as opened:
        fill(opened, COUNTRY)
        # A third of the time; test_database.py looks at comments.
        monkeypatch.setattr(warehouse.declared, "comment", lambda *_: None)
        yield opened


def _change(mart: str, changed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put another query in the place of a mart's; `{}` stands for the query that is there. Marts behind wait."""
    names = [entry.name for entry in MARTS]
    monkeypatch.setattr(warehouse.build, "MARTS", MARTS[: names.index(mart) + 1])

    def query(name: str) -> str:
        text = sql_text(name)
        return changed.format(f"({text})") if name == f"marts/{mart}.sql" else text

    monkeypatch.setattr(warehouse.build, "sql_text", query)


def _everything(connection: Connection) -> dict[str, list[tuple[str | None, ...]]]:
    return {entry.name: texts(connection, entry.full_name, list(declared_columns(entry))) for entry in MARTS}


def test_every_mart_is_built_in_catalog_order_even_of_nothing(connection: Connection) -> None:
    counts = build_marts(connection, RUN_ID)
    assert list(counts) == [entry.name for entry in MARTS]
    # No file, so no month: what is there comes from the registers of the small country.
    assert {name: rows for name, rows in counts.items() if rows} == {"regions": 6, "definitions": 6}


def test_building_counts_rows_and_building_again_changes_nothing(connection: Connection) -> None:
    insert_rows(connection, "staging.membership_counts", [{**MARCH, "active_members": "500"}])
    first = build_marts(connection, RUN_ID)
    # One month: six regions and the country; four regencies; two provinces; one country.
    assert [first[name] for name in ("months", "headline_coverage", "coverage_by_regency")] == [1, 7, 4]
    assert [first[name] for name in ("coverage_by_province", "coverage_nationwide")] == [2, 1]
    before = {
        entry.name: texts(connection, entry.full_name, list(declared_columns(entry))) for entry in MARTS
    }
    assert build_marts(connection, RUN_ID) == first
    after = {entry.name: texts(connection, entry.full_name, list(declared_columns(entry))) for entry in MARTS}
    assert after == before


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ("SELECT * EXCLUDE (cause) FROM {}", "missing ['cause'], unexpected []"),
        ("SELECT *, 1 AS more FROM {}", "missing [], unexpected ['more']"),
        ("SELECT * RENAME (cause AS reason) FROM {}", "missing ['cause'], unexpected ['reason']"),
        ("SELECT cause, * EXCLUDE (cause) FROM {}", "the order differs"),
        ("SELECT * REPLACE (coverage_pct::DOUBLE AS coverage_pct) FROM {}", "coverage_pct DOUBLE instead of"),
        (
            "SELECT * REPLACE (members_change::INTEGER AS members_change) FROM {}",
            "members_change INTEGER instead of BIGINT",
        ),
    ],
    ids=["missing", "extra", "renamed", "reordered", "retyped", "narrower"],
)
def test_a_query_with_other_columns_is_refused_and_every_old_mart_stays(
    changed: str, told: str, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert_rows(connection, "staging.membership_counts", [{**MARCH, "active_members": "500"}])
    _change("coverage_change", "SELECT * FROM {}", monkeypatch)
    build_marts(connection, RUN_ID)
    insert_rows(
        connection,
        "staging.membership_counts",
        [{**MARCH, "active_members": "510", "as_of": "2025-04-30", "file_id": "m2"}],
    )
    _change("coverage_change", changed, monkeypatch)
    with pytest.raises(ContractBroken) as failure:
        build_marts(connection, "run-2")
    assert told in failure.value.what
    assert failure.value.where == "warehouse/marts/coverage_change.sql"
    # `months` stands before `coverage_change` in the catalog and was built already: it went back as well.
    assert texts(connection, "marts.months", ["period"]) == [("2025-03-01",)]
    assert texts(connection, "marts.coverage_change", ["period"]) == []
    monkeypatch.setattr(warehouse.build, "sql_text", sql_text)
    assert build_marts(connection, "run-2")["months"] == 2


@pytest.mark.parametrize(
    "changed",
    [
        "SELECT * REPLACE (IF(period < now(), error('no'), '')::VARCHAR AS region_name) FROM {}",
        "SELECT * REPLACE (NULL::VARCHAR AS region_name) FROM {}",
    ],
    ids=["fails while it runs", "null where none may be"],
)
def test_a_query_that_fails_while_it_runs_leaves_the_old_marts(
    changed: str, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert_rows(connection, "staging.membership_counts", [{**MARCH, "active_members": "500"}])
    _change("headline_coverage", "SELECT * FROM {}", monkeypatch)
    build_marts(connection, RUN_ID)
    _change("headline_coverage", changed, monkeypatch)
    with pytest.raises(Exception, match=r"no|NOT NULL"):
        build_marts(connection, "run-2")
    assert len(texts(connection, "marts.headline_coverage", ["region_name"])) == 7
    assert texts(connection, "marts.months", ["period"]) == [("2025-03-01",)]


def test_the_run_stands_in_the_table_about_quality(connection: Connection) -> None:
    insert_rows(connection, "staging.membership_counts", [{**MARCH, "active_members": "500"}])
    insert_rows(connection, "ledger.files", [{"file_id": "m1", "source": "rekap", "as_of": "2025-03-31"}])
    build_marts(connection, "run-7")
    assert texts(connection, "marts.data_quality", ["run_id", "period"]) == [("run-7", "2025-03-01")]


@pytest.mark.parametrize("entry", MARTS, ids=lambda entry: entry.name)
def test_each_query_is_one_select_whose_header_says_what_it_gives(entry: TableEntry) -> None:
    text = sql_text(f"marts/{entry.name}.sql")
    assert text.startswith("-- ")
    code = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("--"))
    assert ";" not in code
