"""The whole warehouse and the newest release again, from the landing alone, held against what was there.

Everything is made in a folder beside; what is public changes only when all of it stands.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flows import clock, talk
from flows.keys import key_file
from flows.lock import one_writer
from flows.night import Night, Report
from flows.nightly import build_and_publish, writing
from flows.operations.keeping import keeping
from flows.permissions import owner_only
from flows.settings import Settings
from flows.stages import counting, loading, publishing, retention
from flows.stages.survey import Survey, survey
from flows.steps import InProcess, Steps
from schemas.errors import ContractBroken, StorageError
from warehouse import ledger
from warehouse.history import Before, carry_over, known_before
from warehouse.release import metadata, shelf
from warehouse.seal import digest, sync

_BESIDE = ".rebuild.unfinished"
#: Endings of the files of a release that depend on nothing but the inputs.
_EQUAL = (".csv", ".parquet")


def rebuild(settings: Settings, steps: Steps | None = None, *, accept_missing: bool = False) -> Report:
    """Make warehouse, staged rows and the newest release from the landing; returns the report of that night.

    What no landing can tell is carried over: earlier runs and releases, deliveries that were replaced.
    Raises StorageError when files that count are not in the landing any more, unless that is accepted, and
    ContractBroken when equal inputs give other bytes; then everything stays as it was.
    """
    settings.paths.prepare()
    with owner_only(), one_writer(settings.paths.lock, clock.now()), keeping(settings):
        beside = settings.paths.root / _BESIDE
        shutil.rmtree(beside, ignore_errors=True)
        try:
            aside = _settings_beside(settings, beside)
            report, listed = _night_beside(
                settings, aside, steps or InProcess(), accept_missing=accept_missing
            )
            if report.release_id is not None:
                _take_over(settings, aside, report.release_id)
                shelf.write_list(settings.paths.published, listed)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    return report


def _settings_beside(settings: Settings, beside: Path) -> Settings:
    changed = {
        "data_root": beside,
        "landing": settings.paths.landing,
        "pseudonym_key_file": key_file(settings),
    }
    return Settings(**(settings.model_dump() | changed))


def _night_beside(
    settings: Settings, aside: Settings, steps: Steps, *, accept_missing: bool
) -> tuple[Report, list[dict[str, Any]]]:
    with writing(aside, steps) as night:
        before = known_before(settings.paths.warehouse, settings.paths.published)
        _carry_over(night, before, survey(night), accept_missing=accept_missing)
        found = night.step("land", lambda: survey(night), Survey.told)
        read = night.step("read", lambda: loading.read_and_load(night, found), loading.Loaded.told)
        night.step("count", lambda: counting.count_members(night), counting.Counted.told)
        _show_earlier_releases(settings, night)
        report = build_and_publish(night, found, read)
        if report.release_id is not None:
            retention.reduce_to_counts(night)
            _keep_released(settings, night, report.release_id)
        return report, ledger.release_list(night.connection)


def _carry_over(night: Night, before: Before, found: Survey, *, accept_missing: bool) -> None:
    """Take what only the old ledger knows; make sure that nothing that counts would be lost."""
    at_hand = {item.file_id for item in found.waiting}
    missing = sorted(name for file_id, name in before.counted.items() if file_id not in at_hand)
    if missing and not accept_missing:
        raise StorageError(
            f"{len(missing)} files that count are not in the landing: {', '.join(missing[:5])}"
            f"{' …' if len(missing) > 5 else ''}",
            where=str(night.paths.landing),
            hint="Put them back, or restore a backup. To go on without their figures: --accept-missing.",
        )
    if before.problem:
        talk.say("warning", "history", before.problem, label="warning")
    carry_over(night.connection, before, None if missing else at_hand)


def _show_earlier_releases(settings: Settings, night: Night) -> None:
    """Let the releases before be seen: the revisions of a release are made against the one before it."""
    made = publishing.identity(night, publishing.input_state(night))
    for release in ledger.release_list(night.connection):
        name = release["release_id"]
        if name != made and shelf.is_complete(settings.paths.published, name):
            (night.paths.published / name).symlink_to(settings.paths.published / name)


def _keep_released(settings: Settings, night: Night, name: str) -> None:
    """Hold the rebuilt release against the one of the same inputs on the shelf; a whole one stays there.

    Raises ContractBroken when a file of figures differs that is as its manifest says.
    """
    there, made = settings.paths.published / name, night.paths.published / name
    if not shelf.is_complete(settings.paths.published, name):
        return
    damaged = set(shelf.damaged_files(there))
    files = [path.name for path in sorted(made.iterdir()) if path.suffix in _EQUAL]
    intact = [file for file in files if file not in damaged]
    differing = [file for file in intact if digest(there / file) != digest(made / file)]
    if differing:
        raise ContractBroken(
            f"the same inputs gave other bytes: {', '.join(differing)}",
            where=str(there),
            hint="Nothing was replaced. Report it: a query is not deterministic, or the release was changed.",
        )
    talk.say("info", "compared", f"{len(intact)} files of figures of {name} are equal, byte by byte")
    if damaged:
        talk.say("warning", "damaged", f"damaged and replaced: {', '.join(sorted(damaged))}", label="warning")
        return
    entered = ledger.last_release(night.connection) or {}
    kept = entered | metadata.entry_of(there) | {"sha256": shelf.manifest_digest(there)}
    ledger.record_release(night.connection, {key: kept[key] for key in kept if key != "sequence"})


def _take_over(settings: Settings, aside: Settings, name: str) -> None:
    """Replace what was there. Each step leaves a data root on which the next night goes on."""
    ours, made = settings.paths, aside.paths
    _move_below(made.staged, ours.staged, lambda path: path.parent.name.startswith("as_of="))
    _move_below(made.quarantine, ours.quarantine, Path.is_file)
    if not shelf.is_complete(ours.published, name) or shelf.damaged_files(ours.published / name):
        shutil.rmtree(ours.published / name, ignore_errors=True)
        (made.published / name).rename(ours.published / name)
    # A log of the old file must never be applied to the new one.
    ours.warehouse.with_name(f"{ours.warehouse.name}.wal").unlink(missing_ok=True)
    made.warehouse.replace(ours.warehouse)
    _move_below(made.operators, ours.operators, Path.is_file)
    shelf.switch_latest(ours.published, name)
    sync(ours.root)


def _move_below(source: Path, target: Path, is_unit: Callable[[Path], bool]) -> None:
    """Move every unit (a staged folder, a file set aside) to the same place below another folder."""
    for path in sorted(path for path in source.rglob("*") if is_unit(path)):
        final = target / path.relative_to(source)
        final.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if final.is_dir():
            shutil.rmtree(final)
        path.rename(final)
