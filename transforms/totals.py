"""Total rows of an extract held against the rows above them: checked, never loaded."""

from __future__ import annotations

import polars as pl

from schemas.sources import Source
from schemas.tables.table import TOTAL
from transforms.parsing import cleaned, parse_count

_REGENCY = pl.col("region_code").str.len_chars() == 4


def total_disagrees(source: Source, rows: pl.DataFrame, totals: list[str | None]) -> str | None:
    """Say how a total row fails to add up; None when all do, or when a row is unreadable anyway.

    A total may stand for the rows of TOTAL, or for the segments; rows above regencies are no parts of it.
    """
    given = pl.DataFrame({"text": totals}, schema={"text": pl.String}).select(parse_count(cleaned("text")))
    figures = rows.filter(_REGENCY) if rows.filter(_REGENCY).height else rows
    if not totals or figures[source.summed].null_count() or given.to_series().null_count():
        return None
    sums = {int(figures[source.summed].sum())}
    if "segment" in figures.columns:
        is_total = pl.col("segment") == TOTAL
        sums |= {int(figures.filter(part)[source.summed].sum()) for part in (is_total, ~is_total)}
    for value in given.to_series():
        if value not in sums:
            off = min((value - total for total in sums), key=abs)
            side = "above" if off > 0 else "below"
            return f"the total row does not add up: it is {abs(off)} {side} the sum of its rows"
    return None
