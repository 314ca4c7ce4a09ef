"""`cakupan restore`: a backup back in place."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("restore")
@click.argument("source", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.pass_obj
def command(data_root: Path | None, source: Path) -> None:
    """Put the backup SOURCE into an empty data root, after every file was held against its digest."""
    from flows.operations.backup import restore  # noqa: PLC0415
    from flows.settings import load_settings  # noqa: PLC0415

    done = restore(load_settings(data_root=data_root), source)
    click.echo(f"{done.files} files restored to {done.root}, release {done.release_id or 'none'}", err=True)
    if done.key_missing:
        click.echo(f"A backup holds no key: put it back to {done.key_missing} (mode 0600).", err=True)
