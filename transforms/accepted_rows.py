"""Accepted rows of an extract in the shape in which they are staged."""

from __future__ import annotations

from datetime import date

import polars as pl

from schemas.catalog import table
from transforms.regions import level


def membership_counts(rows: pl.DataFrame, file_id: str, as_of: date) -> pl.DataFrame:
    """One row per line of a `rekap` (staging.membership_counts)."""
    return _shaped(rows.with_columns(pl.lit(as_of).alias("as_of")), file_id, "staging.membership_counts")


def bases(rows: pl.DataFrame, file_id: str, as_of: date) -> pl.DataFrame:
    """One row per line of a `penduduk_bekerja` (staging.bases); the round is the month of the file name."""
    return _shaped(rows.with_columns(pl.lit(as_of).alias("base_round")), file_id, "staging.bases")


def _shaped(rows: pl.DataFrame, file_id: str, full_name: str) -> pl.DataFrame:
    shape = table(full_name).model.polars_schema()
    return rows.with_columns(
        pl.lit(file_id).alias("file_id"), level(pl.col("region_code")).alias("region_level")
    ).select(pl.col(name).cast(dtype) for name, dtype in shape.items())
