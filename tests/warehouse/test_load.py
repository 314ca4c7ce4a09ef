"""A file is loaded whole or not at all, once, and only the newest delivery of a slot counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

import warehouse.load
from schemas.catalog import table
from schemas.errors import ContractBroken
from schemas.registers import load_registers
from tests.warehouse.small_warehouse import COUNTRY, empty_warehouse, fill
from tests.warehouse.staged_files import DOUBLED, MISSING, base, everything, put, refused, rekap
from warehouse.database import Connection, rows
from warehouse.load import load_claims, load_file, load_reference
from warehouse.staged import FileRecord

COUNTS = "staging.membership_counts"


@pytest.fixture
def connection() -> Iterator[Connection]:
    with empty_warehouse() as opened:
        fill(opened, COUNTRY)
        yield opened


def _load(connection: Connection, staged: Path, delivery: tuple[FileRecord, pl.DataFrame]) -> None:
    load_file(connection, delivery[0], put(staged, *delivery))


def _members(connection: Connection) -> dict[str, int]:
    """What counts: region → members of the files in force."""
    found = connection.execute(
        "SELECT region_code, active_members FROM staging.membership_counts "
        "JOIN ledger.counted_files USING (file_id) ORDER BY region_code"
    )
    return dict(found.fetchall())


def test_rows_account_and_reasons_are_loaded_together(connection: Connection, tmp_path: Path) -> None:
    record, staged = rekap("march", {"1101": 500, "1102": 70}, reasons=(MISSING, DOUBLED))
    load_file(connection, record, put(tmp_path, record, staged))
    assert rows(connection, f"SELECT region_code, segment, active_members, line FROM {COUNTS}") == [
        {"region_code": "1101", "segment": "TOTAL", "active_members": 500, "line": 2},
        {"region_code": "1102", "segment": "TOTAL", "active_members": 70, "line": 3},
    ]
    [kept] = rows(connection, "SELECT * FROM ledger.files")
    assert kept == record.ledger_row()
    assert (kept["lines"], kept["rows_accepted"], kept["rows_quarantined"]) == (5, 2, 2)
    assert rows(
        connection, "SELECT reason, rows, rows_first_reason FROM ledger.rejections ORDER BY reason"
    ) == [
        {"reason": "row:duplicate_key", "rows": 2, "rows_first_reason": 0},
        {"reason": "segment:missing", "rows": 2, "rows_first_reason": 2},
    ]


def test_a_base_goes_into_its_own_table(connection: Connection, tmp_path: Path) -> None:
    _load(connection, tmp_path, base("august", {"1101": 1000}))
    assert rows(connection, "SELECT region_code, workers, base_round FROM staging.bases") == [
        {"region_code": "1101", "workers": 1000, "base_round": date(2024, 8, 1)}
    ]
    assert _members(connection) == {}


def test_loading_twice_changes_nothing(connection: Connection, tmp_path: Path) -> None:
    record, staged = rekap("march", {"1101": 500, "1102": 70}, reasons=(MISSING,))
    folder = put(tmp_path, record, staged)
    load_file(connection, record, folder)
    once = everything(connection)
    load_file(connection, record, folder)
    assert everything(connection) == once


def test_a_newer_delivery_supersedes_and_the_older_rows_leave(connection: Connection, tmp_path: Path) -> None:
    _load(connection, tmp_path, rekap("first", {"1101": 500, "1102": 70}))
    _load(connection, tmp_path, rekap("second", {"1101": 510}, days=1))
    assert _members(connection) == {"1101": 510}
    assert rows(connection, "SELECT count(*) AS n FROM staging.membership_counts") == [{"n": 1}]
    assert rows(connection, "SELECT count(*) AS n FROM ledger.files") == [{"n": 2}], "both stay in the ledger"
    assert rows(connection, "SELECT is_revised FROM ledger.counted_files") == [{"is_revised": True}]


def test_an_older_delivery_that_arrives_later_displaces_nothing(
    connection: Connection, tmp_path: Path
) -> None:
    _load(connection, tmp_path, rekap("newer", {"1101": 510}, days=1))
    _load(connection, tmp_path, rekap("older", {"1101": 500, "1102": 70}))
    assert _members(connection) == {"1101": 510}
    assert rows(connection, "SELECT count(*) AS n FROM staging.membership_counts") == [{"n": 1}]


def test_of_two_files_of_one_moment_the_last_by_name_counts(connection: Connection, tmp_path: Path) -> None:
    _load(connection, tmp_path, rekap("rekap_b", {"1101": 510}))
    _load(connection, tmp_path, rekap("rekap_a", {"1101": 500, "1102": 70}))
    assert _members(connection) == {"1101": 510}


def test_a_delivery_that_is_back_counts_again(connection: Connection, tmp_path: Path) -> None:
    first, staged = rekap("first", {"1101": 500, "1102": 70})
    folder = put(tmp_path, first, staged)
    load_file(connection, first, folder)
    _load(connection, tmp_path, rekap("second", {"1101": 510}, days=1))
    load_file(connection, replace(first, delivered_at=first.delivered_at + timedelta(days=2)), folder)
    assert _members(connection) == {"1101": 500, "1102": 70}
    assert rows(connection, "SELECT count(*) AS n FROM staging.membership_counts") == [{"n": 2}]


@pytest.mark.parametrize(
    "other",
    [{"scope": "12"}, {"as_of": date(2025, 3, 30)}],
    ids=["another scope", "another day"],
)
def test_files_of_another_slot_do_not_touch_each_other(
    other: dict[str, Any], connection: Connection, tmp_path: Path
) -> None:
    _load(connection, tmp_path, rekap("first", {"1101": 500}))
    _load(connection, tmp_path, rekap("second", {"1201": 40}, days=1, **other))
    assert _members(connection) == {"1101": 500, "1201": 40}
    assert rows(connection, "SELECT DISTINCT is_revised FROM ledger.counted_files") == [{"is_revised": False}]


def test_a_rejected_delivery_is_written_down_and_the_accepted_one_stays(
    connection: Connection, tmp_path: Path
) -> None:
    _load(connection, tmp_path, rekap("good", {"1101": 500}))
    load_file(connection, refused("bad", days=1, rejection="the header differs", hint="ask"), None)
    assert _members(connection) == {"1101": 500}
    assert rows(
        connection, "SELECT file_name, rejection, hint FROM ledger.files WHERE state = 'rejected'"
    ) == [{"file_name": "bad.csv", "rejection": "the header differs", "hint": "ask"}]
    assert rows(connection, "SELECT is_revised FROM ledger.counted_files") == [{"is_revised": False}]


def test_a_new_reading_replaces_the_rows_and_leaves_history(connection: Connection, tmp_path: Path) -> None:
    first, staged = rekap("march", {"1101": 500}, reasons=(MISSING,))
    load_file(connection, first, put(tmp_path, first, staged))
    # The rules changed and two rows more were accepted: same bytes, another reading.
    _, more = rekap("march", {"1101": 500, "1102": 70, "1171": 9})
    second = replace(
        first,
        reading="r2",
        read_at=first.read_at + timedelta(days=1),
        rows_accepted=3,
        rows_quarantined=0,
        reasons=(),
    )
    load_file(connection, second, put(tmp_path, second, more))
    assert _members(connection) == {"1101": 500, "1102": 70, "1171": 9}
    assert rows(connection, "SELECT reading, is_revised FROM ledger.counted_files") == [
        {"reading": "r2", "is_revised": False}
    ]
    assert rows(connection, "SELECT reading FROM ledger.files ORDER BY reading") == [
        {"reading": "r1"},
        {"reading": "r2"},
    ]
    assert rows(connection, "SELECT reading, reason FROM ledger.rejections") == [
        {"reading": "r1", "reason": "segment:missing"}
    ]


def test_a_reading_that_is_rejected_leaves_the_accepted_one(connection: Connection, tmp_path: Path) -> None:
    first, staged = rekap("march", {"1101": 500})
    load_file(connection, first, put(tmp_path, first, staged))
    again = replace(
        first, reading="r2", state="rejected", rows_accepted=0, read_at=first.read_at + timedelta(1)
    )
    load_file(connection, again, None)
    assert _members(connection) == {"1101": 500}


def test_rows_that_left_the_staged_file_are_missed(connection: Connection, tmp_path: Path) -> None:
    record, staged = rekap("march", {"1101": 500, "1102": 70})
    folder = put(tmp_path, record, staged.head(1))
    before = everything(connection)
    with pytest.raises(ContractBroken, match="1 staged rows, but the gate accepted 2") as failure:
        load_file(connection, record, folder)
    assert failure.value.where == "march.csv"
    assert everything(connection) == before


_STEPS = ("forget", "_enter", "_load_rows", "_counted")


@pytest.mark.parametrize("step", _STEPS)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_load_that_ends_in_the_middle_leaves_the_old_state(
    step: str, when: str, connection: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever interrupts it: not only errors, also Ctrl-C."""
    _load(connection, tmp_path, rekap("first", {"1101": 500, "1102": 70}, reasons=(MISSING,)))
    before = everything(connection)
    record, staged = rekap("second", {"1101": 510}, days=1, reasons=(MISSING,))
    folder = put(tmp_path, record, staged)
    true = getattr(warehouse.load, step)

    def interrupted(*given: Any) -> Any:
        if when == "after":
            true(*given)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(warehouse.load, step, interrupted)
        with pytest.raises(KeyboardInterrupt):
            load_file(connection, record, folder)
    assert everything(connection) == before
    load_file(connection, record, folder)
    assert _members(connection) == {"1101": 510}


def test_an_error_of_the_database_itself_is_told_as_it_is(connection: Connection, tmp_path: Path) -> None:
    record, staged = rekap("march", {"1101": 500})
    folder = put(tmp_path, record, staged)
    before = everything(connection)
    with pytest.raises(duckdb.ConstraintException, match="sha256"):
        load_file(connection, replace(record, sha256=None), folder)  # type: ignore[arg-type]
    assert everything(connection) == before
    load_file(connection, record, folder)
    assert _members(connection) == {"1101": 500}


def test_registers_are_replaced_together_or_not_at_all(connection: Connection) -> None:
    registers = load_registers().frames()
    load_reference(connection, registers)
    count = "SELECT count(*) AS n FROM reference.regions"
    assert rows(connection, count) == [{"n": 552}]
    broken = registers["targets"].with_columns(pl.lit(None, pl.String).alias("target_id"))
    with pytest.raises(duckdb.ConstraintException, match="target_id"):
        load_reference(connection, {**registers, "regions": registers["regions"].head(6), "targets": broken})
    assert rows(connection, count) == [{"n": 552}]
    assert rows(connection, "SELECT count(*) AS n FROM reference.targets") == [
        {"n": registers["targets"].height}
    ]
    load_reference(connection, {**registers, "regions": registers["regions"].head(6)})
    assert rows(connection, count) == [{"n": 6}]


def test_claims_are_replaced_and_may_be_none(connection: Connection) -> None:
    model = table("staging.claim_verdicts").model
    one = pl.DataFrame(
        [("a", None, "impossible", None, None, "no such day", "tanggal tidak ada")],
        schema=model.polars_schema(),
        orient="row",
    )
    load_claims(connection, {"claim_verdicts": one})
    assert rows(connection, "SELECT claim_id FROM staging.claim_verdicts") == [{"claim_id": "a"}]
    load_claims(connection, {"claim_verdicts": one.clear()})
    assert rows(connection, "SELECT claim_id FROM staging.claim_verdicts") == []
