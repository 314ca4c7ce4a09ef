"""`cakupan status`: what is published, how the last nights went, which files are waiting for whom."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from flows.settings import Settings

_RUNS = """
    SELECT started_at::VARCHAR AS started_at, round(epoch(finished_at - started_at), 1) AS seconds, outcome,
        exit_code, release_id, message
    FROM ledger.runs ORDER BY ledger.runs.started_at DESC LIMIT 10
"""
_SOURCES = """
    SELECT source, count(*) AS files, max(as_of)::VARCHAR AS newest_as_of,
        max(delivered_at)::VARCHAR AS newest_delivery, sum(rows_accepted)::BIGINT AS rows_accepted,
        sum(rows_quarantined)::BIGINT AS rows_set_aside
    FROM ledger.counted_files GROUP BY source ORDER BY source
"""


@click.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.option(
    "--exit-code", "judged", is_flag=True, help="End with another code than 0 unless the nights are well."
)
@click.pass_obj
def command(data_root: Path | None, as_json: bool, judged: bool) -> None:
    """Show the newest release, the last runs, each source, files that were rejected, and the operators' page.

    For monitors: with --exit-code it ends with the code of the last run, or 16 when no night has succeeded
    for CAKUPAN_OVERDUE_HOURS.
    """
    from flows.settings import load_settings  # noqa: PLC0415

    settings = load_settings(data_root=data_root)
    facts = status(settings)
    click.echo(json.dumps(facts, indent=1, ensure_ascii=False, default=str) if as_json else _in_words(facts))
    if judged:
        from flows.clock import now  # noqa: PLC0415
        from flows.verdict import verdict  # noqa: PLC0415

        wrong = verdict(settings, facts, now())
        if wrong is not None:
            raise wrong


def status(settings: Settings) -> dict[str, Any]:
    """Collect what is published and what the ledger says; the ledger is left out while a run is at work."""
    released = settings.paths.latest / "status.json"
    facts: dict[str, Any] = {
        "data_root": str(settings.paths.root),
        "operators_page": str(page) if (page := settings.paths.operators / "index.html").exists() else None,
        "release": json.loads(released.read_text(encoding="utf-8")) if released.exists() else None,
        "running": False,
        "runs": [],
        "sources": [],
        "files_rejected": [],
    }
    if settings.paths.warehouse.exists():
        facts |= _from_ledger(settings)
    return facts


def _from_ledger(settings: Settings) -> dict[str, Any]:
    import duckdb  # noqa: PLC0415

    from warehouse import ledger  # noqa: PLC0415
    from warehouse.database import rows  # noqa: PLC0415

    try:
        connection = duckdb.connect(str(settings.paths.warehouse), read_only=True)
    except duckdb.IOException as error:
        if "Could not set lock" not in str(error):
            raise
        return {"running": True}
    with connection:
        return {
            "runs": rows(connection, _RUNS),
            "sources": rows(connection, _SOURCES),
            "files_rejected": ledger.rejected_files(connection),
        }


def _in_words(facts: dict[str, Any]) -> str:
    from flows.commands.query import as_table  # noqa: PLC0415

    release = facts["release"]
    lines = [f"Data root  {facts['data_root']}"]
    if release is None:
        lines.append("Release    none yet")
    else:
        lines.append(f"Release    {release['release_id']}, data up to {release['data_as_of']}")
        checks = release["checks"]
        lines.append(f"Checks     {checks['passed']} passed, {checks['warnings']} with warnings")
        lines += [f"           {w['check']}: {w['rows']} row(s). {w['meaning']}" for w in release["warnings"]]
    if facts["operators_page"]:
        lines.append(f"Operators  {facts['operators_page']}")
    if facts["running"]:
        lines.append("A run is at work; its ledger can be read when it ends.")
    for title, rows in (("Sources", facts["sources"]), ("Last runs", facts["runs"])):
        if rows:
            lines += ["", title, as_table(list(rows[0]), [tuple(row.values()) for row in rows])]
    if facts["files_rejected"]:
        lines += ["", "Rejected files"]
        for file in facts["files_rejected"]:
            lines += [f"{file['file_name']}: {file['rejection']}", f"  hint: {file['hint']}"]
    return "\n".join(lines)
