"""Copies of a data root to go back to: made while nights run, proven when made and before they are used.

The key of the pseudonyms is never part of a backup: who holds both could tell people by their NIK.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from flows import clock
from flows.keys import key_file
from flows.night import program_version
from flows.operations.keeping import keeping
from flows.permissions import owner_only
from flows.settings import Settings
from schemas.errors import NothingPublished, SettingsError, StorageError
from warehouse.copying import copy_tree, copy_warehouse
from warehouse.migrating import known_migrations, pending_migrations
from warehouse.release import shelf
from warehouse.seal import broken_seals, files_below, seal, sync
from warehouse.staged import disk_refuses

ACCOUNT = "backup.json"
WAREHOUSE = "warehouse.duckdb"
#: In the order in which they are copied: what the warehouse mentions is there when it is copied first.
FOLDERS = ("staged", "quarantine", "published", "landing")


@dataclass(frozen=True)
class Backup:
    """A finished backup: where it is, how much it holds, and the release that was the newest."""

    folder: Path
    files: int
    bytes: int
    release_id: str | None


def backup(settings: Settings, target: Path, *, with_landing: bool = True) -> Backup:
    """Copy a data root into a new folder of `target`; a night may be at work, and is not held up.

    The landing is copied where it lies inside the data root. Raises NothingPublished when there is no
    warehouse yet, StorageError when the disk refuses or kept files are damaged, AlreadyRunning while files
    are removed.
    """
    if not settings.paths.warehouse.exists():
        raise NothingPublished("there is nothing to back up yet", where=str(settings.paths.root))
    name = f"cakupan-{clock.now():%Y%m%dT%H%M%SZ}"
    unfinished, final = target / f".{name}.unfinished", target / name
    if final.exists():
        raise SettingsError("this backup is there already", where=str(final), hint="Wait a second.")
    with keeping(settings), owner_only():
        try:
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir(parents=True)
            made = _copy(settings, unfinished, final, with_landing=with_landing)
            unfinished.rename(final)
            sync(target)
        except OSError as error:
            raise disk_refuses(target, error) from None
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    return made


def _copy(settings: Settings, unfinished: Path, final: Path, *, with_landing: bool) -> Backup:
    paths = settings.paths
    copy_warehouse(paths.warehouse, unfinished / WAREHOUSE)
    inside = paths.landing == paths.root / "landing"
    for name in FOLDERS:
        if (paths.root / name).is_dir() and (name != "landing" or (inside and with_landing)):
            copy_tree(paths.root / name, unfinished / name)
    release_id = shelf.latest_release(unfinished / "published")
    digests = seal(unfinished)
    account = {
        "program_version": program_version(),
        "ledger_version": len(known_migrations()),
        "made_at": clock.now().isoformat(),
        "release_id": release_id,
        "files": digests,
    }
    (unfinished / ACCOUNT).write_text(json.dumps(account, indent=1) + "\n", encoding="utf-8")
    sync(unfinished / ACCOUNT)
    size = sum(path.stat().st_size for path in files_below(unfinished))
    return Backup(final, len(digests), size, release_id)


@dataclass(frozen=True)
class Restored:
    """What was put back, and whether a key file is still missing."""

    root: Path
    files: int
    release_id: str | None
    key_missing: Path | None


def restore(settings: Settings, source: Path) -> Restored:
    """Put a backup back into an empty data root.

    Raises SettingsError when the folder is no backup or the data root holds anything, StorageError when a
    file of the backup differs from its digest or was written by a newer version.
    """
    account = _account(source)
    root = settings.paths.root
    _require_empty(root)
    _prove(source, account)
    unfinished = root / ".restore.unfinished"
    try:
        shutil.rmtree(unfinished, ignore_errors=True)
        with owner_only():
            unfinished.mkdir(parents=True)
            for name in FOLDERS:
                if (source / name).is_dir():
                    copy_tree(source / name, unfinished / name)
            shutil.copy2(source / WAREHOUSE, unfinished / WAREHOUSE)
            seal(unfinished)
        # The warehouse comes last: a data root without it is still seen as one that may be restored into.
        for name in (*FOLDERS, WAREHOUSE):
            if (unfinished / name).exists():
                (unfinished / name).rename(root / name)
        unfinished.rmdir()
        sync(root)
    except OSError as error:
        raise disk_refuses(root, error) from None
    needed = (root / "staged" / "peserta").is_dir() and not key_file(settings).exists()
    missing = key_file(settings) if needed else None
    return Restored(root, len(account["files"]), account["release_id"], missing)


def _account(source: Path) -> dict[str, Any]:
    try:
        account = json.loads((source / ACCOUNT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        account = None
    if not isinstance(account, dict) or not isinstance(account.get("files"), dict):
        raise SettingsError(
            "this folder is no backup",
            where=str(source),
            hint=f"Name the folder that `cakupan backup` made; it holds {ACCOUNT}.",
        )
    return account


def _require_empty(root: Path) -> None:
    """Refuse a data root in use; what a restore that was killed left there may be replaced."""
    if not root.is_dir():
        return
    unfinished = (root / ".restore.unfinished").exists()
    there = [path.name for path in root.iterdir() if not path.name.endswith((".lock", ".key"))]
    harmless = {".restore.unfinished", *(FOLDERS if unfinished else ())}
    if set(there) - harmless:
        raise SettingsError(
            "the data root is not empty",
            where=str(root),
            hint="Restore beside it (`cakupan --data-root <new folder> restore …`), then exchange the two.",
        )
    for name in set(there) & harmless:
        shutil.rmtree(root / name)


def _prove(source: Path, account: dict[str, Any]) -> None:
    """Hold a backup against its digests and its ledger against this program, before anything is written."""
    broken = broken_seals(source, account["files"])
    if broken:
        raise StorageError(
            f"{len(broken)} files of the backup are missing or damaged: {', '.join(broken[:5])}",
            where=str(source),
            hint="Use another backup, or `cakupan rebuild` from the landing.",
        )
    warehouse = source / WAREHOUSE
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        pending_migrations(connection, warehouse, known_migrations())
