"""What a contender found, in one shape; a benchmark of different answers is worth nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb
import polars as pl

from schemas.sources import PESERTA

if TYPE_CHECKING:
    from pathlib import Path

KEYS = ["as_of", "regency", "numerator"]
_NAMES = {column.header: column.name for column in PESERTA.columns}
_WARNINGS = {"birth_disagrees": "birth_date:disagrees_with_nik", "sex_disagrees": "sex:disagrees_with_nik"}


@dataclass(frozen=True)
class Answer:
    """`cells`: as_of, regency, numerator, active_members. `counts`: what else was counted, by name.

    Among `counts`: rows set aside in all and by the column that a reason names (the scripts tell fewer reasons
    of a column apart), every number of the balance, rows kept with a warning, contradicting identities.
    """

    cells: pl.DataFrame
    counts: dict[str, int]

    def differs_from(self, other: Answer) -> str | None:
        """Say what is different; None when nothing is."""
        names = sorted(self.counts.keys() | other.counts.keys())
        told = [
            f"{name} {self.counts.get(name)} against {other.counts.get(name)}"
            for name in names
            if self.counts.get(name) != other.counts.get(name)
        ]
        joined = self.cells.join(other.cells, on=KEYS, how="full", coalesce=True, suffix="_other")
        wrong = joined.filter(pl.col("active_members").ne_missing(pl.col("active_members_other")))
        if wrong.height:
            first = wrong.sort(KEYS).rows()[:2]
            told.append(f"{wrong.height} of {joined.height} cells, for example {first}")
        return "; ".join(told) or None


def answer_of(name: str, out: Path) -> Answer:
    """Read what a contender wrote."""
    return _of_cakupan(out) if name.startswith("cakupan") else _of_script(out)


def rejected_by_column(reasons: Iterable[list[str]]) -> dict[str, int]:
    """Rows set aside by the column that is at fault; a row with several counts in each of them."""
    counted: Counter[str] = Counter()
    rows = 0
    for told in reasons:
        columns = {_column(reason) for reason in told if reason not in _WARNINGS.values()}
        counted.update(f"rejected for {column}" for column in columns)
        rows += 1
    return {"rejected": rows, **dict(sorted(counted.items()))}


def _column(reason: str) -> str:
    written = reason.split(":", maxsplit=1)[0]
    return _NAMES.get(written, written)


def _of_script(out: Path) -> Answer:
    cells = pl.read_csv(out / "answer.csv", schema_overrides={"regency": pl.String}, try_parse_dates=True)
    balance = {
        name: int(value) for name, value in pl.read_csv(out / "balance.csv").row(0, named=True).items()
    }
    rejected = pl.read_parquet(out / "rejected.parquet", columns=["reasons"])
    return Answer(_shaped(cells), balance | rejected_by_column(rejected["reasons"].to_list()))


def _of_cakupan(out: Path) -> Answer:
    with duckdb.connect(str(out / "warehouse.duckdb"), read_only=True) as connection:
        cells = connection.sql(
            """SELECT as_of, region_code AS regency, numerator_id AS numerator, active_members
               FROM marts.members_by_region WHERE segment = 'TOTAL' AND region_level = 'regency'
               AND source = 'peserta'"""
        ).to_arrow_table()
        balance = connection.sql(
            """SELECT sum(rows) AS rows, sum(duplicates) AS duplicates, sum(superseded) AS superseded,
                   sum(memberships) AS memberships, sum(active_memberships) AS active, sum(persons) AS persons
               FROM staging.balance"""
        ).to_arrow_table()
        quality = connection.sql(
            """SELECT sum(contradicting_persons) AS contradicting, sum(shared_memberships) AS shared
               FROM staging.identity_quality"""
        ).to_arrow_table()
        warned = connection.execute(
            "SELECT reason, sum(rows)::BIGINT FROM ledger.rejections WHERE is_warning GROUP BY ALL"
        ).fetchall()
    counts = {
        **pl.DataFrame(balance).row(0, named=True),
        **pl.DataFrame(quality).row(0, named=True),
        **{name: dict(warned).get(reason, 0) for name, reason in _WARNINGS.items()},
    }
    aside = [
        pl.read_parquet(path, columns=["reasons"])
        for path in sorted(out.glob("quarantine/peserta/*.parquet"))
    ]
    reasons = pl.concat(aside)["reasons"].to_list() if aside else []
    whole = {name: int(value) for name, value in counts.items()} | rejected_by_column(reasons)
    return Answer(_shaped(pl.DataFrame(cells)), whole)


def _shaped(cells: pl.DataFrame) -> pl.DataFrame:
    return cells.select(
        pl.col("as_of").cast(pl.Date),
        pl.col("regency"),
        pl.col("numerator"),
        pl.col("active_members").cast(pl.Int64),
    ).sort(KEYS)
