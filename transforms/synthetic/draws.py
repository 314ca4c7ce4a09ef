"""Streams of random numbers: one per purpose and place, so that chunks can be made in any order."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from transforms.synthetic.month_ends import Flags, Ints

#: Purposes of streams; a new purpose gets a new number, so that the others keep theirs.
POPULATION, BUDGETS, PLANTING, DAMAGED = range(4)


class Draws:
    """Random numbers of one chunk. Only uniform numbers are drawn: their stream is stable across versions."""

    def __init__(self, seed: int, purpose: int, *place: int) -> None:
        sequence = np.random.SeedSequence(seed, spawn_key=(purpose, *place))
        self._generator = np.random.Generator(np.random.PCG64(sequence))

    def uniform(self, count: int) -> npt.NDArray[np.float64]:
        """Numbers in [0, 1)."""
        return self._generator.random(count)

    def chance(self, count: int, share: float) -> Flags:
        """Flags that are true with probability `share`."""
        return self.uniform(count) < share

    def below(self, count: int, limit: Ints | int) -> Ints:
        """Whole numbers from 0 to `limit` - 1; 0 where the limit is 0 or less."""
        drawn = np.floor(self.uniform(count) * np.maximum(limit, 1))
        return drawn.astype(np.int64)

    def between(self, first: Ints, last: Ints) -> Ints:
        """Whole numbers from `first` to `last`, both included; `first` where the range is empty."""
        return first + self.below(len(first), last - first + 1)

    def choice(self, count: int, weights: Sequence[float] | Ints | npt.NDArray[np.float64]) -> Ints:
        """Positions drawn in proportion to `weights`."""
        edges = np.cumsum(np.asarray(weights, dtype=np.float64))
        drawn = np.searchsorted(edges / edges[-1], self.uniform(count), side="right")
        return np.minimum(drawn, len(edges) - 1).astype(np.int64)

    def some(self, count: int, wanted: int) -> Ints:
        """`wanted` distinct positions out of `count`, in random order (fewer when there are fewer)."""
        return np.argsort(self.uniform(count), kind="stable")[:wanted]

    def rounded(self, expected: float) -> int:
        """A whole number whose mean is `expected`."""
        return int(np.floor(expected + self.uniform(1)[0]))
