"""The gate over batches of member rows: small ones of many files together, and several lots at once."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol, TypeVar

import polars as pl

from schemas.sources import PESERTA
from schemas.validation import accept_delivered
from transforms.member_forms import MemberContext
from transforms.member_rows import typed_members
from transforms.pseudonyms import staged_memberships
from warehouse.extracts.account import Batch
from warehouse.quarantine import SCHEMA as ASIDE

#: Rows judged in one go: the gate takes a tenth of a second for few rows as for some ten thousand.
LOT_ROWS = 150_000


@dataclass(frozen=True)
class JudgedBatch:
    """One batch after the gate: pseudonymous rows, rows set aside as received, rows kept with a warning."""

    staged: pl.DataFrame
    aside: pl.DataFrame
    warned: pl.DataFrame
    warnings: Counter[str]


class Origin(Protocol):
    """Where a batch comes from: a file of some as-of day."""

    @property
    def name(self) -> str:
        """Name of the file, for the rows that are set aside."""
        ...

    @property
    def context(self) -> MemberContext:
        """What its rows are read against."""
        ...


File = TypeVar("File", bound=Origin)


def judged_batches(
    batches: Iterator[tuple[File, Batch | None]], keys: tuple[str, ...], at_once: int
) -> Iterator[tuple[File, JudgedBatch | None]]:
    """Judge batches; they come out in their order. A file without a batch (its end) passes through.

    `at_once`: lots worked on at once, beside the one that is read; 0 to do one thing after the other.
    """
    if not at_once:
        for lot in _lots(batches):
            yield from _judged_lot(lot, keys)
        return
    with ThreadPoolExecutor(at_once) as pool:
        ahead: list[Future[list[tuple[File, JudgedBatch | None]]]] = []
        for lot in _lots(batches):
            ahead.append(pool.submit(_judged_lot, lot, keys))
            if len(ahead) > at_once:
                yield from ahead.pop(0).result()
        for waiting in ahead:
            yield from waiting.result()


def _lots(batches: Iterator[tuple[File, Batch | None]]) -> Iterator[list[tuple[File, Batch | None]]]:
    """Join batches of one as-of day until they are worth the gate's while."""
    lot: list[tuple[File, Batch | None]] = []
    rows = 0
    for file, batch in batches:
        if lot and file.context is not lot[0][0].context:
            yield lot
            lot, rows = [], 0
        lot.append((file, batch))
        rows += batch.rows.height if batch else 0
        if rows >= LOT_ROWS:
            yield lot
            lot, rows = [], 0
    if lot:
        yield lot


def _judged_lot(
    lot: list[tuple[File, Batch | None]], keys: tuple[str, ...]
) -> list[tuple[File, JudgedBatch | None]]:
    parts = [(file.name, batch) for file, batch in lot if batch is not None]
    judged = iter(judge(parts, lot[0][0].context, keys)) if parts else iter(())
    return [(file, None if batch is None else next(judged)) for file, batch in lot]


def judge(
    parts: Sequence[tuple[str, Batch]], context: MemberContext, keys: tuple[str, ...]
) -> list[JudgedBatch]:
    """Bring batches (file name, batch) from text to pseudonymous rows: every rule on every row, every reason kept."""
    text = pl.concat([batch.rows for _, batch in parts], rechunk=True)
    typed = typed_members(text, context)
    verdict = accept_delivered(PESERTA, typed)
    staged = staged_memberships(verdict.accepted, keys)
    refused = verdict.rejected.select("row", "reasons", line=typed["line"].gather(verdict.rejected["row"]))
    told = verdict.warned_rows.select(
        "row",
        "reason",
        line=staged["line"].gather(verdict.warned_rows["row"]),
        branch_office=staged["branch_office"].gather(verdict.warned_rows["row"]),
    )
    judged: list[JudgedBatch] = []
    ends = list(itertools.accumulate(batch.rows.height for _, batch in parts))
    before = 0  # rows accepted in earlier parts; the gate keeps the order of rows
    for (name, batch), start, end in zip(parts, [0, *ends], ends, strict=False):
        aside = refused.filter(pl.col("row").is_between(start, end - 1))
        count = end - start - aside.height
        warned = told.filter(pl.col("row").is_between(before, before + count - 1))
        judged.append(
            JudgedBatch(
                staged=staged.slice(before, count),
                aside=_as_received(name, batch, aside.select("line", "reasons")),
                warned=warned.select("line", "branch_office", "reason"),
                warnings=Counter(warned["reason"].to_list()),
            )
        )
        before += count
    return judged


def _as_received(name: str, batch: Batch, refused: pl.DataFrame) -> pl.DataFrame:
    """Rows set aside of one batch, with their text as it came."""
    aside = pl.concat([refused, batch.broken])
    lines = aside["line"].to_list()
    return aside.with_columns(
        pl.lit(name).alias("file_name"),
        pl.Series("received", batch.received(lines) if lines else [], dtype=pl.String),
    ).select(list(ASIDE))
