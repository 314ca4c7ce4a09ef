"""Indonesian numbers as Polars expressions. Each gives the value, null where the text cannot be read.

Dots group thousands and a comma starts the decimals. A dot followed by anything but groups of three
digits is no group: `58.68` is a percent, never a count; neither is `0.375`, since no group starts with 0.
"""

from __future__ import annotations

import polars as pl

from schemas.sources import MISSING_MARKS

_COUNT = r"^\d+$|^[1-9]\d{0,2}(\.\d{3})+$"
_DECIMAL = r"^\d+([.,]\d+)?$|^\d{1,3}(\.\d{3})+(,\d+)?$"
_PERCENT = r"^\d{1,3}([.,]\d+)?\s*%?$"
#: What a spreadsheet makes of a whole number that it stores as a float.
_WHOLE_FLOAT = r"^(\d+)\.0+$"


def cleaned(column: str) -> pl.Expr:
    """Return the text without surrounding blanks; a mark for "missing" becomes null."""
    text = pl.col(column).str.strip_chars(" \t\r\n\u00a0\ufeff")
    return pl.when(~text.is_in(MISSING_MARKS)).then(text)


def parse_count(text: pl.Expr) -> pl.Expr:
    """Return a whole number of persons (Int64), null where the text is none."""
    digits = text.str.replace_all(".", "", literal=True)
    whole = text.str.extract(_WHOLE_FLOAT, 1)
    return (
        pl.when(text.str.contains(_COUNT))
        .then(digits)
        .when(text.str.contains(_WHOLE_FLOAT))
        .then(whole)
        .cast(pl.Int64, strict=False)
    )


def is_percent(text: pl.Expr) -> pl.Expr:
    """Whether the text carries a percent sign, or is a decimal number that could only be a share."""
    return text.str.contains("%", literal=True) | (
        text.str.contains(r"^\d{1,3}[.,]\d{1,2}$") & ~text.str.contains(_WHOLE_FLOAT)
    )


def is_decimal(text: pl.Expr) -> pl.Expr:
    """Whether the text is a number with decimals."""
    return text.str.contains(_DECIMAL)


def parse_percent(text: pl.Expr) -> pl.Expr:
    """Return a percent (Float64) from `58,68`, `58.68` or `58.68 %`; null where the text is none."""
    number = text.str.replace_all(r"[\s%]", "").str.replace(",", ".", literal=True)
    return pl.when(text.str.contains(_PERCENT)).then(number).cast(pl.Float64, strict=False)
