"""How a valid row is broken: one function of the as-of day per class, giving the columns to replace.

Rows are texts in the columns of the data contract. All rows are of segment PU, except for the classes in
FOR_BPU.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta

import polars as pl

FOR_BPU = frozenset({"npp_not_allowed", "program_not_for_segment"})
Changes = dict[str, pl.Expr]
_CLASS = "__class"

_nik, _birth = pl.col("nik"), pl.col("tgl_lahir")


def mutated(rows: pl.DataFrame, names: pl.Series, as_of: date) -> pl.DataFrame:
    """`rows`, each broken in the way of the class in `names`; null leaves a row as it is."""
    by_column: dict[str, list[tuple[str, pl.Expr]]] = defaultdict(list)
    for name in names.drop_nulls().unique(maintain_order=True):
        for column, change in MUTATIONS[name](as_of).items():
            by_column[column].append((name, change))
    # One pass over all classes: a frame of its own for each would cost more than the whole chunk.
    chosen = rows.with_columns(names.alias(_CLASS))
    return chosen.with_columns(
        **{column: _by_class(column, many) for column, many in by_column.items()}
    ).drop(_CLASS)


def _by_class(column: str, changes: list[tuple[str, pl.Expr]]) -> pl.Expr:
    (first, change), *others = changes
    chain = pl.when(pl.col(_CLASS) == first).then(change)
    for name, other in others:
        chain = chain.when(pl.col(_CLASS) == name).then(other)  # type: ignore[assignment]
    return chain.otherwise(pl.col(column))


def _text(value: str) -> pl.Expr:
    return pl.lit(value)


def _empty(column: str) -> Callable[[date], Changes]:
    return lambda _: {column: pl.lit(None, pl.String)}


def _set(column: str, value: str) -> Callable[[date], Changes]:
    return lambda _: {column: _text(value)}


def _later(day: date, days: int) -> str:
    return (day + timedelta(days=days)).isoformat()


def _born(day: date, years: int) -> Changes:
    """A birth date so many years before, on the first of the month, with a NIK that agrees."""
    birth = day.replace(year=day.year - years, day=1)
    women = pl.col("jenis_kelamin") == "P"
    day_part = pl.when(women).then(_text(f"{birth.day + 40:02d}")).otherwise(_text(f"{birth.day:02d}"))
    nik = _nik.str.slice(0, 6) + day_part + _text(f"{birth:%m%y}") + _nik.str.slice(12)
    return {"tgl_lahir": _text(birth.isoformat()), "nik": nik}


def _next_month(day: date) -> str:
    return f"{(day.replace(day=1) + timedelta(days=32)):%Y%m}"


MUTATIONS: dict[str, Callable[[date], Changes]] = {
    "nik_missing": _empty("nik"),
    "nik_wrong_length": lambda _: {"nik": _nik.str.slice(0, 15)},
    "nik_not_digits": lambda _: {"nik": _nik.str.slice(0, 12) + "O" + _nik.str.slice(13)},
    "nik_scientific": lambda _: {"nik": _nik.str.slice(0, 1) + "." + _nik.str.slice(1, 5) + "E+15"},
    "nik_trailing_zeros": lambda _: {"nik": _nik.str.slice(0, 12) + "0000"},
    "nik_rounded": lambda _: {"nik": _nik.str.slice(0, 6) + "0000000000"},
    "nik_unknown_region": lambda _: {"nik": pl.lit("9999") + _nik.str.slice(4)},
    "nik_impossible_day": lambda _: {"nik": _nik.str.slice(0, 6) + "35" + _nik.str.slice(8)},
    "nik_impossible_date": lambda _: {"nik": _nik.str.slice(0, 6) + "3102" + _nik.str.slice(10)},
    "kpj_missing": _empty("kpj"),
    "kpj_wrong_length": lambda _: {"kpj": pl.col("kpj").str.slice(0, 10)},
    "kpj_not_digits": lambda _: {"kpj": pl.col("kpj").str.slice(0, 10) + "A"},
    "npp_missing": _empty("npp"),
    "npp_not_allowed": _set("npp", "12345678"),
    "npp_wrong_length": lambda _: {"npp": pl.col("npp").str.slice(0, 7)},
    "segment_unknown": _set("segmen", "PPU"),
    "segment_missing": _empty("segmen"),
    "status_unknown": _set("status", "CUTI"),
    "program_missing": _empty("program"),
    "program_unknown": _set("program", "JKK|JKM|JKN"),
    "program_repeated": _set("program", "JKK|JKM|JHT|JHT"),
    "program_without_jkm": _set("program", "JKK|JHT"),
    "program_not_for_segment": _set("program", "JKK|JKM|JP"),
    "start_missing": _empty("tgl_mulai"),
    "start_unreadable": _set("tgl_mulai", "31/02/2024"),
    "start_after_as_of": lambda day: {
        "tgl_mulai": _text(_later(day, 12)),
        "tgl_akhir": pl.lit(None, pl.String),
    },
    "end_before_start": lambda _: {
        "tgl_akhir": (pl.col("tgl_mulai").str.to_date("%Y-%m-%d").dt.offset_by("-1d")).cast(pl.String)
    },
    "end_missing_for_status": lambda _: {"status": _text("NONAKTIF"), "tgl_akhir": pl.lit(None, pl.String)},
    "last_paid_unreadable": lambda day: {"iuran_terakhir": _text(f"{day.year - 1}13")},
    "last_paid_after_as_of": lambda day: {"iuran_terakhir": _text(_next_month(day))},
    "too_young": lambda day: _born(day, 14),
    "too_old": lambda day: _born(day, 101),
    "birth_date_missing": _empty("tgl_lahir"),
    "birth_date_unreadable": _set("tgl_lahir", "30-02-1990"),
    "sex_unknown": _set("jenis_kelamin", "X"),
    "residence_missing": _empty("wilayah_domisili"),
    "residence_unknown": lambda _: {"wilayah_domisili": pl.col("wilayah_domisili").str.slice(0, 2) + ".98"},
    "residence_bps_code": lambda _: {
        "wilayah_domisili": pl.col("wilayah_domisili").str.replace(".", "", literal=True)
    },
    "residence_lost_zero": lambda _: {"wilayah_domisili": pl.col("wilayah_domisili").str.slice(0, 2) + ".1"},
    "workplace_unknown": _set("wilayah_kerja", "99.01"),
    "workplace_bps_code": lambda _: {
        "wilayah_kerja": pl.col("wilayah_domisili").str.replace(".", "", literal=True)
    },
    "office_missing": _empty("kantor_cabang"),
    "wage_missing": _empty("upah"),
    "wage_negative": _set("upah", "-2500000"),
    "wage_not_a_number": _set("upah", "dua juta"),
    "funding_unknown": _set("sumber_iuran", "HIBAH"),
    "vulnerable_unknown": _set("rentan", "YA"),
    "activity_wrong_length": _set("kbli", "5610"),
    "updated_missing": _empty("diperbarui"),
    "updated_unreadable": _set("diperbarui", "kemarin"),
    "updated_after_as_of": lambda day: {"diperbarui": _text(f"{_later(day, 31)} 09:15:00")},
    "several_rules": lambda _: {
        "kpj": pl.lit(None, pl.String),
        "jenis_kelamin": _text("X"),
        "upah": _text("-1"),
    },
}
