"""`cakupan check`: the checks of the result, again, without publishing."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click


@click.command("check")
@click.option("--json", "as_json", is_flag=True, help="Print every check as JSON.")
@click.pass_obj
def command(data_root: Path | None, as_json: bool) -> None:
    """Run every check against the warehouse and name the offending keys. Changes nothing.

    Exit code 6 when a check of severity `error` finds anything.
    """
    from flows.settings import load_settings  # noqa: PLC0415
    from schemas.errors import ChecksFailed, NothingPublished  # noqa: PLC0415
    from warehouse.checks import run_checks  # noqa: PLC0415
    from warehouse.database import open_warehouse  # noqa: PLC0415

    settings = load_settings(data_root=data_root)
    if not settings.paths.warehouse.exists():
        raise NothingPublished("there is no warehouse yet", hint="Run `cakupan run`, or try `cakupan demo`.")
    with open_warehouse(settings.paths.warehouse, settings.limits) as connection:
        findings = run_checks(connection)
    if as_json:
        click.echo(
            json.dumps(
                [
                    {
                        "check": finding.check.check_id,
                        "severity": finding.check.severity,
                        "meaning": finding.check.meaning,
                        "rows": finding.rows,
                        "first": [{"subject": one, "detail": two} for one, two in finding.offenders],
                    }
                    for finding in findings
                ],
                indent=1,
                ensure_ascii=False,
            )
        )
    else:
        for finding in findings:
            mark = "passed" if not finding.rows else finding.check.severity
            click.echo(f"{mark:<8} {finding.check.check_id:<34} {finding.rows or '':>6}")
            for subject, detail in finding.offenders:
                click.echo(f"           {subject}: {detail}")
    if any(finding.stops_release for finding in findings):
        sys.exit(ChecksFailed.exit_code)
