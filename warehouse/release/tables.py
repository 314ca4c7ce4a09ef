"""Published tables as CSV and Parquet: the same rows in the same order, the release in front."""

from __future__ import annotations

from pathlib import Path

from schemas.catalog import PUBLISHED, RELEASE_COLUMN, TableEntry
from warehouse.database import Connection
from warehouse.declared import quoted
from warehouse.release.facts import ReleaseFacts

#: Title and link that travel inside every Parquet file.
LICENCE = "CC-BY-4.0"

#: The table on the page: of each province the newest month with any figure, one row per regency.
_LATEST = """
    SELECT * FROM marts.coverage_by_regency
    WHERE (province_code, period) IN (
        SELECT province_code, max(CASE WHEN has_figure THEN period END)
        FROM (
            SELECT province_code, period, coverage_pct IS NOT NULL AS has_figure
            FROM marts.coverage_by_regency
            UNION ALL
            SELECT province_code, period, coverage_pct IS NOT NULL FROM marts.coverage_by_province
        ) GROUP BY province_code HAVING bool_or(has_figure)
        UNION ALL
        SELECT province_code, max(period) FROM marts.coverage_by_regency GROUP BY province_code
        HAVING province_code NOT IN (
            SELECT province_code FROM marts.coverage_by_regency WHERE coverage_pct IS NOT NULL
            UNION SELECT province_code FROM marts.coverage_by_province WHERE coverage_pct IS NOT NULL
        )
    )
"""


def write_tables(connection: Connection, facts: ReleaseFacts, folder: Path) -> dict[str, int]:
    """Write every published table, and `coverage_latest.csv`; returns rows per file stem."""
    counts = {}
    for entry in PUBLISHED:
        query = rows_in_order(connection, entry)
        counts[entry.name] = _write(connection, entry, query, folder / entry.name, facts)
    regency = next(entry for entry in PUBLISHED if entry.name == "coverage_by_regency")
    latest = released(f"{_LATEST} ORDER BY {regency.order}", facts.release_id)
    counts["coverage_latest"] = _write_csv(connection, latest, folder / "coverage_latest.csv")
    return counts


def rows_in_order(connection: Connection, entry: TableEntry) -> str:
    """Return the query of a mart's rows in the order of its key, without sorting them again.

    Rows were built in that order, a mart by months in that order within each month.
    """
    if not entry.by_month:
        return f"SELECT * FROM {entry.full_name}"
    found = connection.execute(f"SELECT DISTINCT period FROM {entry.full_name} ORDER BY period").fetchall()
    months = [f"SELECT * FROM {entry.full_name} WHERE period = DATE '{month}'" for (month,) in found]
    return " UNION ALL ".join(months) or f"SELECT * FROM {entry.full_name}"


def released(query: str, release_id: str) -> str:
    """Return the query with the release in front."""
    return f"SELECT {quoted(release_id)} AS {RELEASE_COLUMN}, * FROM ({query})"


def _write(connection: Connection, entry: TableEntry, query: str, stem: Path, facts: ReleaseFacts) -> int:
    rows = released(query, facts.release_id)
    told = {
        "title": f"{entry.title_en} | {entry.title_id}",
        "release_id": facts.release_id,
        "licence": LICENCE,
        "synthetic": "yes" if facts.is_synthetic else "no",
    }
    metadata = ", ".join(f"{key}: {quoted(value)}" for key, value in told.items())
    done = connection.execute(
        f"COPY ({rows}) TO {quoted(f'{stem}.parquet')} "
        f"(FORMAT parquet, COMPRESSION zstd, KV_METADATA {{{metadata}}})"
    ).fetchall()
    if "csv" in entry.endings:
        _write_csv(connection, rows, stem.with_suffix(".csv"))
    return int(done[0][0])


def _write_csv(connection: Connection, rows: str, path: Path) -> int:
    done = connection.execute(
        f"COPY ({rows}) TO {quoted(str(path))} (FORMAT csv, HEADER, DELIMITER ',', QUOTE '\"')"
    ).fetchall()
    return int(done[0][0])
