"""`cakupan prune`: what is kept for a time only."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("prune")
@click.option("--dry-run", is_flag=True, help="Say what would go; remove nothing.")
@click.pass_obj
def command(data_root: Path | None, dry_run: bool) -> None:
    """Remove old releases, staged rows that no longer count, and rows that were set aside long ago.

    How long each is kept: CAKUPAN_KEEP_RELEASES, CAKUPAN_KEEP_STAGED_DAYS, CAKUPAN_KEEP_QUARANTINE_DAYS. The
    newest whole release and `latest` always stay.
    """
    from flows.operations.prune import prune  # noqa: PLC0415
    from flows.settings import load_settings  # noqa: PLC0415

    settings = load_settings(data_root=data_root)
    found = prune(settings, dry_run=dry_run)
    for removal in found:
        place = removal.path.relative_to(settings.paths.root)
        click.echo(f"{removal.kind:<10} {removal.bytes / 1e6:>9.1f} MB  {place}  ({removal.why})")
    verb = "would be removed" if dry_run else "removed"
    click.echo(f"{len(found)} {verb}, {sum(one.bytes for one in found) / 1e6:.1f} MB", err=True)
