"""The flows that Prefect runs: the night, and what a person may start by hand.

Each calls the core and ends in a state with words to act on. They return no data: whether tonight's release
exists is asked of the ledger, never of Prefect.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, Literal

from prefect import State, flow, get_run_logger, tags
from prefect.settings import PREFECT_API_URL
from pydantic import Field

from flows.service.endings import state_of, state_of_failure
from flows.service.pages import Pages
from flows.service.recovery import tell_recovery
from flows.service.tasks import AsTasks, own_error
from schemas.errors import CakupanError, SettingsError

if TYPE_CHECKING:
    from flows.night import Report
    from flows.settings import Settings

#: On every run of ours; notices listen to it.
TAG = "cakupan"

Month = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$", examples=["2025-03"])]
Work = Callable[["Settings", AsTasks], "Report | None"]


@flow(name="nightly")
def nightly() -> State[None]:
    """Read what is new in the landing, check it, and publish a release if anything changed."""
    return _run(_night)


@flow(name="backfill")
def backfill(first_month: Month, last_month: Month) -> State[None]:
    """Read the files of some months again, byte by byte, whatever is known of them; then a whole night.

    Use it when staged rows are doubted, or after rows were restored from a backup. Files of these months
    that are not in the landing any more keep the figures they have. When nothing comes out differently,
    nothing is published.

    Args:
        first_month: First month whose files are read again, as 2025-01.
        last_month: Last month whose files are read again, as 2025-12; the same for one month.
    """
    return _run(lambda settings, steps: _backfill(settings, steps, first_month, last_month))


@flow(name="rebuild")
def rebuild(confirm: Literal["rebuild"]) -> State[None]:
    """Make the whole warehouse and the newest release again, from the landing alone.

    Args:
        confirm: Type `rebuild`. It takes as long as reading every file that was ever delivered.
    """
    return _run(lambda settings, _: _operation("rebuild", settings))


@flow(name="publish-again")
def publish_again() -> State[None]:
    """Put the newest release back on the shelf, whole, from what the warehouse holds. Reads no file.

    Use it when files of the release were damaged or removed. A release that is whole stays as it is.
    """
    return _run(_publish_again)


@flow(name="re-key")
def rekey(confirm: Literal["re-key"]) -> State[None]:
    """Give every person another pseudonym: after the key was changed or may have been seen.

    Args:
        confirm: Type `re-key`. Member files are read again; figures stay the same.
    """
    return _run(lambda settings, _: _operation("rekey", settings))


def run_as_flow(settings: Settings) -> Report:
    """Run a night as a flow of the configured Prefect API.

    Raises what a night raises; SettingsError without an API: Prefect's temporary server would take 7 to 20
    seconds and stay.
    """
    if not PREFECT_API_URL.value():
        raise SettingsError(
            "no Prefect API is configured", hint="Set PREFECT_API_URL, or run with --in-process."
        )
    ends: list[Any] = [settings]

    @flow(name="nightly")
    def night() -> State[None]:
        return _run(_night, ends)

    with tags(TAG):
        night(return_state=True)
    end = ends.pop()
    ends.clear()
    if isinstance(end, CakupanError):
        raise end
    return end  # type: ignore[no-any-return]  # a Report: anything else was an error


def _run(work: Work, ends: list[Any] | None = None) -> State[None]:
    """Run the work and return its last state. `ends`: settings go in, the report or the error comes out."""
    from flows.settings import load_settings  # noqa: PLC0415 (see flows/service)

    try:
        settings: Settings = ends.pop() if ends else load_settings()
        report = _watched(work, settings)
        end: Report | CakupanError | None = report
        state = state_of(report) if report is not None else None
    except CakupanError as failure:
        end = failure.with_traceback(None)
    except Exception as failure:  # noqa: BLE001 (told by its class and place)
        end = own_error("the run", failure)
    if isinstance(end, CakupanError):
        state = state_of_failure(end)
    if ends is not None:
        ends.append(end)
    return _told(state)
