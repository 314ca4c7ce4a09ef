"""Rows of a `peserta`, from text to types. Any engine can run it batch by batch: no files, no state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache, reduce

import polars as pl

from schemas.sources import MISSING_MARKS, PESERTA, Column
from schemas.tables.extracts import Peserta
from schemas.tables.member_rows import PROGRAMS

Marks = dict[str, pl.Expr]

_MONTHS = ("januari", "februari", "maret", "april", "mei", "juni", "juli", "agustus", "september", "oktober",
           "november", "desember")  # fmt: skip
_OTHER_DATES = ("%d/%m/%Y", "%d-%m-%Y")
_MOMENTS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%d/%m/%Y %H:%M:%S", "%Y-%m-%d %H:%M")
_NIK_LENGTH = 16
_BLANKS = " \t\r\u00a0\ufeff"
_LONGEST_MARK = max(len(mark.encode()) for mark in MISSING_MARKS)
_USUAL_YEARS = 30
#: The combinations that the rules allow, in their usual order; others are read one by one.
_USUAL_PROGRAMS = {"|".join(PROGRAMS[:count]): (1 << count) - 1 for count in range(2, len(PROGRAMS) + 1)}


@dataclass(frozen=True)
class MemberContext:
    """What a row is read against: the day, the places of the register, the NIK regions.

    `places`: Kemendagri code with dot, present or former → BPS code as a number. `nik_regions`: the
    first four digits that a NIK may have.
    """

    as_of: date
    places: dict[str, int]
    nik_regions: frozenset[int]


def member_context(regions: pl.DataFrame, as_of: date) -> MemberContext:
    """Build the context of a file from the register of regions."""
    regencies = regions.filter(pl.col("kind") != "provinsi")
    places: dict[str, int] = {}
    for column in ("region_code_kemendagri_previous", "region_code_kemendagri"):
        known = regencies.filter(pl.col(column).is_not_null())
        places.update(zip(known[column], known["region_code_bps"].cast(pl.Int64), strict=True))
    return MemberContext(as_of, places, frozenset(int(code.replace(".", "")) for code in places))


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
    again = _shaped(_thorough(_cleaned(text.filter(doubtful)), context), context)
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
        return pl.when((raw.str.len_bytes() == _NIK_LENGTH) & known).then(number)
    forms = {
        "word": lambda: raw.cast(pl.Enum(column.words), strict=False),
        # Dates and moments differ from row to row: remembering what was read before takes twice the time.
        "date": lambda: raw.str.to_date("%Y-%m-%d", strict=False, cache=False),
        "month": lambda: raw.replace_strict(_usual_months(context.as_of), default=None, return_dtype=pl.Date),
        "moment": lambda: raw.str.to_datetime(_MOMENTS[0], strict=False, time_unit="ms", cache=False),
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
            signs.append((value.str.strip_chars(_BLANKS) != value) | (value.str.len_bytes() <= _LONGEST_MARK))
        elif column.optional:
            signs.append(value.is_null() & text[column.name].is_not_null())
        if not column.optional:
            signs.append(value.is_null())
    return pl.any_horizontal(signs).fill_null(value=False)


def _thorough(text: pl.DataFrame, context: MemberContext) -> pl.DataFrame:
    """Rows read with every form that the contract allows, with the reasons for what could not be read."""
    values: list[pl.Expr] = []
    marks: Marks = {}
    for column in PESERTA.columns:
        value, found = _READERS[column.kind](text, column, context)
        values.append(value.alias(column.name))
        if not column.optional:
            marks[f"{column.name}:missing"] = pl.col(column.name).is_null()
        marks |= {f"{column.name}:{defect}": mark for defect, mark in found.items()}
    bits = [
        pl.when(marks[defect]).then(pl.lit(1 << bit, pl.UInt64)).otherwise(pl.lit(0, pl.UInt64))
        for bit, defect in enumerate(PESERTA.defects)
    ]
    return text.select(*values, pl.col("line"), reduce(lambda one, other: one | other, bits).alias("defects"))


def _cleaned(text: pl.DataFrame) -> pl.DataFrame:
    """Strip blanks and make the marks for "missing" null."""
    columns = [name for name in text.columns if name != "line"]
    return text.with_columns(
        pl.when(~pl.col(name).str.strip_chars(_BLANKS).is_in(MISSING_MARKS))
        .then(pl.col(name).str.strip_chars(_BLANKS))
        .alias(name)
        for name in columns
    )


def _nik(_text: pl.DataFrame, column: Column, context: MemberContext) -> tuple[pl.Expr, Marks]:
    raw = pl.col(column.name)
    number = raw.cast(pl.UInt64, strict=False)
    whole = number.is_not_null() & (raw.str.len_bytes() == _NIK_LENGTH) & (number >= 10 ** (_NIK_LENGTH - 1))
    region = (number // 10**12).cast(pl.Int64)
    known = region.is_in(sorted(context.nik_regions))
    scientific = raw.str.contains(r"^\d([.,]\d+)?[eE]\+?\d+$")
    digits = raw.str.contains(r"^\d+$")
    return pl.when(whole).then(number), {
        "scientific_notation": scientific,
        "not_digits": ~digits & ~scientific,
        "wrong_length": digits & (raw.str.len_bytes() != _NIK_LENGTH),
        "unknown_region": digits & (raw.str.len_bytes() == _NIK_LENGTH) & ~known.fill_null(value=False),
    }


def _as_it_is(_text: pl.DataFrame, column: Column, _context: MemberContext) -> tuple[pl.Expr, Marks]:
    return pl.col(column.name), {}


def _word(_text: pl.DataFrame, column: Column, _context: MemberContext) -> tuple[pl.Expr, Marks]:
    raw = pl.col(column.name).str.to_uppercase()
    value = raw.cast(pl.Enum(column.words), strict=False)
    return value, {"unknown": raw.is_not_null() & value.is_null()}


def _programs(text: pl.DataFrame, column: Column, _context: MemberContext) -> tuple[pl.Expr, Marks]:
    """Programmes as a bit mask; there are few combinations, so each is read once."""
    combinations = text[column.name].drop_nulls().unique().to_list()
    masks: dict[str, int] = {}
    unknown: list[str] = []
    repeated: list[str] = []
    for combination in combinations:
        names = [name.strip().upper() for name in combination.split("|")]
        if any(name not in PROGRAMS for name in names):
            unknown.append(combination)
        elif len(set(names)) < len(names):
            repeated.append(combination)
        else:
            masks[combination] = sum(1 << PROGRAMS.index(name) for name in names)
    raw = pl.col(column.name)
    value = raw.replace_strict(masks, default=None, return_dtype=pl.UInt8)
    return value, {"unknown": raw.is_in(unknown), "repeated": raw.is_in(repeated)}


def _date(text: pl.DataFrame, column: Column, _context: MemberContext) -> tuple[pl.Expr, Marks]:
    """ISO dates at once; the other forms are tried only when a row of the batch needs them."""
    raw = pl.col(column.name)
    value = raw.str.to_date("%Y-%m-%d", strict=False)
    if text.select((raw.is_not_null() & value.is_null()).any()).item():
        named = raw.str.to_lowercase().str.replace_many(list(_MONTHS), [f"{n:02}" for n in range(1, 13)])
        others = [raw.str.to_date(form, strict=False) for form in _OTHER_DATES]
        value = pl.coalesce(value, *others, named.str.to_date("%d %m %Y", strict=False))
    return value, {"unreadable": raw.is_not_null() & value.is_null()}


def _month(_text: pl.DataFrame, column: Column, _context: MemberContext) -> tuple[pl.Expr, Marks]:
    raw = pl.col(column.name)
    value = _month_of(raw)
    return value, {"unreadable": raw.is_not_null() & value.is_null()}


@cache
def _usual_months(day: date) -> dict[str, date]:
    """Text of the months of the last years up to a day; others are read one by one."""
    years = range(day.year - _USUAL_YEARS, day.year + 1)
    return {f"{year}{month:02}": date(year, month, 1) for year in years for month in range(1, 13)}


def _month_of(raw: pl.Expr) -> pl.Expr:
    """First day of a month written as yyyymm."""
    number = pl.when(raw.str.len_bytes() == 6).then(raw).cast(pl.Int32, strict=False)
    month = number % 100
    # Four digits of a year: a sign in place of the first would give the year 202.
    return pl.when((number >= 1000_01) & month.is_between(1, 12)).then(pl.date(number // 100, month, 1))


def _moment(text: pl.DataFrame, column: Column, _context: MemberContext) -> tuple[pl.Expr, Marks]:
    raw = pl.col(column.name)
    value = raw.str.to_datetime(_MOMENTS[0], strict=False, time_unit="ms")
    if text.select((raw.is_not_null() & value.is_null()).any()).item():
        others = [raw.str.to_datetime(form, strict=False, time_unit="ms") for form in _MOMENTS[1:]]
        value = pl.coalesce(value, *others)
    return value, {"unreadable": raw.is_not_null() & value.is_null()}


def _money(text: pl.DataFrame, column: Column, _context: MemberContext) -> tuple[pl.Expr, Marks]:
    """Rupiah: whole numbers at once; thousands dots and decimal commas only where a row needs them."""
    raw = pl.col(column.name)
    value = raw.cast(pl.Int64, strict=False).cast(pl.Float64)
    if text.select((raw.is_not_null() & value.is_null()).any()).item():
        form = r"^-?(\d+|\d{1,3}(\.\d{3})+)(,\d+)?$"
        plain = raw.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True)
        value = pl.coalesce(value, pl.when(raw.str.contains(form)).then(plain).cast(pl.Float64, strict=False))
    return value, {"not_a_number": raw.is_not_null() & value.is_null()}


def _place(_text: pl.DataFrame, column: Column, context: MemberContext) -> tuple[pl.Expr, Marks]:
    raw = pl.col(column.name)
    value = raw.replace_strict(context.places, default=None, return_dtype=pl.UInt16)
    formed = raw.str.contains(r"^\d\d\.\d\d$")
    return value, {
        "wrong_form": raw.is_not_null() & ~formed,
        "unknown_region": formed & value.is_null(),
    }


_READERS = {
    "nik": _nik,
    "text": _as_it_is,
    "word": _word,
    "programs": _programs,
    "date": _date,
    "month": _month,
    "moment": _moment,
    "money": _money,
    "place": _place,
}
