"""`cakupan keys`: the secret key of the pseudonyms."""

from __future__ import annotations

from pathlib import Path

import click


@click.group("keys")
def command() -> None:
    """Make or rotate the secret key under which people are counted.

    The key turns a NIK into a pseudonym. It is needed where offices deliver member rows (`peserta`), stays
    in a file that only its owner may read, and is never part of the warehouse, a log or a release.
    """


@command.command("create")
@click.pass_obj
def create(data_root: Path | None) -> None:
    """Make a key file with one fresh key (mode 0600). Refused when there is one."""
    from flows.keys import create_keys  # noqa: PLC0415
    from flows.settings import load_settings  # noqa: PLC0415

    path = create_keys(load_settings(data_root=data_root))
    click.echo(
        f"Key written to {path}. Keep a copy in a safe place: without it, days cannot be counted on.",
        err=True,
    )


@command.command("rotate")
@click.pass_obj
def rotate(data_root: Path | None) -> None:
    """Add a fresh key and re-key every staged row. Every count stays the same."""
    from flows.rotation import rotate_keys  # noqa: PLC0415
    from flows.settings import load_settings  # noqa: PLC0415

    parts = rotate_keys(load_settings(data_root=data_root))
    click.echo(f"Keys rotated; {parts} staged parts are under the new key.", err=True)
