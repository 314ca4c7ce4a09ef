"""Stage `publish`: a release folder built aside, placed by one rename, and `latest` switched to it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from flows import clock
from flows.night import Night, Problem, program_version
from warehouse import ledger
from warehouse.checks import Finding
from warehouse.release import metadata, shelf, snapshot, tables
from warehouse.release.facts import ReleaseFacts, release_id
from warehouse.release.revisions import build_revisions
from warehouse.staged import disk_refuses


def publish(
    night: Night, input_state: str, findings: list[Finding], problems: tuple[Problem, ...]
) -> ReleaseFacts:
    """Publish one release for one state of the inputs; finishes what a killed run left open.

    Raises StorageError when the disk refuses; the last release stays public.
    """
    facts = _facts(night, input_state, findings, problems)
    published = night.paths.published
    try:
        if not shelf.is_complete(published, facts.release_id):
            _build(night, facts)
        _enter(night, facts)
    except OSError as error:
        raise disk_refuses(published, error) from None
    return facts


def input_state(night: Night) -> str:
    """Digest of everything that the release of this night depends on."""
    method = f"{program_version()} {night.settings.publication}"
    return ledger.input_state(night.connection, night.registers.digests, method)


def identity(night: Night, input_state: str) -> str:
    """Return the id of the release of a state of the inputs."""
    newest = ledger.newest_day(night.connection)
    return release_id(newest, input_state, is_synthetic=ledger.counts_synthetic_data(night.connection))


def is_in_place(night: Night, input_state: str) -> bool:
    """Whether the release of this state of the inputs is public already: then there is nothing to do."""
    last = ledger.last_release(night.connection)
    return (
        last is not None
        and last["input_state"] == input_state
        and shelf.is_complete(night.paths.published, last["release_id"])
        and shelf.latest_release(night.paths.published) == last["release_id"]
    )


def _facts(
    night: Night, input_state: str, findings: list[Finding], problems: tuple[Problem, ...]
) -> ReleaseFacts:
    name = identity(night, input_state)
    last = ledger.last_release(night.connection) or {"release_id": None, "previous_release_id": None}
    entered = last["release_id"] == name  # by a run that was ended right after, or it was damaged since
    return ReleaseFacts(
        release_id=name,
        input_state=input_state,
        run_id=input_state[:12],
        data_as_of=ledger.newest_day(night.connection),
        started_at=night.started,
        # What is put back on the shelf was published when it was published.
        published_at=last["published_at"] if entered else clock.now(),
        next_run_at=next_run(night.settings.schedule, night.settings.timezone, night.started),
        previous_release_id=last["previous_release_id" if entered else "release_id"],
        program_version=program_version(),
        findings=tuple(findings),
        files_rejected=tuple((problem.file, problem.what) for problem in problems),
        is_synthetic=ledger.counts_synthetic_data(night.connection),
    )


def next_run(schedule: str, timezone: str, after: datetime) -> datetime | None:
    """Return the next time of the schedule after a moment; None when the schedule cannot be read."""
    try:
        return next(CronSim(schedule, after.astimezone(ZoneInfo(timezone))), None)
    except CronSimError:
        return None


def _build(night: Night, facts: ReleaseFacts) -> None:
    folder = shelf.unfinished_folder(night.paths.published, facts.release_id)
    previous = _previous_folder(night, facts)
    changed_cells = build_revisions(night.connection, previous)
    counts = tables.write_tables(night.connection, facts, folder)
    snapshot.write_snapshot(night.connection, facts, folder / "cakupan.duckdb")
    if night.settings.publication == "everything":
        # Pages and pictures take a while to import, and on most nights nothing is published.
        from warehouse.release.rendering import render  # noqa: PLC0415

        render(facts, folder, previous)
    metadata.write_metadata(night.connection, facts, counts, changed_cells, folder)
    shelf.write_manifest(folder)
    shelf.place(folder, facts.release_id)


def _previous_folder(night: Night, facts: ReleaseFacts) -> Path | None:
    if facts.previous_release_id is None:
        return None
    folder = night.paths.published / facts.previous_release_id
    return folder if folder.is_dir() else None


def _enter(night: Night, facts: ReleaseFacts) -> None:
    """Write the release down and make it the latest; every step may be done again.

    The folder speaks for itself: it may have been placed by a run that was killed right after, or stand
    there from the last time that the inputs were these.
    """
    published = night.paths.published
    folder = published / facts.release_id
    ledger.record_release(
        night.connection,
        {
            "release_id": facts.release_id,
            "input_state": facts.input_state,
            "data_as_of": facts.data_as_of,
            "sha256": shelf.manifest_digest(folder),
            **metadata.entry_of(folder),
        },
    )
    shelf.write_list(published, ledger.release_list(night.connection))
    # Last: a release that `latest` points to counts as done, and nothing is looked at again.
    shelf.switch_latest(published, facts.release_id)
