"""Deliveries that were staged without being read: what the loader is tested with."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from schemas.catalog import table
from warehouse.database import Connection
from warehouse.declared import declared_columns
from warehouse.load import STAGING_TABLE
from warehouse.staged import FileRecord, Reason, stage, staged_path

MARCH = date(2025, 3, 31)
DELIVERED = datetime(2025, 4, 1, 8, tzinfo=UTC)


def rekap(name: str, counts: dict[str, int], **facts: Any) -> tuple[FileRecord, pl.DataFrame]:
    """A `rekap` delivery: region → active members in total. `days`: how late it came."""
    record = _record(name, "rekap", len(counts), facts.pop("as_of", MARCH), facts)
    rows = pl.DataFrame(
        [
            {
                "file_id": record.file_id,
                "line": line,
                "as_of": record.as_of,
                "region_code": code,
                "region_level": _level(code),
                "segment": "TOTAL",
                "numerator_id": "workers_residence",
                "active_members": members,
                "inactive_members": None,
            }
            for line, (code, members) in enumerate(counts.items(), 2)
        ],
        schema=table("staging.membership_counts").model.polars_schema(),
    )
    return record, rows


def base(name: str, workers: dict[str, int], **facts: Any) -> tuple[FileRecord, pl.DataFrame]:
    """A `penduduk_bekerja` delivery: region → people in work."""
    record = _record(name, "penduduk_bekerja", len(workers), facts.pop("as_of", date(2024, 8, 1)), facts)
    rows = pl.DataFrame(
        [
            {
                "file_id": record.file_id,
                "line": line,
                "base_round": record.as_of,
                "region_code": code,
                "region_level": _level(code),
                "denominator_id": "eligible_workers",
                "workers": number,
                "formal_workers": None,
                "informal_workers": None,
                "rse_pct": None,
            }
            for line, (code, number) in enumerate(workers.items(), 2)
        ],
        schema=table("staging.bases").model.polars_schema(),
    )
    return record, rows


def refused(name: str, **facts: Any) -> FileRecord:
    """A delivery that the gate rejected."""
    return _record(name, "rekap", 0, facts.pop("as_of", MARCH), {"state": "rejected", **facts})


def put(staged: Path, record: FileRecord, rows: pl.DataFrame) -> Path:
    """Stage a delivery and return its folder."""
    folder = staged_path(staged, record)
    stage(folder, rows, record)
    return folder


def everything(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of what a load may change."""
    names = (*STAGING_TABLE.values(), "ledger.files", "ledger.rejections")
    return {
        name: connection.execute(
            f"SELECT {', '.join(declared_columns(table(name)))} FROM {name} ORDER BY ALL"
        ).fetchall()
        for name in names
    }


def _record(name: str, source: str, rows: int, as_of: date, facts: dict[str, Any]) -> FileRecord:
    delivered = DELIVERED + timedelta(days=facts.pop("days", 0))
    aside = sum(reason.rows_first_reason for reason in facts.get("reasons", ()))
    told = {
        "file_id": hashlib.sha256(name.encode()).hexdigest()[:16],
        "sha256": hashlib.sha256(name.encode()).hexdigest(),
        "reading": "r1",
        "file_name": f"{name}.csv",
        "source": source,
        "scope": "11",
        "as_of": as_of,
        "bytes": 100,
        "delivered_at": delivered,
        "read_at": delivered + timedelta(hours=18),
        "state": "accepted",
        "lines": rows + aside + 1,
        "lines_header": 1,
        "rows_accepted": rows,
        "rows_quarantined": aside,
    }
    return FileRecord(**{**told, **facts})


def _level(code: str) -> str:
    return "nation" if code == "00" else "regency" if len(code) == 4 else "province"


MISSING = Reason("segment:missing", rows=2, rows_first_reason=2)
DOUBLED = Reason("row:duplicate_key", rows=2, rows_first_reason=0)
