"""What the offices know on a month end: one row per membership that has begun by then, as codes.

`as_text_columns` turns codes into the columns of the data contract, 1.1.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl

from schemas.tables.member_rows import FUNDING, SEXES
from schemas.tables.table import SEGMENTS
from transforms.synthetic.plan import Plan
from transforms.synthetic.vocabulary import COLUMNS, KBLI, PROGRAMMES, STATUS, VULNERABLE

_SECONDS_PER_DAY = 86_400


def snapshot(plan: Plan, rows: pl.DataFrame, month: int) -> pl.DataFrame:
    """Memberships that have begun by the end of `month`, in the state of that day.

    Adds status (0 active), end, last paid month, residence and the moment of the last change (seconds).
    """
    as_of = plan.months.day(month)
    ended = pl.col("end_month") <= month
    interrupted = (pl.col("gap_from") <= month) & (month < pl.col("gap_to")) & ~ended
    closed = (ended & ~pl.col("forgotten")) | interrupted
    gap_day = _month_end(plan, "gap_from") - pl.col("event_lag")
    end = (
        pl.when(ended)
        .then(pl.col("end_day"))
        .when(interrupted)
        .then(pl.max_horizontal(gap_day, "start"))
        .otherwise(pl.col("open_end"))
    )
    moved = month >= pl.col("moved")
    return (
        rows.filter(pl.col("start") <= as_of)
        .with_columns(
            status=closed.cast(pl.Int64),
            end=pl.when(end >= 0).then(end),
            residence=pl.when(moved).then("residence").otherwise("residence_before"),
            updated=_updated(plan, month),
        )
        .with_columns(last_paid=_last_paid(as_of))
    )


def is_active(as_of: int) -> pl.Expr:
    """Active on the as-of day (data contract, 2): status AKTIF, begun, not ended."""
    return (pl.col("status") == 0) & (pl.col("start") <= as_of) & pl.col("end").fill_null(as_of + 1).gt(as_of)


def as_text_columns(plan: Plan, rows: pl.DataFrame) -> pl.DataFrame:
    """The columns of the contract in its order: texts, dates and whole numbers; empty is null."""
    territory = plan.territory
    codes = territory.written_codes
    residence = rows["residence"] + rows["former_residence"].cast(pl.Int64) * len(territory.bps)
    return rows.select(
        nik="nik",
        kpj="kpj",
        npp=_positive("npp"),
        segmen=_words(rows["segment"], SEGMENTS),
        status=_words(rows["status"], STATUS),
        program=_words(rows["program"], PROGRAMMES),
        tgl_mulai=pl.col("start").cast(pl.Int32).cast(pl.Date),
        tgl_akhir=pl.col("end").cast(pl.Int32).cast(pl.Date),
        iuran_terakhir="last_paid",
        tgl_lahir=pl.col("birth").cast(pl.Int32).cast(pl.Date),
        jenis_kelamin=_words(rows["woman"].cast(pl.Int64), SEXES),
        wilayah_domisili=_words(residence, codes),
        wilayah_kerja=_words(rows["written_workplace"], codes),
        kantor_cabang=_words(rows["office"], plan.office_labels),
        upah=_positive("wage"),
        sumber_iuran=_words(rows["funding"], FUNDING),
        rentan=_words(rows["vulnerable"].cast(pl.Int64), VULNERABLE),
        kbli=_words(rows["kbli"], KBLI),
        diperbarui=pl.from_epoch("updated", time_unit="s"),
    ).select(COLUMNS)


def _words(positions: pl.Series, words: tuple[str, ...]) -> pl.Series:
    """The word at each position; null for -1."""
    places = positions.to_numpy()
    places = np.where(places < 0, len(words), places).astype(np.uint32)
    return _listed(words).gather(pl.Series(places))


@cache
def _listed(words: tuple[str, ...]) -> pl.Series:
    return pl.Series([*words, None], dtype=pl.String)


def _positive(column: str) -> pl.Expr:
    return pl.when(pl.col(column) >= 0).then(pl.col(column))


def _month_end(plan: Plan, month: str) -> pl.Expr:
    """Day number of the end of the month in a column; null outside the window."""
    ends = {m: plan.months.day(m) for m in range(plan.months.months)}
    return pl.col(month).replace_strict(ends, default=None, return_dtype=pl.Int64)


def _updated(plan: Plan, month: int) -> pl.Expr:
    """Seconds since 1970 of the last change: of the newest event so far, or the first known change."""
    events = [
        pl.when((pl.col(event) <= month) & (pl.col(event) > pl.col("first_month"))).then(pl.col(event))
        for event in ("end_month", "gap_from", "gap_to", "moved")
    ]
    newest = pl.max_horizontal(events)
    ends = {m: plan.months.day(m) for m in range(1, plan.months.months)}
    event_day = newest.replace_strict(ends, default=None, return_dtype=pl.Int64) - pl.col("event_lag")
    return pl.coalesce(event_day, "first_update") * _SECONDS_PER_DAY + pl.col("update_second")


def _last_paid(as_of: int) -> pl.Expr:
    """Last month paid as yyyymm: a month or two behind at most, or the month of the end."""
    day = pl.when(pl.col("status") == 0).then(pl.min_horizontal(pl.lit(as_of), "end")).otherwise("end")
    month = _month_number(day) - pl.when(pl.col("status") == 0).then("pay_lag").otherwise(0)
    paid = pl.max_horizontal(month, _month_number(pl.col("start")))
    return (paid // 12 * 100 + paid % 12 + 1).cast(pl.Int32)


def _month_number(day: pl.Expr) -> pl.Expr:
    date = day.cast(pl.Int32).cast(pl.Date)
    return date.dt.year().cast(pl.Int64) * 12 + date.dt.month().cast(pl.Int64) - 1
