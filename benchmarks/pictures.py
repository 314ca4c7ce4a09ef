"""What is drawn of the measurements: the programs side by side, the nights by months, the rows by files."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.plots import Bar, Group, bars
from benchmarks.results import Line, Results, newest, of_each_size

TITLES = {
    "contenders": "Wall time and peak memory of each program",
    "history": "Wall time of a night, by months of history",
    "files": "Wall time of the same rows, by number of files",
}


def pictures(results: Sequence[Results]) -> dict[str, str]:
    """Return a drawing for each kind of measurement, as SVG."""
    drawn = {"contenders": bars(TITLES["contenders"], _contender_groups(results))}
    for kind in ("history", "files"):
        result = newest(results, kind)
        drawn[kind] = bars(TITLES[kind], _growth_groups(result) if result else [])
    return drawn


def _contender_groups(results: Sequence[Results]) -> list[Group]:
    groups = []
    for result in of_each_size(results):
        limit = f", within {result.limit_gib:g} GiB" if result.limit_gib else ""
        for rows in sorted({line.rows for line in result.lines}):
            lines = [line for line in result.lines if line.rows == rows and not line.best.exit_code]
            where = f"{rows:,} rows{limit}"
            wall = [_bar(line, line.best.wall, "s") for line in lines]
            peak = [_bar(line, line.best.peak_mb, "MiB") for line in lines]
            groups += [Group(f"{where}, wall time", wall), Group(f"{where}, peak memory", peak)]
    return groups


def _bar(line: Line, value: float, unit: str) -> Bar:
    return Bar(line.subject, value, f"{value:.0f} {unit}", is_ours=line.subject.startswith("cakupan"))


def _growth_groups(result: Results) -> list[Group]:
    if result.kind == "files":
        drawn = [
            Bar(f"{line.size} files", line.best.wall, f"{line.best.wall:.1f} s") for line in result.lines
        ]
        return [Group(f"{result.lines[0].rows:,} rows", drawn)]
    alone, *nights = result.lines
    groups = []
    for subject in dict.fromkeys(line.subject for line in nights):
        drawn = [
            Bar(_months(line.size), line.best.wall, f"{line.best.wall:.1f} s")
            for line in nights
            if line.subject == subject
        ]
        if subject == "one office changed":
            drawn.insert(0, Bar(alone.subject, alone.best.wall, f"{alone.best.wall:.1f} s", is_ours=False))
        groups.append(Group(subject, drawn))
    return groups


def _months(count: int) -> str:
    return f"{count} month{'s' if count > 1 else ''}"
