"""Reading one file in a test: what came out, in plain Python."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from schemas.sources import REKAP, Source
from warehouse.extracts.account import LineAccount
from warehouse.extracts.reading import read_batches
from warehouse.landing import Delivery, LandingFile


@dataclass(frozen=True)
class Outcome:
    """Everything that a reading gives. `rows`: line → the cells of the declared columns that the file has."""

    rows: dict[int, dict[str, str]]
    broken: dict[int, list[str]]
    received: dict[int, str]
    account: LineAccount
    totals: list[str | None]
    lines_recoded: int

    def cells(self) -> list[list[str]]:
        return [list(row.values()) for row in self.rows.values()]


def read_file(path: Path, source: Source = REKAP, *, scope: str = "51") -> Outcome:
    """Read a file by its name's ending and put all its batches together."""
    seen = path.stat()
    extension = path.name.split(".", maxsplit=1)[1].lower()
    reading = read_batches(
        LandingFile(path, seen.st_size, seen.st_mtime_ns),
        Delivery(source, scope, date(2025, 3, 31), extension),
    )
    rows: dict[int, dict[str, str]] = {}
    broken: dict[int, list[str]] = {}
    received: dict[int, str] = {}
    for batch in reading.batches:
        for row in batch.rows.iter_rows(named=True):
            line = row.pop("line")
            assert line not in rows, "a line gave two rows"
            rows[line] = {name: cell or "" for name, cell in row.items()}
        for line, reasons in batch.broken.iter_rows():
            assert line not in broken, "a line was broken twice"
            broken[line] = reasons
        lines = [*batch.rows["line"], *batch.broken["line"]]
        received.update(zip(lines, batch.received(lines), strict=True))
    return Outcome(rows, broken, received, reading.account, reading.totals, reading.lines_recoded)


def read_bytes(folder: Path, content: bytes, source: Source = REKAP, *, ending: str = "csv") -> Outcome:
    path = folder / f"extract.{ending}"
    path.write_bytes(content)
    return read_file(path, source)


def read_text(folder: Path, text: str, source: Source = REKAP) -> Outcome:
    return read_bytes(folder, text.encode(), source)
