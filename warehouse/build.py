"""Marts: one SELECT per file, held against the declared columns before a table is replaced."""

from __future__ import annotations

from schemas.catalog import MARTS, TableEntry
from schemas.errors import ContractBroken
from warehouse.database import Connection, create_table, declared_columns, sql_text
from warehouse.transaction import transaction


def build_marts(connection: Connection, run_id: str) -> dict[str, int]:
    """Rebuild every mart in catalog order, in one transaction; returns rows per mart.

    Raises ContractBroken when a query does not give the declared columns; the old marts stay.
    """
    connection.execute("SET VARIABLE run_id = ?", [run_id])
    counts: dict[str, int] = {}
    with transaction(connection):
        for entry in MARTS:
            counts[entry.name] = _build(connection, entry)
    return counts


def _build(connection: Connection, entry: TableEntry) -> int:
    query = sql_text(f"marts/{entry.name}.sql")
    _hold_against_contract(connection, entry, query)
    connection.execute(f"DROP TABLE IF EXISTS {entry.full_name}")
    create_table(connection, entry)
    # Sorted here once: whoever writes the table out later reads it in this order.
    inserted = connection.execute(
        f"INSERT INTO {entry.full_name} FROM ({query}) ORDER BY {entry.order}"
    ).fetchall()
    return int(inserted[0][0])


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
