"""Text rows of an extract as typed rows, with what could not be read marked in `defects`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from schemas.sources import Column, Source
from transforms.parsing import cleaned, is_decimal, is_percent, parse_count, parse_percent
from transforms.regions import NATION, RegionCodes

Marks = dict[str, pl.Expr]


@dataclass(frozen=True)
class Context:
    """What a row is read against: its file's scope and day, the region codes, the known definitions."""

    scope: str
    as_of: date
    regions: RegionCodes
    definitions: frozenset[str]


def typed_rows(source: Source, text: pl.DataFrame, context: Context) -> pl.DataFrame:
    """One typed row per text row, in the same order, in the shape of the source's model.

    `text` holds `line` and a text column per declared column. Nothing is dropped and nothing is
    guessed: what cannot be read is null and has its bit in `defects` (source.defects gives the bits).
    """
    cleaned_text = text.select("line", *(cleaned(c.name).alias(_given(c)) for c in source.columns))
    rows = cleaned_text.with_columns(_value(c, context).alias(c.name) for c in source.columns)
    marks: Marks = {}
    for column in source.columns:
        marks |= {f"{column.name}:{defect}": mark for defect, mark in _marks(column, context).items()}
    mask = source.model.polars_schema()["defects"]
    bits = [
        marks[defect].fill_null(value=False).cast(mask) * (1 << bit)
        for bit, defect in enumerate(source.defects)
    ]
    defects = pl.sum_horizontal(bits).cast(mask)
    return rows.select("line", *(c.name for c in source.columns), defects.alias("defects"))


def _given(column: Column) -> str:
    """Name of the column's text beside its value: what is read once need not be read for every mark."""
    return f"{column.name}:given"


def _value(column: Column, context: Context) -> pl.Expr:
    """Read a column; null where it cannot be read."""
    text = pl.col(_given(column))
    if column.kind == "count":
        value = parse_count(text)
    elif column.kind == "percent":
        value = parse_percent(text)
    elif column.kind == "region":
        value = text.replace_strict(context.regions.codes, default=None, return_dtype=pl.String)
    elif column.kind == "word":
        value = _known(text.str.to_uppercase(), column.words)
    else:
        value = _known(text.str.to_lowercase(), tuple(sorted(context.definitions)))
    # An office that gave nothing means the declared default; an unreadable text stays null.
    return (
        value
        if column.default is None
        else pl.when(text.is_null()).then(pl.lit(column.default)).otherwise(value)
    )


def _known(word: pl.Expr, words: tuple[str, ...]) -> pl.Expr:
    return pl.when(word.is_in(words)).then(word)


def _marks(column: Column, context: Context) -> Marks:
    """Return what may be wrong with a column, from its text and its value."""
    text, value = pl.col(_given(column)), pl.col(column.name)
    unread = text.is_not_null() & value.is_null()
    marks: Marks = {} if column.optional else {"missing": text.is_null()}
    if column.kind == "count":
        percent, decimal = is_percent(text), is_decimal(text)
        return marks | {
            "percent_where_count": unread & percent,
            "not_whole": unread & ~percent & decimal,
            "not_a_number": unread & ~percent & ~decimal,
        }
    if column.kind == "percent":
        return marks | {"not_a_number": unread}
    if column.kind == "region":
        return marks | _region_marks(text, value, context)
    return marks | {"unknown": unread}


def _region_marks(text: pl.Expr, code: pl.Expr, context: Context) -> Marks:
    formed = text.str.contains(context.regions.form)
    foreign = pl.lit(value=False)
    if context.scope.isdigit() and context.scope != NATION:
        own = context.regions.formerly_in(context.scope, context.as_of)
        foreign = (code.str.slice(0, 2) != context.scope) & ~code.is_in(own)
    before_split = [province for province, day in context.regions.split_on.items() if context.as_of < day]
    return {
        "wrong_form": text.is_not_null() & ~formed,
        "unknown": formed & code.is_null(),
        "outside_scope": foreign,
        "other_territory": code.is_in(before_split),
    }
