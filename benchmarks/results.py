"""What was measured, kept as JSON: a file for each command, so that a report can be made of several."""

from __future__ import annotations

import json
import os
import platform
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.measuring import Measured


def machine() -> str:
    """Say what all this ran on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    return (
        f"{os.cpu_count()} processors ({model}), {memory:.0f} GiB memory, {platform.system()} "
        f"{platform.release()}, Python {platform.python_version()}"
    )


@dataclass(frozen=True)
class Line:
    """One program on one input. `runs`: every run of it, in order.

    `subject`: the contender, or which night it was. `size`: rows, months or files, whatever the kind grows in.
    `difference`: how its answer differs from the first contender's; None when it does not.
    """

    subject: str
    size: int
    rows: int
    files: int
    bytes: int
    runs: tuple[Measured, ...]
    difference: str | None = None

    @property
    def best(self) -> Measured:
        """The run that took least: other work on the machine only ever adds."""
        return min(self.runs, key=lambda run: (run.exit_code != 0, run.wall))


@dataclass
class Results:
    """All lines of one command. `kind`: contenders, files or history."""

    kind: str
    command: str
    input: str
    limit_gib: float | None = None
    machine: str = field(default_factory=machine)
    versions: dict[str, str] = field(default_factory=dict)
    started: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    load_before: float = field(default_factory=lambda: os.getloadavg()[0])
    load_after: float = 0.0
    #: Whether the input was read once before each program, so that all found it in memory.
    input_in_memory: bool = False
    lines: list[Line] = field(default_factory=list)

    def keep(self, folder: Path) -> None:
        """Write what there is so far: a command that is stopped keeps what it measured."""
        folder.mkdir(parents=True, exist_ok=True)
        self.load_after = os.getloadavg()[0]
        name = f"{self.kind}-{self.started.replace(':', '').replace('+0000', 'Z')}.json"
        (folder / name).write_text(json.dumps(asdict(self), indent=1), encoding="utf-8")


def kept(folder: Path) -> list[Results]:
    """Read every kept file, the oldest first."""
    return sorted((_read(path) for path in folder.glob("*.json")), key=lambda results: results.started)


def newest(results: Sequence[Results], kind: str) -> Results | None:
    """Return the newest result of a kind."""
    return next((result for result in reversed(results) if result.kind == kind), None)


def by_rows(results: Sequence[Results], contender: str) -> list[Line]:
    """Return the newest line of a contender for each number of rows, under a limit or not, the fewest rows first."""
    found: dict[int, Line] = {}
    for result in results:
        for line in result.lines:
            if result.kind == "contenders" and line.subject == contender and not line.best.exit_code:
                found[line.rows] = line
    return [found[rows] for rows in sorted(found)]


def of_each_size(results: Sequence[Results]) -> list[Results]:
    """Commands of contenders, each with those sizes for which it counts.

    For a number of rows and a limit that is the command that measured most contenders; of equals the newest.
    """
    chosen: dict[tuple[int, float | None], tuple[int, int]] = {}
    for at, result in enumerate(results):
        for rows, contenders in Counter(line.rows for line in result.lines).items():
            if result.kind == "contenders":
                key = (rows, result.limit_gib)
                chosen[key] = max(chosen.get(key, (0, 0)), (contenders, at))
    counting = [{rows for (rows, _), (_, best) in chosen.items() if best == at} for at in range(len(results))]
    return [_only(result, rows) for result, rows in zip(results, counting, strict=True) if rows]


def not_measured_again(results: Sequence[Results]) -> list[Results]:
    """Commands of contenders that no later one repeated with all their programs: the targets rest on these."""
    commands = [result for result in results if result.kind == "contenders"]
    return [
        one for at, one in enumerate(commands) if not any(_covers(later, one) for later in commands[at + 1 :])
    ]


def _covers(later: Results, earlier: Results) -> bool:
    measured = [{(line.rows, line.subject) for line in result.lines} for result in (later, earlier)]
    return later.limit_gib == earlier.limit_gib and measured[0] >= measured[1]


def _only(result: Results, rows: set[int]) -> Results:
    """Return the lines of some sizes, in the order in which the contenders were asked for."""
    order = {name: place for place, name in enumerate(result.versions)}
    lines = [line for line in result.lines if line.rows in rows]
    lines.sort(key=lambda line: (line.rows, order.get(line.subject, 0)))
    return Results(**{**vars(result), "lines": lines})


def _read(path: Path) -> Results:
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    lines = [
        Line(**{**line, "runs": tuple(Measured(**run) for run in line["runs"])}) for line in document["lines"]
    ]
    return Results(**{**document, "lines": lines})
