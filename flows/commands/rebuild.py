"""`cakupan rebuild`: everything again, from the landing alone."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from flows import talk


@click.command("rebuild")
@click.option(
    "--accept-missing",
    is_flag=True,
    help="Go on although files that count are not in the landing any more: their figures go.",
)
@click.option("--quiet", is_flag=True, help="No talk on stderr.")
@click.pass_obj
def command(data_root: Path | None, accept_missing: bool, quiet: bool) -> None:
    """Make the whole warehouse and the newest release again, from the landing alone.

    Use it when the warehouse is damaged or lost. Everything is made beside what is there and compared with
    the release on the shelf, byte by byte; what is public changes only at the end. Exit codes as of `run`.
    """
    from flows.commands.run import tell  # noqa: PLC0415
    from flows.operations.rebuild import rebuild  # noqa: PLC0415
    from flows.settings import load_settings  # noqa: PLC0415
    from flows.steps import InProcess  # noqa: PLC0415

    settings = load_settings(data_root=data_root)
    talk.use(settings.log_format)
    report = rebuild(settings, InProcess(quiet=quiet), accept_missing=accept_missing)
    tell(settings, report, as_json=False, quiet=quiet)
    sys.exit(report.exit_code)
