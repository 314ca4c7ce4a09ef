"""Typed rows of an extract, as the gate sees them: before a row is accepted or set aside.

Columns are nullable where reading may fail: the reason is then a bit in `defects`, so that a row is
told "not a number" or "missing", never both. `schemas.sources` says which defects a source knows.
"""

from __future__ import annotations

import pandera.polars as pa
import polars as pl

from schemas.tables.member_rows import FUNDING, PROGRAMS, SEXES
from schemas.tables.table import REGION_CODE, SEGMENTS, TOTAL, LocalMoment, Table


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
    defects: pl.UInt64

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
    defects: pl.UInt64

    @pa.dataframe_check(name="row:duplicate_key", n_failure_cases=1)
    def _one_row_per_key(cls, data: pa.PolarsData) -> pl.LazyFrame:  # noqa: N805 (Pandera's classmethod)
        return _unique_where_complete(data, ("region_code", "denominator_id"))

    @pa.dataframe_check(name="workers:less_than_its_parts", n_failure_cases=1)
    def _parts_fit(cls, data: pa.PolarsData) -> pl.LazyFrame:  # noqa: N805 (Pandera's classmethod)
        parts = pl.sum_horizontal("formal_workers", "informal_workers")
        return data.lazyframe.select((parts <= pl.col("workers")) | pl.col("workers").is_null())


# Not `\d`: it would take the digits of every script.
_KPJ = r"^[0-9]{11}$"
_NPP = r"^[0-9]{8}$"
_KBLI = r"^[0-9]{5}$"
#: Youngest and oldest member on the as-of day, in completed years (contract 1.1).
YOUNGEST, OLDEST = 15, 100


def _said(data: pa.PolarsData, holds: pl.Expr) -> pl.LazyFrame:
    """Whether a rule holds; it holds where a value it needs is missing: another rule tells that."""
    return data.lazyframe.select(holds.fill_null(value=True))


class Peserta(Table):
    """One row per membership as an office keeps it (contract 1.1). Personal: ends at staging."""

    line: pl.Int64 = pa.Field(ge=1)
    as_of: pl.Date
    nik: pl.UInt64 = pa.Field(nullable=True)
    kpj: str = pa.Field(nullable=True, str_matches=_KPJ)
    npp: str = pa.Field(nullable=True, str_matches=_NPP)
    segment: pl.Enum(SEGMENTS) = pa.Field(nullable=True)  # type: ignore[valid-type]
    is_active_status: bool = pa.Field(nullable=True)
    programs: pl.UInt8 = pa.Field(nullable=True)
    start_date: pl.Date = pa.Field(nullable=True)
    end_date: pl.Date = pa.Field(nullable=True)
    last_paid: pl.Date = pa.Field(nullable=True)
    birth_date: pl.Date = pa.Field(nullable=True)
    age: pl.Int32 = pa.Field(nullable=True)
    sex: pl.Enum(SEXES) = pa.Field(nullable=True)  # type: ignore[valid-type]
    residence: pl.UInt16 = pa.Field(nullable=True)
    workplace: pl.UInt16 = pa.Field(nullable=True)
    branch_office: str = pa.Field(nullable=True)
    wage: pl.Float64 = pa.Field(nullable=True)
    funding: pl.Enum(FUNDING) = pa.Field(nullable=True)  # type: ignore[valid-type]
    is_vulnerable: bool = pa.Field(nullable=True)
    activity_code: str = pa.Field(nullable=True, str_matches=_KBLI)
    updated_at: LocalMoment = pa.Field(nullable=True)
    defects: pl.UInt64

    @pa.dataframe_check(name="nik:impossible_date", n_failure_cases=1)
    def _nik_date(cls, data: pa.PolarsData) -> pl.LazyFrame:  # noqa: N805 (Pandera's classmethod)
        day, month, year = nik_birth_parts(pl.col("nik"))
        longest = (
            pl.when(month == 2)
            .then(28 + (year % 4 == 0).cast(pl.UInt64))
            .when(month.is_in([4, 6, 9, 11]))
            .then(30)
            .otherwise(31)
        )
        return _said(data, month.is_between(1, 12) & day.is_between(1, longest))

    @pa.dataframe_check(name="nik:serial_zero", n_failure_cases=1)
    def _nik_serial(cls, data: pa.PolarsData) -> pl.LazyFrame:  # noqa: N805 (Pandera's classmethod)
        return _said(data, pl.col("nik") % 10_000 != 0)

    @pa.dataframe_check(name="npp:missing_for_segment", n_failure_cases=1)
    def _npp_given(cls, data: pa.PolarsData) -> pl.LazyFrame:  # noqa: N805 (Pandera's classmethod)
        employed = pl.col("segment").is_in(["PU", "JAKON"])
        return _said(data, ~employed | pl.col("npp").is_not_null())

    @pa.dataframe_check(name="npp:not_allowed_for_segment", n_failure_cases=1)
    def _npp_empty(cls, data: pa.PolarsData) -> pl.LazyFrame:  # noqa: N805 (Pandera's classmethod)
        return _said(data, pl.col("segment").is_in(["PU", "JAKON"]) | pl.col("npp").is_null())

    @pa.dataframe_check(name="programs:without_jkk_jkm", n_failure_cases=1)
    def _basic_programs(cls, data: pa.PolarsData) -> pl.LazyFrame:  # noqa: N805 (Pandera's classmethod)
        basic = program_bits("JKK", "JKM")
        return _said(data, (pl.col("programs") & basic) == basic)

    @pa.dataframe_check(name="programs:not_allowed_for_segment", n_failure_cases=1)
    def _programs_fit(cls, data: pa.PolarsData) -> pl.LazyFrame:  # noqa: N805 (Pandera's classmethod)
        allowed = (
            pl.when(pl.col("segment") == "PU")
            .then(program_bits(*PROGRAMS))
            .when(pl.col("segment") == "JAKON")
            .then(program_bits("JKK", "JKM"))
            .otherwise(program_bits("JKK", "JKM", "JHT"))
            .cast(pl.UInt8)
        )
        return _said(data, pl.col("segment").is_null() | ((pl.col("programs") | allowed) == allowed))

    @pa.dataframe_check(name="start_date:after_as_of", n_failure_cases=1)
    def _started(cls, data: pa.PolarsData) -> pl.LazyFrame:  # noqa: N805 (Pandera's classmethod)
        return _said(data, pl.col("start_date") <= pl.col("as_of"))

    @pa.dataframe_check(name="end_date:before_start", n_failure_cases=1)
    def _ends_after_start(cls, data: pa.PolarsData) -> pl.LazyFrame:  # noqa: N805 (Pandera's classmethod)
        return _said(data, pl.col("end_date") >= pl.col("start_date"))

    @pa.dataframe_check(name="end_date:missing_for_status", n_failure_cases=1)
    def _ended(cls, data: pa.PolarsData) -> pl.LazyFrame:  # noqa: N805 (Pandera's classmethod)
        given = pl.col("end_date").is_not_null() | _unreadable("end_date")
        return _said(data, pl.col("is_active_status") | given)

    @pa.dataframe_check(name="last_paid:after_as_of", n_failure_cases=1)
    def _paid(cls, data: pa.PolarsData) -> pl.LazyFrame:  # noqa: N805 (Pandera's classmethod)
        return _said(data, pl.col("last_paid") <= pl.col("as_of"))

    @pa.dataframe_check(name="birth_date:too_young", n_failure_cases=1)
    def _old_enough(cls, data: pa.PolarsData) -> pl.LazyFrame:  # noqa: N805 (Pandera's classmethod)
        return _said(data, pl.col("age") >= YOUNGEST)

    @pa.dataframe_check(name="birth_date:too_old", n_failure_cases=1)
    def _young_enough(cls, data: pa.PolarsData) -> pl.LazyFrame:  # noqa: N805 (Pandera's classmethod)
        return _said(data, pl.col("age") <= OLDEST)

    @pa.dataframe_check(name="birth_date:disagrees_with_nik", n_failure_cases=1)
    def _birth_agrees(cls, data: pa.PolarsData) -> pl.LazyFrame:  # noqa: N805 (Pandera's classmethod)
        day, month, year = nik_birth_parts(pl.col("nik"))
        born = pl.col("birth_date")
        agrees = (day == born.dt.day()) & (month == born.dt.month()) & (year == (born.dt.year() % 100))
        return _said(data, agrees)

    @pa.dataframe_check(name="sex:disagrees_with_nik", n_failure_cases=1)
    def _sex_agrees(cls, data: pa.PolarsData) -> pl.LazyFrame:  # noqa: N805 (Pandera's classmethod)
        woman = (pl.col("nik") // 100_000_000) % 100 > 40
        return _said(data, woman == (pl.col("sex") == "P"))

    @pa.dataframe_check(name="wage:negative", n_failure_cases=1)
    def _wage_not_negative(cls, data: pa.PolarsData) -> pl.LazyFrame:  # noqa: N805 (Pandera's classmethod)
        return _said(data, pl.col("wage") >= 0)

    @pa.dataframe_check(name="wage:missing_for_segment", n_failure_cases=1)
    def _wage_given(cls, data: pa.PolarsData) -> pl.LazyFrame:  # noqa: N805 (Pandera's classmethod)
        given = pl.col("wage").is_not_null() | _unreadable("wage")
        return _said(data, (pl.col("segment") != "PU") | given)

    @pa.dataframe_check(name="updated_at:after_as_of", n_failure_cases=1)
    def _updated(cls, data: pa.PolarsData) -> pl.LazyFrame:  # noqa: N805 (Pandera's classmethod)
        return _said(data, pl.col("updated_at").dt.date() <= pl.col("as_of"))


def _unreadable(column: str) -> pl.Expr:
    """Whether something stands in a column that could not be read: told by its bit, not as missing."""
    from schemas.sources import PESERTA  # noqa: PLC0415 (the source is declared over this model)

    bits = sum(1 << bit for bit, defect in enumerate(PESERTA.defects) if defect.startswith(f"{column}:"))
    return (pl.col("defects") & bits) != 0


def nik_birth_parts(nik: pl.Expr) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    """Day (a woman's less 40), month and two-digit year inside a NIK; the century is not coded."""
    day = (nik // 100_000_000) % 100
    return pl.when(day > 40).then(day - 40).otherwise(day), (nik // 1_000_000) % 100, (nik // 10_000) % 100


def program_bits(*names: str) -> int:
    """Return the bit mask of some programmes."""
    return sum(1 << PROGRAMS.index(name) for name in names)
