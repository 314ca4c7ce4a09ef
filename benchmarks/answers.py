"""What a contender found, in one shape; a benchmark of different answers is worth nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb
import polars as pl

if TYPE_CHECKING:
    from pathlib import Path

KEYS = ["as_of", "regency", "numerator"]


@dataclass(frozen=True)
class Answer:
    """`cells`: as_of, regency, numerator, active_members, sorted. `rejected`: rows that break a rule."""

    cells: pl.DataFrame
    rejected: int

    def differs_from(self, other: Answer) -> str | None:
        """Say what is different; None when nothing is."""
        if self.rejected != other.rejected:
            return f"{self.rejected} rejected rows against {other.rejected}"
        joined = self.cells.join(other.cells, on=KEYS, how="full", coalesce=True, suffix="_other")
        wrong = joined.filter(pl.col("active_members").ne_missing(pl.col("active_members_other")))
        if wrong.height:
            return (
                f"{wrong.height} of {joined.height} cells differ, for example {wrong.sort(KEYS).rows()[:3]}"
            )
        return None


def answer_of(name: str, out: Path) -> Answer:
    """Read what a contender wrote."""
    return _of_cakupan(out) if name == "cakupan" else _of_script(out)


def _of_script(out: Path) -> Answer:
    cells = pl.read_csv(out / "answer.csv", schema_overrides={"regency": pl.String}, try_parse_dates=True)
    return Answer(_shaped(cells), int((out / "rejected.txt").read_text(encoding="ascii").strip()))


def _of_cakupan(out: Path) -> Answer:
    with duckdb.connect(str(out / "warehouse.duckdb"), read_only=True) as connection:
        cells = connection.execute(
            """SELECT as_of, region_code AS regency, numerator_id AS numerator, active_members
               FROM marts.members_by_region WHERE segment = 'TOTAL' AND region_level = 'regency'
               AND source = 'peserta'"""
        ).to_arrow_table()
        rejected = connection.execute(
            "SELECT sum(rows_quarantined)::BIGINT FROM ledger.counted_files WHERE source = 'peserta'"
        ).fetchone()
    assert rejected is not None  # noqa: S101 (a sum is one row)
    return Answer(_shaped(pl.DataFrame(cells)), int(rejected[0]))


def _shaped(cells: pl.DataFrame) -> pl.DataFrame:
    return cells.select(
        pl.col("as_of").cast(pl.Date),
        pl.col("regency"),
        pl.col("numerator"),
        pl.col("active_members").cast(pl.Int64),
    ).sort(KEYS)
