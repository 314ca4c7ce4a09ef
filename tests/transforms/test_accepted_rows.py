"""Accepted rows in the shape of the staging tables."""

from __future__ import annotations

from datetime import date

import polars as pl

from schemas.sources import PENDUDUK_BEKERJA, REKAP
from schemas.tables.staging import Bases, MembershipCounts
from schemas.validation import conform
from transforms.accepted_rows import bases, membership_counts


def test_members_are_staged_with_file_day_and_level() -> None:
    rows = pl.DataFrame(
        [
            (2, "5103", "PU", 7, None, "workers_residence", 0),
            (3, "00", "TOTAL", 9, 1, "workers_residence", 0),
        ],
        schema=REKAP.model.polars_schema(),
        orient="row",
    )
    staged = conform(MembershipCounts, membership_counts(rows, "abc", date(2025, 3, 31)))
    day = date(2025, 3, 31)
    assert staged.rows() == [
        ("abc", 2, day, "5103", "regency", "PU", "workers_residence", 7, None),
        ("abc", 3, day, "00", "nation", "TOTAL", "workers_residence", 9, 1),
    ]


def test_bases_are_staged_with_file_round_and_level() -> None:
    rows = pl.DataFrame(
        [(5, "51", 100, 40, None, 2.5, "eligible_workers", 0)],
        schema=PENDUDUK_BEKERJA.model.polars_schema(),
        orient="row",
    )
    staged = conform(Bases, bases(rows, "abc", date(2025, 2, 1)))
    assert staged.rows() == [
        ("abc", 5, date(2025, 2, 1), "51", "province", "eligible_workers", 100, 40, None, 2.5)
    ]
