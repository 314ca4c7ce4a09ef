"""Rows of a `peserta`, from text to types. Any engine can run it batch by batch: no files, no state."""

from __future__ import annotations

from datetime import date
from functools import cache

import polars as pl

from schemas.sources import MISSING_MARKS, PESERTA, Column
from schemas.tables.extracts import Peserta
from schemas.tables.member_rows import PROGRAMS
from transforms.member_forms import BLANKS, MOMENTS, NIK_LENGTH, MemberContext, every_form, within_calendar

_LONGEST_MARK = max(len(mark.encode()) for mark in MISSING_MARKS)
_USUAL_YEARS = 30
#: The combinations that the rules allow, in their usual order; others are read one by one.
_USUAL_PROGRAMS = {"|".join(PROGRAMS[:count]): (1 << count) - 1 for count in range(2, len(PROGRAMS) + 1)}


def typed_members(text: pl.DataFrame, context: MemberContext) -> pl.DataFrame:
    """One typed row per text row, in the same order, in the shape of the model Peserta.

    `text` holds `line` and a text column per declared column. What cannot be read is null and has its bit
    in `defects` (schemas.sources: PESERTA.defects).

    Nearly every row is in the plain form, so all rows are read in that form at once; only rows in which
    something did not fit are looked at again with all other forms and reasons.
    """
    plain = text.select(
        *(_plain(column, context).alias(column.name) for column in PESERTA.columns), pl.col("line")
    )
    doubtful = plain.select(_doubtful(text)).to_series()
    read = _shaped(plain.with_columns(pl.lit(0, pl.UInt64).alias("defects")), context)
    at = doubtful.arg_true()
    if not at.len():
        return read
    again = _shaped(every_form(text.filter(doubtful), context), context)
    return read.with_columns(read[name].scatter(at, again[name]) for name in read.columns)


def _shaped(rows: pl.DataFrame, context: MemberContext) -> pl.DataFrame:
    shape = Peserta.polars_schema()
    return rows.with_columns(
        pl.lit(context.as_of, pl.Date).alias("as_of"),
        (pl.col("status") == "AKTIF").alias("is_active_status"),
        (pl.col("is_vulnerable") == "Y").alias("is_vulnerable"),
        _completed_years(context.as_of).alias("age"),
    ).select(pl.col(name).cast(dtype) for name, dtype in shape.items())


def _completed_years(day: date) -> pl.Expr:
    """Age on a day in completed years. Once for all rules: taking a date apart costs more than any of them."""
    born = pl.col("birth_date")
    had_birthday = born.dt.month().cast(pl.Int16) * 100 + born.dt.day() <= day.month * 100 + day.day
    return day.year - born.dt.year() - (~had_birthday).cast(pl.Int32)


#: Lengths of texts in the plain form; another length is looked at again.
_PLAIN_LENGTHS = {"kpj": 11, "npp": 8, "activity_code": 5}


def _plain(column: Column, context: MemberContext) -> pl.Expr:
    """A column read in the form that nearly every office writes; null where it is written otherwise."""
    raw = pl.col(column.name)
    if column.kind == "nik":
        number = raw.cast(pl.UInt64, strict=False)
        known = (number // 10**12).cast(pl.UInt16, strict=False).is_in(sorted(context.nik_regions))
        return pl.when((raw.str.len_bytes() == NIK_LENGTH) & known).then(number)
    forms = {
        "word": lambda: raw.cast(pl.Enum(column.words), strict=False),
        # Dates and moments differ from row to row: remembering what was read before takes twice the time.
        "date": lambda: within_calendar(raw.str.to_date("%Y-%m-%d", strict=False, cache=False)),
        "month": lambda: raw.replace_strict(_usual_months(context.as_of), default=None, return_dtype=pl.Date),
        "moment": lambda: within_calendar(
            raw.str.to_datetime(MOMENTS[0], strict=False, time_unit="ms", cache=False)
        ),
        "money": lambda: raw.cast(pl.Int64, strict=False).cast(pl.Float64),
        "place": lambda: raw.replace_strict(context.places, default=None, return_dtype=pl.UInt16),
        "programs": lambda: raw.replace_strict(_USUAL_PROGRAMS, default=None, return_dtype=pl.UInt8),
    }
    return forms[column.kind]() if column.kind in forms else raw


def _doubtful(text: pl.DataFrame) -> pl.Expr:
    """Whether a row needs a second look: something was not read in the plain form, or is missing."""
    signs: list[pl.Expr] = []
    for column in PESERTA.columns:
        value = pl.col(column.name)
        if column.name in _PLAIN_LENGTHS:
            # As many blanks as digits are "missing", not a number in another form.
            digits = value.cast(pl.UInt64, strict=False).is_not_null()
            plain = (value.str.len_bytes() == _PLAIN_LENGTHS[column.name]) & digits
            signs.append(value.is_not_null() & ~plain)
        elif column.kind == "text":
            signs.append((value.str.strip_chars(BLANKS) != value) | (value.str.len_bytes() <= _LONGEST_MARK))
        elif column.optional:
            signs.append(value.is_null() & text[column.name].is_not_null())
        if not column.optional:
            signs.append(value.is_null())
    return pl.any_horizontal(signs).fill_null(value=False)


@cache
def _usual_months(day: date) -> dict[str, date]:
    """Text of the months of the last years up to a day; others are read one by one."""
    years = range(day.year - _USUAL_YEARS, day.year + 1)
    return {f"{year}{month:02}": date(year, month, 1) for year in years for month in range(1, 13)}
