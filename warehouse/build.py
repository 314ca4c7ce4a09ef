"""Marts: one SELECT per file, held against the declared columns before a table is replaced.

The large ones are built month by month: what did not change since it was built stands as it is.
"""

from __future__ import annotations

import hashlib

from schemas.catalog import MARTS, TableEntry
from schemas.errors import ContractBroken
from warehouse.database import Connection, scalar, sql_text
from warehouse.declared import create_table, declared_columns, is_as_declared
from warehouse.transaction import transaction


def build_marts(connection: Connection, run_id: str) -> dict[str, int]:
    """Rebuild every mart in catalog order, in one transaction; returns rows per mart.

    Raises ContractBroken when a query does not give the declared columns; the old marts stay.
    """
    connection.execute("SET VARIABLE run_id = ?", [run_id])
    counts: dict[str, int] = {}
    states = sql_text("views/month_states.sql")
    with transaction(connection):
        connection.execute(f"CREATE OR REPLACE TEMP TABLE month_states AS {states}")
        for entry in MARTS:
            query = sql_text(f"marts/{entry.name}.sql")
            counts[entry.name] = (_build_months if entry.by_month else _build)(connection, entry, query)
        for name in ("month_states", "months_to_build"):  # nothing but declared tables is left behind
            connection.execute(f"DROP TABLE IF EXISTS temp.{name}")
    return counts


def _build(connection: Connection, entry: TableEntry, query: str) -> int:
    _hold_against_contract(connection, entry, query)
    connection.execute(f"DROP TABLE IF EXISTS {entry.full_name}")
    create_table(connection, entry)
    _insert(connection, entry, query)
    return int(scalar(connection, f"SELECT count(*) FROM {entry.full_name}"))


def _build_months(connection: Connection, entry: TableEntry, query: str) -> int:
    """Build the months whose inputs, or whose query, are not those that they were built from."""
    rules = hashlib.sha256((query + sql_text("macros.sql")).encode()).hexdigest()
    if not is_as_declared(connection, entry):
        connection.execute(f"DROP TABLE IF EXISTS {entry.full_name}")
        connection.execute("DELETE FROM staging.built_months WHERE mart = ?", [entry.name])
        create_table(connection, entry)
    connection.execute(
        """CREATE OR REPLACE TEMP TABLE months_to_build AS
        SELECT period FROM month_states AS now
        WHERE NOT EXISTS (
            FROM staging.built_months AS built
            WHERE built.mart = $mart AND built.period = now.period AND built.inputs = now.state || $rules
        )""",
        {"mart": entry.name, "rules": rules},
    )
    _hold_against_contract(connection, entry, query)
    for name, condition in ((entry.full_name, "true"), ("staging.built_months", f"mart = '{entry.name}'")):
        connection.execute(
            f"""DELETE FROM {name} WHERE {condition} AND (period IN (FROM months_to_build)
                OR period NOT IN (SELECT period FROM month_states))"""
        )
    _insert(connection, entry, query)
    connection.execute(
        """INSERT INTO staging.built_months
        SELECT $mart, period, state || $rules FROM month_states JOIN months_to_build USING (period)""",
        {"mart": entry.name, "rules": rules},
    )
    return int(scalar(connection, f"SELECT count(*) FROM {entry.full_name}"))


def _insert(connection: Connection, entry: TableEntry, query: str) -> None:
    """Insert in the order of the key: whoever writes the table out later reads it in this order."""
    connection.execute(f"INSERT INTO {entry.full_name} FROM ({query}) ORDER BY {entry.order}")


def _hold_against_contract(connection: Connection, entry: TableEntry, query: str) -> None:
    given = {row[0]: row[1] for row in connection.execute(f"DESCRIBE {query}").fetchall()}
    declared = declared_columns(entry)
    if list(given) != list(declared):
        missing = [name for name in declared if name not in given]
        extra = [name for name in given if name not in declared]
        told = f"missing {missing}, unexpected {extra}" if missing or extra else "the order differs"
        raise ContractBroken(
            f"the query gives other columns: {told}", where=f"warehouse/marts/{entry.name}.sql"
        )
    other = {name: (given[name], declared[name]) for name in given if given[name] != declared[name]}
    if other:
        told = ", ".join(f"{name} {have} instead of {want}" for name, (have, want) in other.items())
        raise ContractBroken(
            f"the query gives other types: {told}", where=f"warehouse/marts/{entry.name}.sql"
        )
