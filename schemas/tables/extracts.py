"""Typed rows of an extract, as the gate sees them: before a row is accepted or set aside.

Columns are nullable where reading may fail: the reason is then a bit in `defects`, so that a row is
told "not a number" or "missing", never both. `schemas.sources` says which defects a source knows.
"""

from __future__ import annotations

import pandera.polars as pa
import polars as pl

from schemas.tables.table import REGION_CODE, SEGMENTS, TOTAL, Table


def _unique_where_complete(data: pa.PolarsData, key: tuple[str, ...]) -> pl.LazyFrame:
    """Whether the row's key stands only once; a key with a null is another rule's business."""
    complete = pl.all_horizontal([pl.col(column).is_not_null() for column in key])
    return data.lazyframe.select(~(pl.struct(key).is_duplicated() & complete))


class Rekap(Table):
    """One row per region × segment × numerator: members as an office counted them (contract 1.2)."""

    line: pl.Int64 = pa.Field(ge=1)
    region_code: str = pa.Field(nullable=True, str_matches=REGION_CODE)
    segment: str = pa.Field(nullable=True, isin=[*SEGMENTS, TOTAL])
    active_members: pl.Int64 = pa.Field(nullable=True, ge=0)
    inactive_members: pl.Int64 = pa.Field(nullable=True, ge=0)
    numerator_id: str = pa.Field(nullable=True)
    defects: pl.UInt32

    @pa.dataframe_check(name="row:duplicate_key", n_failure_cases=1)
    def _one_row_per_key(cls, data: pa.PolarsData) -> pl.LazyFrame:  # noqa: N805 (Pandera's classmethod)
        return _unique_where_complete(data, ("region_code", "segment", "numerator_id"))


class PendudukBekerja(Table):
    """One row per region × denominator: people in work, the base of coverage (contract 1.3)."""

    line: pl.Int64 = pa.Field(ge=1)
    region_code: str = pa.Field(nullable=True, str_matches=REGION_CODE)
    workers: pl.Int64 = pa.Field(nullable=True, ge=1)
    formal_workers: pl.Int64 = pa.Field(nullable=True, ge=0)
    informal_workers: pl.Int64 = pa.Field(nullable=True, ge=0)
    rse_pct: pl.Float64 = pa.Field(nullable=True, ge=0)
    denominator_id: str = pa.Field(nullable=True)
    defects: pl.UInt32

    @pa.dataframe_check(name="row:duplicate_key", n_failure_cases=1)
    def _one_row_per_key(cls, data: pa.PolarsData) -> pl.LazyFrame:  # noqa: N805 (Pandera's classmethod)
        return _unique_where_complete(data, ("region_code", "denominator_id"))

    @pa.dataframe_check(name="workers:less_than_its_parts", n_failure_cases=1)
    def _parts_fit(cls, data: pa.PolarsData) -> pl.LazyFrame:  # noqa: N805 (Pandera's classmethod)
        parts = pl.sum_horizontal("formal_workers", "informal_workers")
        return data.lazyframe.select((parts <= pl.col("workers")) | pl.col("workers").is_null())
