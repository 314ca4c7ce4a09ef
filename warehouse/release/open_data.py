"""What stands beside the tables for machines and for those who cite: CSVW, citation, notebook, code list."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import Any

from schemas.catalog import PUBLISHED
from warehouse.release.facts import ReleaseFacts

LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/"
NOTEBOOK = "analisis.py"

#: Letters of `obs_status` as SDMX has them (code list CL_OBS_STATUS), in English and Indonesian.
OBS_STATUS_CODES = {
    "A": ("Normal value", "Nilai normal"),
    "P": ("Provisional value", "Nilai sementara"),
    "O": ("Missing value", "Nilai tidak ada"),
    "B": ("Time series break", "Patahan deret waktu"),
}
OBS_STATUS_LIST = "http://purl.org/linked-data/sdmx/2009/code#obsStatus"

#: Frictionless type → CSVW datatype.
_DATATYPES: dict[str, Any] = {
    "string": "string",
    "integer": "integer",
    "number": "decimal",
    "boolean": {"base": "boolean", "format": "true|false"},
    "date": {"base": "date", "format": "yyyy-MM-dd"},
    # As DuckDB writes a moment, 2026-01-05 00:00:00+00. CSVW validators do not agree on its pattern.
    "datetime": "string",
}


def code_list(field: str) -> dict[str, Any]:
    """Return the meaning of each code of a column for its Table Schema field; nothing for other columns."""
    if field != "obs_status":
        return {}
    categories = [
        {"value": letter, "label": f"{english} | {indonesian}"}
        for letter, (english, indonesian) in OBS_STATUS_CODES.items()
    ]
    return {"categories": categories, "rdfType": OBS_STATUS_LIST}


def write_open_data(facts: ReleaseFacts, schemas: dict[str, dict[str, Any]], folder: Path) -> None:
    """Write a CSVW description beside each CSV (schemas by file stem), the citation and the notebook."""
    titles = {entry.name: f"{entry.title_en} | {entry.title_id}" for entry in PUBLISHED}
    titles["coverage_latest"] = "Newest month of each province | Bulan terbaru setiap provinsi"
    for name, schema in schemas.items():
        described = _csvw(f"{name}.csv", titles[name], schema, facts)
        text = json.dumps(described, indent=1, ensure_ascii=False) + "\n"
        (folder / f"{name}.csv-metadata.json").write_text(text, encoding="utf-8")
    (folder / "CITATION.cff").write_text(_citation(facts), encoding="utf-8")
    notebook = resources.files("warehouse").joinpath("release", f"{NOTEBOOK}.template")
    (folder / NOTEBOOK).write_text(notebook.read_text(encoding="utf-8"), encoding="utf-8")


def _csvw(url: str, title: str, schema: dict[str, Any], facts: ReleaseFacts) -> dict[str, Any]:
    synthetic = "SYNTHETIC DATA, not official figures. " if facts.is_synthetic else ""
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "url": url,
        "dc:title": f"{synthetic}{title}",
        "dc:identifier": facts.release_id,
        "dc:license": {"@id": LICENCE_URL},
        "dialect": {"header": True, "encoding": "utf-8", "delimiter": ","},
        "null": "",
        "tableSchema": {
            "columns": [_column(field) for field in schema["fields"]],
            **({"primaryKey": schema["primaryKey"]} if schema["primaryKey"] else {}),
        },
    }


def _column(field: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": field["name"],
        "titles": field["name"],
        "datatype": _DATATYPES[field["type"]],
        "required": field["constraints"]["required"],
        "dc:description": field["description"],
    }


def _citation(facts: ReleaseFacts) -> str:
    """Return a Citation File Format text; values are quoted as JSON, which is YAML."""
    synthetic = " (SYNTHETIC DATA, not official figures)" if facts.is_synthetic else ""
    title = f"Cakupan Jamsostek: coverage of employment social security by regency{synthetic}"
    return "\n".join(
        [
            "cff-version: 1.2.0",
            "message: If you use these figures, please cite them as below, with the release.",
            "type: dataset",
            f"title: {json.dumps(title, ensure_ascii=False)}",
            "authors:",
            "  - name: Cakupan engineers",
            f"version: {json.dumps(facts.release_id)}",
            f'date-released: "{facts.published_at:%Y-%m-%d}"',
            "license: CC-BY-4.0",
            f"license-url: {LICENCE_URL}",
            "",
        ]
    )
