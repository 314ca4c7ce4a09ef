"""`python -m benchmarks`: make the input, measure whole programs, compare their answers, write docs/."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path

import click

from benchmarks import comparing, history, inputs, report
from benchmarks.comparing import Bench
from benchmarks.contenders import CONTENDERS
from benchmarks.results import Line, Results, kept

DOCS = Path(__file__).parent.parent / "docs"
_MILLION = 1_000_000
#: The oldest month of the longest past, so that the rows of the country's twin are valid in all of them.
_OLDEST = date(2022, 4, 30)

_work = click.option("--work", type=click.Path(path_type=Path), required=True, help="Folder for everything.")
_docs = click.option(
    "--docs", type=click.Path(path_type=Path), default=DOCS, help="Where the report is written."
)
_repeats = click.option(
    "--repeats", default=1, help="Runs of each; the one with the least wall time is shown."
)
_limit = click.option(
    "--limit-gib", type=float, default=None, help="Private memory of each process (RLIMIT_DATA)."
)
_night = click.option(
    "--contender",
    type=click.Choice([name for name in CONTENDERS if name.startswith("cakupan")]),
    default="cakupan+pages",
    help="A night that ends with tables, or with the whole release.",
)


@click.group(context_settings={"show_default": True, "max_content_width": 100})
def main() -> None:
    """Measure, and write docs/benchmarks.md from everything measured so far.

    Exit code 1 when a program failed or an answer differs.
    """


@main.command()
@click.option("--rows", default="1", help="Millions of rows, joined by commas: 0.1,1,5,10,45.")
@click.option("--contenders", default=",".join(CONTENDERS), help="Who runs, joined by commas.")
@click.option("--provinces", default="all", help="As for `cakupan synth`.")
@_limit
@_repeats
@_work
@_docs
def contenders(
    rows: str, contenders: str, provinces: str, limit_gib: float | None, repeats: int, work: Path, docs: Path
) -> None:
    """Measure the same work by several programs, side by side on the same rows."""
    bench = Bench(work, limit_gib)
    chosen = [CONTENDERS[name] for name in contenders.split(",")]

    def lines() -> Iterator[Line]:
        for millions in rows.split(","):
            count = round(float(millions) * _MILLION)
            twin = work / f"twin-{count}-{provinces.replace(',', '-')}"
            results.input = inputs.twin(twin, count, provinces=provinces)
            landing = inputs.landing_of(twin, work / "landing")
            side = inputs.side_files(twin, bench.folder("side"))
            yield from comparing.side_by_side(bench, chosen, landing, side, count, repeats)

    versions = {contender.name: contender.versions(bench.environments) for contender in chosen}
    results = Results("contenders", _command(), "", limit_gib, versions=versions)
    _measure(results, lines(), work, docs)


@main.command()
@click.option("--rows", default=1.0, help="Millions of rows.")
@click.option("--files", "counts", default="1,10,50,150,500", help="Numbers of files, joined by commas.")
@_night
@_repeats
@_work
@_docs
def files(rows: float, counts: str, contender: str, repeats: int, work: Path, docs: Path) -> None:
    """Measure the same rows in more and more files."""
    count = round(rows * _MILLION)
    twin = work / f"twin-{count}-all"
    bench, program = Bench(work), CONTENDERS[contender]
    results = Results("files", _command(), inputs.twin(twin, count))
    results.versions = {contender: program.versions(bench.environments)}
    wanted = [int(part) for part in counts.split(",")]
    _measure(results, comparing.in_files(bench, program, twin, count, wanted, repeats), work, docs)


@main.command(name="history")
@click.option("--months", default="1,12,36", help="Lengths of the past in months, growing, joined by commas.")
@click.option("--rows", default=100_000, help="Rows of one month of the whole country, in all its offices.")
@click.option("--office-rows", default=100_000, help="Rows that the one office delivers again, changed.")
@_night
@_repeats
@_work
@_docs
def history_(
    months: str, rows: int, office_rows: int, contender: str, repeats: int, work: Path, docs: Path
) -> None:
    """Measure nights with more and more months behind them: one office changed, and nothing new."""
    bench, program = Bench(work), CONTENDERS[contender]
    office = work / f"twin-{office_rows}-51"
    told = inputs.twin(office, office_rows, provinces="51")
    past = history.Past(inputs.earlier_twin(work / f"twin-{rows}-{_OLDEST}", rows, _OLDEST), office)
    side = inputs.side_files(office, bench.folder("side"))
    results = Results("history", _command(), told)
    results.versions = {contender: program.versions(bench.environments)}
    lengths = [int(part) for part in months.split(",")]
    _measure(results, history.nights(bench, program, past, side, lengths, repeats), work, docs)


@main.command(name="report")
@_work
@_docs
def report_(work: Path, docs: Path) -> None:
    """Write the report anew from what was measured before; measures nothing."""
    report.write(docs, kept(work / "results"))


def _command() -> str:
    return f"python -m benchmarks {' '.join(sys.argv[1:])}"


def _measure(results: Results, lines: Iterator[Line], work: Path, docs: Path) -> None:
    """Keep every line as soon as it is there, write the report, end with 1 when anything went wrong."""
    for line in lines:
        results.lines.append(line)
        results.keep(work / "results")
        click.echo(json.dumps(asdict(line)), err=True)
    report.write(docs, kept(work / "results"))
    wrong = [line for line in results.lines if line.difference or line.best.exit_code]
    for line in wrong:
        told = line.difference or f"exit code {line.best.exit_code}, see its log"
        click.echo(f"{line.subject}, {line.size}: {told}", err=True)
    raise SystemExit(1 if wrong else 0)


main()
