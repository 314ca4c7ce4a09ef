"""Declared corrections: one cell of one file, with the value it expects to find."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from schemas.sources import Source


@dataclass(frozen=True)
class Corrected:
    """Text rows after the corrections, and the lines that were changed."""

    rows: pl.DataFrame
    lines: tuple[int, ...]


class StaleCorrection(ValueError):
    """A correction does not find the value it expects: the source changed, or the correction is wrong."""


def corrected_rows(
    source: Source, text: pl.DataFrame, keys: pl.DataFrame, corrections: pl.DataFrame
) -> Corrected:
    """Apply the corrections of one file to its text rows.

    `keys` holds the same rows typed (region_code and, where the source has it, segment). Raises
    StaleCorrection naming the correction when not exactly one row matches with the expected value.
    """
    lines: list[int] = []
    for correction in corrections.iter_rows(named=True):
        column = next((c.name for c in source.columns if correction["column"] in (c.name, c.header)), None)
        if column is None:
            raise StaleCorrection(f"{correction['correction_id']}: no column of that name in {source.name}")
        matches = keys["region_code"] == correction["region_code"]
        if correction["segment"] is not None and "segment" in keys.columns:
            matches &= keys["segment"] == correction["segment"]
        expected = correction["expected_value"]
        found = text.filter(matches)
        if found.height != 1 or (found[column][0] or "").strip() != (expected or ""):
            raise StaleCorrection(
                f"{correction['correction_id']}: expected one row with the declared value, found "
                f"{found.height} row(s) of that key or another value"
            )
        lines.append(int(found["line"][0]))
        text = text.with_columns(
            pl.when(matches)
            .then(pl.lit(correction["corrected_value"]))
            .otherwise(pl.col(column))
            .alias(column)
        )
    return Corrected(text, tuple(sorted(set(lines))))
