"""`cakupan synth`: a synthetic twin with known truth."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("synth")
@click.option(
    "--rows",
    default="100000",
    show_default=True,
    help="Clean rows of the newest month; `full` for as many as there would really be.",
)
@click.option("--provinces", default="51", show_default=True, help="BPS codes joined by commas, or `all`.")
@click.option(
    "--months", type=click.IntRange(1, 60), default=1, show_default=True, help="Month ends up to 2025-03-31."
)
@click.option("--seed", type=int, default=7, show_default=True, help="The same seed gives the same bytes.")
@click.option(
    "--defects", default="none", show_default=True, help="`none`, `all`, or classes joined by commas."
)
@click.option("--compressed/--plain", default=True, show_default=True, help="Write .csv.gz or .csv.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Folder: landing/ and truth/ in it.",
)
def command(
    rows: str, provinces: str, months: int, seed: int, defects: str, compressed: bool, out: Path
) -> None:
    """Write invented deliveries (landing/) and, beside them, the right answer of every figure (truth/).

    Every name, number and person is invented, and every file says SYNTHETIC.
    """
    from flows.synth import synthesise  # noqa: PLC0415
    from transforms.synthetic.parameters import Parameters, defect_classes  # noqa: PLC0415

    chosen = (
        () if provinces.strip().lower() == "all" else tuple(part.strip() for part in provinces.split(","))
    )
    parameters = Parameters(
        rows=_rows(rows), provinces=chosen, months=months, seed=seed, defects=defect_classes(defects)
    )
    synthesise(parameters, out, compressed=compressed, say=lambda text: click.echo(f"  {text}", err=True))
    click.echo(f"Run it: cakupan --data-root DIR run --landing {out / 'landing'}", err=True)


def _rows(asked: str) -> int | None:
    """Read a number of rows, or `full`: None, as many rows as there would really be."""
    if asked.strip().lower() == "full":
        return None
    try:
        return int(asked)
    except ValueError:
        raise click.BadParameter("a whole number, or `full`", param_hint="--rows") from None
