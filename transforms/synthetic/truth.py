"""The right answer of a month, counted from the twin's own codes and not by the pipeline.

Persons never cross chunks, so the counts of chunks add up. Readings of the data contract, section 2, where it
leaves a choice: everything that describes a person (residence, place of work, sex, age, funding, vulnerable)
is taken from the most recently updated active membership; only the primary segment follows the
order PU, JAKON, PMI, BPU over all active memberships. A membership is counted by its own columns.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from schemas.tables.member_rows import AGE_GROUPS, FUNDING, SEXES
from schemas.tables.table import SEGMENTS
from transforms.synthetic.plan import Plan
from transforms.synthetic.snapshots import is_active
from transforms.synthetic.vocabulary import BPU, PRIMARY, PU

NUMERATORS = ("workers_residence", "workers_residence_pu_bpu", "workers_workplace", "memberships_residence")
_RESIDENCE, _PU_BPU, _WORKPLACE, _MEMBERSHIPS = range(len(NUMERATORS))
_CELL = ["month", "numerator", "regency", "segment", "woman", "age_group", "funding", "vulnerable"]
_NOWHERE = -1


@dataclass(frozen=True)
class Counts:
    """Counts of one or more chunks as codes; each frame has its keys and a column of counts.

    `cells`: numerator × regency × segment × sex × age × funding × vulnerable → `members`.
    `overlap`: regency of residence × set of segments (bit per segment) → `persons`.
    `flows`: regency of residence × regency of work → `persons`.
    `balance`: month → `rows`, `active_memberships`, `persons`.
    `drops`: regency × funding × month → `persons` who left with the end of the budget.
    """

    cells: pl.DataFrame
    overlap: pl.DataFrame
    flows: pl.DataFrame
    balance: pl.DataFrame
    drops: pl.DataFrame


def counts(plan: Plan, rows: pl.DataFrame, month: int) -> Counts:
    """Count one chunk's snapshot of one month."""
    active = rows.filter(is_active(plan.months.day(month))).with_columns(age_group=_age_group(plan, month))
    persons = _persons(active)
    cells = [
        _cells(persons, _RESIDENCE, "residence", "primary"),
        _cells(
            persons.filter(pl.col("segments") & (1 << PU | 1 << BPU) > 0), _PU_BPU, "residence", "primary"
        ),
        _cells(persons, _WORKPLACE, "workplace", "primary"),
        _cells(active, _MEMBERSHIPS, "residence", "segment"),
    ]
    return Counts(
        cells=_dated(pl.concat(cells), month),
        overlap=_dated(_tally(persons, {"regency": "residence", "segments": "segments"}, "persons"), month),
        flows=_dated(_tally(persons, {"residence": "residence", "workplace": "workplace"}, "persons"), month),
        balance=pl.DataFrame(
            {
                "month": month,
                "rows": rows.height,
                "active_memberships": active.height,
                "persons": persons.height,
            }
        ),
        drops=_dated(_drops(rows, month), month),
    )


def added(parts: list[Counts]) -> Counts:
    """Add the counts of chunks."""
    return Counts(
        cells=_sum([part.cells for part in parts], "members"),
        overlap=_sum([part.overlap for part in parts], "persons"),
        flows=_sum([part.flows for part in parts], "persons"),
        balance=pl.concat([part.balance for part in parts]).group_by("month").sum().sort("month"),
        drops=_sum([part.drops for part in parts], "persons"),
    )


def _persons(active: pl.DataFrame) -> pl.DataFrame:
    """One row per person: the most recently updated active membership, and the set of segments held."""
    person = active["person"].to_numpy()
    order = np.lexsort((active["updated"].to_numpy(), person))
    sorted_person = person[order]
    last = np.flatnonzero(np.append(sorted_person[1:] != sorted_person[:-1], True)[: len(order)])
    first = np.append(0, last[:-1] + 1)[: len(last)]
    bits = np.left_shift(1, active["segment"].to_numpy()[order])
    held = np.bitwise_or.reduceat(bits, first) if len(last) else np.zeros(0, dtype=np.int64)
    primary = np.select([(held >> segment) & 1 == 1 for segment in PRIMARY], PRIMARY, default=0)
    return active[order[last]].with_columns(segments=held, primary=primary.astype(np.int64))


def _cells(rows: pl.DataFrame, numerator: int, regency: str, segment: str) -> pl.DataFrame:
    keys = {
        "regency": regency,
        "segment": segment,
        "woman": "woman",
        "age_group": "age_group",
        "funding": "funding",
        "vulnerable": "vulnerable",
    }
    return _tally(rows, keys, "members").select(pl.lit(numerator).alias("numerator"), pl.all())


def _tally(rows: pl.DataFrame, keys: dict[str, str], count: str) -> pl.DataFrame:
    return rows.group_by([pl.col(column).alias(name) for name, column in keys.items()]).len(count)


def _dated(frame: pl.DataFrame, month: int) -> pl.DataFrame:
    return frame.select(pl.lit(month, pl.Int64).alias("month"), pl.all().cast(pl.Int64))


def _sum(frames: list[pl.DataFrame], count: str) -> pl.DataFrame:
    whole = pl.concat(frames)
    keys = [column for column in whole.columns if column != count]
    return whole.group_by(keys).agg(pl.col(count).sum()).sort(keys)


def _age_group(plan: Plan, month: int) -> pl.Expr:
    """Position in AGE_GROUPS of the completed years on the as-of day."""
    day = plan.months.as_of(month)
    had_birthday = pl.col("birth_day") <= day.month * 100 + day.day
    years = day.year - pl.col("birth_year") - (~had_birthday).cast(pl.Int64)
    return pl.sum_horizontal(years >= first for _, first in AGE_GROUPS[1:]).cast(pl.Int64)


def _drops(rows: pl.DataFrame, month: int) -> pl.DataFrame:
    left = rows.filter((pl.col("funding") > FUNDING.index("MANDIRI")) & (pl.col("end_month") == month))
    return _tally(left, {"regency": "residence", "funding": "funding", "last_day": "end_day"}, "persons")


def with_recounts(counted: Counts, recounted: pl.DataFrame) -> Counts:
    """The counts with the cells of regencies that deliver counts: segments only, the rest is null."""
    told = recounted.select(
        "month",
        pl.lit(_RESIDENCE, pl.Int64).alias("numerator"),
        "regency",
        "segment",
        *(pl.lit(None, pl.Int64).alias(key) for key in _CELL[4:]),
        pl.col("active_members").alias("members"),
    )
    return replace(counted, cells=pl.concat([counted.cells, told]))


def with_words(plan: Plan, counted: Counts) -> dict[str, pl.DataFrame]:
    """The counts with codes and words in place of positions; regency is the BPS code, null = not stated."""
    days = {month: plan.months.as_of(month) for month in range(plan.months.months)}
    as_of = pl.col("month").replace_strict(days, return_dtype=pl.Date).alias("as_of")
    regency = _regency(plan, "regency").alias("regency_code")
    combinations = {bits: _combination(bits) for bits in range(1, 1 << len(SEGMENTS))}
    segments = pl.col("segments").replace_strict(combinations, return_dtype=pl.String)
    last_day = pl.col("last_day").cast(pl.Int32).cast(pl.Date)
    return {
        "cells": counted.cells.select(
            as_of,
            _word("numerator", NUMERATORS).alias("numerator_id"),
            regency,
            _word("segment", SEGMENTS),
            _word("woman", SEXES).alias("sex"),
            _word("age_group", [label for label, _ in AGE_GROUPS]),
            _word("funding", FUNDING),
            pl.col("vulnerable").cast(pl.Boolean),
            "members",
        ),
        "segment_overlap": counted.overlap.select(as_of, regency, segments, "persons"),
        "flows": counted.flows.select(
            as_of,
            _regency(plan, "residence").alias("residence_code"),
            _regency(plan, "workplace").alias("workplace_code"),
            "persons",
        ),
        "balance": counted.balance.select(as_of, pl.exclude("month")),
        "budget_drops": counted.drops.select(as_of, regency, _word("funding", FUNDING), last_day, "persons"),
    }


def _combination(bits: int) -> str:
    return "+".join(SEGMENTS[segment] for segment in PRIMARY if bits >> segment & 1)


def _word(column: str, words: tuple[str, ...] | list[str]) -> pl.Expr:
    return pl.col(column).replace_strict(dict(enumerate(words)), return_dtype=pl.String)


def _regency(plan: Plan, column: str) -> pl.Expr:
    codes = {_NOWHERE: None, **dict(enumerate(plan.territory.bps))}
    return pl.col(column).replace_strict(codes, return_dtype=pl.String)
