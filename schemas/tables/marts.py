"""Summary tables: what analysts query and what a release publishes.

Columns of a shared meaning are declared once, in a base class; a base class to the right comes first.
"""

from __future__ import annotations

import pandera.polars as pa
import polars as pl

from schemas.tables.counts import COUNTED_BY, IdentityQuality
from schemas.tables.member_rows import AGE_LABELS, FUNDING, SEXES
from schemas.tables.staging import VERDICTS
from schemas.tables.table import (
    LEVELS,
    PROVINCE_CODE,
    REGENCY_CODE,
    REGION_CODE,
    SEGMENTS,
    TOTAL,
    Percent,
    Table,
    Tolerance,
    UtcMoment,
    WidePercent,
)

FIGURE_STATUSES = ("final", "provisional", "revised")
OBS_STATUSES = ("A", "P", "O", "B")
REGENCY_STATUSES = ("complete", "no_membership", "no_survey", "above_100")
ROLLUP_STATUSES = (*REGENCY_STATUSES, "incomplete")
BASES_OF_TOTAL = ("sum_of_parts", "reported_total")


class _Month(Table):
    period: pl.Date
    as_of: pl.Date


class _Region(Table):
    region_code: str = pa.Field(str_matches=REGION_CODE)
    region_name: str
    region_level: str = pa.Field(isin=list(LEVELS))


class _Province(Table):
    province_code: str = pa.Field(str_matches=PROVINCE_CODE)
    province_name: str


class _Regency(_Province):
    regency_code: str = pa.Field(str_matches=REGENCY_CODE)
    regency_name: str
    regency_kind: str = pa.Field(isin=["kabupaten", "kota"])


class _Ratio(Table):
    active_members: pl.Int64 = pa.Field(nullable=True, ge=0)
    working_population: pl.Int64 = pa.Field(nullable=True, gt=0)
    denominator_id: str = pa.Field(nullable=True)
    numerator_id: str = pa.Field(nullable=True)
    coverage_rate: pl.Float64 = pa.Field(nullable=True, ge=0)
    coverage_pct: Percent = pa.Field(nullable=True, ge=0)


class _Gap(Table):
    target_pct: Percent = pa.Field(nullable=True)
    target_id: str = pa.Field(nullable=True)
    gap_points: Percent = pa.Field(nullable=True)
    members_needed: pl.Int64 = pa.Field(nullable=True, ge=0)


class _Status(Table):
    change_12m_points: Percent = pa.Field(nullable=True)
    figure_status: str = pa.Field(nullable=True, isin=list(FIGURE_STATUSES))
    obs_status: str = pa.Field(isin=list(OBS_STATUSES))


class _Rank(Table):
    rank_in_province: pl.Int64 = pa.Field(nullable=True, ge=1)


class Months(Table):
    """One row per month from the first to the last with any membership figure, gaps included."""

    period: pl.Date = pa.Field(unique=True)
    month_end: pl.Date


class MembersByRegion(_Region, _Month):
    """One row per month × region × numerator × segment (TOTAL: all that the numerator counts)."""

    numerator_id: str
    segment: str = pa.Field(isin=[*SEGMENTS, TOTAL])
    active_members: pl.Int64 = pa.Field(ge=0)
    basis: str = pa.Field(isin=list(BASES_OF_TOTAL))
    source: str
    file_name: str
    is_revised: bool


class BaseByRegion(Table):
    """One row per month × region × denominator: the newest survey round not later than the month."""

    period: pl.Date
    region_code: str = pa.Field(str_matches=REGION_CODE)
    region_level: str = pa.Field(isin=list(LEVELS))
    denominator_id: str
    workers: pl.Int64 = pa.Field(gt=0)
    formal_workers: pl.Int64 = pa.Field(nullable=True, ge=0)
    informal_workers: pl.Int64 = pa.Field(nullable=True, ge=0)
    rse_pct: pl.Float64 = pa.Field(nullable=True)
    base_round: pl.Date
    base_vintage: pl.Date
    basis: str = pa.Field(isin=list(BASES_OF_TOTAL))
    file_name: str
    is_revised: bool


class HeadlineCoverage(_Ratio, _Region, _Month):
    """One row per month × region of any level: the headline figure and all that stands behind it."""

    month_end: pl.Date
    base_round: pl.Date = pa.Field(nullable=True)
    base_vintage: pl.Date = pa.Field(nullable=True)
    rse_pct: pl.Float64 = pa.Field(nullable=True)
    members_source: str = pa.Field(nullable=True)
    members_file: str = pa.Field(nullable=True)
    base_file: str = pa.Field(nullable=True)
    members_basis: str = pa.Field(nullable=True, isin=list(BASES_OF_TOTAL))
    base_basis: str = pa.Field(nullable=True, isin=list(BASES_OF_TOTAL))
    is_revised: bool = pa.Field(nullable=True)
    change_12m_points: Percent = pa.Field(nullable=True)
    figure_status: str = pa.Field(nullable=True, isin=list(FIGURE_STATUSES))
    obs_status: str = pa.Field(isin=list(OBS_STATUSES))
    coverage_status: str = pa.Field(isin=list(REGENCY_STATUSES))


class CurrentTargets(Table):
    """One row per region × year × definition: the target that the region is measured against."""

    region_code: str = pa.Field(str_matches=REGION_CODE)
    target_year: pl.Int64
    numerator_id: str
    denominator_id: str
    target_id: str
    target_pct: Percent


class CoverageByRegency(_Status, _Rank, _Gap, _Ratio, _Regency, _Month):
    """One row per month × regency of the register: the headline coverage, or the reason why there is none."""

    coverage_status: str = pa.Field(isin=list(REGENCY_STATUSES))


class _Parts(Table):
    parts_expected: pl.Int64 = pa.Field(ge=0)
    parts_with_data: pl.Int64 = pa.Field(ge=0)
    members_basis: str = pa.Field(nullable=True, isin=list(BASES_OF_TOTAL))
    base_basis: str = pa.Field(nullable=True, isin=list(BASES_OF_TOTAL))
    coverage_status: str = pa.Field(isin=list(ROLLUP_STATUSES))


class CoverageByProvince(_Parts, _Status, _Gap, _Ratio, _Province, _Month):
    """One row per month × province: the ratio of sums, withheld while a regency is missing."""


class CoverageNationwide(_Parts, _Status, _Gap, _Ratio, _Month):
    """One row per month: the country, as the ratio of sums or as the office reported it."""


class _Segment(_Region, _Month):
    segment: str = pa.Field(isin=list(SEGMENTS))


class CoverageBySegment(_Ratio, _Segment):
    """One row per month × region × segment × definition: members of a segment over the workers it is for."""


class CoverageByDefinition(_Ratio, _Region, _Month):
    """One row per month × region × numerator × denominator: every definition side by side."""

    base_round: pl.Date = pa.Field(nullable=True)
    rse_pct: pl.Float64 = pa.Field(nullable=True)


class CoverageInputs(_Region, _Month):
    """One row per month × region with a figure: the files and the survey round behind it."""

    members_source: str = pa.Field(nullable=True)
    members_file: str = pa.Field(nullable=True)
    base_round: pl.Date = pa.Field(nullable=True)
    base_vintage: pl.Date = pa.Field(nullable=True)
    base_file: str = pa.Field(nullable=True)
    rse_pct: pl.Float64 = pa.Field(nullable=True)


class CoverageChange(_Region, _Month):
    """One row per month × region with a figure and an earlier one: how much moved, and by what."""

    previous_as_of: pl.Date
    previous_coverage_pct: Percent
    coverage_pct: Percent
    change_points: Percent
    members_effect_points: Percent = pa.Field(nullable=True)
    base_effect_points: Percent = pa.Field(nullable=True)
    members_change: pl.Int64
    base_change: pl.Int64
    cause: str = pa.Field(isin=["unchanged", "members", "base", "members_and_base", "definition"])


class TargetGap(_Region, _Month):
    """One row per month × region × target statement of the same definition: the gap in points and people."""

    target_id: str
    target_year: pl.Int64
    is_current: bool
    set_by: str
    coverage_pct: Percent
    target_pct: Percent
    gap_points: Percent
    active_members: pl.Int64
    working_population: pl.Int64
    members_needed: pl.Int64 = pa.Field(ge=0)


class PublishedFigures(Table):
    """One row per printed statement: as printed, by its own arithmetic, and beside our figure."""

    claim_id: str = pa.Field(unique=True)
    region_code: str = pa.Field(nullable=True)
    region_name: str
    as_of: pl.Date = pa.Field(nullable=True)
    measure: str
    segment: str
    published_value: str = pa.Field(nullable=True)
    published_members: pl.Int64 = pa.Field(nullable=True)
    published_base: pl.Int64 = pa.Field(nullable=True)
    computed_pct: WidePercent = pa.Field(nullable=True)
    arithmetic: str = pa.Field(isin=list(VERDICTS))
    our_value: Percent = pa.Field(nullable=True)
    our_members: pl.Int64 = pa.Field(nullable=True)
    difference: WidePercent = pa.Field(nullable=True)
    members_difference: pl.Int64 = pa.Field(nullable=True)
    tolerance: Tolerance = pa.Field(nullable=True)
    verdict: str = pa.Field(
        isin=["ties", "differs", "published figures contradict each other", "impossible", "not compared"]
    )
    explanation_en: str
    explanation_id: str
    source_title: str
    source_url: str
    note: str = pa.Field(nullable=True)


class ClaimRepairs(Table):
    """One row per printed statement × hypothesis that would make it tie; hypotheses, never corrections."""

    claim_id: str
    rank: pl.Int64 = pa.Field(ge=1)
    repair_kind: str
    number: str
    as_printed: str
    hypothesis: str
    pct_if_so: WidePercent = pa.Field(nullable=True)
    explanation_en: str
    explanation_id: str


class ClaimContradictions(Table):
    """One row per set of printed statements that cannot all be true."""

    contradiction_id: str
    contradiction_kind: str
    claim_ids: str
    region_code: str = pa.Field(nullable=True)
    as_of: pl.Date = pa.Field(nullable=True)
    values_printed: str
    difference: str
    explanation_en: str
    explanation_id: str


class _Withheld(Table):
    persons: pl.Int64 = pa.Field(nullable=True, ge=5)
    is_withheld: bool


class _RegencyDay(_Regency, _Month):
    pass


class _WorkerCell(_RegencyDay):
    counted_by: str = pa.Field(isin=list(COUNTED_BY))
    segment: str = pa.Field(isin=list(SEGMENTS))
    sex: str = pa.Field(isin=list(SEXES))
    age_group: str = pa.Field(isin=list(AGE_LABELS))


class WorkersByRegency(_Withheld, _WorkerCell):
    """One row per month × way of counting × regency × segment × sex × age group with anybody in it."""


class _FundingCell(_RegencyDay):
    funding: str = pa.Field(isin=list(FUNDING))
    is_vulnerable: bool


class WorkersByFunding(_Withheld, _FundingCell):
    """One row per month × regency of residence × payer × vulnerable with anybody in it."""


class _OverlapCell(_RegencyDay):
    segments: str


class SegmentOverlapPublished(_Withheld, _OverlapCell):
    """One row per month × regency of residence × set of segments that persons hold at once."""


class _FlowCell(_RegencyDay):
    workplace_code: str = pa.Field(nullable=True, str_matches=REGENCY_CODE)
    workplace_name: str = pa.Field(nullable=True)


class WorkFlowsPublished(_Withheld, _FlowCell):
    """One row per month × regency of residence × regency of work."""


class IdentityQualityPublished(IdentityQuality):
    """One row per day × branch office: rows delivered, and rows by what is odd about their identity."""


class DataQuality(Table):
    """One row per source × month × first reason: rows read, accepted and set aside."""

    run_id: str
    source: str
    period: pl.Date
    rows_read: pl.Int64 = pa.Field(ge=0)
    rows_accepted: pl.Int64 = pa.Field(ge=0)
    rows_rejected: pl.Int64 = pa.Field(ge=0)
    reason: str = pa.Field(nullable=True)
    rows: pl.Int64 = pa.Field(ge=0)


class Reporting(Table):
    """One row per month × regency × source: whether it reported, through which file, and when."""

    period: pl.Date
    province_code: str
    province_name: str
    regency_code: str = pa.Field(str_matches=REGENCY_CODE)
    regency_name: str
    source: str
    is_reported: bool
    reported_as_of: pl.Date = pa.Field(nullable=True)
    file_name: str = pa.Field(nullable=True)
    delivered_at: UtcMoment = pa.Field(nullable=True)
    days_after_month_end: pl.Int64 = pa.Field(nullable=True)


class RegionsPublished(Table):
    """One row per region in force, with both code systems and former codes."""

    region_code_bps: str
    region_code_bps_previous: str = pa.Field(nullable=True)
    region_code_kemendagri: str
    region_code_kemendagri_previous: str = pa.Field(nullable=True)
    name_official: str
    name_short: str
    kind: str
    province_code_bps: str
    province_name: str
    valid_from: pl.Date = pa.Field(nullable=True)
    legal_basis: str = pa.Field(nullable=True)


class Revisions(Table):
    """One row per cell that differs from the previous release."""

    table: str
    key: str
    column: str
    old: str = pa.Field(nullable=True)
    new: str = pa.Field(nullable=True)
    reason: str
