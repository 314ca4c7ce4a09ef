"""Rows that were set aside, as received, with line numbers and reasons. Owner only: rows may be personal.

One Parquet file per reading of a file; the history stays when a corrected file arrives.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from warehouse.landing import Delivery
from warehouse.staged import WRITE_FAILURES, disk_refuses

_LINES = "lines"
SCHEMA: dict[str, Any] = {
    "file_name": pl.String,
    "line": pl.Int64,
    "reasons": pl.List(pl.String),
    "received": pl.String,
}


def quarantine_file(quarantine: Path, delivery: Delivery, file_id: str, reading: str) -> Path:
    """Where the set-aside rows of one reading of one file are kept."""
    return quarantine / delivery.source.name / f"{file_id}-{reading}.parquet"


def set_aside(path: Path, rows: pl.DataFrame) -> None:
    """Write the rows that were set aside; no file when there are none.

    Raises StorageError when the disk refuses.
    """
    try:
        if not rows.height:
            path.unlink(missing_ok=True)
            return
        for folder in (path.parent.parent, path.parent):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)
        unfinished = path.with_name(f".{path.name}.unfinished")
        rows.select(list(SCHEMA)).sort("line").write_parquet(unfinished, compression="zstd")
        unfinished.chmod(0o600)
        unfinished.rename(path)
    except WRITE_FAILURES as error:
        raise disk_refuses(path, error) from None


def remember_lines(quarantine: Path, as_of: date, told: pl.DataFrame, file_names: list[str]) -> None:
    """Write which lines of a day another row stands for, or were kept with a warning: no row's value in it.

    `told`: file (position in `file_names`), line, branch_office, reason. Raises StorageError when the disk
    refuses.
    """
    path = lines_file(quarantine, as_of)
    try:
        for folder in (quarantine, path.parent):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished = path.with_name(f".{path.name}.unfinished")
        names = dict(enumerate(file_names))
        told.select(
            pl.col("file").replace_strict(names, return_dtype=pl.String).alias("file_name"),
            "line",
            "branch_office",
            "reason",
        ).sort("file_name", "line", "reason").write_parquet(unfinished, compression="zstd")
        unfinished.chmod(0o600)
        unfinished.rename(path)
    except OSError as error:
        raise disk_refuses(path, error) from None


def lines_file(quarantine: Path, as_of: date) -> Path:
    """Where the told lines of a day are kept."""
    return quarantine / _LINES / f"{as_of}.parquet"


def told_rows(quarantine: Path) -> pl.DataFrame:
    """Every row set aside, without the row itself: file_name, line, reasons."""
    frames = [
        pl.read_parquet(path, columns=["file_name", "line", "reasons"])
        for path in sorted(quarantine.glob("*/*.parquet"))
        if path.parent.name != _LINES
    ]
    shape = {name: SCHEMA[name] for name in ("file_name", "line", "reasons")}
    return pl.concat(frames) if frames else pl.DataFrame(schema=shape)


def told_lines(quarantine: Path) -> pl.DataFrame:
    """Lines that another row stands for, or that carry a warning: file_name, line, branch_office, reason."""
    frames = [pl.read_parquet(path) for path in sorted((quarantine / _LINES).glob("*.parquet"))]
    shape = {"file_name": pl.String, "line": pl.UInt32, "branch_office": pl.String, "reason": pl.String}
    return pl.concat(frames) if frames else pl.DataFrame(schema=shape)
