"""The night as a Prefect flow: the same stages, each a task with a state, a log line and a time.

Tasks hand over nothing but small records; frames and rows never reach Prefect, nor does an error's text
that is not our own (Prefect stores it in states, logs and events).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.settings import PREFECT_API_URL

from flows.night import Report
from flows.nightly import run_night
from flows.reports import as_facts
from flows.settings import Settings, load_settings
from flows.steps import Result, StepTime
from schemas.errors import CakupanError, SettingsError

#: Stages that only look at the landing may be tried again: a share may be away for a moment.
RETRIED: dict[str, list[float]] = {"land": [10, 60]}


@dataclass
class AsTasks:
    """Stages as tasks of the running flow."""

    done: list[StepTime] = field(default_factory=list)

    def run(self, name: str, work: Callable[[], Result], told: Callable[[Result], str]) -> Result:
        """Run one stage as a task and log its line."""
        kept: list[Result] = []

        def stage() -> str:
            try:
                kept.append(work())
            except CakupanError:
                raise
            except Exception as failure:  # noqa: BLE001
                # The text of a library's error may quote data, and Prefect would store it.
                raise RuntimeError(f"stage {name} failed with {type(failure).__name__}") from None
            return told(kept[-1])

        began = time.perf_counter()
        delays = RETRIED.get(name, [])
        as_task = task(
            name=name,
            cache_policy=NO_CACHE,
            persist_result=False,
            retries=len(delays),
            retry_delay_seconds=list(delays),
        )
        message = as_task(stage)()
        self.done.append(StepTime(name, time.perf_counter() - began, message))
        get_run_logger().info("%s: %s", name, message)
        return kept[-1]

    def progress(self, at: int, of: int, what: str) -> None:
        """Say nothing: the log has one line per stage."""


@flow(name="nightly", log_prints=False)
def nightly(data_root: str | None = None, landing: str | None = None) -> dict[str, object]:
    """Read what is new in the landing, check it, and publish a release if anything changed.

    Args:
        data_root: Folder of everything the pipeline keeps; empty for CAKUPAN_DATA_ROOT.
        landing: Folder where offices drop files; empty for CAKUPAN_LANDING.
    """
    return as_facts(_run(data_root, landing))


def _run(data_root: str | None, landing: str | None) -> Report:
    settings = load_settings(
        data_root=Path(data_root) if data_root else None, landing=Path(landing) if landing else None
    )
    return run_night(settings, AsTasks())


def run_as_flow(settings: Settings) -> Report:
    """Run a night as a flow of the configured Prefect API.

    Raises SettingsError without an API: Prefect's temporary server would take 7 to 20 seconds and stay.
    """
    if not PREFECT_API_URL.value():
        raise SettingsError(
            "no Prefect API is configured", hint="Set PREFECT_API_URL, or run with --in-process."
        )
    reports: list[Report] = []

    @flow(name="nightly", log_prints=False)
    def night() -> str:
        reports.append(run_night(settings, AsTasks()))
        return reports[-1].outcome

    night()
    return reports[-1]
