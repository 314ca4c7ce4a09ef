"""`cakupan backup`: a copy to go back to."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("backup")
@click.argument("target", type=click.Path(file_okay=False, path_type=Path))
@click.option("--without-landing", is_flag=True, help="Leave out the landing: it is kept somewhere else.")
@click.pass_obj
def command(data_root: Path | None, target: Path, without_landing: bool) -> None:
    """Copy warehouse, staged rows, rows set aside, releases and landing into a new folder of TARGET.

    A night may be at work meanwhile: the copy holds what was committed. Every file gets a digest. The key of
    the pseudonyms is left out on purpose: keep it in another place.
    """
    from flows.operations.backup import backup  # noqa: PLC0415
    from flows.settings import load_settings  # noqa: PLC0415

    made = backup(load_settings(data_root=data_root), target, with_landing=not without_landing)
    click.echo(
        f"{made.files} files, {made.bytes / 1e6:.1f} MB, newest release {made.release_id or 'none'}", err=True
    )
    click.echo(made.folder)
