"""Registers: reference data kept as CSV in the repository, loaded into schema `reference`."""

from __future__ import annotations

import pandera.polars as pa
import polars as pl

from schemas.tables.table import PROVINCE_CODE, REGION_CODE, SEGMENTS, TOTAL, Percent, Table

CLAIM_SEGMENTS = (TOTAL, *SEGMENTS, "APBD", "RENTAN_APBD")


class Regions(Table):
    """One row per region in force (province or regency), with both code systems and former codes."""

    region_code_bps: str = pa.Field(str_matches=REGION_CODE, unique=True)
    region_code_bps_previous: str = pa.Field(nullable=True, str_matches=r"^\d{4}$")
    region_code_kemendagri: str = pa.Field(str_matches=r"^\d{2}(\.\d{2})?$", unique=True)
    region_code_kemendagri_previous: str = pa.Field(nullable=True, str_matches=r"^\d{2}\.\d{2}$")
    name_official: str = pa.Field(str_length={"min_value": 1})
    name_short: str = pa.Field(str_length={"min_value": 1})
    kind: str = pa.Field(isin=["provinsi", "kabupaten", "kota"])
    province_code_bps: str = pa.Field(str_matches=PROVINCE_CODE)
    province_code_kemendagri: str = pa.Field(str_matches=PROVINCE_CODE)
    province_name: str
    valid_from: pl.Date = pa.Field(nullable=True)
    valid_to: pl.Date = pa.Field(nullable=True)
    legal_basis: str = pa.Field(nullable=True)
    note: str = pa.Field(nullable=True)

    @pa.dataframe_check(name="province_code_bps:orphan", n_failure_cases=1)
    def _parent_exists(cls, data: pa.PolarsData) -> pl.LazyFrame:  # noqa: N805 (Pandera's classmethod)
        provinces = pl.col("region_code_bps").filter(pl.col("kind") == "provinsi")
        return data.lazyframe.select(pl.col("province_code_bps").is_in(provinces.implode()))

    @pa.dataframe_check(name="region_code_bps:not_below_its_province", n_failure_cases=1)
    def _code_below_parent(cls, data: pa.PolarsData) -> pl.LazyFrame:  # noqa: N805 (Pandera's classmethod)
        return data.lazyframe.select(
            (pl.col("region_code_bps").str.slice(0, 2) == pl.col("province_code_bps"))
            & (pl.col("region_code_kemendagri").str.slice(0, 2) == pl.col("province_code_kemendagri"))
        )

    @pa.dataframe_check(name="kind:does_not_fit_code", n_failure_cases=1)
    def _kind_fits_code(cls, data: pa.PolarsData) -> pl.LazyFrame:  # noqa: N805 (Pandera's classmethod)
        code = pl.col("region_code_bps")
        is_city = (code.str.len_chars() == 4) & (code.str.slice(2, 2) >= "71")
        expected = (
            pl.when(code.str.len_chars() == 2)
            .then(pl.lit("provinsi"))
            .when(is_city)
            .then(pl.lit("kota"))
            .otherwise(pl.lit("kabupaten"))
        )
        return data.lazyframe.select(pl.col("kind") == expected)

    @pa.dataframe_check(name="valid_to:before_valid_from", n_failure_cases=1)
    def _validity_in_order(cls, data: pa.PolarsData) -> pl.LazyFrame:  # noqa: N805 (Pandera's classmethod)
        return data.lazyframe.select(
            pl.col("valid_to").is_null()
            | pl.col("valid_from").is_null()
            | (pl.col("valid_to") >= pl.col("valid_from"))
        )


class Targets(Table):
    """One row per printed target statement; statements that contradict each other are all kept."""

    target_id: str = pa.Field(unique=True, str_length={"min_value": 1})
    region_code: str = pa.Field(str_matches=REGION_CODE)
    year: pl.Int64 = pa.Field(ge=2015, le=2100)
    target_pct: Percent = pa.Field(nullable=True, gt=0, le=100)
    target_people: pl.Int64 = pa.Field(nullable=True, gt=0)
    numerator_id: str = pa.Field(nullable=True)
    denominator_id: str = pa.Field(nullable=True)
    is_current: bool
    set_by: str
    document: str = pa.Field(nullable=True)
    source_url: str = pa.Field(str_startswith="http")
    note: str = pa.Field(nullable=True)

    @pa.dataframe_check(name="target_pct:no_target_given", n_failure_cases=1)
    def _says_something(cls, data: pa.PolarsData) -> pl.LazyFrame:  # noqa: N805 (Pandera's classmethod)
        return data.lazyframe.select(pl.any_horizontal(pl.col("target_pct", "target_people").is_not_null()))

    @pa.dataframe_check(name="is_current:two_current_targets", n_failure_cases=1)
    def _one_current(cls, data: pa.PolarsData) -> pl.LazyFrame:  # noqa: N805 (Pandera's classmethod)
        same = ["region_code", "year", "numerator_id", "denominator_id"]
        return data.lazyframe.select((pl.col("is_current").sum().over(same) <= 1) | ~pl.col("is_current"))


class PublishedFigures(Table):
    """One row per printed statement about coverage, exactly as printed, with its source."""

    claim_id: str = pa.Field(unique=True, str_matches=r"^[a-z0-9-]+$")
    region_code: str = pa.Field(nullable=True, str_matches=REGION_CODE)
    region_name: str
    level: str = pa.Field(isin=["nation", "province", "regency", "branch_office"])
    as_of: pl.Date = pa.Field(nullable=True)
    as_of_printed: str = pa.Field(nullable=True)
    measure: str = pa.Field(isin=["coverage", "construction_projects"])
    segment: str = pa.Field(isin=list(CLAIM_SEGMENTS))
    participants: pl.Int64 = pa.Field(nullable=True)
    participants_unit: pl.Int64 = pa.Field(nullable=True, ge=1)
    denominator: pl.Int64 = pa.Field(nullable=True)
    denominator_unit: pl.Int64 = pa.Field(nullable=True, ge=1)
    published_value: str = pa.Field(nullable=True, str_matches=r"^\d+(\.\d+)?$")
    published_target: str = pa.Field(nullable=True, str_matches=r"^\d+(\.\d+)?$")
    source_title: str
    source_url: str = pa.Field(str_startswith="http")
    note: str = pa.Field(nullable=True)

    @pa.dataframe_check(name="participants_unit:missing", n_failure_cases=1)
    def _units_given(cls, data: pa.PolarsData) -> pl.LazyFrame:  # noqa: N805 (Pandera's classmethod)
        pairs = [
            pl.col(number).is_null() == pl.col(f"{number}_unit").is_null()
            for number in ("participants", "denominator")
        ]
        return data.lazyframe.select(pl.all_horizontal(pairs))


class Definitions(Table):
    """One row per way of counting members (numerator) or workers (denominator)."""

    definition_id: str = pa.Field(unique=True, str_matches=r"^[a-z_]+$")
    role: str = pa.Field(isin=["numerator", "denominator"])
    headline_rank: pl.Int64 = pa.Field(nullable=True, ge=1)
    title_en: str
    title_id: str
    description_en: str
    description_id: str
    citation: str

    @pa.dataframe_check(name="headline_rank:given_twice", n_failure_cases=1)
    def _rank_once(cls, data: pa.PolarsData) -> pl.LazyFrame:  # noqa: N805 (Pandera's classmethod)
        twice = pl.struct("role", "headline_rank").is_duplicated()
        return data.lazyframe.select(~twice | pl.col("headline_rank").is_null())


class Corrections(Table):
    """One row per declared correction of one cell of one extract, with the value it expects to find."""

    correction_id: str = pa.Field(unique=True, str_matches=r"^[a-z0-9-]+$")
    source: str
    scope: str
    as_of: pl.Date
    region_code: str = pa.Field(str_matches=REGION_CODE)
    segment: str = pa.Field(nullable=True, isin=[*SEGMENTS, TOTAL])
    column: str
    expected_value: str = pa.Field(nullable=True)
    corrected_value: str = pa.Field(nullable=True)
    justification: str = pa.Field(str_length={"min_value": 10})
    authority: str = pa.Field(str_length={"min_value": 3})
    declared_on: pl.Date
