"""Examinations of the data root: lock, permissions, key, landing, warehouse, last run, release."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
from cronsim import CronSim, CronSimError

from flows.keys import key_file, load_keys
from flows.lock import holder
from flows.operations.doctor import Finding
from flows.settings import Settings
from schemas.errors import StorageError
from warehouse.database import Connection, rows
from warehouse.landing import landing_files
from warehouse.migrating import known_migrations, pending_migrations
from warehouse.release import shelf
from warehouse.release.snapshot import STORAGE_VERSION, storage_version

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_SHOWN = 3


def run_lock(settings: Settings, _now: datetime) -> Iterator[Finding]:
    """Who is writing: the lock frees itself, so a held one means that a process is at work."""
    held_by = holder(settings.paths.lock)
    yield "ok", f"a run is at work ({held_by})" if held_by else "no run is at work", ""


def permissions(settings: Settings, _now: datetime) -> Iterator[Finding]:
    """Kept files for their owner only, releases for everybody, all of it for the user of the nights."""
    paths = settings.paths
    if not paths.root.is_dir():
        yield "ok", "there is no data root yet: the first run makes it", ""
        return
    if not os.access(paths.root, os.W_OK | os.X_OK):
        yield (
            "error",
            f"{paths.root} cannot be written by this user",
            "Run as its owner, or give it to this user.",
        )
    open_to_others = [path for path in _private(paths.root) if _mode(path) & _OTHERS]
    if open_to_others:
        yield (
            "error",
            f"{len(open_to_others)} private files can be read by others: {_listed(open_to_others, paths.root)}",
            f"chmod -R go= {' '.join(sorted({str(path) for path in open_to_others[:_SHOWN]}))}",
        )
    closed = [path for path in _public(paths.published) if not _mode(path) & stat.S_IROTH]
    if closed:
        yield (
            "warning",
            f"{len(closed)} released files cannot be read by others: {_listed(closed, paths.root)}",
            f"chmod -R a+rX {paths.published}",
        )
    if not open_to_others and not closed:
        yield "ok", "kept files are for their owner only, releases for everybody", ""


def _private(root: Path) -> Iterator[Path]:
    for name in ("warehouse.duckdb", "warehouse.duckdb.wal", "pseudonym.key", "run.lock"):
        if (root / name).exists():
            yield root / name
    for name in ("staged", "quarantine", "spill", "operators"):
        # Inside a folder that is closed nothing can be reached, so its own mode is what counts.
        if (root / name).is_dir():
            yield root / name


def _public(published: Path) -> Iterator[Path]:
    if published.is_dir():
        yield published
        latest = published / shelf.LATEST
        if latest.exists():
            yield from (latest, *sorted(latest.iterdir()))


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _listed(paths: list[Path], root: Path) -> str:
    shown = ", ".join(str(path.relative_to(root)) for path in paths[:_SHOWN])
    return shown + (" …" if len(paths) > _SHOWN else "")


def key(settings: Settings, _now: datetime) -> Iterator[Finding]:
    """The key of the pseudonyms, needed where member rows are delivered."""
    path = key_file(settings)
    needed = _needs_key(settings)
    if not path.exists() and not needed:
        yield "ok", "no key yet; it is needed only for `peserta` files", ""
        return
    keys = load_keys(settings)
    yield "ok", f"{len(keys)} key(s), for their owner only", ""


def _needs_key(settings: Settings) -> bool:
    landing = settings.paths.landing
    delivered = landing.is_dir() and any(
        path.name.lower().startswith("peserta_") for path in landing.iterdir()
    )
    return delivered or any((settings.paths.staged / "peserta").glob("as_of=*"))


def landing(settings: Settings, _now: datetime) -> Iterator[Finding]:
    """Whether the landing can be read, and whether it is there at all."""
    if not settings.paths.root.exists() and settings.landing is None:
        yield "ok", "it is made by the first run", ""
        return
    files = landing_files(settings.paths.landing)
    if files:
        yield "ok", f"{len(files)} files in {settings.paths.landing}", ""
    elif any(settings.paths.staged.glob("*/as_of=*")):
        yield (
            "warning",
            "the landing is empty, although files were read from it before",
            f"Is the share mounted at {settings.paths.landing}? The figures stay as they are meanwhile.",
        )
    else:
        yield "ok", f"{settings.paths.landing} is empty", ""


def warehouse(settings: Settings, _now: datetime) -> Iterator[Finding]:
    """Whether the working file opens, reads, and has the form that this program works with."""
    path = settings.paths.warehouse
    if not path.exists():
        yield "ok", "there is no warehouse yet: the first run makes it", ""
        return
    with _ledger(settings) as connection:
        if connection is None:
            yield "ok", "a run is at work in it", ""
            return
        pending = pending_migrations(connection, path, known_migrations())
        if pending:
            yield "ok", f"{len(pending)} change(s) of its form are made by the next run", ""
        counted = connection.execute("SELECT count(*) FROM ledger.counted_files").fetchall()[0][0]
        yield "ok", f"version {len(known_migrations()) - len(pending)}, {counted} files count", ""


class _ledger:  # noqa: N801 (used like a function)
    """The ledger, read only; None while a run is at work. Raises StorageError when it cannot be read."""

    def __init__(self, settings: Settings) -> None:
        self._path = settings.paths.warehouse
        self._connection: Connection | None = None

    def __enter__(self) -> Connection | None:
        try:
            self._connection = duckdb.connect(str(self._path), read_only=True)
        except duckdb.Error as error:
            if "Could not set lock" not in str(error):
                raise _damaged(self._path, error) from None
        return self._connection

    def __exit__(self, _kind: object, failure: BaseException | None, _trace: object) -> None:
        if self._connection is not None:
            self._connection.close()
        if isinstance(failure, duckdb.Error):
            raise _damaged(self._path, failure) from None


def _damaged(path: Path, error: duckdb.Error) -> StorageError:
    return StorageError(
        f"it cannot be read ({str(error).splitlines()[0][:120]})",
        where=str(path),
        hint="Make it anew from the landing: `cakupan rebuild`.",
    )


def last_run(settings: Settings, now: datetime) -> Iterator[Finding]:
    """When a night last left the figures up to date, against the schedule."""
    if not settings.paths.warehouse.exists():
        yield "warning", "no night has run yet", "`cakupan run`"
        return
    with _ledger(settings) as connection:
        if connection is None:
            return
        found = rows(
            connection,
            """SELECT max(finished_at) FILTER (outcome IN ('published', 'nothing_new', 'partly_failed')) AS good,
                   max_by(outcome, started_at) AS newest, max_by(message, started_at) AS message
               FROM ledger.runs WHERE outcome <> 'running'""",
        )[0]
    if found["newest"] == "failed":
        yield "error", f"the last run failed: {str(found['message']).splitlines()[0]}", "`cakupan status`"
    if found["newest"] == "checks_failed":
        yield "error", "the last run was stopped by a check", "`cakupan check` names the offending keys."
    good = found["good"]
    if good is None:
        yield "error", "no night has succeeded yet", "`cakupan status`"
        return
    told = f"the last good night ended {_ago(now - good)} ago"
    if now - good > _patience(settings, good):
        yield "error", f"{told}, later than the schedule allows", "Is `cakupan serve`, or the timer, running?"
    else:
        yield "ok", told, ""


def _patience(settings: Settings, since: datetime) -> timedelta:
    """The two next times of the schedule: one night may be late, two are missing."""
    try:
        times = CronSim(settings.schedule, since.astimezone(ZoneInfo(settings.timezone)))
        return [next(times) for _ in range(2)][-1].astimezone(UTC) - since + timedelta(hours=2)
    except (CronSimError, StopIteration):
        return timedelta(hours=settings.overdue_hours)


def _ago(passed: timedelta) -> str:
    hours = passed.total_seconds() / 3600
    return f"{hours:.0f} hours" if hours < 72 else f"{hours / 24:.0f} days"


def _published_at(folder: Path) -> datetime:
    told = json.loads((folder / "status.json").read_text(encoding="utf-8"))
    return datetime.fromisoformat(told["finished_at"])


def release(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Whether the public release is whole, how old it is, and whether its clients can open it."""
    name = shelf.latest_release(settings.paths.published)
    if name is None:
        yield "warning", "nothing is published yet", "`cakupan run`, or try `cakupan demo`."
        return
    folder = settings.paths.published / name
    damaged = shelf.damaged_files(folder)
    if damaged:
        yield (
            "error",
            f"{len(damaged)} files of {name} differ from its manifest: {', '.join(damaged[:_SHOWN])}",
            "Publish it again: `cakupan rebuild`, or the deployment `publish-again`.",
        )
    else:
        yield "ok", f"{name} is whole, published {_ago(now - _published_at(folder))} ago", ""
    version = storage_version(folder / "cakupan.duckdb")
    if version != STORAGE_VERSION:
        yield (
            "error",
            f"cakupan.duckdb has storage version {version} instead of {STORAGE_VERSION}",
            "Clients may be too old for it. Publish it again with this version of cakupan: `cakupan rebuild`.",
        )
    else:
        yield "ok", f"cakupan.duckdb has storage version {version}", ""
