"""Nights on a data root with a past: one office delivers changed rows, and nothing new at all.

The past: one twin of the whole country, month after month. Its rows stay true when they get older, so that a month
costs a copy, not a twin; every month leaves out some other rows, so that no two are the same. In the newest
month one office has many rows, and delivers them again, changed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from benchmarks import inputs
from benchmarks.comparing import Bench
from benchmarks.contenders import Contender, surroundings
from benchmarks.measuring import Measured
from benchmarks.results import Line

#: The office that delivers again, and the day of it.
OFFICE, NEWEST = "51a", date(2025, 3, 31)
#: Every month leaves out one row of so many.
_LEFT_OUT = 97
#: Place of the wage in a row: what changes in the changed rows.
_WAGE = 14
#: Seconds ago that files were delivered: a file of just now would be looked at twice, with a pause between.
_LONG_AGO, _TONIGHT = 7200, 3600


@dataclass(frozen=True)
class Past:
    """Where the deliveries of the past come from: a twin of the country, and one of a single office.

    Each province delivers one file a month, or each of its offices one when `every_office`.
    """

    country: Path
    office: Path
    every_office: bool = False

    def deliver(self, months: range, into: Path) -> None:
        """Write the files of some months; month 0 is the newest, with the office's many rows."""
        delivered_by: dict[str, list[Path]] = defaultdict(list)
        for path in sorted((self.country / "landing").iterdir()):
            if path.name.startswith("penduduk") and not (into / path.name).exists():
                delivered(into / path.name, path.read_bytes(), _LONG_AGO)
            if path.name.startswith("peserta"):
                delivered_by[self._office(path)].append(path)
        for scope, paths in delivered_by.items():
            header, rows = inputs.header_and_rows(paths)
            for back in months:
                if (scope, back) != (OFFICE, 0):
                    kept = [row for at, row in enumerate(rows) if at % _LEFT_OUT != back]
                    delivered(into / file_name(scope, back), b"".join([header, *kept]), _LONG_AGO)
        if 0 in months:
            self.deliver_changed(into, changed=False)

    def _office(self, path: Path) -> str:
        scope = path.name.split("_")[1]
        return scope if self.every_office else f"{scope[:2]}a"

    def deliver_changed(self, into: Path, *, changed: bool = True) -> Path:
        """Write the office's many rows of the newest month, as they were or changed."""
        paths = sorted((self.office / "landing").glob("peserta_*"))
        header, rows = inputs.header_and_rows(paths)
        rows = [raised(row) for row in rows] if changed else rows
        age = _TONIGHT if changed else _LONG_AGO
        return delivered(into / file_name(OFFICE, 0), b"".join([header, *rows]), age)


def delivered(path: Path, content: bytes, seconds_ago: int) -> Path:
    """Write a file as if it had been delivered so long ago."""
    path.unlink(missing_ok=True)  # the one of before may be linked elsewhere
    path.write_bytes(content)
    then = time.time() - seconds_ago
    os.utime(path, (then, then))
    return path


def raised(row: bytes) -> bytes:
    """Return the row with one rupiah more, where it states a wage."""
    cells = row.split(b",")
    if cells[_WAGE].isdigit():
        cells[_WAGE] = str(int(cells[_WAGE]) + 1).encode("ascii")
    return b",".join(cells)


def file_name(scope: str, back: int) -> str:
    """Name of an office's file, so many months before the newest."""
    year, month = divmod(NEWEST.year * 12 + NEWEST.month - 1 - back, 12)
    day = date(year, month + 1, monthrange(year, month + 1)[1])
    return f"peserta_{scope}_{day:%Y%m%d}_SYNTHETIC.csv"


def nights(
    bench: Bench, contender: Contender, past: Past, side: Path, months: Sequence[int], repeats: int
) -> Iterator[Line]:
    """Measure the office's file alone, then, for each length of the past, both kinds of night.

    Raises RuntimeError when a night that only prepares does not end well.
    """
    landing, root = bench.folder("history/landing"), bench.work / "history" / "data"
    alone = bench.folder("history/alone")
    past.deliver_changed(alone)
    for path in (past.country / "landing").glob("penduduk_*"):
        delivered(alone / path.name, path.read_bytes(), _LONG_AGO)
    files, size = inputs.size_of(alone)
    runs = tuple(bench.run(contender, alone, side, bench.folder("history/tried")) for _ in range(repeats))
    yield Line("that file alone", 0, _rows(alone), files, size, runs)
    shutil.rmtree(root, ignore_errors=True)
    told = 0
    for length in months:
        past.deliver(range(told, length), landing)
        told = length
        prepare(bench, contender, landing, side, root)
        files, size = inputs.size_of(landing)
        nothing = [_tried(bench, contender, landing, side, root) for _ in range(repeats)]
        yield Line("nothing new", length, 0, files, size, tuple(nothing))
        tonight = bench.folder("history/tonight")
        for path in landing.iterdir():
            (tonight / path.name).hardlink_to(path)
        changed = past.deliver_changed(tonight)
        runs = tuple(_tried(bench, contender, tonight, side, root) for _ in range(repeats))
        yield Line("one office changed", length, _lines(changed), files, size, runs)


def prepare(bench: Bench, contender: Contender, landing: Path, side: Path, root: Path) -> None:
    """Run a night that is not measured. Raises RuntimeError when it does not end well."""
    command = contender.command(bench.environments, landing, side, root)
    log = bench.work / "history" / "prepared.log"
    with log.open("wb") as stream:
        done = subprocess.run(command, env=surroundings(), stdout=stream, stderr=stream, check=False)
    if done.returncode:
        raise RuntimeError(f"a night of the past ended with exit code {done.returncode}, see {log}")


def _tried(bench: Bench, contender: Contender, landing: Path, side: Path, root: Path) -> Measured:
    """Measure a night on a copy of the data root, so that the next one finds it as it was."""
    copy = bench.work / "history" / "tried"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(root, copy, symlinks=True)
    return bench.run(contender, landing, side, copy)


def _rows(landing: Path) -> int:
    return sum(_lines(path) for path in landing.glob("peserta_*"))


def _lines(path: Path) -> int:
    return path.read_bytes().count(b"\n") - 1
