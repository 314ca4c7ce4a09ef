"""`cakupan docs`: the reference pages, generated from the declarations."""

from __future__ import annotations

import sys
from pathlib import Path

import click

TOPICS = ("tables", "commands", "settings", "exit-codes", "checks", "sources", "licences")


@click.command("docs")
@click.argument("topic", type=click.Choice(TOPICS), required=False)
@click.option(
    "--write", "target", type=click.Path(file_okay=False, path_type=Path), help="Write all pages there."
)
@click.option(
    "--check",
    "checked",
    type=click.Path(file_okay=False, path_type=Path),
    help="Fail when a page there is stale.",
)
def command(topic: str | None, target: Path | None, checked: Path | None) -> None:
    """Print a reference page, or write or check all of them.

    The pages are made from the models, the settings, the commands and the errors; they are never edited.
    """
    from flows.reference_pages import pages  # noqa: PLC0415

    made = pages()
    if target:
        target.mkdir(parents=True, exist_ok=True)
        for name, text in made.items():
            (target / f"{name}.md").write_text(text, encoding="utf-8")
        click.echo(f"{len(made)} pages written to {target}", err=True)
    if checked:
        stale = [name for name, text in made.items() if _kept(checked / f"{name}.md") != text]
        if stale:
            click.echo(f"stale: {', '.join(stale)}. Run `make docs` and commit the result.", err=True)
            sys.exit(1)
        click.echo(f"{len(made)} pages are fresh", err=True)
    if topic or not (target or checked):
        click.echo(made[topic or "tables"])


def _kept(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None
