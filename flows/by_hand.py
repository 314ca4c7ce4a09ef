"""What a person may start besides the night: reading some months again, and publishing again."""

from __future__ import annotations

import shutil
from calendar import monthrange
from datetime import date

from flows.night import Night, Report
from flows.nightly import build_and_publish, nightly, writing
from flows.settings import Settings
from flows.stages import publishing
from flows.stages.loading import Loaded
from flows.stages.survey import Survey
from flows.steps import Steps
from schemas.errors import NothingPublished, SettingsError
from warehouse import ledger
from warehouse.landing import landing_files
from warehouse.release import shelf


def backfill(settings: Settings, steps: Steps, first: date, last: date) -> Report:
    """Read the files of some months again, from their bytes; then a whole night.

    `first`, `last`: any day of the first and of the last month. Raises SettingsError when they are the
    wrong way round, and what a night raises.
    """
    if first > last:
        raise SettingsError(
            f"the first month ({first:%Y-%m}) is after the last ({last:%Y-%m})", hint="Exchange them."
        )
    end = last.replace(day=monthrange(last.year, last.month)[1])
    with writing(settings, steps) as night:
        _ = night.registers  # a broken one is told before a file is made to look unread
        _put_back(night, first.replace(day=1), end)
        return nightly(night)


def _put_back(night: Night, first: date, last: date) -> None:
    """Make files of these days look unread. Only those that stand in the landing: others could not be read.

    Their rows stay loaded until the new ones take their place, in one transaction; so nothing is lost when
    the run is killed in between: the next night reads what is not staged.
    """
    there = {file.name for file in landing_files(night.paths.landing)}
    found = [item for item in ledger.files_of_months(night.connection, first, last) if item[0] in there]
    for _, source, as_of, file_id, reading in found:
        shutil.rmtree(
            night.paths.staged / source / f"as_of={as_of}" / f"{file_id}-{reading}", ignore_errors=True
        )
    ledger.forget_digests(night.connection, {item[0] for item in found})
    ledger.forget_rejections(night.connection, {item[3] for item in found})


def publish_again(settings: Settings, steps: Steps) -> Report:
    """Put the newest release back on the shelf whole, from what the warehouse holds; no file is read.

    Raises NothingPublished when there was none yet, or files, registers or the program have changed since;
    and what a night raises.
    """
    with writing(settings, steps) as night:
        last = ledger.last_release(night.connection)
        state = publishing.input_state(night)
        if last is None or last["input_state"] != state:
            what = "no release was published yet" if last is None else "the last release is out of date"
            raise NothingPublished(what, hint="Run a night, it publishes: `cakupan run`.")
        _unmark_damaged(night, last["release_id"])
        return build_and_publish(night, Survey(), Loaded())


def _unmark_damaged(night: Night, release_id: str) -> None:
    """Take the manifest off a release that does not fit it: without one it counts as unfinished."""
    folder = night.paths.published / release_id
    if shelf.is_complete(night.paths.published, release_id) and shelf.damaged_files(folder):
        (folder / shelf.MANIFEST).unlink()
