"""The flows that Prefect runs: the night, and what a person may start by hand.

Each calls the core and ends in a state with words to act on. They return no data: whether tonight's release
exists is asked of the ledger, never of Prefect.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from prefect import State, flow, tags
from prefect.settings import PREFECT_API_URL
from pydantic import Field

from flows import talk
from flows.service import running
from flows.service.running import TAG
from schemas.errors import CakupanError, SettingsError

if TYPE_CHECKING:
    from flows.night import Report
    from flows.settings import Settings

Month = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$", examples=["2025-03"])]


@flow(name="nightly")
def nightly() -> State[None]:
    """Read what is new in the landing, check it, and publish a release if anything changed."""
    return running.run(running.night)


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
    return running.run(running.backfill(first_month, last_month))


@flow(name="rebuild")
def rebuild(confirm: Literal["rebuild"]) -> State[None]:  # noqa: ARG001 (a brake for the hand)
    """Make the whole warehouse and the newest release again, from the landing alone.

    Args:
        confirm: Type `rebuild`. It takes as long as reading every file that was ever delivered.
    """
    return running.run(running.rebuild)


@flow(name="publish-again")
def publish_again() -> State[None]:
    """Put the newest release back on the shelf, whole, from what the warehouse holds. Reads no file.

    Use it when files of the release were damaged or removed. A release that is whole stays as it is.
    """
    return running.run(running.publish_again)


@flow(name="re-key")
def rekey(confirm: Literal["re-key"]) -> State[None]:  # noqa: ARG001 (a brake for the hand)
    """Add a fresh key to the key file and give every person another pseudonym. Every count stays the same.

    Args:
        confirm: Type `re-key`. Keep a copy of the key file afterwards.
    """
    return running.run(running.rekey)


def run_as_flow(settings: Settings) -> Report:
    """Run a night as a flow of the configured Prefect API.

    Raises what a night raises; SettingsError without an API: Prefect's temporary server would take 7 to 20
    seconds and stay.
    """
    if not PREFECT_API_URL.value():
        raise SettingsError(
            "no Prefect API is configured", hint="Set PREFECT_API_URL, or run with --in-process."
        )
    held = running.Held(settings)

    @flow(name="nightly")
    def night() -> State[None]:
        return running.run(running.night, held)

    try:
        with tags(TAG):
            night(return_state=True)
    except Exception as failure:
        # A server that died in mid-run cannot be told how it ended; the night did end.
        if held.end is None:
            raise
        talk.say(
            "warning", "not_told", f"Prefect was not told the end ({type(failure).__name__})", label="warning"
        )
    end = held.let_go()
    if isinstance(end, CakupanError):
        raise end
    return end
