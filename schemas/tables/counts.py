"""Counts of workers made from member rows: no row of a person, one block per as-of day."""

from __future__ import annotations

import pandera.polars as pa
import polars as pl

from schemas.tables.member_rows import AGE_LABELS, FUNDING, SEXES
from schemas.tables.table import REGENCY_CODE, SEGMENTS, Table

COUNTED_BY = ("residence", "workplace", "membership")


class WorkerCounts(Table):
    """One row per day × way of counting × regency × segment × sex × age × funding × vulnerable."""

    as_of: pl.Date
    counted_by: str = pa.Field(isin=list(COUNTED_BY))
    region_code: str = pa.Field(nullable=True, str_matches=REGENCY_CODE)
    segment: str = pa.Field(isin=list(SEGMENTS))
    sex: str = pa.Field(isin=list(SEXES))
    age_group: str = pa.Field(isin=list(AGE_LABELS))
    funding: str = pa.Field(isin=list(FUNDING))
    is_vulnerable: bool
    persons: pl.Int64 = pa.Field(ge=1)


class SegmentOverlap(Table):
    """One row per day × regency of residence × set of segments held at once."""

    as_of: pl.Date
    region_code: str = pa.Field(str_matches=REGENCY_CODE)
    segments: str
    persons: pl.Int64 = pa.Field(ge=1)


class WorkFlows(Table):
    """One row per day × regency of residence × regency of work (empty: no place of work stated)."""

    as_of: pl.Date
    region_code: str = pa.Field(str_matches=REGENCY_CODE)
    workplace_code: str = pa.Field(nullable=True, str_matches=REGENCY_CODE)
    persons: pl.Int64 = pa.Field(ge=1)


class IdentityQuality(Table):
    """One row per day × branch office: rows delivered, and rows by what is odd about their identity."""

    as_of: pl.Date
    branch_office: str
    rows: pl.Int64 = pa.Field(ge=0)
    duplicates: pl.Int64 = pa.Field(ge=0)
    superseded: pl.Int64 = pa.Field(ge=0)
    contradictions: pl.Int64 = pa.Field(ge=0)
    contradicting_persons: pl.Int64 = pa.Field(ge=0)
    shared_memberships: pl.Int64 = pa.Field(ge=0)


class Balance(Table):
    """One row per day: rows = memberships + duplicates + superseded; active = persons + extra memberships."""

    as_of: pl.Date
    inputs: str
    files: pl.Int64 = pa.Field(ge=0)
    rows: pl.Int64 = pa.Field(ge=0)
    duplicates: pl.Int64 = pa.Field(ge=0)
    superseded: pl.Int64 = pa.Field(ge=0)
    contradictions: pl.Int64 = pa.Field(ge=0)
    memberships: pl.Int64 = pa.Field(ge=0)
    active_memberships: pl.Int64 = pa.Field(ge=0)
    persons: pl.Int64 = pa.Field(ge=0)
    extra_memberships: pl.Int64 = pa.Field(ge=0)


class BuiltMonths(Table):
    """One row per mart × month that stands built, with a digest of what it was built from."""

    mart: str
    period: pl.Date
    inputs: str
