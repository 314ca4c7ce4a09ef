"""Accepted rows as Parquet, one folder per file and reading; a folder is there whole or not at all."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from schemas.errors import StorageError
from warehouse.landing import Delivery
from warehouse.seal import broken_seals, seal, sync

_ACCOUNT = "account.json"
_ROWS = "rows.parquet"
#: Polars does not pass a full disk on as an OSError.
WRITE_FAILURES = (OSError, pl.exceptions.ComputeError)


@dataclass(frozen=True)
class Reason:
    """How many rows were set aside, or kept with a warning, for one reason."""

    reason: str
    rows: int
    rows_first_reason: int
    is_warning: bool = False


@dataclass(frozen=True)
class FileRecord:
    """Everything the ledger keeps of one reading of one file (schemas/tables/ledger.py: Files)."""

    file_id: str
    sha256: str
    reading: str
    file_name: str
    source: str | None
    scope: str | None
    as_of: date | None
    bytes: int
    delivered_at: datetime
    read_at: datetime
    state: str
    rejection: str | None = None
    hint: str | None = None
    lines: int = 0
    lines_header: int = 0
    lines_blank: int = 0
    lines_total_row: int = 0
    lines_note: int = 0
    lines_continued: int = 0
    rows_accepted: int = 0
    rows_quarantined: int = 0
    rows_corrected: int = 0
    reasons: tuple[Reason, ...] = field(default=())

    def ledger_row(self) -> dict[str, Any]:
        """The record as a row of ledger.files."""
        row = {item.name: getattr(self, item.name) for item in dataclasses.fields(self)}
        del row["reasons"]
        return row


def staged_folder(staged: Path, delivery: Delivery, file_id: str, reading: str) -> Path:
    """Where the rows of one reading of one file are kept."""
    return staged / delivery.source.name / f"as_of={delivery.as_of}" / f"{file_id}-{reading}"


def staged_path(staged: Path, record: FileRecord) -> Path:
    """Return the staged folder of an accepted record."""
    return staged / str(record.source) / f"as_of={record.as_of}" / f"{record.file_id}-{record.reading}"


def stage(folder: Path, rows: pl.DataFrame, record: FileRecord) -> None:
    """Write rows and account beside the final place, then rename: a kill leaves nothing half done.

    Raises StorageError when the disk refuses; the unfinished folder is removed.
    """
    unfinished = folder.with_name(f".{folder.name}.unfinished")
    try:
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True, mode=0o700)
        rows.write_parquet(unfinished / _ROWS, compression="zstd")
        finish_account(unfinished, record)
        shutil.rmtree(folder, ignore_errors=True)
        unfinished.rename(folder)
        sync(folder.parent)
    except WRITE_FAILURES as error:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise disk_refuses(folder, error) from None


def finish_account(folder: Path, record: FileRecord) -> None:
    """Write the account of a folder whose rows are all there, with a digest of each of its files."""
    _write_account(folder / _ACCOUNT, record, seal(folder))


def disk_refuses(path: Path, error: Exception) -> StorageError:
    """Return the error for a write that the operating system refused."""
    told = getattr(error, "strerror", None) or str(error).rpartition("IO error: ")[2]
    return StorageError(
        f"cannot write ({told})",
        where=str(path),
        hint="Free disk space or repair permissions, then run again; nothing published was changed.",
    )


def _write_account(path: Path, record: FileRecord, digests: dict[str, str]) -> None:
    text = json.dumps({**dataclasses.asdict(record), "digests": digests}, default=str, indent=1)
    with path.open("w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())


def staged_record(folder: Path) -> FileRecord | None:
    """Return the account of a staged folder; None when it is not there or not as it was written."""
    try:
        kept = json.loads((folder / _ACCOUNT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    digests = kept.pop("digests", {})
    if not digests or broken_seals(folder, digests):
        return None
    kept["as_of"] = date.fromisoformat(kept["as_of"]) if kept["as_of"] else None
    kept["reasons"] = tuple(Reason(**reason) for reason in kept["reasons"])
    for moment in ("delivered_at", "read_at"):
        kept[moment] = datetime.fromisoformat(kept[moment])
    return FileRecord(**kept)


def is_staged(folder: Path) -> bool:
    """Whether a staged folder is there; whether its bytes are right shows when they are used."""
    return (folder / _ACCOUNT).is_file()


def hold_against_account(folder: Path) -> None:
    """Make sure that staged rows are as they were written, before they are used.

    Raises StorageError when a byte changed; the folder is moved aside, so that the next run reads the
    file anew from the landing.
    """
    if staged_record(folder) is not None:
        return
    aside = folder.with_name(f".{folder.name}.damaged")
    shutil.rmtree(aside, ignore_errors=True)
    folder.rename(aside)
    raise StorageError(
        "staged rows differ from what was written: the disk changed them",
        where=str(folder),
        hint="Run again: the file is read anew from the landing. Then look at the disk.",
    )


def rows_file(folder: Path) -> Path:
    """Return the Parquet file of a staged folder."""
    return folder / _ROWS


def remove_unfinished(root: Path) -> None:
    """Remove what a killed run left half written below `root`."""
    for leftover in root.rglob(".*.unfinished"):
        if leftover.is_dir() and not leftover.is_symlink():
            shutil.rmtree(leftover, ignore_errors=True)
        else:
            leftover.unlink(missing_ok=True)


@contextlib.contextmanager
def emptied(folder: Path) -> Iterator[None]:
    """Keep a folder empty before and after use: what is spilled may hold anything, and costs space."""
    empty_folder(folder)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            empty_folder(folder)


def empty_folder(folder: Path) -> None:
    """Remove everything inside a folder: what a killed run left in the spill folder."""
    for leftover in folder.iterdir():
        if leftover.is_dir() and not leftover.is_symlink():
            shutil.rmtree(leftover, ignore_errors=True)
        else:
            leftover.unlink(missing_ok=True)
