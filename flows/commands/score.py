"""`cakupan score`: what the pipeline made of a synthetic twin, against the truth."""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.command("score")
@click.argument("twin", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the table as JSON.")
@click.pass_obj
def command(data_root: Path | None, twin: Path, as_json: bool) -> None:
    """Hold a run over a synthetic twin against its truth: every figure, and every planted defect.

    TWIN is the folder that `cakupan synth` wrote; the data root is the one that the run used. Exit code 1
    when a published figure differs, or a decidable defect was missed or told wrongly.
    """
    from flows.scoring import compare, scored  # noqa: PLC0415
    from flows.settings import load_settings  # noqa: PLC0415

    settings = load_settings(data_root=data_root)
    cells = compare(settings, twin)
    defects = scored(settings, twin)
    if as_json:
        click.echo(defects.write_json())
    else:
        from flows.commands.query import as_table  # noqa: PLC0415

        shown = defects.drop("reasons")
        click.echo(as_table(shown.columns, shown.rows()))
    click.echo(cells.told(), err=True)
    decidable = defects.filter(defects["outcome"] != "undecidable")
    wrong = decidable.filter((decidable["recall"] < 1) | (decidable["precision"] < 1))
    if cells.differing or wrong.height:
        click.echo(
            f"{cells.differing} figures differ, {wrong.height} classes of defects fall short", err=True
        )
        sys.exit(1)
