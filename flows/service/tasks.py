"""Stages as Prefect tasks: a state, a log line and a time each, retries where files are read or written.

Tasks hand over nothing but one line of text. Frames and rows never reach Prefect, nor does the text of a
library's error: it may quote data, and Prefect would keep it in states, logs and events.
"""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic

from prefect import get_run_logger, task
from prefect.assets import materialize
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task

from flows.service.lineage import Lineage
from flows.service.pages import Pages
from flows.steps import Result, StepTime
from schemas.errors import CakupanError, StorageError

#: Stages that read or write files: a share may be away for a moment, a disk full for an hour. Doing them
#: again is safe, each goes on where it ended.
RETRIED = ("land", "read", "publish")
_ROOT = Path(__file__).parents[2]


class Stage(Generic[Result]):
    """The work of one stage, let go when it is done.

    Prefect's threads keep every context they saw, and so each task's function, until the process ends.
    What hangs on it would never be freed: the open warehouse, and DuckDB's types, which complain at exit.
    """

    def __init__(self, name: str, work: Callable[[], Result], told: Callable[[Result], str]) -> None:
        self.name = name
        self.results: list[Result] = []
        self.line = ""
        self.failure: CakupanError | None = None
        self._work: Callable[[], Result] | None = work
        self._told: Callable[[Result], str] | None = told

    def run(self) -> str:
        """Do the work and return its line. Raises CakupanError only, without any library's text."""
        assert self._work is not None  # noqa: S101 (only forgotten afterwards)
        assert self._told is not None  # noqa: S101
        self.failure = None
        try:
            result = self._work()
            self.line = self._told(result)
            self.results = [result]
            return self.line
        except CakupanError as failure:
            self.failure = failure.with_traceback(None)
        except Exception as failure:  # noqa: BLE001 (told by its class and place)
            self.failure = own_error(f"stage {self.name}", failure)
        # Raised out here, so that the library's error does not travel along as its context.
        raise self.failure

    def forget(self) -> None:
        """Let go of the work and of what it returned."""
        self._work = self._told = self.failure = None
        self.results = []


def own_error(what: str, failure: Exception) -> CakupanError:
    """Return an error of ours for one we did not foresee: its class and place, never its text.

    Where it came from is written to stderr (files and lines), which Prefect does not keep.
    """
    print("".join(traceback.format_tb(failure.__traceback__)), file=sys.stderr)
    frames = [frame for frame in traceback.extract_tb(failure.__traceback__) if _is_ours(frame.filename)]
    place = f" at {Path(frames[-1].filename).relative_to(_ROOT)}:{frames[-1].lineno}" if frames else ""
    return CakupanError(
        f"{what} failed with {type(failure).__name__}{place}",
        hint="A defect of the program: report this line. `cakupan run --in-process` shows the whole error.",
    )


def _is_ours(filename: str) -> bool:
    return (
        Path(filename).is_relative_to(_ROOT)
        and "site-packages" not in Path(filename).relative_to(_ROOT).parts
    )


@dataclass
class AsTasks:
    """Stages as tasks of the running flow."""

    pauses: list[float] = field(default_factory=list)
    pages: Pages = field(default_factory=Pages)
    lineage: Lineage = field(default_factory=Lineage)
    done: list[StepTime] = field(default_factory=list)

    def run(self, name: str, work: Callable[[], Result], told: Callable[[Result], str]) -> Result:
        """Run one stage as a task and log its line."""
        began = time.perf_counter()
        stage = Stage(name, work, told)
        try:
            message = self._as_task(stage)
            result = stage.results[0]
        finally:
            stage.forget()
        self.done.append(StepTime(name, time.perf_counter() - began, message))
        self.lineage.learn(name, result)
        self.pages.stage_done(name)
        get_run_logger().info("%s: %s", name, message)
        return result

    def _as_task(self, stage: Stage[Any]) -> str:
        def work() -> str:
            return stage.run()

        if self.pages.is_gone():
            return stage.run()
        try:
            return self._task(stage.name, work)()
        except Exception:
            # Prefect may fail where the stage did not: a server that is gone must not stop the night.
            if stage.failure is not None or not self.pages.went_away():
                raise
            return stage.line if stage.results else stage.run()

    def _task(self, name: str, work: Callable[[], str]) -> Task[[], str]:
        options: dict[str, Any] = {
            "name": name,
            "task_run_name": name,
            "cache_policy": NO_CACHE,
            "persist_result": False,
        }
        if name in RETRIED and self.pauses:
            options |= {
                "retries": len(self.pauses),
                "retry_delay_seconds": self.pauses,
                "retry_condition_fn": _is_about_storage,
            }
        made, needed = self.lineage.of(name)
        if made:
            return materialize(*made, by="cakupan", asset_deps=needed, **options)(work)
        return task(**options)(work)

    def progress(self, at: int, of: int, what: str) -> None:  # noqa: ARG002 (names stay out of Prefect's log)
        """Move the progress bar within the running stage."""
        self.pages.within_stage(at / of if of else 1.0)

    def show(self, what: str, table: Callable[[], list[dict[str, Any]]]) -> None:
        """Show a table on the page of the run."""
        self.pages.table(what, table)


def _is_about_storage(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Whether a stage failed on the disk or a share; anything else fails the same way again."""
    return isinstance(state.result(raise_on_failure=False), StorageError)
