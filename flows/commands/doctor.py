"""`cakupan doctor`: is everything there that a night needs?"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

_COLOURS = {"ok": "green", "warning": "yellow", "error": "red"}


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print every finding as JSON.")
@click.pass_obj
def command(data_root: Path | None, as_json: bool) -> None:
    """Look at versions, clock, disk, Prefect, lock, permissions, key, landing, warehouse and release.

    Changes nothing. Each finding has its remedy. Exit code 13 when one of them is an error.
    """
    from flows import clock  # noqa: PLC0415
    from flows.operations.doctor import examine  # noqa: PLC0415
    from flows.settings import load_settings  # noqa: PLC0415
    from schemas.errors import NeedsRepair  # noqa: PLC0415

    found = examine(load_settings(data_root=data_root), clock.now())
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], indent=1, ensure_ascii=False))
    else:
        for one in found:
            mark = click.style(f"{one.state:<8}", fg=_COLOURS[one.state])
            click.echo(f"{mark} {one.check:<16} {one.told}")
            if one.remedy:
                click.echo(f"{'':<25} → {one.remedy}")
    if any(one.state == "error" for one in found):
        sys.exit(NeedsRepair.exit_code)
