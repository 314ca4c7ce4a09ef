"""Removing what is kept for a time only: old releases, staged rows that no longer count, rows set aside."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from flows import clock
from flows.lock import one_writer
from flows.operations.keeping import keeping
from flows.permissions import owner_only
from flows.settings import Settings
from schemas.errors import NothingPublished
from warehouse import ledger
from warehouse.database import Connection, open_warehouse
from warehouse.release import shelf
from warehouse.seal import files_below
from warehouse.staged import disk_refuses


@dataclass(frozen=True)
class Removal:
    """One thing that goes: its kind (release, staged, quarantine), place, size and why."""

    kind: str
    path: Path
    bytes: int
    why: str


def prune(settings: Settings, *, dry_run: bool = False) -> list[Removal]:
    """Remove what is past its time; returns what was removed, or would be.

    The newest whole release stays whatever the settings say, and so do `latest` and the release before it.
    Raises AlreadyRunning while a night or a backup is at work, NothingPublished without a warehouse.
    """
    if not settings.paths.warehouse.exists():
        raise NothingPublished("there is nothing to prune yet", where=str(settings.paths.root))
    now = clock.now()
    with (
        owner_only(),
        one_writer(settings.paths.lock, now),
        keeping(settings),
        open_warehouse(settings.paths.warehouse, settings.limits, now) as connection,
    ):
        found = [
            *_old_releases(settings, connection),
            *_uncounted_rows(settings, connection),
            *_old_quarantine(settings),
        ]
        if not dry_run:
            for removal in found:
                _remove(removal.path)
            shelf.write_list(settings.paths.published, ledger.release_list(connection))
    return found


def _old_releases(settings: Settings, connection: Connection) -> Iterator[Removal]:
    """Releases beyond the number that is kept, oldest last; those that something stands on are left out."""
    published = settings.paths.published
    listed = ledger.release_list(connection)
    names = [one["release_id"] for one in listed if shelf.is_complete(published, one["release_id"])]
    latest = shelf.latest_release(published)
    stays = {latest, *(one["previous_release_id"] for one in listed if one["release_id"] == latest)}
    stays.add(next((name for name in names if not shelf.damaged_files(published / name)), None))
    for name in names[settings.keep_releases :]:
        if name not in stays:
            yield _removal("release", published / name, f"more than {settings.keep_releases} releases")


def _uncounted_rows(settings: Settings, connection: Connection) -> Iterator[Removal]:
    """Staged folders that no figure stands on, and damaged ones that were moved aside."""
    counted = {
        f"{file_id}-{reading}"
        for file_id, reading in connection.execute(
            "SELECT file_id, reading FROM ledger.counted_files"
        ).fetchall()
    }
    for folder in sorted(settings.paths.staged.glob("*/as_of=*/*")):
        if folder.name not in counted and _is_older(folder, settings.keep_staged_days):
            yield _removal("staged", folder, f"not counted, older than {settings.keep_staged_days} days")


def _old_quarantine(settings: Settings) -> Iterator[Removal]:
    for path in sorted(settings.paths.quarantine.glob("*/*.parquet")):
        if _is_older(path, settings.keep_quarantine_days):
            yield _removal("quarantine", path, f"older than {settings.keep_quarantine_days} days")


def _is_older(path: Path, days: int) -> bool:
    return clock.now().timestamp() - path.stat().st_mtime >= timedelta(days=days).total_seconds()


def _removal(kind: str, path: Path, why: str) -> Removal:
    files = files_below(path) if path.is_dir() else [path]
    return Removal(kind, path, sum(file.stat().st_size for file in files), why)


def _remove(path: Path) -> None:
    """Remove a file or folder; a folder loses its name first, so that a kill leaves no half of it."""
    try:
        if path.is_dir():
            gone = path.with_name(f".{path.name.lstrip('.')}.unfinished")
            shutil.rmtree(gone, ignore_errors=True)
            path.rename(gone)
            shutil.rmtree(gone)
        else:
            path.unlink()
        if path.parent.name.startswith("as_of=") and not any(path.parent.iterdir()):
            path.parent.rmdir()
    except OSError as error:
        raise disk_refuses(path, error) from None
