"""Copies of memberships: identical, older, contradicting. None of them changes a right answer."""

from __future__ import annotations

import polars as pl

from transforms.synthetic.draws import Draws
from transforms.synthetic.month_ends import Ints
from transforms.synthetic.plan import Plan
from transforms.synthetic.snapshots import as_text_columns
from transforms.synthetic.vocabulary import COLUMNS, KBLI

_DAY = 86_400


def copies(plan: Plan, rows: pl.DataFrame, name: str, draws: Draws) -> pl.DataFrame:
    """One more row for each of `rows`, in the way of the class `name`."""
    if name == "duplicate_same_file":
        return rows
    if name == "duplicate_other_file":
        return rows.with_columns(file=elsewhere(plan, rows))
    if name == "contradicting_version":
        return rows.with_columns(
            start=pl.col("start") - 1,
            last_paid=pl.col("last_paid") - 100,
            kbli=(pl.col("kbli") + 1) % len(KBLI),
        )
    moved = pl.when(pl.col("person") % 2 == 0).then("file").otherwise(pl.Series(elsewhere(plan, rows)))
    return older(plan, rows, pl.Series(1 + draws.below(rows.height, 90))).with_columns(file=moved)


def older(plan: Plan, rows: pl.DataFrame, days: pl.Series | int) -> pl.DataFrame:
    """Earlier versions of rows: other residence where the province has one, lower wage, updated earlier."""
    return rows.with_columns(
        residence=plan.next_regency[rows["residence"].to_numpy()],
        former_residence=pl.lit(value=False),
        wage=pl.when(pl.col("wage") >= 50_000).then(pl.col("wage") - 50_000).otherwise("wage"),
        updated=pl.col("updated") - days * _DAY,
    )


def elsewhere(plan: Plan, rows: pl.DataFrame) -> Ints:
    """Another office of the same province, or the same one where there is no other."""
    other: Ints = plan.next_office[rows["office"].to_numpy()]
    return other


def texts(plan: Plan, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of codes as the texts of a plain file: ISO dates, whole numbers."""
    typed = as_text_columns(plan, rows)
    return typed.with_columns(pl.col("diperbarui").dt.strftime("%Y-%m-%d %H:%M:%S")).select(
        pl.col(COLUMNS).cast(pl.String)
    )
