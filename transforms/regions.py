"""Region codes of offices, translated through the register and by nothing else.

199 of 514 regency codes differ between BPS and Kemendagri, and 169 four-digit codes mean another
regency once the dot is dropped: a code is known by its form, and a source declares which forms it uses.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

NATION = "00"
FORMS = {"bps": r"^(\d{2}|\d{4})$", "kemendagri": r"^(00|\d{2}|\d{2}\.\d{2})$"}
_WITH_DOT = r"^\d{2}\.\d{2}$"


@dataclass(frozen=True)
class RegionCodes:
    """Delivered code → BPS code in force, with what a file may hold of it.

    `codes`: present and former codes in the declared forms. `split_on`: province → day on which
    regencies left it; a province figure before that day covers another territory. `moved`: regency →
    the province it belonged to before, and the day it left.
    """

    codes: dict[str, str]
    form: str
    split_on: dict[str, date]
    moved: dict[str, tuple[str, date]]

    def formerly_in(self, province: str, on: date) -> list[str]:
        """Regencies that another province has now and this one had on that day."""
        return [code for code, (former, day) in self.moved.items() if former == province and on < day]


def region_codes(regions: pl.DataFrame, forms: tuple[str, ...]) -> RegionCodes:
    """Build the translation for a source that declares the code `forms` (bps, kemendagri).

    Two-digit codes are BPS codes of provinces in every source, like the scope in a file name.
    """
    provinces = regions.filter(pl.col("kind") == "provinsi")
    regencies = regions.filter(pl.col("kind") != "provinsi")
    codes = {NATION: NATION, **{code: code for code in provinces["region_code_bps"]}}
    patterns = [r"\d{2}"]
    for form, pattern in (("bps", r"\d{4}"), ("kemendagri", r"\d{2}\.\d{2}")):
        if form not in forms:
            continue
        patterns.append(pattern)
        for column in (f"region_code_{form}_previous", f"region_code_{form}"):
            known = regencies.filter(pl.col(column).is_not_null())
            codes.update(zip(known[column], known["region_code_bps"], strict=True))
    moved = _moved(regencies)
    splits: dict[str, date] = {}
    for former, day in moved.values():
        splits[former] = max(day, splits.get(former, day))
    return RegionCodes(codes, rf"^({'|'.join(patterns)})$", splits, moved)


def _moved(regencies: pl.DataFrame) -> dict[str, tuple[str, date]]:
    """Regency → the province it left, and when."""
    former = pl.col("region_code_bps_previous").str.slice(0, 2)
    moved = regencies.filter((former != pl.col("province_code_bps")) & pl.col("valid_from").is_not_null())
    listed = moved.select("region_code_bps", former.alias("left"), "valid_from").iter_rows()
    return {code: (left, day) for code, left, day in listed}


def level(code: pl.Expr) -> pl.Expr:
    """Level of a BPS code: nation, province or regency."""
    return (
        pl.when(code == NATION)
        .then(pl.lit("nation"))
        .when(code.str.len_chars() == 2)
        .then(pl.lit("province"))
        .when(code.is_not_null())
        .then(pl.lit("regency"))
    )


def bps_code(number: pl.Expr) -> pl.Expr:
    """BPS code as text from the number that stands for it in member rows; null stays null."""
    return number.cast(pl.String).str.zfill(4)
