"""Chunks of a twin, made in other processes and handed back in their order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context

import polars as pl

from transforms.synthetic.memberships import memberships
from transforms.synthetic.plan import Chunk, Plan
from transforms.synthetic.planting import blocks
from transforms.synthetic.snapshots import snapshot
from transforms.synthetic.truth import Counts, counts
from warehouse.synthetic import layouts
from warehouse.synthetic.files import Piece


@dataclass(frozen=True)
class Packed:
    """One block of one office's file, ready to be appended, with what is planted in it."""

    month: int
    office: int
    piece: Piece
    planted: pl.DataFrame


#: Counts of each month, and blocks of each office and month, of one chunk.
Made = tuple[list[Counts], list[Packed]]


@contextmanager
def chunks_made(planned: Plan, compressed: bool, workers: int) -> Iterator[Iterator[Made]]:
    """All chunks in their order, made by `workers` processes; by this one when there is one."""
    make = partial(_make, planned, compressed)
    if workers == 1:
        yield map(make, planned.chunks)
        return
    # Spawned, not forked: Polars has threads, which do not survive a fork.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        yield _in_order(pool, make, planned.chunks, workers + 1)


def _in_order(
    pool: Executor, make: Callable[[Chunk], Made], chunks: Iterable[Chunk], ahead: int
) -> Iterator[Made]:
    """Results in the order of `chunks`, with at most `ahead` of them being made or waiting."""
    waiting: deque[Future[Made]] = deque()
    for chunk in chunks:
        waiting.append(pool.submit(make, chunk))
        if len(waiting) >= ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def layout_of(planned: Plan, office: int, compressed: bool) -> layouts.Layout:
    """How an office writes its files."""
    varied = "layout_varied" in planned.parameters.defects
    return layouts.layout_of(planned.offices[office].ordinal, varied=varied, compressed=compressed)


def _make(planned: Plan, compressed: bool, chunk: Chunk) -> Made:
    """Make one chunk: its counts and its blocks of all months. Depends on nothing but its arguments."""
    rows = memberships(planned, chunk)
    counted, packed = [], []
    for month in range(planned.months.months):
        known = snapshot(planned, rows, month)
        counted.append(counts(planned, known, month))
        for block in blocks(planned, chunk, known, month):
            piece = layouts.block(block.rows, block.broken, layout_of(planned, block.office, compressed))
            packed.append(Packed(month, block.office, piece, block.planted))
    return counted, packed
