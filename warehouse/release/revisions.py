"""Cells that differ from the release before, each with the reason that the two releases show."""

from __future__ import annotations

from pathlib import Path

from schemas.catalog import RELEASE_COLUMN, TableEntry, table
from warehouse.database import Connection
from warehouse.declared import create_table, quoted

#: Tables of figures: a changed cell here is what a reader of the last release must be told.
COMPARED = (
    "coverage_by_regency",
    "coverage_by_province",
    "coverage_nationwide",
    "coverage_by_segment",
    "coverage_by_definition",
    "published_figures",
)

_REASON = """
    CASE
        WHEN is_redefined THEN 'definition'
        WHEN list_contains(columns, 'active_members') AND list_contains(columns, 'working_population')
            THEN 'membership_and_base_delivered'
        WHEN list_contains(columns, 'active_members') THEN 'membership_delivered'
        WHEN list_contains(columns, 'working_population') THEN 'base_delivered'
        WHEN list_has_any(columns, ['target_id', 'target_pct']) THEN 'target_register'
        WHEN list_has_any(columns, ['coverage_pct', 'coverage_rate']) THEN 'method'
        ELSE 'follows_from_other_figures'
    END
"""


def build_revisions(connection: Connection, previous: Path | None) -> int:
    """Fill `marts.revisions` with the cells that changed since the release in folder `previous`.

    Keys that are in one release only are not listed cell by cell: they are new or gone months and claims.
    Returns the number of changed cells; 0 for a first release.
    """
    entry = table("marts.revisions")
    connection.execute(f"DROP TABLE IF EXISTS {entry.full_name}")
    create_table(connection, entry)
    changed = 0
    for name in sorted(COMPARED):  # the order of the table's key
        before = previous / f"{name}.parquet" if previous else None
        if before is not None and before.exists():
            changed += _compare(connection, table(f"marts.{name}"), before)
    return changed


def _compare(connection: Connection, entry: TableEntry, before: Path) -> int:
    old_columns = {
        row[0] for row in connection.execute(f"DESCRIBE FROM read_parquet({quoted(str(before))})").fetchall()
    } - {RELEASE_COLUMN}
    cells = [name for name in entry.model.polars_schema() if name in old_columns and name not in entry.key]
    key = " || ' ' || ".join(f"ifnull(\"{name}\"::VARCHAR, '-')" for name in entry.key)
    texts = ", ".join(f'"{name}"::VARCHAR AS "{name}"' for name in cells)
    listed = ", ".join(f'"{name}"' for name in cells)
    long = (
        "SELECT * FROM (SELECT {key} AS key, {texts} FROM {source}) "
        "UNPIVOT INCLUDE NULLS (value FOR name IN ({listed}))"
    )
    new = long.format(key=key, texts=texts, source=entry.full_name, listed=listed)
    old = long.format(key=key, texts=texts, source=f"read_parquet({quoted(str(before))})", listed=listed)
    inserted = connection.execute(
        f"""INSERT INTO marts.revisions
        WITH changed AS (
            SELECT key, name, old.value AS before, new.value AS after
            FROM ({old}) AS old JOIN ({new}) AS new USING (key, name)
            WHERE old.value IS DISTINCT FROM new.value
        ),
        reasons AS (
            SELECT key, {_REASON} AS reason FROM (
                SELECT
                    key, list(name) AS columns,
                    -- A figure that came late or went has no other definition: it had none, or has none.
                    bool_or(name IN ('numerator_id', 'denominator_id')
                        AND before IS NOT NULL AND after IS NOT NULL) AS is_redefined
                FROM changed GROUP BY key)
        )
        SELECT {quoted(entry.name)}, key, name, before, after, reason
        FROM changed JOIN reasons USING (key)
        ORDER BY key, name"""
    ).fetchall()
    return int(inserted[0][0])
