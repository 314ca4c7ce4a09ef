"""`python -m benchmarks`: make the input, run the contenders one after the other, compare, write docs/."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import asdict
from pathlib import Path

import click

from benchmarks import inputs, report
from benchmarks.answers import Answer, answer_of
from benchmarks.contenders import CONTENDERS, surroundings
from benchmarks.measuring import measured

DOCS = Path(__file__).parent.parent / "docs"


@click.command(context_settings={"show_default": True})
@click.option("--rows", default="1", help="Millions of rows, joined by commas: 0.1,1,5,10,45.")
@click.option("--contenders", default=",".join(CONTENDERS), help="Who runs, joined by commas.")
@click.option("--provinces", default="all", help="As for `cakupan synth`.")
@click.option("--limit-gib", type=float, default=None, help="Private memory of a process (RLIMIT_DATA).")
@click.option("--repeats", default=1, help="Runs of each; the one with the least CPU time is shown.")
@click.option("--work", type=click.Path(path_type=Path), required=True, help="Folder for input and results.")
@click.option("--docs", type=click.Path(path_type=Path), default=DOCS, help="Where the report is written.")
def main(
    rows: str,
    contenders: str,
    provinces: str,
    limit_gib: float | None,
    repeats: int,
    work: Path,
    docs: Path,
) -> None:
    """Measure the same work by several programs; exit code 1 when any answer differs."""
    chosen = [CONTENDERS[name] for name in contenders.split(",")]
    work.mkdir(parents=True, exist_ok=True)
    environments = work / "environments"
    lines: list[report.Line] = []
    for millions in rows.split(","):
        count = round(float(millions) * 1_000_000)
        twin = work / f"twin-{count}-{provinces.replace(',', '-')}"
        command = inputs.twin(twin, count, provinces=provinces)
        landing = inputs.landing_of(twin, work / "landing")
        side = inputs.side_files(twin, work / "side")
        files, size = inputs.size_of(landing)
        reference: Answer | None = None
        for contender in chosen:
            runs = []
            for _ in range(repeats):
                out = work / "out" / contender.name
                shutil.rmtree(out, ignore_errors=True)
                out.mkdir(parents=True)
                log = work / f"{contender.name}.log"
                started = contender.command(environments, landing.absolute(), side.absolute(), out.absolute())
                runs.append(measured(started, surroundings(), log, limit_gib))
            best = min(runs, key=lambda run: run.cpu)
            difference = None
            if best.exit_code == 0:
                answer = answer_of(contender.name, out)
                reference = reference or answer
                difference = answer.differs_from(reference)
            line = report.Line(count, files, size, contender.name, best, difference)
            click.echo(json.dumps(asdict(line)), err=True)
            lines.append(line)
            shutil.rmtree(work / "out" / contender.name, ignore_errors=True)
    versions = {contender.name: contender.versions(environments) for contender in chosen}
    # The list of planted classes is long, and it is what inputs.py says.
    told = ["…" if "," in part and part == inputs.PLANTED else part for part in command]
    report.write(docs, lines, versions, " ".join(sys.argv[1:]), " ".join(told), limit_gib)
    failed = [line for line in lines if line.difference or line.measured.exit_code]
    for line in failed:
        click.echo(
            f"{line.rows} rows, {line.contender}: {line.difference or 'failed, see its log'}", err=True
        )
    raise SystemExit(1 if failed else 0)


main()
