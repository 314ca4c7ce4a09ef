"""Views of `cakupan.duckdb`: schema `ask` answers questions, schema `id` has Indonesian column names.

Each view is one file `warehouse/published_views/<schema>/<name>.sql`. Its first two lines say in both
languages what it answers; they become the comment that a client shows.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

from schemas.errors import ContractBroken
from schemas.tables.table import Words, vocabulary
from warehouse.database import Connection
from warehouse.declared import quoted

#: What each schema is for; shown nowhere but in the docs, since DuckDB has no comment on a schema.
SCHEMAS = ("ask", "id")
_FOLDER = "published_views"
_HEADER = ("-- en: ", "-- id: ")


@dataclass(frozen=True)
class View:
    """One view: what it answers in both languages, and its SELECT."""

    schema: str
    name: str
    english: str
    indonesian: str
    query: str

    @property
    def full_name(self) -> str:
        """Schema and name, as in SQL."""
        return f"{self.schema}.{self.name}"


@cache
def published_views() -> tuple[View, ...]:
    """Every view, by schema and name. Raises ContractBroken for a file without its two header lines."""
    found = []
    for schema in SCHEMAS:
        folder = resources.files("warehouse").joinpath(_FOLDER, schema)
        for path in sorted(folder.iterdir(), key=lambda path: path.name):
            if path.name.endswith(".sql"):
                name = path.name.removesuffix(".sql")
                found.append(_parsed(schema, name, path.read_text(encoding="utf-8")))
    return tuple(found)


def _parsed(schema: str, name: str, text: str) -> View:
    english, indonesian, *query = text.splitlines()
    if not (english.startswith(_HEADER[0]) and indonesian.startswith(_HEADER[1]) and query):
        raise ContractBroken(
            "a view does not say in both languages what it answers",
            where=f"warehouse/{_FOLDER}/{schema}/{name}.sql",
            hint=f"Begin the file with the lines `{_HEADER[0]}…` and `{_HEADER[1]}…`.",
        )
    return View(
        schema,
        name,
        english.removeprefix(_HEADER[0]),
        indonesian.removeprefix(_HEADER[1]),
        "\n".join(query),
    )


def create_views(connection: Connection) -> None:
    """Create every view in the current database, with comments on the view and on each of its columns.

    The current database must hold `marts`. Names in the queries carry no database name, so that the file
    can be opened under any name.
    """
    for schema in SCHEMAS:
        connection.execute(f"CREATE SCHEMA {schema}")
    for view in published_views():
        connection.execute(f"CREATE VIEW {view.full_name} AS {view.query}")
        text = quoted(f"{view.english} | {view.indonesian}")
        connection.execute(f"COMMENT ON VIEW {view.full_name} IS {text}")
        for column, *_ in connection.execute(f"DESCRIBE {view.full_name}").fetchall():
            words = _words(view, column)
            unit = f" [{words.unit}]" if words.unit else ""
            told = quoted(f"{words.english}{unit} | {words.indonesian}")
            connection.execute(f'COMMENT ON COLUMN {view.full_name}."{column}" IS {told}')


def _words(view: View, column: str) -> Words:
    """What a column means: as in the tables, or as declared for the views alone."""
    words = own_columns().get(column) or vocabulary().get(column)
    if words is None:
        raise ContractBroken(
            f"the column {column} is described nowhere",
            where=f"warehouse/{_FOLDER}/{view.schema}/{view.name}.sql",
            hint=f"Use a name of schemas/vocabulary.csv, or add a row to warehouse/{_FOLDER}/columns.csv.",
        )
    return words


@cache
def own_columns() -> dict[str, Words]:
    """Columns that only the views have: another name for a column of the tables, or a new one."""
    text = resources.files("warehouse").joinpath(_FOLDER, "columns.csv").read_text(encoding="utf-8")
    found = {}
    for row in csv.DictReader(text.splitlines()):
        own = Words("", row["description_en"], row["description_id"])
        found[row["name"]] = vocabulary()[row["same_as"]] if row["same_as"] else own
    return found
