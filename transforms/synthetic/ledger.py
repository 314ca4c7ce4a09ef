"""The truth about files: where every planted defect stands, and what becomes of every line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from transforms.synthetic.defects import CLASS_NUMBER, DEFECTS

_MARK = "SYNTHETIC"
PLANTED_SCHEMA = pl.Schema(
    {
        "as_of": pl.Date(),
        "file_name": pl.String(),
        "line": pl.Int64(),
        "defect": pl.String(),
        "outcome": pl.String(),
        "reasons": pl.List(pl.String()),
        "group": pl.String(),
        "extra": pl.Boolean(),
    }
)
_COUNTED = {
    "quarantined": "quarantined",
    "duplicate": "duplicates",
    "superseded": "superseded",
    "contradiction": "contradicting",
    "counted_warning": "warned",
}


def file_name(source: str, scope: str, as_of: date, extension: str) -> str:
    """Name of a landing file, marked as synthetic. Rounds of the labour force carry the month only."""
    day = f"{as_of:%Y%m}" if source == "penduduk_bekerja" else f"{as_of:%Y%m%d}"
    return f"{source}_{scope}_{day}_{_MARK}.{extension}"


@dataclass(frozen=True)
class Placed:
    """What is planted in one block, and where the block begins: file, day, physical line."""

    planted: pl.DataFrame
    file_name: str
    as_of: date
    first_line: int


def entries(placed: Sequence[Placed]) -> pl.DataFrame:
    """Planted defects as entries of the ledger, ordered by file and line; a null line is the file itself."""
    filled = [part for part in placed if part.planted.height]
    if not filled:
        return pl.DataFrame(schema=PLANTED_SCHEMA)
    heights = [part.planted.height for part in filled]
    classes = list(DEFECTS.values())
    number = pl.col("defect")
    day = pl.col("as_of").dt.strftime("%Y%m%d")
    return (
        pl.concat([part.planted for part in filled])
        .with_columns(
            pl.Series("as_of", [part.as_of for part in filled]).gather(_repeated(heights)),
            pl.Series("file_name", [part.file_name for part in filled]).gather(_repeated(heights)),
            pl.col("line") + pl.Series([part.first_line for part in filled]).gather(_repeated(heights)),
        )
        .select(
            "as_of",
            "file_name",
            "line",
            _by_class(number, [one.name for one in classes]).alias("defect"),
            _by_class(number, [one.outcome for one in classes]).alias("outcome"),
            _by_class(number, [list(one.reasons) for one in classes]).alias("reasons"),
            pl.when(pl.col("group") >= 0).then(pl.format("{}-{}", day, "group")).alias("group"),
            "extra",
        )
        .cast(PLANTED_SCHEMA)
        .sort("file_name", "line", "defect")
    )


def file_entry(defect: str, name: str, as_of: date) -> Placed:
    """An entry for a whole file."""
    entry = {"line": [None], "defect": [CLASS_NUMBER[defect]], "group": [-1], "extra": [False]}
    return Placed(pl.DataFrame(entry, schema_overrides={"line": pl.Int64}), name, as_of, 0)


def _repeated(heights: list[int]) -> pl.Series:
    return pl.Series(np.repeat(np.arange(len(heights), dtype=np.uint32), heights))


def _by_class(number: pl.Expr, values: list[Any]) -> pl.Expr:
    return pl.lit(pl.Series(values)).gather(number.cast(pl.UInt32))


def accounts(files: pl.DataFrame, planted: pl.LazyFrame) -> pl.DataFrame:
    """One row per landing file: what each of its physical lines is.

    `files`: file_name, source, scope, as_of, sha256, bytes, lines, and lines by kind, `rows` among them.
    rows = accepted + quarantined + duplicates + superseded + contradicting; `warned` are among the accepted.
    Of a pair of equal rows in two files the added one is the duplicate here; a reader may take the other.
    """
    by_outcome = (
        planted.filter(
            pl.col("line").is_not_null() & (pl.col("extra") | (pl.col("outcome") == "counted_warning"))
        )
        .group_by("file_name", "outcome")
        .agg(pl.col("line").n_unique().cast(pl.Int64).alias("lines"))
        .collect()
    )
    known = files
    for outcome, column in _COUNTED.items():
        part = by_outcome.filter(pl.col("outcome") == outcome).select(
            "file_name", pl.col("lines").alias(column)
        )
        known = known.join(part, on="file_name", how="left").with_columns(pl.col(column).fill_null(0))
    rejected = planted.filter(pl.col("outcome") == "file_rejected").select("file_name").collect().to_series()
    is_rejected = pl.col("file_name").is_in(rejected.to_list())
    taken = pl.sum_horizontal(column for outcome, column in _COUNTED.items() if outcome != "counted_warning")
    return known.with_columns(
        accepted=pl.when(is_rejected).then(0).otherwise(pl.col("rows") - taken),
        status=pl.when(is_rejected).then(pl.lit("rejected")).otherwise(pl.lit("accepted")),
    ).sort("file_name")


def planted_by_class(planted: pl.LazyFrame) -> dict[str, int]:
    """Entries per class, in the order of the table of classes."""
    counted = dict(planted.group_by("defect").len().collect().rows())
    return {name: counted[name] for name in DEFECTS if name in counted}
