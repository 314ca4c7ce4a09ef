"""Text rows of an extract as typed rows, with what could not be read marked in `defects`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import reduce

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
    values: list[pl.Expr] = []
    marks: Marks = {}
    for column in source.columns:
        value, found = _read(column, context)
        values.append(value.alias(column.name))
        marks.update({f"{column.name}:{defect}": mark for defect, mark in found.items()})
    mask = source.model.polars_schema()["defects"]
    bits = [
        marks[defect].fill_null(value=False).cast(mask) * (1 << bit)
        for bit, defect in enumerate(source.defects)
    ]
    defects = reduce(lambda one, other: one + other, bits).cast(mask)
    return text.select(pl.col("line"), *values, defects.alias("defects"))


def _read(column: Column, context: Context) -> tuple[pl.Expr, Marks]:
    text = cleaned(column.name)
    if column.kind == "count":
        value, marks = _count(text)
    elif column.kind == "percent":
        value = parse_percent(text)
        marks = {"not_a_number": text.is_not_null() & value.is_null()}
    elif column.kind == "region":
        value, marks = _region(text, context)
    else:
        known = column.words if column.kind == "word" else tuple(sorted(context.definitions))
        value, marks = _word(text, known, upper=column.kind == "word")
    if column.optional:
        return (value if column.default is None else _with_default(value, text, column.default)), marks
    return value, {"missing": text.is_null(), **marks}


def _with_default(value: pl.Expr, text: pl.Expr, default: str) -> pl.Expr:
    """Return the declared default where the office gave nothing (an unreadable text stays null)."""
    return pl.when(text.is_null()).then(pl.lit(default)).otherwise(value)


def _count(text: pl.Expr) -> tuple[pl.Expr, Marks]:
    value = parse_count(text)
    unread = text.is_not_null() & value.is_null()
    percent = unread & is_percent(text)
    return value, {
        "percent_where_count": percent,
        "not_whole": unread & ~percent & is_decimal(text),
        "not_a_number": unread & ~percent & ~is_decimal(text),
    }


def _word(text: pl.Expr, known: tuple[str, ...], *, upper: bool) -> tuple[pl.Expr, Marks]:
    word = text.str.to_uppercase() if upper else text.str.to_lowercase()
    value = pl.when(word.is_in(known)).then(word)
    return value, {"unknown": text.is_not_null() & value.is_null()}


def _region(text: pl.Expr, context: Context) -> tuple[pl.Expr, Marks]:
    formed = text.str.contains(context.regions.form)
    code = text.replace_strict(context.regions.codes, default=None, return_dtype=pl.String)
    foreign = pl.lit(value=False)
    if context.scope.isdigit() and context.scope != NATION:
        own = context.regions.formerly_in(context.scope, context.as_of)
        foreign = (code.str.slice(0, 2) != context.scope) & ~code.is_in(own)
    before_split = [province for province, day in context.regions.split_on.items() if context.as_of < day]
    return code, {
        "wrong_form": text.is_not_null() & ~formed,
        "unknown": formed & code.is_null(),
        "outside_scope": foreign,
        "other_territory": code.is_in(before_split),
    }
