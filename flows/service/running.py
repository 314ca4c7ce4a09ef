"""From a flow to the core and back: settings in, a last state with words to act on out."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from prefect import State
from prefect.states import Completed

from flows.service.endings import state_of, state_of_failure
from flows.service.recovery import tell_recovery
from flows.service.tasks import AsTasks, own_error
from schemas.errors import CakupanError, SettingsError

if TYPE_CHECKING:
    from flows.night import Report
    from flows.settings import Settings

#: On every run of ours; notices listen to it.
TAG = "cakupan"

Work = Callable[["Settings", AsTasks], "Report | None"]


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
    state: State[None] = Completed(message="Done.")
    try:
        report = _watched(work, held)
        if report is not None:
            state = state_of(report)
            held.end = report
    except CakupanError as failure:
        held.end = failure.with_traceback(None)
        state = state_of_failure(failure)
    except Exception as failure:  # noqa: BLE001 (told by its class and place)
        held.end = own_error("the run", failure)
        state = state_of_failure(held.end)
    with suppress(Exception):  # a courtesy
        tell_recovery(state, held.overdue_hours)
    return state


def _watched(work: Work, held: Held) -> Report | None:
    """Do the work under the eyes of whoever looks at the page of the run."""
    from flows.nightly import STAGES  # noqa: PLC0415 (see the package)
    from flows.settings import load_settings  # noqa: PLC0415

    settings = held.settings or load_settings()
    held.overdue_hours = settings.overdue_hours
    steps = AsTasks(pauses=settings.retry_seconds)
    steps.pages.begin(STAGES)
    report = work(settings, steps)
    if report is not None and report.release_id is not None:
        steps.pages.end()
        steps.pages.links(report.release_id, settings.site_url or settings.paths.published.as_uri())
    return report


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


def operation(name: str) -> Work:
    """Return the work of one of `flows.operations`, by name; each takes the settings."""

    def work(settings: Settings, _steps: AsTasks) -> Report | None:
        module = f"flows.operations.{name}"
        if find_spec("flows.operations") is None or find_spec(module) is None:
            raise SettingsError(f"this version cannot {name}", hint="Use a newer version of cakupan.")
        end = getattr(import_module(module), name)(settings)
        return end if hasattr(end, "outcome") else None

    return work
