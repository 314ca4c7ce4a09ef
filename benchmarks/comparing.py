"""Contenders side by side on the same rows, and one program on the same rows in more and more files."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import inputs
from benchmarks.answers import Answer, answer_of
from benchmarks.contenders import Contender, surroundings
from benchmarks.measuring import Measured, measured
from benchmarks.results import Line


@dataclass(frozen=True)
class Bench:
    """Where things are: twins, environments, what the programs write, and logs."""

    work: Path
    limit_gib: float | None = None

    @property
    def environments(self) -> Path:
        """Folder of the contenders' own environments."""
        return self.work / "environments"

    def folder(self, name: str) -> Path:
        """Return a folder that is empty and there."""
        path = self.work / name
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True)
        return path

    def run(self, contender: Contender, landing: Path, side: Path, out: Path) -> Measured:
        """Measure one whole program; its environment is made before, its log stays.

        The landing is read once before, so that no program finds it on disk and the next one in memory; not
        under a limit, which counts the pages of files against who read them first.
        """
        command = contender.command(self.environments, landing, side, out)
        if self.limit_gib is None:
            read_once(landing)
        return measured(command, surroundings(), self.work / f"{contender.name}.log", self.limit_gib)


def read_once(landing: Path) -> None:
    """Let the system have every file of a landing in memory, as far as there is room."""
    for path in landing.iterdir():
        with path.open("rb") as stream:
            while stream.read(1 << 24):
                pass


def side_by_side(
    bench: Bench, contenders: Sequence[Contender], landing: Path, side: Path, rows: int, repeats: int
) -> Iterator[Line]:
    """Run everybody once, then everybody again: what the machine does meanwhile falls on all alike.

    Every second round goes backwards. A line is given as soon as its last run is done. Answers are compared with
    those of the first contender that ended well.
    """
    files, size = inputs.size_of(landing)
    runs: dict[str, list[Measured]] = {contender.name: [] for contender in contenders}
    differences: dict[str, str | None] = {}
    reference: Answer | None = None
    for round_of in range(repeats):
        for contender in contenders if round_of % 2 == 0 else reversed(contenders):
            out = bench.folder(f"out/{contender.name}")
            took = bench.run(contender, landing, side, out)
            runs[contender.name].append(took)
            if took.exit_code == 0:
                answer = answer_of(contender.name, out)
                reference = reference or answer
                differences[contender.name] = differences.get(contender.name) or answer.differs_from(
                    reference
                )
            shutil.rmtree(out)
            if round_of == repeats - 1:
                name = contender.name
                yield Line(name, rows, rows, files, size, tuple(runs[name]), differences.get(name))


def in_files(
    bench: Bench, contender: Contender, twin: Path, rows: int, counts: Sequence[int], repeats: int
) -> Iterator[Line]:
    """One program on the same rows in so many files."""
    side = inputs.side_files(twin, bench.folder("side"))
    reference: Answer | None = None
    for count in counts:
        landing = inputs.landing_in_files(twin, count, bench.work / "landing")
        files, size = inputs.size_of(landing)
        runs, difference = [], None
        for _ in range(repeats):
            out = bench.folder(f"out/{contender.name}")
            runs.append(bench.run(contender, landing, side, out))
            if runs[-1].exit_code == 0:
                answer = answer_of(contender.name, out)
                reference = reference or answer
                difference = difference or answer.differs_from(reference)
            shutil.rmtree(out)
        yield Line(contender.name, count, rows, files, size, tuple(runs), difference)
