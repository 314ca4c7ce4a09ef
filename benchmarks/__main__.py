"""`python -m benchmarks`: make the input, measure whole programs, compare their answers, write docs/."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import NamedTuple

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
    "--limit-gib", type=float, default=None, help="Memory of each program: a control group, or RLIMIT_DATA."
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
@_limit
@_repeats
@_work
@_docs
def contenders(
    rows: str, contenders: str, limit_gib: float | None, repeats: int, work: Path, docs: Path
) -> None:
    """Measure the same work by several programs, side by side on the same rows."""
    results = Results("contenders", _command(), "", limit_gib)
    lines = _side_by_side(results, rows, contenders.split(","), repeats, work)
    _end(_measured(results, lines, work, docs))


@main.command()
@click.option("--rows", default=1.0, help="Millions of rows.")
@click.option("--files", "counts", default="1,10,50,150,500", help="Numbers of files, joined by commas.")
@_night
@_repeats
@_work
@_docs
def files(rows: float, counts: str, contender: str, repeats: int, work: Path, docs: Path) -> None:
    """Measure the same rows in more and more files."""
    results = Results("files", _command(), "")
    lines = _in_files(results, rows, counts, contender, repeats, work)
    _end(_measured(results, lines, work, docs))


@main.command(name="history")
@click.option("--months", default="1,12,36", help="Lengths of the past in months, growing, joined by commas.")
@click.option("--rows", default=100_000, help="Rows of one month of the whole country, in all its offices.")
@click.option("--every-office", is_flag=True, help="A file for each office, not one for each province.")
@click.option("--office-rows", default=100_000, help="Rows that the one office delivers again, changed.")
@_night
@_repeats
@_work
@_docs
def history_(
    months: str,
    rows: int,
    every_office: bool,
    office_rows: int,
    contender: str,
    repeats: int,
    work: Path,
    docs: Path,
) -> None:
    """Measure nights with more and more months behind them: one office changed, and nothing new."""
    results = Results("history", _command(), "")
    country = Country(rows, every_office, office_rows)
    lines = _nights(results, months, country, contender, repeats, work)
    _end(_measured(results, lines, work, docs))


@main.command(name="all")
@click.option("--rows", default="1,5,10", help="Millions of rows for all contenders, joined by commas.")
@click.option("--national", is_flag=True, help="Also 45 million rows within 4 GiB.")
@_repeats
@_work
@_docs
def all_(rows: str, national: bool, repeats: int, work: Path, docs: Path) -> None:
    """Measure everything: contenders, files, history and, when asked, the size of the whole country."""
    night = "cakupan+pages"
    one = Results("contenders", _command(), "")
    wrong = _measured(one, _side_by_side(one, rows, list(CONTENDERS), repeats, work), work, docs)
    two = Results("files", _command(), "")
    wrong += _measured(two, _in_files(two, 1.0, "1,10,50,150,500", night, repeats, work), work, docs)
    three = Results("history", _command(), "")
    past = Country(100_000, every_office=False, office_rows=100_000)
    wrong += _measured(three, _nights(three, "1,12,36", past, night, repeats, work), work, docs)
    if national:
        four = Results("contenders", _command(), "", limit_gib=4)
        wrong += _measured(four, _side_by_side(four, "45", ["cakupan"], 1, work), work, docs)
    _end(wrong)


@main.command(name="report")
@_work
@_docs
def report_(work: Path, docs: Path) -> None:
    """Write the report anew from what was measured before; measures nothing."""
    report.write(docs, kept(work / "results"))


class Country(NamedTuple):
    """What the past is made of: rows a month, how they are delivered, and the rows of the one office."""

    rows: int
    every_office: bool
    office_rows: int


def _side_by_side(results: Results, rows: str, names: list[str], repeats: int, work: Path) -> Iterator[Line]:
    bench = Bench(work, results.limit_gib)
    chosen = [CONTENDERS[name] for name in names]
    results.input_in_memory = results.limit_gib is None
    results.versions = {contender.name: contender.versions(bench.environments) for contender in chosen}
    for millions in rows.split(","):
        count = round(float(millions) * _MILLION)
        twin = work / f"twin-{count}-all"
        results.input = inputs.twin(twin, count)
        landing = inputs.landing_of(twin, work / "landing")
        side = inputs.side_files(twin, bench.folder("side"))
        yield from comparing.side_by_side(bench, chosen, landing, side, count, repeats)


def _in_files(
    results: Results, millions: float, counts: str, name: str, repeats: int, work: Path
) -> Iterator[Line]:
    bench, program, count = Bench(work), CONTENDERS[name], round(millions * _MILLION)
    twin = work / f"twin-{count}-all"
    results.input = inputs.twin(twin, count)
    results.versions = {name: program.versions(bench.environments)}
    wanted = [int(part) for part in counts.split(",")]
    yield from comparing.in_files(bench, program, twin, count, wanted, repeats)


def _nights(
    results: Results, months: str, country: Country, name: str, repeats: int, work: Path
) -> Iterator[Line]:
    bench, program = Bench(work), CONTENDERS[name]
    office = work / f"twin-{country.office_rows}-51"
    told = inputs.twin(office, country.office_rows, provinces="51")
    earlier = inputs.earlier_twin(work / f"twin-{country.rows}-{_OLDEST}", country.rows, _OLDEST)
    deliver = "each office" if country.every_office else "each province"
    results.input = f"{told}`, and `{country.rows:,} rows of the whole country, a file a month by {deliver}"
    results.versions = {name: program.versions(bench.environments)}
    past = history.Past(earlier, office, country.every_office)
    side = inputs.side_files(office, bench.folder("side"))
    yield from history.nights(bench, program, past, side, [int(part) for part in months.split(",")], repeats)


def _command() -> str:
    return f"python -m benchmarks {' '.join(sys.argv[1:])}"


def _measured(results: Results, lines: Iterator[Line], work: Path, docs: Path) -> list[str]:
    """Keep every line as soon as it is there and write the report; returns what went wrong."""
    for line in lines:
        results.lines.append(line)
        results.keep(work / "results")
        click.echo(json.dumps(asdict(line)), err=True)
    report.write(docs, kept(work / "results"))
    return [
        f"{line.subject}, {line.size}: {line.difference or f'exit code {line.best.exit_code}, see its log'}"
        for line in results.lines
        if line.difference or line.best.exit_code
    ]


def _end(wrong: list[str]) -> None:
    for told in wrong:
        click.echo(told, err=True)
    raise SystemExit(1 if wrong else 0)


main()
