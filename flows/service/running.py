"""From a flow to the core and back: settings in, a last state with words to act on out."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from prefect import State
from prefect.states import Completed

from flows.service.endings import state_of, state_of_failure
from flows.service.recovery import tell_recovery
from flows.service.tasks import AsTasks, own_error
from schemas.errors import CakupanError

if TYPE_CHECKING:
    from flows.night import Report
    from flows.settings import Settings

#: On every run of ours; notices listen to it.
TAG = "cakupan"

#: Does what a flow is for; returns the report of a night, or a line on what was done.
Work = Callable[["Settings", AsTasks], "Report | str"]


@dataclass
class Held:
    """What a flow in this process takes and gives, let go afterwards (see `tasks.Stage`)."""

    settings: Settings | None = None
    overdue_hours: float = 26
    end: Report | CakupanError | None = None

    def let_go(self) -> Report | CakupanError:
        """Return how the run ended and keep nothing. Raises CakupanError when Prefect ended it before."""
        end, self.settings, self.end = self.end, None, None
        if end is None:
            raise CakupanError(
                "Prefect did not run the night", hint="See its message above, or use --in-process."
            )
        return end


def run(work: Work, held: Held | None = None) -> State[None]:
    """Do the work of a flow and return the flow's last state. Raises nothing that Prefect would store."""
    held = held or Held()
    state: State[None]
    try:
        end = _watched(work, held)
        if isinstance(end, str):
            state = Completed(message=end)
        else:
            held.end, state = end, state_of(end)
    except CakupanError as failure:
        held.end = failure.with_traceback(None)
        state = state_of_failure(failure)
    except Exception as failure:  # noqa: BLE001 (told by its class and place)
        held.end = own_error("the run", failure)
        state = state_of_failure(held.end)
    with suppress(Exception):  # a courtesy
        tell_recovery(state, held.overdue_hours)
    return state


def _watched(work: Work, held: Held) -> Report | str:
    """Do the work under the eyes of whoever looks at the page of the run."""
    from flows.nightly import STAGES  # noqa: PLC0415 (see the package)
    from flows.settings import load_settings  # noqa: PLC0415

    settings = held.settings or load_settings()
    held.overdue_hours = settings.overdue_hours
    steps = AsTasks(pauses=settings.retry_seconds)
    steps.pages.begin(STAGES)
    try:
        end = work(settings, steps)
    finally:
        if (page := settings.paths.operators / "index.html").exists():
            steps.pages.operators(page)
    if not isinstance(end, str) and end.release_id is not None:
        steps.pages.end()
        steps.pages.links(end.release_id, settings.site_url or settings.paths.published.as_uri())
    return end


def night(settings: Settings, steps: AsTasks) -> Report:
    """Run a night."""
    from flows.nightly import run_night  # noqa: PLC0415 (see the package)

    return run_night(settings, steps)


def publish_again(settings: Settings, steps: AsTasks) -> Report:
    """Put the newest release back on the shelf."""
    from flows import by_hand  # noqa: PLC0415 (see the package)

    return by_hand.publish_again(settings, steps)


def backfill(first_month: str, last_month: str) -> Work:
    """Return the work of reading months again; months as 2025-03."""

    def work(settings: Settings, steps: AsTasks) -> Report:
        from flows import by_hand  # noqa: PLC0415 (see the package)

        first, last = (date.fromisoformat(f"{month}-01") for month in (first_month, last_month))
        return by_hand.backfill(settings, steps, first, last)

    return work


def rebuild(settings: Settings, steps: AsTasks) -> Report:
    """Make the warehouse and the newest release again from the landing."""
    from flows.operations import rebuild  # noqa: PLC0415 (see the package)

    return rebuild.rebuild(settings, steps)


def rekey(settings: Settings, _steps: AsTasks) -> str:
    """Add a key and bring every staged row under it."""
    from flows.rotation import rotate_keys  # noqa: PLC0415 (see the package)

    return f"Keys rotated: {rotate_keys(settings)} staged parts are under the new key; every count stays."
