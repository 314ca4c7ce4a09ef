"""A month of a chunk as blocks of lines, one per office file, with the planted defects among them.

Planted rows never change a right answer: broken rows belong to persons that nobody else is, copies are
identical, older, or differ in nothing that is counted, and lines that no reader gets whole are older copies.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from transforms.synthetic import identities
from transforms.synthetic.broken_rows import broken_lines
from transforms.synthetic.copies import copies, elsewhere
from transforms.synthetic.defects import CLASS_NUMBER
from transforms.synthetic.draws import PLANTING, Draws
from transforms.synthetic.month_ends import Flags, Ints
from transforms.synthetic.plan import Chunk, Plan
from transforms.synthetic.snapshots import as_text_columns
from transforms.synthetic.territory import PERSONS_PER_REGENCY

#: Shares of the clean rows.
SHARE_OF_COPIES = {
    "duplicate_same_file": 0.001,
    "duplicate_other_file": 0.001,
    "older_version": 0.002,
    "contradicting_version": 0.0003,
}
PLANTED_SCHEMA = pl.Schema({"line": pl.Int64, "defect": pl.Int64, "group": pl.Int64, "extra": pl.Boolean})
_ALONE = -1
#: At least so many rows stand beside each broken line of a block: no file comes near its tolerance.
_ROWS_PER_BROKEN_LINE = 40


@dataclass(frozen=True)
class Block:
    """Consecutive lines of one office's file: typed rows, then lines of fields that are broken.

    `planted`: line within the block (from 0), class number, group (-1 alone), whether the line is extra.
    """

    month: int
    office: int
    rows: pl.DataFrame
    broken: list[list[str]]
    planted: pl.DataFrame


def blocks(plan: Plan, chunk: Chunk, rows: pl.DataFrame, month: int) -> list[Block]:
    """Lay out one chunk's snapshot of one month, by office."""
    draws = Draws(plan.parameters.seed, PLANTING, chunk.number, month)
    free = draws.some(rows.height, rows.height)
    free = free[untouched(plan, chunk, rows)[free]]
    typed, used = _with_copies(plan, _with_pairs(chunk, rows), free, draws)
    broken = broken_lines(plan, chunk, rows, free[used:], month, draws)
    typed = typed[np.lexsort((draws.uniform(typed.height), typed["file"].to_numpy()))]
    whole, planted = as_text_columns(plan, typed), _planted(plan, typed)
    edges = np.searchsorted(typed["file"].to_numpy(), np.arange(len(plan.offices) + 1))
    made = []
    for office in sorted({*typed["file"].unique(), *(line.office for line in broken)}):
        first, last = int(edges[office]), int(edges[office + 1])
        after = [line for line in broken if line.office == office][: (last - first) // _ROWS_PER_BROKEN_LINE]
        here = planted.filter(pl.col("line").is_between(first, last - 1)).with_columns(
            line=pl.col("line") - first
        )
        extra = _extra(last - first, [line.defect for line in after])
        fields = [line.fields for line in after]
        made.append(Block(month, office, whole[first:last], fields, pl.concat([here, extra])))
    return made


def untouched(plan: Plan, chunk: Chunk, rows: pl.DataFrame) -> Flags:
    """Rows in which no defect is yet, written by an office of their own province."""
    faults = ("wrong_birth", "wrong_sex", "lost_digit", "shared_kpj", "two_persons", "former_residence")
    former = identities.registered_elsewhere_in_former(rows["person"].to_numpy())
    province = plan.territory.bps[chunk.regency][:2]
    own = [place for place, office in enumerate(plan.offices) if office.province == province]
    flags = rows.select(
        ~pl.any_horizontal(faults)
        & pl.col("office").is_in(own)
        & (pl.col("written_workplace") < len(plan.territory.bps))
    )
    clean: Flags = flags.to_series().to_numpy() & ~former
    return clean


def _with_pairs(chunk: Chunk, rows: pl.DataFrame) -> pl.DataFrame:
    """Mark what only two rows together show: a NIK of two persons, a KPJ under two NIKs."""
    two = CLASS_NUMBER["nik_of_two_persons"]
    shared = CLASS_NUMBER["kpj_under_several_nik"]
    both_persons = pl.col("two_persons") & (pl.col("two_persons").sum().over("person") == 2)
    both_numbers = pl.col("shared_kpj") & (pl.col("shared_kpj").sum().over("kpj") == 2)
    person = pl.col("person") + chunk.regency * PERSONS_PER_REGENCY
    return rows.with_columns(
        file=pl.col("office"),
        defect=pl.when(both_persons)
        .then(two)
        .when(both_numbers)
        .then(shared)
        .otherwise(_ALONE)
        .cast(pl.Int64),
        group=pl.when(both_persons).then(person).when(both_numbers).then("kpj").otherwise(_ALONE),
        extra=pl.lit(value=False),
    )


def _with_copies(plan: Plan, rows: pl.DataFrame, free: Ints, draws: Draws) -> tuple[pl.DataFrame, int]:
    """Rows with their planted copies after them, and how many of the free rows were used."""
    used, parts = 0, []
    mark = rows["defect"].to_numpy().copy()
    for name, share in SHARE_OF_COPIES.items():
        wanted = draws.rounded(rows.height * share)
        if name not in plan.parameters.defects:
            continue
        chosen = free[used : used + wanted]
        used += wanted
        if name == "duplicate_other_file":
            chosen = chosen[elsewhere(plan, rows[chosen]) != rows["office"].to_numpy()[chosen]]
        number = CLASS_NUMBER[name]
        part = copies(plan, rows[chosen], name, draws)
        parts.append(part.with_columns(defect=pl.lit(number), group="kpj", extra=pl.lit(value=True)))
        if name != "older_version":
            mark[chosen] = number
    paired = pl.Series(mark != rows["defect"].to_numpy())
    originals = rows.with_columns(defect=mark, group=pl.when(paired).then("kpj").otherwise("group"))
    return pl.concat([originals, *(part.cast(originals.schema) for part in parts)]), used


def _extra(first: int, classes: list[int]) -> pl.DataFrame:
    """Entries of the broken lines that follow the first `first` ones."""
    count = len(classes)
    lines = {
        "line": range(first, first + count),
        "defect": classes,
        "group": [_ALONE] * count,
        "extra": [True] * count,
    }
    return pl.DataFrame(lines, schema=PLANTED_SCHEMA)


def _planted(plan: Plan, rows: pl.DataFrame) -> pl.DataFrame:
    """What is planted in typed rows, by position."""
    numbered = rows.with_row_index("line")
    marked = numbered.filter(pl.col("defect") >= 0).select(*PLANTED_SCHEMA)
    parts = [marked, *_in_place(plan, numbered.filter(~pl.col("extra")))]
    return pl.concat([part.cast(PLANTED_SCHEMA) for part in parts])


def _in_place(plan: Plan, rows: pl.DataFrame) -> list[pl.DataFrame]:
    """Lines of persons that carry a fault, or a former code, in their own rows."""
    renamed = rows["residence"].is_in(plan.territory.renamed.tolist())
    born = pl.Series(identities.registered_elsewhere_in_former(rows["person"].to_numpy()))
    faulty = pl.col("lost_digit") | pl.col("wrong_birth") | pl.col("wrong_sex")
    conditions = {
        "birth_disagrees_with_nik": pl.col("wrong_birth"),
        "sex_disagrees_with_nik": pl.col("wrong_sex"),
        "nik_last_digit_lost": pl.col("lost_digit"),
        "nik_former_region": born & ~faulty,
        "residence_former_code": pl.col("former_residence") & renamed,
        "workplace_former_code": pl.col("written_workplace") >= len(plan.territory.bps),
    }
    return [
        rows.filter(condition).select(
            "line",
            defect=pl.lit(CLASS_NUMBER[name]),
            group=pl.lit(_ALONE),
            extra=pl.lit(value=False),
        )
        for name, condition in conditions.items()
        if name in plan.parameters.defects
    ]
