"""What the pipeline did: files met, runs, checks, releases. Never a row of a person."""

from __future__ import annotations

import pandera.polars as pa
import polars as pl

from schemas.tables.table import Table, UtcMoment

FILE_STATES = ("accepted", "rejected")
OUTCOMES = ("running", "published", "nothing_new", "partly_failed", "checks_failed", "failed")


class Files(Table):
    """One row per file met in the landing (by content) and reading of it; the newest reading counts."""

    file_id: str
    sha256: str = pa.Field(str_matches=r"^[0-9a-f]{64}$")
    reading: str
    file_name: str
    source: str = pa.Field(nullable=True)
    scope: str = pa.Field(nullable=True)
    as_of: pl.Date = pa.Field(nullable=True)
    bytes: pl.Int64 = pa.Field(ge=0)
    delivered_at: UtcMoment
    read_at: UtcMoment
    state: str = pa.Field(isin=list(FILE_STATES))
    rejection: str = pa.Field(nullable=True)
    hint: str = pa.Field(nullable=True)
    lines: pl.Int64 = pa.Field(ge=0)
    lines_header: pl.Int64 = pa.Field(ge=0)
    lines_blank: pl.Int64 = pa.Field(ge=0)
    lines_total_row: pl.Int64 = pa.Field(ge=0)
    lines_note: pl.Int64 = pa.Field(ge=0)
    lines_continued: pl.Int64 = pa.Field(ge=0)
    rows_accepted: pl.Int64 = pa.Field(ge=0)
    rows_quarantined: pl.Int64 = pa.Field(ge=0)
    rows_corrected: pl.Int64 = pa.Field(ge=0)


class Landing(Table):
    """One row per file in the landing as last seen, with its digest: an unchanged one is not read again."""

    file_name: str
    bytes: pl.Int64 = pa.Field(ge=0)
    modified_ns: pl.Int64
    sha256: str


class Rejections(Table):
    """One row per file × reason: rows set aside for it. A row counts once under its first reason."""

    file_id: str
    reading: str
    reason: str
    rows: pl.Int64 = pa.Field(ge=0)
    rows_first_reason: pl.Int64 = pa.Field(ge=0)
    is_warning: bool


class Runs(Table):
    """One row per run of the pipeline, begun before any work and closed at its end."""

    run_id: str
    input_state: str = pa.Field(nullable=True)
    started_at: UtcMoment
    finished_at: UtcMoment = pa.Field(nullable=True)
    outcome: str = pa.Field(isin=list(OUTCOMES))
    exit_code: pl.Int64 = pa.Field(nullable=True)
    release_id: str = pa.Field(nullable=True)
    files_waiting: pl.Int64 = pa.Field(nullable=True, ge=0)
    files_rejected: pl.Int64 = pa.Field(nullable=True, ge=0)
    message: str = pa.Field(nullable=True)


class Steps(Table):
    """One row per run × stage: how long it took and what it says."""

    run_id: str
    step: str
    seconds: pl.Float64 = pa.Field(ge=0)
    message: str


class CheckResults(Table):
    """One row per run × check: how many rows offend."""

    run_id: str
    check_id: str
    severity: str = pa.Field(isin=["error", "warning"])
    rows: pl.Int64 = pa.Field(ge=0)


class Releases(Table):
    """One row per published release; the highest sequence is the newest, whatever the clock said."""

    sequence: pl.Int64 = pa.Field(ge=1)
    release_id: str
    input_state: str
    published_at: UtcMoment
    data_as_of: pl.Date = pa.Field(nullable=True)
    previous_release_id: str = pa.Field(nullable=True)
    sha256: str = pa.Field(str_matches=r"^[0-9a-f]{64}$")
    what_changed: str


class SchemaVersion(Table):
    """One row per migration applied to the ledger."""

    version: pl.Int64 = pa.Field(ge=1)
    name: str
    sha256: str
    applied_at: UtcMoment
