"""Which files are read together, and whether in this process or in several."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from flows.processes import Processes
from flows.stages.given import Given
from flows.stages.members import read_members
from flows.stages.outcome import FileOutcome
from flows.stages.reading import read_counts
from flows.stages.survey import Waiting
from schemas.sources import PESERTA

#: From so many bytes of member files, or so many files of counts, on starting processes (a second's work) pays.
MANY_BYTES = 48 * 1024 * 1024
MANY_FILES = 80
#: What one process reads in one go: bytes of member files, which are about the rows of one lot, or files.
_UNIT_BYTES = 28 * 1024 * 1024
_UNIT_FILES = 20
#: Lots judged at once where one process reads everything: two keep two cores busy while a third is read.
_LOTS_AT_ONCE = 2

_Read = tuple[Waiting, FileOutcome]


def read_files(given: Given, waiting: Sequence[Waiting], processes: Processes) -> Iterator[_Read]:
    """Read every file; yields each with what became of it, as soon as that is known.

    Raises StorageError when the disk refuses, and ProcessEnded.
    """
    counts = [item for item in waiting if item.delivery.source is not PESERTA]
    members = [item for item in waiting if item.delivery.source is PESERTA]
    together = _together(members)
    are_many = _is_worth_processes(together)
    if processes.most > 1 and (are_many or len(counts) >= MANY_FILES):
        few = [counts[at : at + _UNIT_FILES] for at in range(0, len(counts), _UNIT_FILES)]
        units = [partial(_listed, read_counts, given, items) for items in few]
        if are_many:
            units += [partial(_listed, read_members, given, items) for items in together]
            members = []
        for read in processes.results(units):
            yield from read
        counts = []
    yield from read_counts(given, counts)
    if members:
        yield from read_members(given, members, _LOTS_AT_ONCE)


def _listed(
    read: Callable[[Given, Sequence[Waiting]], Iterator[_Read]], given: Given, items: Sequence[Waiting]
) -> list[_Read]:
    """Read some files in a process of their own."""
    return list(read(given, items))


def _together(items: Sequence[Waiting]) -> list[list[Waiting]]:
    """Member files that one process reads in one go: small ones of a day together, the largest lot first."""
    units: list[list[Waiting]] = []
    for item in items:
        if units and units[-1][0].delivery.as_of == item.delivery.as_of and _bytes(units[-1]) < _UNIT_BYTES:
            units[-1].append(item)
        else:
            units.append([item])
    return sorted(units, key=_bytes, reverse=True)


def _bytes(unit: Sequence[Waiting]) -> int:
    return sum(item.file.bytes for item in unit)


def _is_worth_processes(units: list[list[Waiting]]) -> bool:
    """Whether there are many bytes, and not nearly all of them in one unit."""
    sizes = [_bytes(unit) for unit in units]
    return sum(sizes) >= MANY_BYTES and max(sizes) <= sum(sizes) / 2
