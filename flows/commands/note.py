"""`cakupan note`: the sentences of a press note, from the newest release."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import click

LANGUAGES = ("id", "en")


class Month(click.ParamType[date]):
    """A month as people write it, 2025-03; its first day."""

    name = "month"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the first day of the month."""
        if isinstance(value, date):
            return value
        found = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", str(value))
        if found is None:
            self.fail(f"{value!r} is not a month; write 2025-03", param, ctx)
        return date(int(found[1]), int(found[2]), 1)


def _code(ctx: click.Context, param: click.Parameter, value: str) -> str:
    if not re.fullmatch(r"\d{2}(\d{2})?", value):
        raise click.BadParameter(
            "write the BPS code: 00 for the country, 51 for a province, 5103 for a regency", ctx, param
        )
    return value


@click.command("note")
@click.argument("region", callback=_code)
@click.argument("month", type=Month())
@click.option("--language", type=click.Choice(LANGUAGES), default="id", help="Language of the note.")
@click.pass_obj
def command(data_root: Path | None, region: str, month: date, language: str) -> None:
    """Write the press note of a region and month, for example "51 2025-03".

    Coverage with its people, highest and lowest, gap in points and in people, change and its main cause.
    The note is read back and refused (exit code 18) when one of its numbers does not tie.
    """
    from flows.commands.query import published_database  # noqa: PLC0415
    from flows.press_note import press_note  # noqa: PLC0415
    from flows.settings import load_settings  # noqa: PLC0415

    database = published_database(load_settings(data_root=data_root).paths.latest)
    click.echo(press_note(database, region, month, language))
