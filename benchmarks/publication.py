"""`python -m benchmarks.publication`: what the part of a release that people open costs for the whole country.

Rendered from tables of 514 regencies × 36 months, each time in a process of its own that reads the tables
from Parquet as a night does: everything anew, the same again over it, and a night later with one regency
changed. Then the files are weighed, and with `--browser` the province page is opened in Chromium with its
processor slowed four times.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import polars as pl

from benchmarks.measuring import Measured, measured
from benchmarks.results import machine
from tests.publication.chromium import Browser
from tests.publication.publication_tables import facts, national
from warehouse.publication.publish import publish

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs" / "publication-cost.md"
#: The targets of the project: seconds of the whole on two processors, GiB of memory, seconds of the largest paint.
WALL, MEMORY_GIB, PAINT = 60, 1.5, 1.0
PROVINCE_BYTES, COUNTRY_BYTES, COUNTRY_GZIP = 150_000, 1_000_000, 300_000
_SLOWER = 4


@dataclass(frozen=True)
class Run:
    """One process that rendered a release: what it took, and how many files it made anew and took over."""

    title: str
    measured: Measured
    made: int
    taken_over: int


@click.command(context_settings={"show_default": True})
@click.option(
    "--work", type=click.Path(path_type=Path), required=True, help="Folder for tables and releases."
)
@click.option("--docs", type=click.Path(path_type=Path), default=DOCS, help="Where the table is written.")
@click.option("--browser/--no-browser", default=False, help="Measure the largest paint in Chromium as well.")
@click.option("--months", default=36, help="Months of each regency.")
@click.option("--render", "job", nargs=4, hidden=True, help="Tables, folder, previous, nights later.")
def main(work: Path, docs: Path, browser: bool, months: int, job: tuple[str, str, str, str] | None) -> None:
    """Measure the rendering of a release; exit code 1 when a target is missed or bytes differ."""
    if job:
        render(*job)
        return
    shutil.rmtree(work, ignore_errors=True)
    write_tables(national(months), work / "tables")
    write_tables(with_one_change(national(months)), work / "later")
    runs = [
        started(work, "everything anew", "tables", "one"),
        started(work, "everything anew, a second time", "tables", "two"),
        started(work, "the same tables over the release", "tables", "same", previous="one"),
        started(work, "a night later, one regency changed", "later", "changed", previous="one", nights=1),
    ]
    checks = [*identical(work), *weights(work / "one"), *costs(runs[0])]
    if browser:
        checks += list(paints(work / "one" / "province" / "51.html"))
    text = table(runs, checks, work / "one", months)
    docs.write_text(text, encoding="utf-8")
    click.echo(text)
    raise SystemExit(0 if all(is_met for _, _, is_met in checks) else 1)


def with_one_change(tables: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Return the tables after one regency of Gorontalo delivered five members more in the newest month."""
    table = tables["coverage_by_regency"]
    newest = (pl.col("regency_code") == "7501") & (pl.col("period") == table["period"].max())
    more = pl.when(newest).then(pl.col("active_members") + 5).otherwise(pl.col("active_members"))
    return tables | {"coverage_by_regency": table.with_columns(active_members=more)}


def write_tables(tables: dict[str, pl.DataFrame], folder: Path) -> None:
    """Write tables as Parquet, outside the measured time."""
    folder.mkdir(parents=True)
    for name, frame in tables.items():
        frame.write_parquet(folder / f"{name}.parquet")


def started(work: Path, title: str, tables: str, folder: str, *, previous: str = "", nights: int = 0) -> Run:
    """Render a release in a process of its own; ends this program when that fails."""
    job = [str(work / tables), str(work / folder), str(work / previous) if previous else "", str(nights)]
    command = [sys.executable, "-m", "benchmarks.publication", "--work", str(work), "--render", *job]
    log = work / "render.log"
    took = measured(command, {**os.environ, "PYTHONPATH": str(ROOT)}, log, None)
    if took.exit_code:
        raise SystemExit(log.read_text(encoding="utf-8"))
    made, written = map(int, log.read_text(encoding="utf-8").split())
    return Run(title, took, made, written - made)


def render(tables: str, folder: str, previous: str, nights: str) -> None:
    """Render one release and print how many files were made, and how many there are."""
    target = Path(folder)
    target.mkdir(parents=True)
    found = {path.stem: pl.read_parquet(path) for path in Path(tables).glob("*.parquet")}
    moment = facts().published_at + timedelta(days=int(nights))
    record = publish(found, facts(published_at=moment), target, Path(previous) if previous else None)
    record.close()
    click.echo(f"{len(record.made)} {len(record.files)}")


def digests(folder: Path) -> dict[str, str]:
    """Return SHA-256 by name."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


Check = tuple[str, str, bool]


def identical(work: Path) -> Iterator[Check]:
    """Yield whether two renderings are the same, byte by byte."""
    one = digests(work / "one")
    for name, words in (("two", "twice anew"), ("same", "over the release before")):
        other = digests(work / name)
        differing = sum(1 for key in one.keys() | other.keys() if one.get(key) != other.get(key))
        yield f"files that differ when rendered {words}", f"{differing} of {len(one)}", differing == 0


def weights(folder: Path) -> Iterator[Check]:
    """Yield the sizes of pages against their limits."""
    pages = {path: path.stat().st_size for path in (folder / "province").iterdir()}
    largest = max(pages, key=lambda path: pages[path])
    told = f"{pages[largest] / 1000:.0f} KB ({largest.name})"
    yield f"largest of {len(pages)} province pages, at most 150 KB", told, pages[largest] <= PROVINCE_BYTES
    contents = [(folder / name).read_bytes() for name in ("index.html", "en.html")]
    size, packed = max(map(len, contents)), max(len(gzip.compress(content)) for content in contents)
    yield "national page, at most 1,000 KB", f"{size / 1000:.0f} KB", size <= COUNTRY_BYTES
    yield "national page with gzip, at most 300 KB", f"{packed / 1000:.0f} KB", packed <= COUNTRY_GZIP


def costs(anew: Run) -> Iterator[Check]:
    """Yield time and memory of rendering everything against their limits."""
    took = anew.measured
    yield f"wall time of everything anew, at most {WALL} s", f"{took.wall:.1f} s", took.wall <= WALL
    gib = took.peak_mb / 1024
    yield f"peak memory, at most {MEMORY_GIB} GiB", f"{gib:.2f} GiB", gib <= MEMORY_GIB


def paints(page: Path, repeats: int = 5) -> Iterator[Check]:
    """Yield the largest contentful paint of a page on a desk and on a phone, the processor slowed."""
    ask = """return new Promise(done => new PerformanceObserver(list => done(list.getEntries().at(-1).startTime))
      .observe({type: 'largest-contentful-paint', buffered: true}))"""
    with Browser() as browser:
        for width in (1280, 390):
            browser.size(width)
            browser.cdp("Emulation.setCPUThrottlingRate", rate=_SLOWER)
            times = []
            for _ in range(repeats):
                browser.open(page)
                times.append(browser.js(ask) / 1000)
            shown = f"{statistics.median(times):.2f} s ({min(times):.2f} to {max(times):.2f} in {repeats})"
            name = f"largest paint at {width} px, processor {_SLOWER}× slower, under {PAINT:.0f} s"
            yield name, shown, statistics.median(times) < PAINT


def table(runs: list[Run], checks: list[Check], folder: Path, months: int) -> str:
    """Return the report as Markdown."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    megabytes = sum(path.stat().st_size for path in files) / 1e6
    lines = [
        "# What pages, workbooks, reports and pictures cost", "",
        f"Written by `python -m benchmarks.publication` on {datetime.now(UTC):%d %B %Y}; no number is typed by hand.",
        "", f"Machine: {machine()}. Load average at the end: {os.getloadavg()[0]:.1f}. Where it is above the number",
        "of processors, other work ran at the same time: look at CPU times then, not at wall times.", "",
        f"Input: synthetic tables of 514 regencies × {months} months in 38 provinces. Output: {len(files)} files,",
        f"{megabytes:.0f} MB: a page in two languages, a workbook, a report, two cards and three charts for each",
        "province and for the country. Each run is a process of its own, with the start of Python and the reading",
        "of the tables; time and peak memory are those of `wait4`.", "",
        "| run | wall s | CPU s | peak MiB | files made | taken over |", "|---|---:|---:|---:|---:|---:|",
    ]  # fmt: skip
    for run in runs:
        took = run.measured
        lines.append(
            f"| {run.title} | {took.wall:.1f} | {took.cpu:.1f} | {took.peak_mb:.0f} | {run.made} | {run.taken_over} |"
        )
    lines += ["", "| what | measured | met |", "|---|---:|---|"]
    lines += [f"| {what} | {told} | {'yes' if is_met else '**no**'} |" for what, told, is_met in checks]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
