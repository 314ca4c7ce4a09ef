"""`cakupan drill`: every failure that is prepared for, planted on a scratch data root."""

from __future__ import annotations

import shutil
import textwrap
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from flows.operations.drills.drill import Drill, Held

_COLOURS = {"held": "green", "FAILED": "red", "not held": "yellow"}


@click.command("drill")
@click.argument("names", nargs=-1)
@click.option("--list", "listed", is_flag=True, help="Say which drills there are; hold none.")
@click.option(
    "--kills", default=25, show_default=True, type=click.IntRange(1), help="Kills of the drill `kills`."
)
@click.option(
    "--seed", default=1, show_default=True, help="Seed of their moments: the same seed, the same moments."
)
@click.option(
    "--files",
    default=10_000,
    show_default=True,
    type=click.IntRange(1),
    help="Files of the drill `many-files`.",
)
@click.pass_obj
def command(
    data_root: Path | None,  # noqa: ARG001 (drills never touch it)
    names: tuple[str, ...],
    listed: bool,
    kills: int,
    seed: int,
    files: int,
) -> None:
    """Plant failures on a scratch data root and show that each is met: `all`, or the drills by name.

    Your own data root, landing and key are never touched. Ends in a table. Exit code 14 when a failure got
    past its defence, 20 when a drill could not be held on this machine and the others held.
    """
    from flows.operations.drills.drill import hold  # noqa: PLC0415
    from flows.operations.drills.roster import drills  # noqa: PLC0415

    known = drills(kills, seed, files)
    if listed or not names:
        width = max(map(len, known))
        click.echo("\n".join(f"{drill.name:<{width}}  {drill.planted}" for drill in known.values()))
        return
    chosen = _chosen(known, names)
    done = []
    for drill in chosen:
        held = hold(drill)
        done.append(held)
        click.echo(f"{click.style(f'{held.state:<9}', fg=_COLOURS[held.state])}{drill.name}", err=True)
    click.echo(table(done, shutil.get_terminal_size((120, 24)).columns))
    _end(done)


def _chosen(known: dict[str, Drill], names: Sequence[str]) -> list[Drill]:
    unknown = [name for name in names if name != "all" and name not in known]
    if unknown:
        raise click.BadParameter(f"no such drill: {', '.join(unknown)} (see `cakupan drill --list`)")
    return [drill for drill in known.values() if "all" in names or drill.name in names]


def table(done: Sequence[Held], width: int) -> str:
    """Return one block of lines per drill: its name, what was planted, what was shown, seconds."""
    named = max(len("drill"), *(len(held.drill.name) for held in done))
    room = max(24, (width - named - 2 - 10 - 9 - 4) // 5)
    widths = (named, 8, 2 * room, 3 * room)

    def lines(*cells: str) -> list[str]:
        wrapped = [textwrap.wrap(cell, size) or [""] for cell, size in zip(cells, widths, strict=True)]
        rows = max(map(len, wrapped))
        padded = [[*parts, *[""] * (rows - len(parts))] for parts in wrapped]
        return [
            "  ".join(part.ljust(size) for part, size in zip(row, widths, strict=True)).rstrip()
            for row in zip(*padded, strict=True)
        ]

    head = lines("drill", "state", "planted", "shown")
    out = [f"{head[0]:<{sum(widths) + 6}}  {'seconds':>7}", "─" * (sum(widths) + 15)]
    for held in done:
        first, *more = lines(held.drill.name, held.state, held.drill.planted, held.told)
        out += [f"{first:<{sum(widths) + 6}}  {held.seconds:>7.1f}", *more]
    return "\n".join(out)


def _end(done: Sequence[Held]) -> None:
    """Say how many held. Raises DrillFailed or DrillNotHeld unless all did."""
    from schemas.errors import DrillFailed, DrillNotHeld  # noqa: PLC0415

    by_state = {state: [held.drill.name for held in done if held.state == state] for state in _COLOURS}
    if by_state["FAILED"]:
        raise DrillFailed(
            f"{len(by_state['FAILED'])} of {len(done)} drills failed: {', '.join(by_state['FAILED'])}",
            hint="What got past is in the table. It is a defect of the program: report it.",
        )
    if by_state["not held"]:
        raise DrillNotHeld(
            f"{len(by_state['held'])} of {len(done)} drills held, nothing was shown by the others: "
            f"{', '.join(by_state['not held'])}",
            hint="The table says what they need of the machine.",
        )
    click.echo(f"All {len(done)} drills held.", err=True)
