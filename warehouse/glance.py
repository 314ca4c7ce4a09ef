"""Small tables that a person glances at while a night runs: counts and aggregates, never rows as received."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from warehouse.database import Connection, rows

#: Rows of a glance; whoever needs all of them asks the ledger or the release.
SHOWN = 200


def arrived(connection: Connection, started: datetime) -> list[dict[str, Any]]:
    """Files read in a run: rows accepted and set aside, and what is wrong with refused ones (these first)."""
    return rows(
        connection,
        f"""SELECT file_name AS file, source, scope, as_of::VARCHAR AS as_of, state, rows_accepted,
                rows_quarantined AS rows_set_aside, coalesce(rejection, '') AS problem,
                coalesce(hint, '') AS hint
            FROM ledger.files WHERE read_at = ? ORDER BY state DESC, rows_quarantined DESC, file_name
            LIMIT {SHOWN}""",
        [started],
    )


def coverage(connection: Connection) -> list[dict[str, Any]]:
    """Coverage of the country and of every province in its newest month with a figure."""
    return rows(
        connection,
        """SELECT province, period::VARCHAR AS month, members, workers, coverage_pct::DOUBLE AS coverage_pct,
               status
           FROM (
               SELECT ' Indonesia' AS province, period, active_members AS members,
                   working_population AS workers, coverage_pct, coverage_status AS status
               FROM marts.coverage_nationwide
               UNION ALL
               SELECT province_name, period, active_members, working_population, coverage_pct, coverage_status
               FROM marts.coverage_by_province)
           WHERE coverage_pct IS NOT NULL
           QUALIFY row_number() OVER (PARTITION BY province ORDER BY period DESC) = 1
           ORDER BY province""",
    )
