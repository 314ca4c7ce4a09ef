"""docs/benchmarks.md and its pictures, written from what was measured and from nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from benchmarks.measuring import Measured
from benchmarks.pictures import TITLES, pictures
from benchmarks.results import Line, Results, by_rows, newest, not_measured_again
from benchmarks.targets import findings

if TYPE_CHECKING:
    from pathlib import Path

_HEAD = """# Benchmarks

Written by `python -m benchmarks`; no number is typed by hand. `python -m benchmarks --help` says how to measure
again, `python -m benchmarks report --work DIR` writes this page anew from what was measured before.

Every program is measured as one whole process: **wall** and **CPU** time in seconds (all its processes), **peak**
is the largest resident set of one process as the operating system counts it (`ru_maxrss`, mapped files included),
**private** the largest sum over its processes of resident memory that is no file's, both in MiB. Where the load
average before a measurement is not near zero, other work ran at the same time: compare CPU times then.
Where a command says so, its input was read once before each program, so that all found it in memory alike; elsewhere
the first program read it from disk.

A limit is a control group of the program's own, which the kernel holds to so much memory for all its processes
together, page cache included. Where the user may not make one it is `RLIMIT_DATA` for each process: that counts private
memory that is asked for, used or not, and leaves mapped files out. The line of the command says which it was.
"""

_CONTENDERS = """## The same work by several programs

All read the same CSV files, tell every reason for which a row is refused, keep the refused rows, replace NIK and KPJ by
HMAC-SHA-256, tell duplicates and superseded rows apart, count every worker once in all the tables, and join the
base. Before a time is shown, their answers are compared: every cell of four numerators by regency, the numbers of the
balance, rows refused in all and by column, warnings, contradicting identities. Columns × are the time of a
program over that of `cakupan`.

`cakupan` is a whole night that ends with checked, published tables; `cakupan+pages` the same night with everything
else that a release holds (pages, maps, workbooks, reports). The others are `benchmarks/contenders/`: hand-written
scripts of Polars and of DuckDB SQL, the same SQL as a dbt project with a test and stored failures for every
rule, and pandas with a Pandera model. They know one layout only, keep no ledger and publish nothing.
"""

_GROWTH = """## More rows

`cakupan`, from the fewest rows to the most; under a limit where the table above says so.
"""

_FILES = """## The same rows in more files
"""

_HISTORY = """## Nights with a past

The past: the whole country in its offices, month after month, read and published before. *Nothing new*: the same
landing again. *One office changed*: an office delivers its rows of the newest month again, every wage
changed. *That file alone*: the same file on an empty data root. × is over *that file alone*. Rows are those
that were delivered for that night.
"""


def write(docs: Path, results: Sequence[Results]) -> None:
    """Write the page and one picture for each part of it."""
    text = [_HEAD, *_targets(results)]
    shown = _side_by_side(results)
    text += [
        _CONTENDERS,
        *shown,
        f"![{TITLES['contenders']}](pictures/benchmarks-contenders.svg)",
        "",
    ]
    text += [*_versions(results), _GROWTH, *_growth(results)]
    for kind, head in (("history", _HISTORY), ("files", _FILES)):
        result = newest(results, kind)
        text += [head, *(_of_kind(result) if result else ["Not measured yet.", ""])]
        text += [f"![{TITLES[kind]}](pictures/benchmarks-{kind}.svg)", ""]
    (docs / "pictures").mkdir(parents=True, exist_ok=True)
    (docs / "benchmarks.md").write_text("\n".join(text).rstrip() + "\n", encoding="utf-8")
    for name, picture in pictures(results).items():
        (docs / "pictures" / f"benchmarks-{name}.svg").write_text(picture, encoding="utf-8")


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], align: str) -> list[str]:
    rule = ["---:" if side == "r" else "---" for side in align]
    return [f"| {' | '.join(cells)} |" for cells in (head, rule, *rows)] + [""]


def _targets(results: Sequence[Results]) -> list[str]:
    rows = [(found.asked, found.where, found.measured, found.verdict) for found in findings(results)]
    return ["## Targets", "", *_table(("asked", "measured on", "measured", ""), rows, "llll")]


def _of_command(result: Results) -> list[str]:
    held_by = ", ".join(sorted({line.best.held_by for line in result.lines if line.best.held_by}))
    limit = f", limit {result.limit_gib:g} GiB ({held_by})" if result.limit_gib else ""
    told = (
        f"`{result.command}`, {result.started[:10]}{limit}. Load average {result.load_before:.1f} before, "
        f"{result.load_after:.1f} after. {result.machine}. Input: `{result.input}`, without its `rekap` files."
    )
    if result.input_in_memory:
        told += " It was read once before each program."
    return [told, ""]


def _side_by_side(results: Sequence[Results]) -> list[str]:
    head = (
        "rows",
        "files",
        "MB",
        "program",
        "wall",
        "CPU",
        "processes",
        "peak",
        "private",
        "× wall",
        "× CPU",
        "answer",
    )
    text = []
    for result in not_measured_again(results):
        ours = {line.rows: line.best for line in result.lines if line.subject == "cakupan"}
        rows = [
            (
                f"{line.rows:,}",
                str(line.files),
                f"{line.bytes / 1e6:.0f}",
                line.subject,
                *_numbers(line),
                _times(line, ours.get(line.rows), lambda took: took.wall),
                _times(line, ours.get(line.rows), lambda took: took.cpu),
                _verdict(line),
            )
            for line in result.lines
        ]
        text += [*_of_command(result), *_table(head, rows, "rrrlrrrrrrrl")]
    return text


def _numbers(line: Line) -> tuple[str, ...]:
    took = line.best
    times, memory = (took.wall, took.cpu), (took.peak_mb, took.private_mb)
    return (
        *(f"{seconds:.1f}" for seconds in times),
        str(took.processes),
        *(f"{size:.0f}" for size in memory),
    )


def _times(line: Line, base: Measured | None, of: Callable[[Measured], float]) -> str:
    return f"{of(line.best) / of(base):.2f}" if base else ""


def _verdict(line: Line) -> str:
    if line.best.exit_code:
        return f"failed (exit code {line.best.exit_code})"
    return f"**differs**: {line.difference}" if line.difference else "the same"


def _growth(results: Sequence[Results]) -> list[str]:
    head = ("rows", "wall", "CPU", "wall per million rows", "CPU per million rows", "peak", "private")
    rows = []
    for line in by_rows(results, "cakupan"):
        wall, cpu, _, peak, private = _numbers(line)
        per_million = (f"{seconds / line.rows * 1e6:.2f}" for seconds in (line.best.wall, line.best.cpu))
        rows.append((f"{line.rows:,}", wall, cpu, *per_million, peak, private))
    return _table(head, rows, "rrrrrrr")


def _versions(results: Sequence[Results]) -> list[str]:
    newest_of = {
        name: told
        for result in results
        if result.kind == "contenders"
        for name, told in result.versions.items()
    }
    return _table(("program", "made with"), newest_of.items(), "ll")


def _of_kind(result: Results) -> list[str]:
    """Return the table of what grows in months or in files."""
    first = "months" if result.kind == "history" else "files"
    head = (
        first,
        "night",
        "rows",
        "files in the landing",
        "wall",
        "CPU",
        "processes",
        "peak",
        "private",
        "× wall",
        "× CPU",
    )
    base = result.lines[0].best
    rows = [
        (
            str(line.size),
            line.subject,
            f"{line.rows:,}",
            str(line.files),
            *_numbers(line),
            _times(line, base, lambda took: took.wall),
            _times(line, base, lambda took: took.cpu),
        )
        for line in result.lines
    ]
    failed = [f"{line.subject}, {line.size}: {_verdict(line)}." for line in result.lines if _is_wrong(line)]
    return [*_of_command(result), *_table(head, rows, "rlrrrrrrrrr"), *failed]


def _is_wrong(line: Line) -> bool:
    return bool(line.best.exit_code or line.difference)
