"""What was asked for (issue 3, speed and memory) next to what was measured; met or not is computed here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.results import Line, Results, by_rows, newest

_TEN_MILLION, _NATIONAL = 10_000_000, 45_000_000
_NIGHTS = {"cakupan": "night to tables", "cakupan+pages": "night with the whole release"}
#: Contender → most of its time that the night on ten million rows may take.
_RIVALS = {"polars": 1.3, "duckdb": 0.6, "dbt": 1 / 3, "pandas": 1 / 10}
_MEMORY_GIB, _MEMORY_MIB = 4, 4096
_HISTORY, _TIMES_ALONE, _NOTHING_NEW_SECONDS = 36, 3.0, 2.0


@dataclass(frozen=True)
class Finding:
    """One target and what became of it. `verdict`: met, not met, or not measured."""

    asked: str
    where: str
    measured: str
    verdict: str


def findings(results: Sequence[Results]) -> list[Finding]:
    """Hold everything that was measured against every target; the newest result of a kind counts."""
    found = []
    for rival, most in _RIVALS.items():
        found += [_against(results, night, rival, most) for night in _NIGHTS]
    return [*found, _national(results), _growth(results), *_nights(results)]


def pairs(results: Sequence[Results], one: str, other: str) -> list[tuple[Line, Line]]:
    """Lines of two contenders on the same rows in the same command, without a limit, the newest first."""
    found = []
    for result in reversed(results):
        if result.kind != "contenders" or result.limit_gib is not None:
            continue
        lines = {(line.subject, line.rows): line for line in result.lines if not line.best.exit_code}
        found += [
            (line, lines[other, rows])
            for (name, rows), line in lines.items()
            if name == one and (other, rows) in lines
        ]
    return found


def _against(results: Sequence[Results], night: str, rival: str, most: float) -> Finding:
    """Compare on ten million rows; fewer are shown, but they decide nothing."""
    is_part = most > 0.5
    bound = f"≤ {most:g} × {rival}" if is_part else f"{rival} takes ≥ {1 / most:.0f} × as long"
    asked = f"{_TEN_MILLION:,} rows, {_NIGHTS[night]}: {bound}"
    both = [pair for pair in pairs(results, night, rival) if pair[0].rows <= _TEN_MILLION]
    if not both:
        return Finding(asked, "", "", "not measured")
    ours, theirs = max(both, key=lambda pair: pair[0].rows)  # the first of equals: the newest
    wall, cpu = ours.best.wall / theirs.best.wall, ours.best.cpu / theirs.best.cpu
    told = (
        f"{wall:.2f} × (CPU time {cpu:.2f} ×)"
        if is_part
        else f"{1 / wall:.1f} × as long (CPU time {1 / cpu:.1f} ×)"
    )
    verdict = _met(wall <= most) if ours.rows == _TEN_MILLION else "not measured there"
    return Finding(asked, f"{ours.rows:,} rows", told, verdict)


def _national(results: Sequence[Results]) -> Finding:
    asked = f"{_NATIONAL:,} rows within {_MEMORY_GIB} GiB, held by the operating system"
    lines = [
        (result, line)
        for result in results
        if result.kind == "contenders" and result.limit_gib is not None and result.limit_gib <= _MEMORY_GIB
        for line in result.lines
        if line.rows == _NATIONAL and line.subject in _NIGHTS
    ]
    if not lines:
        return Finding(asked, f"{_NATIONAL:,} rows", "", "not measured")
    result, line = lines[-1]
    took = line.best
    where = f"limit {result.limit_gib:g} GiB, {line.subject}"
    if took.exit_code:
        return Finding(asked, where, f"exit code {took.exit_code}", _met(is_met=False))
    told = f"{took.wall:.0f} s, peak {took.peak_mb:.0f} MiB, private {took.private_mb:.0f} MiB"
    return Finding(asked, where, told, _met(max(took.peak_mb, took.private_mb) <= _MEMORY_MIB))


def _growth(results: Sequence[Results]) -> Finding:
    """Compare the two largest sizes of the night to tables; a line under a limit is as good as one without."""
    asked = "time grows no faster than the rows"
    lines = by_rows(results, "cakupan")
    if len(lines) < 2:
        return Finding(asked, "", "", "not measured")
    small, large = (line.rows for line in lines[-2:])
    less, more = (line.best for line in lines[-2:])
    times, cpu = more.wall / less.wall, more.cpu / less.cpu
    told = f"{large / small:.1f} × the rows, {times:.2f} × the time (CPU time {cpu:.2f} ×)"
    return Finding(asked, f"{small:,} to {large:,} rows", told, _met(times <= large / small))


def _nights(results: Sequence[Results]) -> list[Finding]:
    changed = f"one office of 100,000 rows changed: < {_TIMES_ALONE:g} × that file alone"
    nothing = f"nothing new: < {_NOTHING_NEW_SECONDS:g} s"
    where = f"{_HISTORY} months of history"
    result = newest(results, "history")
    lines = {(line.subject, line.size): line.best for line in result.lines} if result else {}
    alone = lines.get(("that file alone", 0))
    after, idle = (lines.get((name, _HISTORY)) for name in ("one office changed", "nothing new"))
    found = []
    if alone and after and not after.exit_code:
        times, cpu = after.wall / alone.wall, after.cpu / alone.cpu
        told = f"{times:.2f} × (CPU time {cpu:.2f} ×)"
        found.append(Finding(changed, where, told, _met(times < _TIMES_ALONE)))
    else:
        found.append(Finding(changed, where, "", "not measured"))
    if idle and not idle.exit_code:
        told = f"{idle.wall:.2f} s (CPU time {idle.cpu:.2f} s)"
        found.append(Finding(nothing, where, told, _met(idle.wall < _NOTHING_NEW_SECONDS)))
    else:
        found.append(Finding(nothing, where, "", "not measured"))
    return found


def _met(is_met: bool) -> str:
    return "met" if is_met else "**not met**"
