"""Rows that break a rule of the data contract, 1.1: valid rows of nobody, broken in one way each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from transforms.synthetic import identities
from transforms.synthetic.copies import older, texts
from transforms.synthetic.defects import CLASS_NUMBER, planted_as
from transforms.synthetic.draws import Draws
from transforms.synthetic.month_ends import Ints
from transforms.synthetic.mutations import FOR_BPU, mutated
from transforms.synthetic.plan import Chunk, Plan
from transforms.synthetic.vocabulary import BPU, PU

SHARE_OF_ROWS = 0.008
#: Shares of lines that have too few or too many fields.
SHARE_OF_LINES = {"line_too_short": 0.0003, "line_too_long": 0.0003}
_FIELDS_OF_SHORT_LINE = 11
_OLDER = 200


@dataclass(frozen=True)
class BrokenLine:
    """One line that must be set aside: the office that writes it, its class, its fields."""

    office: int
    defect: int
    fields: list[str]


def broken_lines(
    plan: Plan, chunk: Chunk, rows: pl.DataFrame, free: Ints, month: int, draws: Draws
) -> list[BrokenLine]:
    """Broken rows of one chunk and month, then lines with too few or too many fields.

    Classes take turns over chunks and months, so that each is planted about as often as the others.
    """
    names = _names(plan, chunk, rows, month, draws)
    nobodys = nobodys_rows(plan, chunk, rows, free, names, month)
    odd_names = [
        name
        for name, share in SHARE_OF_LINES.items()
        for _ in range(draws.rounded(rows.height * share))
        if name in plan.parameters.defects
    ]
    victims = rows[free[: len(odd_names)]]
    odd = older(plan, victims, _OLDER).with_columns(
        name=pl.Series(odd_names[: victims.height], dtype=pl.String)
    )
    both = pl.concat([nobodys, odd.select(nobodys.columns)])
    if not both.height:
        return []
    kinds = both["name"]
    breakable = kinds.replace(dict.fromkeys(SHARE_OF_LINES))
    written = mutated(texts(plan, both), breakable, plan.months.as_of(month)).fill_null("")
    return [
        BrokenLine(office, CLASS_NUMBER[name], _fields(name, fields))
        for office, name, fields in zip(both["office"], kinds, written.rows(), strict=True)
    ]


def _names(plan: Plan, chunk: Chunk, rows: pl.DataFrame, month: int, draws: Draws) -> list[str]:
    """Classes of the broken rows of one chunk and month."""
    classes = planted_as("row", plan.parameters.defects)
    wanted = draws.rounded(rows.height * SHARE_OF_ROWS)
    if not classes:
        return []
    turn = int(chunk.rows_before * SHARE_OF_ROWS) + chunk.number + month * 17
    return [classes[(turn + order) % len(classes)] for order in range(wanted)]


def _fields(name: str, fields: tuple[str, ...]) -> list[str]:
    if name == "line_too_short":
        return list(fields[:_FIELDS_OF_SHORT_LINE])
    return [*fields, "SINTETIS"] if name == "line_too_long" else list(fields)


def nobodys_rows(
    plan: Plan, chunk: Chunk, rows: pl.DataFrame, free: Ints, names: list[str], month: int
) -> pl.DataFrame:
    """A valid row of a person that nobody is for each class in `names`, with the column `name`.

    Modelled on active rows of the chunk; a class is left out where there is no row of its segment.
    """
    status, segment = rows["status"].to_numpy()[free], rows["segment"].to_numpy()[free]
    models = {kind: free[(status == 0) & (segment == kind)] for kind in (PU, BPU)}
    chosen = [(models[BPU if name in FOR_BPU else PU], name) for name in names]
    kept = [(int(some[order % len(some)]), name) for order, (some, name) in enumerate(chosen) if len(some)]
    order = np.arange(len(kept), dtype=np.int64)
    models_of = rows[np.array([place for place, _ in kept], dtype=np.int64)]
    serial = chunk.number * 131 + order
    return models_of.with_columns(
        name=pl.Series([name for _, name in kept], dtype=pl.String),
        nik=identities.nobodys_nik(
            plan.territory,
            models_of["residence"].to_numpy(),
            models_of["birth"].to_numpy(),
            models_of["woman"].to_numpy(),
            serial,
        ),
        kpj=identities.nobodys_kpj(chunk.number, month * 20_000 + order),
    )
