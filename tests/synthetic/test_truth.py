"""The truth of a twin against a night in plain Python that reads its landing."""

from __future__ import annotations

from collections import Counter
from datetime import date

import polars as pl
import pytest

from flows.synth import Twin, score_folder
from schemas.tables.member_rows import AGE_GROUPS
from tests.synthetic.naive_night import Night, people
from transforms.synthetic.defects import DEFECTS
from transforms.synthetic.scoring import NOT_PLANTED

NEWEST = date(2025, 3, 31)
ORDER = ("PU", "JAKON", "PMI", "BPU")


def counted_by_hand(night: Night, numerator: str) -> dict[tuple[date, str | None], int]:
    told: Counter[tuple[date, str | None]] = Counter()
    for as_of, rows in night.kept.items():
        for held in people(rows, as_of).values():
            segments = {row["segmen"] for row in held}
            if numerator == "memberships_residence":
                told.update((as_of, row["residence"]) for row in held)
            elif numerator == "workers_workplace":
                told[as_of, held[-1]["workplace"]] += 1
            elif numerator == "workers_residence" or segments & {"PU", "BPU"}:
                told[as_of, held[-1]["residence"]] += 1
    return told


@pytest.mark.parametrize(
    "numerator",
    ["workers_residence", "workers_residence_pu_bpu", "workers_workplace", "memberships_residence"],
)
def test_every_regency_has_the_members_that_a_reader_counts(
    numerator: str, night: Night, coverage: pl.DataFrame
) -> None:
    truth = coverage.filter(
        (pl.col("numerator_id") == numerator)
        & (pl.col("level") == "regency")
        & (pl.col("members_source") == "peserta")
        & (pl.col("active_members") > 0)
    )
    expected = {(row["as_of"], row["region_code"]): row["active_members"] for row in truth.to_dicts()}
    counted = counted_by_hand(night, numerator)
    assert {key: count for key, count in counted.items() if key[1]} == expected


def test_every_cell_has_the_persons_that_a_reader_counts(twin: Twin, night: Night) -> None:
    cells = pl.read_parquet(twin.folder / "truth" / "cells.parquet").filter(
        (pl.col("numerator_id") == "workers_residence") & pl.col("sex").is_not_null()
    )
    expected = Counter({row[:1] + row[2:-1]: row[-1] for row in cells.rows()})
    counted: Counter[tuple[object, ...]] = Counter()
    for as_of, rows in night.kept.items():
        for held in people(rows, as_of).values():
            latest = held[-1]
            segments = {row["segmen"] for row in held}
            counted[
                as_of,
                latest["residence"],
                next(segment for segment in ORDER if segment in segments),
                latest["jenis_kelamin"],
                [label for label, first in AGE_GROUPS if latest["age"] >= first][-1],
                latest["sumber_iuran"],
                latest["rentan"] == "Y",
            ] += 1
    assert counted == expected


def test_overlap_of_segments_and_flows_are_what_a_reader_counts(twin: Twin, night: Night) -> None:
    overlap: Counter[tuple[object, ...]] = Counter()
    flows: Counter[tuple[object, ...]] = Counter()
    for as_of, rows in night.kept.items():
        for held in people(rows, as_of).values():
            segments = {row["segmen"] for row in held}
            together = "+".join(segment for segment in ORDER if segment in segments)
            overlap[as_of, held[-1]["residence"], together] += 1
            flows[as_of, held[-1]["residence"], held[-1]["workplace"]] += 1
    for name, counted in (("segment_overlap", overlap), ("flows", flows)):
        truth = pl.read_parquet(twin.folder / "truth" / f"{name}.parquet")
        assert counted == {row[:-1]: row[-1] for row in truth.rows()}


def test_every_planted_defect_stands_at_its_line(twin: Twin, night: Night) -> None:
    found = pl.DataFrame(
        night.found,
        schema={
            "file_name": pl.String,
            "line": pl.Int64,
            "reasons": pl.List(pl.String),
            "outcome": pl.String,
        },
    )
    table = score_folder(twin.folder, found)
    decidable = table.filter(
        ~pl.col("outcome").is_in(["undecidable", "accepted"]) & (pl.col("defect") != NOT_PLANTED)
    )
    assert decidable.filter((pl.col("recall") != 1) | (pl.col("precision") != 1)).rows() == []
    assert table.filter((pl.col("outcome") == "accepted") & (pl.col("recall") != 1)).rows() == []
    assert table.filter(pl.col("defect") == NOT_PLANTED)["found"].item() == 0


def test_every_class_of_the_table_is_planted(twin: Twin) -> None:
    # No regency of these two provinces has ever been renamed.
    assert DEFECTS.keys() - twin.planted.keys() == {"residence_former_code"}


def test_a_reader_finds_the_lines_of_the_accounts(twin: Twin, night: Night) -> None:
    accounts = pl.read_parquet(twin.folder / "truth" / "accounts.parquet").filter(
        pl.col("source") == "peserta"
    )
    accepted = accounts.filter(pl.col("status") == "accepted")
    told = accepted.select("file_name", "lines", "rows", "quarantined").rows()
    assert {name: (lines, rows, bad) for name, lines, rows, bad in told} == {
        name: (account["lines"], account["rows"], account["quarantined"])
        for name, account in night.accounts.items()
    }
    parts = pl.sum_horizontal("header", "blank", "continued", "total_row", "note", "rows")
    assert accounts.filter(pl.col("lines") != parts).height == 0
    taken = pl.sum_horizontal("accepted", "quarantined", "duplicates", "superseded", "contradicting")
    assert accepted.filter(pl.col("rows") != taken).height == 0


def test_no_ordinary_file_comes_near_the_tolerance(twin: Twin) -> None:
    accounts = pl.read_parquet(twin.folder / "truth" / "accounts.parquet")
    large = accounts.filter((pl.col("rows") > 200) & (pl.col("source") == "peserta"))
    assert large.filter(pl.col("quarantined") > 0.025 * pl.col("rows")).height == 0


def test_persons_are_fewer_than_memberships_and_rows(twin: Twin) -> None:
    balance = pl.read_parquet(twin.folder / "truth" / "balance.parquet")
    more = balance["active_memberships"] / balance["persons"]
    assert (balance["rows"] > balance["active_memberships"]).all()
    assert more.is_between(1.03, 1.10).all()
