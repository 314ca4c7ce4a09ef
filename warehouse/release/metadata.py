"""What a release says about itself: data package, run status, changelog, readme, licence."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from schemas.catalog import PUBLISHED, RELEASE_COLUMN, TableEntry
from schemas.tables.table import vocabulary
from warehouse.database import Connection, rows
from warehouse.release.facts import ReleaseFacts
from warehouse.release.feed import REASONS
from warehouse.release.open_data import code_list, write_open_data

_KINDS: tuple[tuple[Any, dict[str, str]], ...] = (
    (pl.String, {"type": "string"}),
    (pl.Int64, {"type": "integer"}),
    (pl.Float64, {"type": "number"}),
    (pl.Boolean, {"type": "boolean"}),
    (pl.Date, {"type": "date"}),
)


def write_metadata(
    connection: Connection, facts: ReleaseFacts, counts: dict[str, int], changed_cells: int, folder: Path
) -> None:
    """Write everything that describes the tables of the folder."""
    changed = what_changed(facts, changed_cells, _reasons(connection))
    _write_json(folder / "datapackage.json", _data_package(facts, counts, folder))
    (folder / "CHANGELOG.md").write_text(_changelog(connection, facts, changed), encoding="utf-8")
    (folder / "README.txt").write_text(_readme(facts), encoding="utf-8")
    (folder / "LICENSE.txt").write_text(_LICENCE, encoding="utf-8")
    schemas = {entry.name: table_schema(entry) for entry in PUBLISHED if "csv" in entry.endings}
    write_open_data(facts, schemas | {"coverage_latest": schemas["coverage_by_regency"]}, folder)
    status = _status(connection, facts, counts, folder)
    _write_json(folder / "status.json", status | {"what_changed": changed})


def entry_of(folder: Path) -> dict[str, Any]:
    """What a finished release says of itself: when it was published, after which one, and what changed."""
    status = json.loads((folder / "status.json").read_text(encoding="utf-8"))
    return {
        "published_at": datetime.fromisoformat(status["finished_at"]),
        "previous_release_id": status["previous_release_id"],
        "what_changed": status["what_changed"],
    }


def _write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, default=str, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _data_package(facts: ReleaseFacts, counts: dict[str, int], folder: Path) -> dict[str, Any]:
    resources = []
    for entry in PUBLISHED:
        for ending in entry.endings:
            path = folder / f"{entry.name}.{ending}"
            resources.append(_resource(entry, path, counts[entry.name], ending))
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "cakupan-jamsostek",
        "title": "Cakupan Jamsostek menurut kabupaten/kota",
        "description": "Coverage of employment social security (Jamsostek) by regency, province and country"
        + (" - SYNTHETIC DATA, not official figures" if facts.is_synthetic else ""),
        "version": facts.release_id,
        "created": facts.published_at.isoformat(),
        "licenses": [
            {
                "name": "CC-BY-4.0",
                "path": "https://creativecommons.org/licenses/by/4.0/",
                "title": "CC BY 4.0",
            }
        ],
        "resources": resources,
    }


def _resource(entry: TableEntry, path: Path, count: int, ending: str) -> dict[str, Any]:
    resource: dict[str, Any] = {
        "name": f"{entry.name}-{ending}".replace("_", "-"),
        "path": path.name,
        "title": f"{entry.title_en} | {entry.title_id}",
        "description": " ".join([entry.description, *(english for english, _ in entry.warnings)]),
        "format": ending,
        "mediatype": "text/csv" if ending == "csv" else "application/vnd.apache.parquet",
        "bytes": path.stat().st_size,
        "hash": f"sha256:{_digest(path)}",
        "rows": count,
    }
    if ending == "csv":
        resource |= {"profile": "tabular-data-resource", "encoding": "utf-8", "schema": table_schema(entry)}
    return resource


def table_schema(entry: TableEntry) -> dict[str, Any]:
    """Frictionless Table Schema of a published table, from its model."""
    columns = entry.model.to_schema().columns
    fields = [_field(RELEASE_COLUMN, pl.String, required=True, values=None)]
    for name, dtype in entry.model.polars_schema().items():
        values = next(
            (
                list(check.statistics["allowed_values"])
                for check in columns[name].checks
                if check.name == "isin"
            ),
            None,
        )
        fields.append(_field(name, dtype, required=not columns[name].nullable, values=values))
    return {"fields": fields, "missingValues": [""], "primaryKey": [RELEASE_COLUMN, *entry.key]} | (
        {} if all(not columns[name].nullable for name in entry.key) else {"primaryKey": []}
    )


def _field(name: str, dtype: Any, *, required: bool, values: list[str] | None) -> dict[str, Any]:
    words = vocabulary()[name]
    kind = next((dict(kind) for known, kind in _KINDS if dtype == known), None)
    if kind is None:
        kind = {"type": "datetime", "format": "any"} if isinstance(dtype, pl.Datetime) else {"type": "number"}
    constraints: dict[str, Any] = {"required": required}
    if values:
        constraints["enum"] = values
    described = {"name": name, **kind, "description": f"{words.english} | {words.indonesian}"}
    unit = {"unit": words.unit} if words.unit else {}
    return described | unit | code_list(name) | {"constraints": constraints}


def _status(
    connection: Connection, facts: ReleaseFacts, counts: dict[str, int], folder: Path
) -> dict[str, Any]:
    freshness = (facts.published_at.date() - facts.data_as_of).days if facts.data_as_of else None
    return {
        "release_id": facts.release_id,
        "run_id": facts.run_id,
        "previous_release_id": facts.previous_release_id,
        "program_version": facts.program_version,
        "started_at": facts.started_at,
        "finished_at": facts.published_at,
        "outcome": "partly_failed" if facts.files_rejected else "published",
        "synthetic": facts.is_synthetic,
        "data_as_of": facts.data_as_of,
        "next_run_at": facts.next_run_at,
        "freshness_days": freshness,
        "checks": {"passed": facts.checks_passed, "warnings": facts.checks_warned, "failed": 0},
        "warnings": [
            {"check": finding.check.check_id, "meaning": finding.check.meaning, "rows": finding.rows}
            for finding in facts.findings
            if finding.rows
        ],
        "files_rejected": [{"file": name, "problem": problem} for name, problem in facts.files_rejected],
        "sources": rows(
            connection,
            """SELECT source, count(*) AS files, max(as_of)::VARCHAR AS newest_as_of,
                   sum(rows_accepted)::BIGINT AS rows_accepted,
                   sum(rows_quarantined)::BIGINT AS rows_set_aside
               FROM ledger.counted_files GROUP BY source ORDER BY source""",
        ),
        "files": [
            {"path": path.name, "rows": count, "sha256": _digest(path)}
            for name, count in counts.items()
            for path in (_first_form(folder / name),)
        ],
    }


def _first_form(stem: Path) -> Path:
    """The CSV of a table, or its Parquet file where it has no CSV."""
    csv = stem.with_suffix(".csv")
    return csv if csv.exists() else stem.with_suffix(".parquet")


def _reasons(connection: Connection) -> dict[str, int]:
    """Cells that changed for each reason, the commonest first."""
    query = "SELECT reason, count(*) FROM marts.revisions GROUP BY reason ORDER BY count(*) DESC, reason"
    return dict(connection.execute(query).fetchall())


def what_changed(facts: ReleaseFacts, changed_cells: int, reasons: dict[str, int]) -> str:
    """Say in one line how a release differs from the one before, and why."""
    if facts.previous_release_id is None:
        return "First release."
    if not changed_cells:
        return f"No figure of {facts.previous_release_id} changed; see the tables for what was added."
    why = ", ".join(f"{REASONS[reason][0]} ({cells})" for reason, cells in reasons.items())
    return f"{changed_cells} cells changed against {facts.previous_release_id}: {why}; see revisions.csv."


def _changelog(connection: Connection, facts: ReleaseFacts, changed: str) -> str:
    reasons = rows(
        connection,
        """SELECT "table", reason, count(*) AS cells, count(DISTINCT key) AS rows
           FROM marts.revisions GROUP BY ALL ORDER BY "table", reason""",
    )
    data = [
        changed,
        *(f"- `{r['table']}`: {r['cells']} cells in {r['rows']} rows, {r['reason']}" for r in reasons),
    ]
    warned = [finding for finding in facts.findings if finding.rows]
    quality = [f"- {f.check.check_id}: {f.rows} ({f.check.meaning})" for f in warned] or [
        "- every check passed"
    ]
    return "\n".join(
        [
            f"# {facts.release_id}",
            "",
            f"Published {facts.published_at:%Y-%m-%d %H:%M} UTC; data up to {facts.data_as_of or 'no day'}.",
            *(["", "**SYNTHETIC DATA - not official figures.**"] if facts.is_synthetic else []),
            "",
            "## Data",
            "",
            *data,
            "",
            "## Warnings of the checks",
            "",
            *quality,
            "",
        ]
    )


def _readme(facts: ReleaseFacts) -> str:
    listed = "\n".join(
        f"{' ' if 'csv' in entry.endings else '+'} {entry.name:<24} {entry.title_en}" for entry in PUBLISHED
    )
    notice = "SYNTHETIC DATA. These are not official figures.\n\n" if facts.is_synthetic else ""
    return f"""{notice}Cakupan Jamsostek, release {facts.release_id}
Data up to {facts.data_as_of or "no day"}.

Tables (each as .csv and .parquet, and in cakupan.duckdb under schema marts; + is long and has no .csv):

{listed}
  coverage_latest          (CSV only) one row per regency: the newest month with data of its province

Rules that hold in every table
- A percentage never stands without its numerator, denominator and their definitions.
- Missing is empty with a status, never 0. Above 100 is published and flagged, never cut.
- Do not average percentages: add members and base, then divide.
- release_id is in every table: two files with the same id belong together.

Addresses: <site>/latest/<file> never changes its name; <site>/<release>/<file> never changes its content.
Columns are described in datapackage.json, beside each CSV (CSVW) and as comments in cakupan.duckdb, which
also has views: schema ask answers questions, schema id has Indonesian column names. analisis.py is a
notebook (marimo) on that database. CITATION.cff says how to cite. SHA256SUMS lists every file.
"""


_LICENCE = """The figures in this folder are published under Creative Commons Attribution 4.0 International
(CC BY 4.0, https://creativecommons.org/licenses/by/4.0/).

Cite as: Cakupan, coverage of employment social security by regency, release <release_id>.
Region codes and names: github.com/cahyadsn/wilayah (MIT) and github.com/afiiif/kode-wilayah (MIT).
Printed statements are quoted as facts with their source; the address stands in published_figures.csv.
"""
