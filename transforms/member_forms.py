"""Cells of a `peserta` in every form that the contract allows, and what is wrong with those in no form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from schemas.sources import MISSING_MARKS, PESERTA, Column
from schemas.tables.member_rows import PROGRAMS

Marks = dict[str, pl.Expr]

_MONTHS = ("januari", "februari", "maret", "april", "mei", "juni", "juli", "agustus", "september", "oktober",
           "november", "desember")  # fmt: skip
_OTHER_DATES = ("%d/%m/%Y", "%d-%m-%Y")
#: The usual form of a moment, then the others.
MOMENTS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%d/%m/%Y %H:%M:%S", "%Y-%m-%d %H:%M")
NIK_LENGTH = 16
BLANKS = " \t\r\u00a0\ufeff"


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


def every_form(text: pl.DataFrame, context: MemberContext) -> pl.DataFrame:
    """Rows read with every form that the contract allows, with the reasons for what could not be read.

    `text`: `line` and a text column per declared column. Returns the values, `line`, and `defects` as bits.
    """
    text = _cleaned(text)
    values: list[pl.Expr] = []
    marks: Marks = {}
    for column in PESERTA.columns:
        value, found = _READERS[column.kind](text, column, context)
        values.append(value.alias(_read_name(column)))
        if not column.optional:
            marks[f"{column.name}:missing"] = pl.col(column.name).is_null()
        marks |= {f"{column.name}:{defect}": mark for defect, mark in found.items()}
    bits = [
        pl.when(marks[defect]).then(pl.lit(1 << bit, pl.UInt64)).otherwise(pl.lit(0, pl.UInt64))
        for bit, defect in enumerate(PESERTA.defects)
    ]
    # Values first, beside their texts: what is wrong follows from both, and nothing is read twice.
    return text.with_columns(values).select(
        *(pl.col(_read_name(column)).alias(column.name) for column in PESERTA.columns),
        pl.col("line"),
        pl.sum_horizontal(bits).alias("defects"),
    )


def within_calendar(value: pl.Expr) -> pl.Expr:
    """A day or moment of the years 1 to 9999, else null: Polars reads a sign and more digits, which no table holds."""
    return pl.when(value.is_between(date.min, date.max)).then(value)


def _read_name(column: Column) -> str:
    return f"{column.name}:read"


def _unread(column: Column) -> pl.Expr:
    """Whether something stands in a column that could not be read."""
    return pl.col(column.name).is_not_null() & pl.col(_read_name(column)).is_null()


def _cleaned(text: pl.DataFrame) -> pl.DataFrame:
    """Strip blanks and make the marks for "missing" null."""
    columns = [name for name in text.columns if name != "line"]
    return text.with_columns(
        pl.when(~pl.col(name).str.strip_chars(BLANKS).is_in(MISSING_MARKS))
        .then(pl.col(name).str.strip_chars(BLANKS))
        .alias(name)
        for name in columns
    )


def _nik(_text: pl.DataFrame, column: Column, context: MemberContext) -> tuple[pl.Expr, Marks]:
    raw = pl.col(column.name)
    number = raw.cast(pl.UInt64, strict=False)
    whole = number.is_not_null() & (raw.str.len_bytes() == NIK_LENGTH) & (number >= 10 ** (NIK_LENGTH - 1))
    region = (number // 10**12).cast(pl.Int64)
    known = region.is_in(sorted(context.nik_regions))
    scientific = raw.str.contains(r"^\d([.,]\d+)?[eE]\+?\d+$")
    digits = raw.str.contains(r"^\d+$")
    return pl.when(whole).then(number), {
        "scientific_notation": scientific,
        "not_digits": ~digits & ~scientific,
        "wrong_length": digits & (raw.str.len_bytes() != NIK_LENGTH),
        "unknown_region": digits & (raw.str.len_bytes() == NIK_LENGTH) & ~known.fill_null(value=False),
    }


def _as_it_is(_text: pl.DataFrame, column: Column, _context: MemberContext) -> tuple[pl.Expr, Marks]:
    return pl.col(column.name), {}


def _word(_text: pl.DataFrame, column: Column, _context: MemberContext) -> tuple[pl.Expr, Marks]:
    raw = pl.col(column.name).str.to_uppercase()
    value = raw.cast(pl.Enum(column.words), strict=False)
    return value, {"unknown": _unread(column)}


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
    return within_calendar(value), {"unreadable": _unread(column)}


def _month(_text: pl.DataFrame, column: Column, _context: MemberContext) -> tuple[pl.Expr, Marks]:
    value = _month_of(pl.col(column.name))
    return value, {"unreadable": _unread(column)}


def _month_of(raw: pl.Expr) -> pl.Expr:
    """First day of a month written as yyyymm."""
    number = pl.when(raw.str.len_bytes() == 6).then(raw).cast(pl.Int32, strict=False)
    month = number % 100
    # Four digits of a year: a sign in place of the first would give the year 202.
    return pl.when((number >= 1000_01) & month.is_between(1, 12)).then(pl.date(number // 100, month, 1))


def _moment(text: pl.DataFrame, column: Column, _context: MemberContext) -> tuple[pl.Expr, Marks]:
    raw = pl.col(column.name)
    value = raw.str.to_datetime(MOMENTS[0], strict=False, time_unit="ms")
    if text.select((raw.is_not_null() & value.is_null()).any()).item():
        others = [raw.str.to_datetime(form, strict=False, time_unit="ms") for form in MOMENTS[1:]]
        value = pl.coalesce(value, *others)
    return within_calendar(value), {"unreadable": _unread(column)}


def _money(text: pl.DataFrame, column: Column, _context: MemberContext) -> tuple[pl.Expr, Marks]:
    """Rupiah: whole numbers at once; thousands dots and decimal commas only where a row needs them."""
    raw = pl.col(column.name)
    value = raw.cast(pl.Int64, strict=False).cast(pl.Float64)
    if text.select((raw.is_not_null() & value.is_null()).any()).item():
        form = r"^-?(\d+|\d{1,3}(\.\d{3})+)(,\d+)?$"
        plain = raw.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True)
        value = pl.coalesce(value, pl.when(raw.str.contains(form)).then(plain).cast(pl.Float64, strict=False))
    return value, {"not_a_number": _unread(column)}


def _place(_text: pl.DataFrame, column: Column, context: MemberContext) -> tuple[pl.Expr, Marks]:
    raw = pl.col(column.name)
    value = raw.replace_strict(context.places, default=None, return_dtype=pl.UInt16)
    formed = raw.str.contains(r"^\d\d\.\d\d$")
    return value, {
        "wrong_form": raw.is_not_null() & ~formed,
        "unknown_region": formed & pl.col(_read_name(column)).is_null(),
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
