"""Whole nights of member rows: what is read, what counts, what adds up, and what stops the release."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

import flows.nightly
import flows.stages.members
import warehouse.members
from flows.stages.survey import Survey
from tests.conftest import Run, Write
from tests.members.nights import change, count_landing, counts_of, persons_by_day, put_key, staged_files
from tests.members.rows import csv_file
from tests.nights import ask, run_quietly, settings_of, tree
from warehouse.checks import run_checks
from warehouse.database import open_warehouse

MARCH = "2025-03-31"


def person(serial: int, **cells: str | None) -> dict[str, str | None]:
    return {"nik": f"510301410190{serial:04}", "kpj": f"{serial:011}"} | cells


@pytest.fixture(autouse=True)
def _keyed(data_root: Path) -> None:
    put_key(data_root)


def test_a_corrected_file_replaces_only_what_its_office_delivered(data_root: Path, landing: Write) -> None:
    landing("peserta_51a01_20250331.csv", csv_file(*(person(at) for at in range(1, 6))))
    landing("peserta_51b01_20250331.csv", csv_file(*(person(at) for at in range(5, 9))))
    count_landing(data_root)
    assert persons_by_day(data_root) == {MARCH: 8}
    [other] = ask(data_root, "SELECT file_id FROM ledger.files WHERE scope = '51b01'")[0]
    parts = {path: path.stat().st_mtime_ns for path in data_root.glob(f"staged/peserta/*/{other}*/*")}
    landing("peserta_51a01_20250331_rev.csv", csv_file(person(1), person(2, residence="51.71")), at=9)
    found, read, counted = count_landing(data_root)
    assert ([item.file.name for item in found.waiting], read.files) == (["peserta_51a01_20250331_rev.csv"], 1)
    assert (counted.days, persons_by_day(data_root)) == (1, {MARCH: 6})
    assert {path: path.stat().st_mtime_ns for path in parts} == parts
    assert ask(
        data_root, "SELECT region_code, sum(persons) FROM staging.work_flows GROUP BY 1 ORDER BY 1"
    ) == [
        ("5103", 5),
        ("5171", 1),
    ]
    # The first version is put back, newer: it counts again, and nothing is read.
    landing("peserta_51a01_20250331_back.csv", csv_file(*(person(at) for at in range(1, 6))), at=20)
    assert len(count_landing(data_root)[0].waiting) == 0
    assert persons_by_day(data_root) == {MARCH: 8}


def test_other_days_are_left_alone(data_root: Path, landing: Write) -> None:
    early = {"updated_at": "2025-02-01 00:00:00", "last_paid": "202502"}
    landing("peserta_51a01_20250228.csv", csv_file(person(1, **early)))
    landing("peserta_51a01_20250331.csv", csv_file(person(1)))
    count_landing(data_root)
    change(data_root, "UPDATE staging.balance SET persons = 77 WHERE as_of = '2025-02-28'")
    landing("peserta_51b01_20250331.csv", csv_file(person(2)))
    count_landing(data_root)
    assert persons_by_day(data_root) == {"2025-02-28": 77, MARCH: 2}


def test_the_same_bytes_twice_are_read_once(data_root: Path, landing: Write) -> None:
    landing("peserta_51a01_20250331.csv", csv_file(person(1), person(1)))
    landing("peserta_51a01_20250331_again.csv", csv_file(person(1), person(1)))
    _, read, counted = count_landing(data_root)
    assert (read.files, counted.rows, persons_by_day(data_root)) == (1, 2, {MARCH: 1})
    assert ask(data_root, "SELECT rows, duplicates, memberships FROM staging.balance") == [(2, 1, 1)]


def test_one_row_in_two_offices_counts_once(data_root: Path, landing: Write) -> None:
    landing("peserta_51a01_20250331.csv", csv_file(person(1)))
    landing("peserta_51b01_20250331.csv", csv_file(person(1)))
    count_landing(data_root)
    assert ask(data_root, "SELECT files, rows, duplicates, persons FROM staging.balance") == [(2, 2, 1, 1)]


def crowd() -> list[dict[str, str | None]]:
    """Sixty rows of forty persons: doubled, older, contradicting, in two regencies and segments."""
    bpu: dict[str, str | None] = {"segment": "BPU", "npp": None, "programs": "JKK|JKM", "wage": None}
    rows = [person(at, residence="51.71" if at % 3 else "51.03") for at in range(1, 41)]
    rows += [rows[at] for at in range(5)]
    rows += [rows[at] | {"updated_at": "2025-01-01 00:00:00", "residence": "51.08"} for at in range(5)]
    rows += [rows[at] | {"residence": "51.08"} for at in range(10, 15)]
    return rows + [person(at, kpj=f"9{at:010}", residence="51.08") | bpu for at in range(1, 6)]


def test_many_buckets_count_as_one(data_root: Path, landing: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = crowd()
    landing("peserta_51a01_20250331.csv", csv_file(*rows[::2]))
    landing("peserta_51b01_20250331.csv", csv_file(*rows[1::2]))
    count_landing(data_root)
    whole = counts_of(data_root)
    assert whole["balance"][0][1:] == (2, 60, 5, 10, 5, 45, 45, 40, 5)
    made = []
    once = warehouse.members.bucket_rows

    def noted(*words: Any) -> pl.DataFrame:
        rows = once(*words)
        made.append(rows.height)
        return rows

    monkeypatch.setattr("flows.stages.counting.BUCKET_ROWS", 3)
    monkeypatch.setattr("flows.stages.counting.NARROW_ROWS", 3)
    monkeypatch.setattr("flows.stages.counting.bucket_rows", noted)
    change(data_root, "UPDATE staging.balance SET inputs = 'forgotten'")
    count_landing(data_root, processes=1)
    assert len(made) == 40  # twenty by person and twenty by membership
    assert max(made) < 20
    assert counts_of(data_root) == whole


def published(root: Path) -> dict[str, Any]:
    """The newest release: its name, every byte, and the rows of its database, whose bytes never repeat."""
    latest = (root / "published" / "latest").resolve()
    files: dict[str, Any] = {latest.name: "", **tree(latest)}
    del files["cakupan.duckdb"]
    files["SHA256SUMS"] = [line for line in files["SHA256SUMS"].splitlines() if b"cakupan.duckdb" not in line]
    with duckdb.connect(str(latest / "cakupan.duckdb"), read_only=True) as release:
        tables = release.execute("SELECT schema_name, table_name FROM duckdb_tables()").fetchall()
        return files | {
            f"{schema}.{name}": release.execute(f'FROM "{schema}"."{name}"').fetchall()
            for schema, name in tables
        }


@pytest.mark.slow
def test_the_order_of_files_changes_no_byte_of_a_release(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767700000")
    rows = crowd()
    found: list[dict[str, Any]] = []
    survey = flows.nightly.survey

    def backwards(night: Any) -> Survey:
        seen = survey(night)
        seen.waiting.reverse()
        return seen

    for order in (survey, backwards):
        root = tmp_path / order.__name__
        (root / "landing").mkdir(parents=True)
        put_key(root)
        for at, office in enumerate(("51a01", "51b01", "51c01")):
            path = root / "landing" / f"peserta_{office}_20250331.csv"
            path.write_text(csv_file(*rows[at::3]))
            os.utime(path, (1767600000, 1767600000))
        monkeypatch.setattr(flows.nightly, "survey", order)
        assert run_quietly(root).outcome == "published"
        found.append(published(root))
    assert len(found[0]) > 60
    assert "2025-03-31" in next(iter(found[0]))
    assert [name for name in found[0] if found[0][name] != found[1].get(name)] == []
    assert found[0].keys() == found[1].keys()


@pytest.mark.slow
def test_nothing_new_reads_nothing(
    data_root: Path, landing: Write, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    landing("peserta_51a01_20250331.csv", csv_file(person(1)))
    first = run()
    assert first.outcome == "published"
    for name in (
        "members.read_batches",
        "counting.bucket_rows",
        "survey.fingerprint",
        "dividing.read_members",
    ):
        monkeypatch.setattr(f"flows.stages.{name}", None)
    again = run()
    assert (again.outcome, again.files_read, again.release_id) == ("nothing_new", 0, first.release_id)


@pytest.mark.parametrize(
    "place", ["flows.nightly.counting.count_members", "warehouse.members.MemberStage.finish"]
)
def test_a_night_that_was_killed_is_gone_on_with(
    place: str, data_root: Path, landing: Write, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    rows = crowd()
    for root in (data_root, tmp_path / "undisturbed"):
        (root / "landing").mkdir(parents=True, exist_ok=True)
        put_key(root)
        for at, office in enumerate(("51a01", "51b01")):
            path = root / "landing" / f"peserta_{office}_20250331.csv"
            path.write_text(csv_file(*rows[at::2]))
            os.utime(path, (1767600000, 1767600000))

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(place, killed)
        with pytest.raises(KeyboardInterrupt):
            run()
    assert ask(data_root, "SELECT * FROM staging.balance") == []
    count_landing(data_root)
    count_landing(tmp_path / "undisturbed")
    assert counts_of(data_root) == counts_of(tmp_path / "undisturbed")
    assert len(staged_files(data_root)) == 2
    assert not list((data_root / "staged").rglob(".*"))


MESSY = (
    "\ufeff" + csv_file(person(1)).replace("\n", "\r\n")
    + "\r\n"
    + csv_file(
        person(2, nik="5.10302E+15"),
        person(3),
        person(3),
        person(4, branch_office='"51A\n01"'),
        *(person(at) for at in range(10, 70)),
        header=False,
    )
    + "5103014101900050,too,few\n"
    + "   \n"
)  # fmt: skip


def test_every_line_and_every_row_is_accounted_for(data_root: Path, landing: Write) -> None:
    landing("peserta_51a01_20250331.csv", MESSY)
    _, read, _ = count_landing(data_root)
    assert read.problems == ()
    [line] = ask(
        data_root,
        """SELECT lines, lines_header, lines_blank, lines_continued, lines_note, lines_total_row,
               rows_accepted, rows_quarantined FROM ledger.files""",
    )
    # Header, 1, blank, 2, 3, 3, two lines of 4, sixty more, a short row, a line of blanks.
    assert line == (70, 1, 2, 1, 0, 0, 64, 2)
    assert line[0] == sum(line[1:])
    reasons = ask(data_root, "SELECT reason, rows FROM ledger.rejections WHERE NOT is_warning ORDER BY 1")
    assert reasons == [("line:too_few_fields", 1), ("nik:scientific_notation", 1)]
    assert ask(data_root, "SELECT rows, duplicates, memberships, persons FROM staging.balance") == [
        (64, 1, 63, 63)
    ]


TAMPERED = [
    ("UPDATE staging.balance SET persons = persons + 1", "workers_do_not_balance"),
    ("UPDATE staging.balance SET duplicates = duplicates + 1", "workers_do_not_balance"),
    (
        "UPDATE staging.balance SET extra_memberships = -1, active_memberships = persons - 1",
        "workers_do_not_balance",
    ),
    ("DELETE FROM staging.segment_overlap WHERE region_code = '5103'", "counts_do_not_add_up"),
    (
        "UPDATE staging.work_flows SET persons = persons + 1 WHERE region_code = '5103'",
        "counts_do_not_add_up",
    ),
    (
        "UPDATE staging.worker_counts SET persons = persons + 1 WHERE counted_by = 'membership'",
        "counts_do_not_add_up",
    ),
    (
        "UPDATE staging.worker_counts SET persons = persons + 1 WHERE counted_by = 'residence'",
        "counts_do_not_add_up",
    ),
    ("UPDATE staging.balance SET rows = rows + 1, memberships = memberships + 1", "rows_not_counted"),
    ("DELETE FROM staging.balance", "rows_not_counted"),
    ("DELETE FROM staging.worker_counts", "counts_do_not_add_up"),
]


@pytest.mark.slow
def test_a_count_that_was_changed_stops_the_night(data_root: Path, landing: Write, run: Run) -> None:
    rows = [person(1), person(2, residence="51.71"), person(1, kpj="90000000000")]
    landing("peserta_51a01_20250331.csv", csv_file(*rows))
    assert run().outcome == "published"
    before = published(data_root)
    assert stopped_by(data_root, "SELECT 1") == set()
    for statement, check in TAMPERED:
        assert (statement, check in stopped_by(data_root, statement)) == (statement, True)
    # And a whole night, which nothing makes count that day again.
    change(data_root, TAMPERED[0][0])
    landing("rekap_52_20250331.csv", "wilayah,segmen,peserta_aktif\n52.01,TOTAL,5\n")
    assert run().outcome == "checks_failed"
    assert published(data_root) == before


def stopped_by(root: Path, statement: str) -> set[str]:
    """Checks that stop the release after a change to the warehouse, which is taken back."""
    settings = settings_of(root)
    with open_warehouse(settings.paths.warehouse, settings.limits) as connection:
        connection.begin()
        connection.execute(statement)
        found = {finding.check.check_id for finding in run_checks(connection) if finding.stops_release}
        connection.rollback()
    return found


@pytest.mark.slow
def test_a_province_whose_offices_delivered_nothing_has_no_figure(
    data_root: Path, landing: Write, run: Run
) -> None:
    """Some of its people are members elsewhere; their number would look like a very low coverage."""
    landing(
        "peserta_51a01_20250331.csv",
        csv_file(person(1), person(2, residence="52.01"), person(3, residence="52.01", workplace="52.02")),
    )
    assert run().outcome == "published"
    marts: Callable[[str], list[tuple[Any, ...]]] = lambda query: ask(data_root, query)  # noqa: E731
    assert marts("SELECT region_code, sum(persons) FROM staging.work_flows GROUP BY 1 ORDER BY 1") == [
        ("5103", 1),
        ("5201", 2),
    ]
    shown = marts(
        "SELECT DISTINCT region_code, numerator_id, active_members FROM marts.members_by_region "
        "WHERE segment = 'TOTAL' ORDER BY ALL"
    )
    assert shown == [
        ("5103", "memberships_residence", 1),
        ("5103", "workers_residence", 1),
        ("5103", "workers_residence_pu_bpu", 1),
        ("5171", "workers_workplace", 2),
    ]
    assert marts(
        "SELECT DISTINCT coverage_pct, active_members FROM marts.coverage_by_province "
        "WHERE province_code = '52'"
    ) == [(None, None)]
