"""`cakupan query`: one reading question to the published database."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    import duckdb

FORMATS = ("table", "csv", "json")


@click.command("query")
@click.argument("sql")
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default=None,
    help="Form of the answer. Default: table on a terminal, csv otherwise.",
)
@click.option("--json", "as_json", is_flag=True, help="Short for --format json.")
@click.pass_obj
def command(data_root: Path | None, sql: str, form: str | None, as_json: bool) -> None:
    """Ask the newest release one question in SQL, for example "from marts.coverage_by_province".

    The question can only read the published tables: no writing, no other files, no network.
    """
    from flows.settings import load_settings  # noqa: PLC0415

    settings = load_settings(data_root=data_root)
    chosen = "json" if as_json else form or ("table" if sys.stdout.isatty() else "csv")
    click.echo(ask(published_database(settings.paths.latest), sql, chosen), nl=chosen != "csv")


def published_database(latest: Path) -> Path:
    """Return the database of the newest release. Raises NothingPublished when there is none."""
    from schemas.errors import NothingPublished  # noqa: PLC0415

    database = latest / "cakupan.duckdb"
    if not database.exists():
        raise NothingPublished(
            "there is no release yet",
            where=str(latest.parent),
            hint="Run `cakupan run`, or try `cakupan demo`.",
        )
    return database.resolve()


def ask(database: Path, sql: str, form: str) -> str:
    """Return the answer to one SELECT as text. Raises QueryRefused for anything that is not one."""
    names, rows = answer(database, sql)
    if form == "json":
        return json.dumps(
            [dict(zip(names, row, strict=True)) for row in rows], default=str, ensure_ascii=False
        )
    if form == "csv":
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(rows)
        return text.getvalue()
    return as_table(names, rows)


def answer(database: Path, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Column names and rows of one SELECT over a published database."""
    import duckdb  # noqa: PLC0415

    from schemas.errors import QueryRefused  # noqa: PLC0415

    _refuse_unless_reading(sql)
    limits: dict[str, str | bool | int | float | list[str]] = {
        "enable_external_access": False,
        "memory_limit": "2GB",
        # Else it would spill beside the file: into a release, which never changes.
        "temp_directory": "",
        "max_execution_time": 60_000,
        "lock_configuration": True,
    }
    try:
        with duckdb.connect(str(database), read_only=True, config=limits) as connection:
            cursor = connection.execute(sql)
            names = [column[0] for column in cursor.description or []]
            return names, cursor.fetchall()
    except duckdb.Error as error:
        raise QueryRefused(
            str(error).splitlines()[0], hint="`cakupan docs tables` lists the tables and their columns."
        ) from None


def _refuse_unless_reading(sql: str) -> None:
    import duckdb  # noqa: PLC0415

    from schemas.errors import QueryRefused  # noqa: PLC0415

    try:
        statements: list[duckdb.Statement] = duckdb.extract_statements(sql)
    except duckdb.Error as error:
        raise QueryRefused(str(error).splitlines()[0], hint="Check the SQL.") from None
    reading = (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN)
    if len(statements) != 1 or statements[0].type not in reading:
        raise QueryRefused(
            "only one SELECT (or EXPLAIN) at a time", hint="Remove everything but the question."
        )


def as_table(names: list[str], rows: list[tuple[Any, ...]]) -> str:
    """Return rows as an aligned text table; numbers to the right, missing as `-`."""
    cells = [[("-" if value is None else str(value)) for value in row] for row in rows]
    widths = [max([len(name), *(len(row[at]) for row in cells)]) for at, name in enumerate(names)]
    numeric = [
        any(row[at] is not None for row in rows)
        and all(row[at] is None or _is_number(row[at]) for row in rows)
        for at in range(len(names))
    ]

    def line(values: list[str]) -> str:
        return "  ".join(
            value.rjust(width) if right else value.ljust(width)
            for value, width, right in zip(values, widths, numeric, strict=True)
        ).rstrip()

    return "\n".join([line(names), "  ".join("─" * width for width in widths), *map(line, cells)])


def _is_number(value: Any) -> bool:
    from decimal import Decimal  # noqa: PLC0415

    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)
