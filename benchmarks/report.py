"""The table and the plot in docs/, written from what was measured."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from benchmarks.measuring import Measured

if TYPE_CHECKING:
    from pathlib import Path

_WIDTH, _BAR, _LEFT = 760, 18, 230


@dataclass(frozen=True)
class Line:
    """One contender on one input. `difference`: how its answer differs from the first contender's."""

    rows: int
    files: int
    bytes: int
    contender: str
    measured: Measured
    difference: str | None


def write(
    docs: Path, lines: list[Line], versions: dict[str, str], arguments: str, synth: str, limit: float | None
) -> None:
    """Write docs/benchmarks.md and docs/benchmarks.svg."""
    bound = f"limited to {limit} GiB (RLIMIT_DATA)" if limit else "not limited"
    text = f"""# Benchmarks

Written by `python -m benchmarks {arguments}` on {datetime.now(UTC):%d %B %Y}; no number is typed by hand.

Machine: {_machine()}. Load average at the end: {os.getloadavg()[0]:.1f}. Where it is above the number of
processors, other work ran at the same time: compare CPU times then, not wall times.

Input: `cakupan {synth}` (… stands for every defect class of rows and copies in `benchmarks/inputs.py`),
without the `rekap` files. Each contender is a whole process; times and peak memory are those of `wait4`.
Private memory was {bound}. The columns × are CPU and wall time of a contender over those of `cakupan` on
the same rows.

| rows | files | MB | contender | wall s | CPU s | peak MiB | × CPU | × wall | answer |
|---:|---:|---:|---|---:|---:|---:|---:|---:|---|""".splitlines()
    own = {line.rows: line.measured for line in lines if line.contender == "cakupan"}
    for line in lines:
        took, ours = line.measured, own.get(line.rows)
        ratios = f"{took.cpu / ours.cpu:.2f} | {took.wall / ours.wall:.2f}" if ours else "| "
        text.append(
            f"| {line.rows:,} | {line.files} | {line.bytes / 1e6:.0f} | {line.contender} | {took.wall:.1f} | "
            f"{took.cpu:.1f} | {took.peak_mb:.0f} | {ratios} | {_verdict(line)} |"
        )
    text += ["", "![CPU time of each contender](benchmarks.svg)", "", "| contender | versions |", "|---|---|"]
    text += [f"| {name} | {told} |" for name, told in versions.items()]
    (docs / "benchmarks.md").write_text("\n".join(text) + "\n", encoding="utf-8")
    (docs / "benchmarks.svg").write_text(_plot(lines), encoding="utf-8")


def _verdict(line: Line) -> str:
    if line.measured.exit_code:
        return f"failed (exit code {line.measured.exit_code})"
    return f"differs: {line.difference}" if line.difference else "the same"


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors, {memory:.0f} GiB memory, "
        f"Python {platform.python_version()}"
    )


def _plot(lines: list[Line]) -> str:
    """Bars of CPU seconds per million rows, one for each line of the table."""
    shown = [line for line in lines if not line.measured.exit_code]
    costs = [line.measured.cpu / line.rows * 1e6 for line in shown]
    scale = (_WIDTH - _LEFT - 90) / max(costs, default=1)
    height = len(shown) * (_BAR + 6) + 40
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" font-size="12" '
            'font-family="sans-serif" role="img" aria-label="CPU seconds per million rows">'
        ),
        '<rect width="100%" height="100%" fill="#fff"/>',
        '<text x="8" y="18" font-weight="bold">CPU seconds per million rows</text>',
    ]
    for at, (line, cost) in enumerate(zip(shown, costs, strict=True)):
        top, width = 30 + at * (_BAR + 6), max(cost * scale, 1)
        colour = "#1b6ca8" if line.contender == "cakupan" else "#9aa5b1"
        parts += [
            f'<text x="8" y="{top + 13}">{line.contender}, {line.rows:,} rows</text>',
            f'<rect x="{_LEFT}" y="{top}" width="{width:.1f}" height="{_BAR}" fill="{colour}"/>',
            f'<text x="{_LEFT + cost * scale + 6:.1f}" y="{top + 13}">{cost:.1f}</text>',
        ]
    return "\n".join([*parts, "</svg>"]) + "\n"
