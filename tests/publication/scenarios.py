"""Situations that a page must stand: the usual one, and everything that real figures do instead."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

import polars as pl

from tests.publication.publication_tables import (
    BALI,
    BALI_CLAIMS,
    Cell,
    Tweak,
    bali,
    cells,
    months,
    national,
    register,
    tables,
)
from warehouse.publication import ReleaseFacts

NOW = date(2025, 3, 1)
Tables = dict[str, pl.DataFrame]


def nothing() -> Tables:
    """The register is there, no file has arrived."""
    return tables([Cell(code, NOW, None, None) for code in BALI], provinces=["51"])


def empty_tables() -> Tables:
    """The very first night: tables without a single row."""
    found = nothing()
    for name in ("coverage_by_regency", "coverage_by_province", "coverage_nationwide", "data_quality"):
        found[name] = found[name].clear()
    return found


def one_regency() -> Tables:
    """One regency in one month, as newspapers have it."""
    return tables(
        [Cell("5103", NOW, 195504, 337600, Decimal("67.28"), target_id="51-2025")], provinces=["51"]
    )


def total_only() -> Tables:
    """A province of which only the total was ever reported."""
    total = Cell("51", NOW, 935079, 1873899, Decimal("67.28"), target_id="51-2025")
    return tables([], totals=[total], provinces=["51"], claims=BALI_CLAIMS)


def members_only() -> Tables:
    """Members are counted, the base has not arrived."""
    return bali(1, lambda cell: replace(cell, base=None))


def above_100() -> Tables:
    """More members than people in work, and one regency without data."""

    def tweak(cell: Cell) -> Cell:
        if cell.code == "5103":
            return replace(cell, members=round((cell.base or 0) * 1.2615))
        return replace(cell, members=None) if cell.code == "5105" and cell.period == NOW else cell

    return bali(14, tweak)


def whole_above_100() -> Tables:
    """A province above 100."""
    return bali(3, lambda cell: replace(cell, members=(cell.base or 0) + 500))


def ties() -> Tables:
    """Two share the highest rank, two the lowest."""
    equal = {"5103": 60, "5171": 60, "5106": 30, "5107": 30}
    return bali(13, lambda cell: replace(cell, members=(cell.base or 0) * equal.get(cell.code, 45) // 100))


def all_equal() -> Tables:
    """Everybody at the same figure."""
    return bali(2, lambda cell: replace(cell, members=(cell.base or 0) // 2))


def all_reached() -> Tables:
    """Everybody at the target."""
    return bali(13, lambda cell: replace(cell, members=round((cell.base or 0) * 0.7) + int(cell.code[-1])))


def some_reached() -> Tables:
    """Two above the target, so that the map has a class for it."""
    return bali(13, lambda c: replace(c, target=Decimal("55.00")))


def first_month() -> Tables:
    """The first month ever."""
    return bali(1)


def broken_series() -> Tables:
    """A new base every January, and another definition of it in 2024."""

    def tweak(cell: Cell) -> Cell:
        obs = "B" if cell.period.month == 1 else "A"
        denominator = "employed_sakernas" if cell.period.year < 2024 else "eligible_workers"
        base = round((cell.base or 0) * (1.35 if cell.period.year < 2024 else 1))
        return replace(cell, obs=obs, denominator=denominator, base=base)

    return bali(30, tweak)


def no_target() -> Tables:
    """Nobody set a target."""
    return bali(24, lambda cell: replace(cell, target=None, target_id=None))


def own_targets() -> Tables:
    """Regencies with targets of their own."""
    return bali(6, lambda cell: replace(cell, target=Decimal(45 + int(cell.code[-1]) * 3)))


def withheld() -> Tables:
    """The newest month is incomplete: the province stays at the month before."""
    return bali(14, lambda c: replace(c, members=None) if c.code == "5105" and c.period == NOW else c)


def never_complete() -> Tables:
    """The province was never complete."""
    return bali(5, lambda c: replace(c, members=None) if c.code == "5105" else c)


def all_provisional() -> Tables:
    """Every figure may still change."""
    return bali(13, lambda c: replace(c, status="provisional"))


def patchy() -> Tables:
    """The country as public figures give it: other months, other regions, mostly nothing."""
    totals = [
        Cell("00", date(2025, 10, 1), 37_010_000, 100_000_000, Decimal("52.15"), target_id="00-2025"),
        Cell("00", date(2025, 4, 1), 39_700_000, 101_810_000, Decimal("52.15"), target_id="00-2025"),
        Cell("51", date(2025, 3, 1), 935_079, 1_873_899, Decimal("67.28"), target_id="51-2025"),
        Cell("51", date(2025, 12, 1), 1_009_656, 1_873_899, Decimal("67.28"), target_id="51-2025"),
        Cell("52", date(2025, 6, 1), 555_276, 1_808_432, Decimal("62.22"), target_id="52-2025"),
        Cell("35", date(2023, 12, 1), 4_336_959, 14_531_668, numerator="workers_residence_pu_bpu"),
        Cell("94", date(2024, 8, 1), 141_984, 240_009),
    ]
    parts = [
        Cell("5103", date(2025, 3, 1), 195_504, 337_600, Decimal("67.28"), target_id="51-2025"),
        Cell("5106", date(2025, 3, 1), 40_477, 112_000, Decimal("67.28"), target_id="51-2025"),
        Cell("5104", date(2025, 9, 1), 130_300, 198_628, Decimal("67.28"), target_id="51-2025"),
        *(
            Cell(code, date(2023, 8, 1), members, base)
            for code, members, base in (
                ("9101", 20_130, 27_300), ("9102", 33_000, 26_160), ("9103", 12_500, 16_200),
                ("9104", 14_800, 24_000), ("9105", 21_000, 36_700), ("9111", 13_000, 11_500),
                ("9112", 14_000, 13_362),
            )
        ),
    ]  # fmt: skip
    names, _ = register()
    return tables(parts, totals=totals, provinces=sorted(names), claims=BALI_CLAIMS)


def hostile() -> Tables:
    """Names that would like to be markup, a formula or a path."""
    found = bali(2)
    names = {
        "5101": '<script>alert("x")</script>', "5102": "A & B", "5103": '=cmd|"/c calc"!A1',
        "5104": "'quoted' \"name\"", "5105": "#typst[*bold*] $x$ \\", "5106": "{{ 7*7 }} {% raw %}",
    }  # fmt: skip
    renamed = pl.col("regency_code").replace_strict(names, default=pl.col("regency_name"))
    found["coverage_by_regency"] = found["coverage_by_regency"].with_columns(regency_name=renamed)
    note = pl.lit("<img src=x onerror=alert(1)> =1+1 & more")
    found["published_figures"] = found["published_figures"].with_columns(
        source_title=note, explanation_id=note
    )
    return found


def late(facts: ReleaseFacts) -> ReleaseFacts:
    """The same release, late."""
    return replace(facts, late=True)


SCENARIOS: Mapping[str, Callable[[], Tables]] = {
    f.__name__: f
    for f in (
        bali, nothing, empty_tables, one_regency, total_only, members_only, above_100, whole_above_100, ties,
        all_equal, all_reached, some_reached, first_month, broken_series, no_target, own_targets, withheld,
        never_complete, all_provisional, hostile,
    )
}  # fmt: skip

__all__ = ["NOW", "SCENARIOS", "Tweak", "cells", "late", "months", "national", "patchy"]
