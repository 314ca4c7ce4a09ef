"""Accepted figures in the warehouse, as delivered: the ground on which every mart is built."""

from __future__ import annotations

import pandera.polars as pa
import polars as pl

from schemas.tables.table import LEVELS, REGION_CODE, SEGMENTS, TOTAL, Table, Tolerance, WidePercent

VERDICTS = ("ties", "does_not_tie", "impossible", "not_checkable")


class MembershipCounts(Table):
    """One row per file × region × segment × numerator: members as an office counted them."""

    file_id: str
    line: pl.Int64 = pa.Field(ge=1)
    as_of: pl.Date
    region_code: str = pa.Field(str_matches=REGION_CODE)
    region_level: str = pa.Field(isin=list(LEVELS))
    segment: str = pa.Field(isin=[*SEGMENTS, TOTAL])
    numerator_id: str
    active_members: pl.Int64 = pa.Field(ge=0)
    inactive_members: pl.Int64 = pa.Field(nullable=True, ge=0)


class Bases(Table):
    """One row per file × region × denominator: people in work in one survey round."""

    file_id: str
    line: pl.Int64 = pa.Field(ge=1)
    base_round: pl.Date
    region_code: str = pa.Field(str_matches=REGION_CODE)
    region_level: str = pa.Field(isin=list(LEVELS))
    denominator_id: str
    workers: pl.Int64 = pa.Field(gt=0)
    formal_workers: pl.Int64 = pa.Field(nullable=True, ge=0)
    informal_workers: pl.Int64 = pa.Field(nullable=True, ge=0)
    rse_pct: pl.Float64 = pa.Field(nullable=True, ge=0)


class ClaimVerdicts(Table):
    """One row per printed statement: whether its own numbers tie."""

    claim_id: str = pa.Field(unique=True)
    computed_pct: WidePercent = pa.Field(nullable=True)
    arithmetic: str = pa.Field(isin=list(VERDICTS))
    difference: WidePercent = pa.Field(nullable=True)
    tolerance: Tolerance = pa.Field(nullable=True)
    explanation_en: str
    explanation_id: str
