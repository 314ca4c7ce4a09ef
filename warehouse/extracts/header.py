"""Finding the declared columns in the header that an office wrote."""

from __future__ import annotations

import csv
import difflib
import re
from dataclasses import dataclass

from schemas.errors import FileRejected
from schemas.sources import Source

DELIMITERS = (",", ";", "\t", "|")
#: No extract has a tenth of them; a guess at what each was meant to be takes time.
MOST_COLUMNS = 500
_A_HEADER_WORD = re.compile(r"^[^\W\d][\w ./()%-]{0,39}$")


@dataclass(frozen=True)
class Layout:
    """Where each declared column stands: our name → position, and how many fields a row has.

    `labels`: where a total row says that it is one (the region, and columns that are not read).
    """

    positions: dict[str, int]
    width: int
    labels: tuple[int, ...]
    delimiter: str = ","


def normal(header: str | None) -> str:
    """Return a header without case, surrounding blanks, line breaks and underscores."""
    return " ".join((header or "").replace("_", " ").lower().split())


def layout_of_line(line: str, source: Source, name: str) -> Layout:
    """Find the delimiter and the columns in a header line. Raises FileRejected naming what is missing."""
    if max(map(line.count, DELIMITERS)) > MOST_COLUMNS:
        raise FileRejected(
            f"the first line has more than {MOST_COLUMNS} fields",
            where=f"{name}, header",
            hint="The line breaks are probably lost: ask the sender to export the file again.",
        )
    found: list[tuple[int, Layout | None, FileRejected | None]] = []
    for delimiter in DELIMITERS:
        cells = _cells(line, delimiter)
        try:
            layout = layout_of(cells, source, name, delimiter)
        except FileRejected as refusal:
            found.append((_recognised(cells, source), None, refusal))
        else:
            return layout
    best = max(found, key=lambda candidate: candidate[0])
    raise best[2] or FileRejected("the header cannot be read", where=f"{name}, header")


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return line.split(delimiter)


def _recognised(cells: list[str], source: Source) -> int:
    return sum(normal(cell) in _names(source) for cell in cells)


def _names(source: Source) -> dict[str, str]:
    """Normal header → our column name, for every header and alias of the source."""
    return {
        normal(header): column.name
        for column in source.columns
        for header in (column.header, *column.aliases)
    }


def layout_of(cells: list[str], source: Source, name: str, delimiter: str = ",") -> Layout:
    """Find the columns in the cells of a header. Raises FileRejected: missing, unknown or doubled columns."""
    names, ignored = _names(source), {normal(header) for header in source.ignored_headers}
    positions: dict[str, int] = {}
    labels: list[int] = []
    unknown: list[str] = []
    for position, cell in enumerate(cells):
        header = normal(cell)
        if header in names:
            if names[header] in positions:
                raise FileRejected(
                    f"the column {names[header]} stands twice in the header",
                    where=f"{name}, header",
                    hint="Remove one of the two columns.",
                )
            positions[names[header]] = position
        elif header and header not in ignored:
            unknown.append(cell)
        else:
            labels.append(position)
    missing = [column for column in source.columns if not column.optional and column.name not in positions]
    if missing or unknown:
        raise _header_differs(source, name, [column.header for column in missing], unknown, cells)
    regions = [positions[column.name] for column in source.columns if column.kind == "region"]
    return Layout(positions, len(cells), tuple(sorted({*labels, *regions})), delimiter)


def _header_differs(
    source: Source, name: str, missing: list[str], unknown: list[str], cells: list[str]
) -> FileRejected:
    parts = []
    if missing:
        parts.append(f"missing {', '.join(missing)}")
    if unknown:
        parts.append(f"unknown {_told(unknown, source, cells)}")
    if len(cells) == 1:
        parts.append("only one field: is the delimiter one of , ; tab | ?")
    expected = ", ".join(
        column.header + (" (optional)" if column.optional else "") for column in source.columns
    )
    close = [
        f"{wrong.strip()} → {near[0]}"
        for wrong in unknown
        if _A_HEADER_WORD.match(wrong.strip())
        and (near := difflib.get_close_matches(normal(wrong), [normal(word) for word in missing], 1, 0.7))
    ]
    meant = f" Perhaps: {'; '.join(close)}." if close else ""
    return FileRejected(
        f"the header differs: {'; '.join(parts)}",
        where=f"{name}, header",
        hint=f"Expected {expected}.{meant} A renamed header is declared in schemas/sources.py.",
    )


def _told(unknown: list[str], source: Source, cells: list[str]) -> str:
    """Header cells that look like words; a first row of data must not be quoted."""
    is_data = not _recognised(cells, source) and any(cell.strip()[:1].isdigit() for cell in cells)
    words = [cell.strip() for cell in unknown if _A_HEADER_WORD.match(cell.strip()) and not is_data]
    hidden = len(unknown) - len(words)
    return ", ".join([*words, *([f"{hidden} field(s) that are no words"] if hidden else [])])
