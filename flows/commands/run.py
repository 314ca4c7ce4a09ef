"""`cakupan run`: one night, now."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flows import talk

if TYPE_CHECKING:
    from flows.night import Report
    from flows.settings import Settings


@click.command("run")
@click.option("--landing", type=click.Path(file_okay=False, path_type=Path), help="Read this landing folder.")
@click.option(
    "--orchestrated/--in-process",
    default=None,
    help="As a Prefect flow, or in this process. Default: a flow when PREFECT_API_URL is set.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report of the run as JSON.")
@click.option("--quiet", is_flag=True, help="No talk on stderr.")
@click.pass_obj
def command(
    data_root: Path | None, landing: Path | None, orchestrated: bool | None, as_json: bool, quiet: bool
) -> None:
    """Run one night: read what is new, check it, publish a release if anything changed.

    Exit code 0 when a release was published or there was nothing to do, 5 when a file was rejected, 6
    when a check stopped the release, 7 when another run is at work.
    """
    from flows.settings import load_settings  # noqa: PLC0415

    settings = load_settings(data_root=data_root, landing=landing)
    talk.use(settings.log_format)
    report = run(settings, orchestrated=orchestrated, quiet=quiet)
    tell(settings, report, as_json=as_json, quiet=quiet)
    sys.exit(report.exit_code)


def run(settings: Settings, *, orchestrated: bool | None = None, quiet: bool = False) -> Report:
    """Run a night in this process, or as a Prefect flow when an API is configured or asked for."""
    if orchestrated is None:
        orchestrated = bool(os.environ.get("PREFECT_API_URL"))
    if orchestrated:
        from flows.orchestrated import run_as_flow  # noqa: PLC0415 (Prefect takes over a second to import)

        return run_as_flow(settings)
    from flows.nightly import run_night  # noqa: PLC0415
    from flows.steps import InProcess  # noqa: PLC0415

    return run_night(settings, InProcess(quiet=quiet))


def tell(settings: Settings, report: Report, *, as_json: bool, quiet: bool) -> None:
    """Print the report: JSON on stdout when asked for, words on stderr."""
    if as_json:
        from flows.reports import as_document  # noqa: PLC0415

        click.echo(as_document(report))
    if quiet:
        return
    for problem in report.problems:
        text = f"{problem.file}: {problem.what}\n  hint: {problem.hint}"
        talk.say("warning", "file_rejected", text, label="rejected", file=problem.file)
    for finding in report.findings:
        if finding.rows:
            level: talk.Level = "error" if finding.stops_release else "warning"
            shown = "; ".join(f"{subject} ({detail})" for subject, detail in finding.offenders[:3])
            text = f"{finding.check.check_id}: {finding.rows} row(s), {shown}"
            talk.say(level, "check", text, label=level, check=finding.check.check_id, rows=finding.rows)
    ends = {
        "published": f"Published {report.release_id} in {settings.paths.latest}",
        "nothing_new": f"Nothing to do: {report.release_id} is up to date",
        "partly_failed": f"Published {report.release_id}, but {len(report.problems)} file(s) were rejected",
        "checks_failed": "Nothing published: a check failed. The last release stays public",
    }
    level = "info" if not report.exit_code else "error" if report.outcome == "checks_failed" else "warning"
    talk.say(
        level,
        "run",
        ends[report.outcome],
        outcome=report.outcome,
        release_id=report.release_id,
        exit_code=report.exit_code,
    )
