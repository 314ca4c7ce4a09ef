"""What a person sees on the page of a run in Prefect: progress, what arrived, coverage, links; no rows."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from prefect import get_client, get_run_logger
from prefect.artifacts import (
    create_link_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.settings import PREFECT_CLIENT_MAX_RETRIES, temporary_settings

#: Seconds between two moves of the bar within one stage: each is a call to the server.
_PACE = 2.0

_TABLES = {
    "arrived": "The first 200 files read tonight: rows accepted, rows set aside, and what to ask for.",
    "coverage": "Coverage of the country and of each province in its newest month with a figure.",
}


@dataclass
class Pages:
    """The artifacts of one run. None of them is worth failing for: whatever goes wrong here is logged."""

    stages: tuple[str, ...] = ()
    _bar: UUID | None = None
    _done: int = 0
    _moved: float = field(default_factory=time.monotonic)
    _gone: bool = False

    def begin(self, stages: tuple[str, ...]) -> None:
        """Show the empty bar."""
        self.stages = stages

        def bar() -> None:
            made = create_progress_artifact(0.0, key="night-progress", description="Stages of the night")
            self._bar = made if isinstance(made, UUID) else None

        self._try(bar)

    def stage_done(self, name: str) -> None:
        """Move the bar to the end of a stage; stages that were left out count as done."""
        if name in self.stages:
            self._done = self.stages.index(name) + 1
            self._move(self._done)

    def within_stage(self, share: float) -> None:
        """Move the bar within the running stage, at most every two seconds."""
        if time.monotonic() - self._moved >= _PACE:
            self._move(self._done + share)

    def end(self) -> None:
        """Fill the bar: a night with nothing new has no further stages."""
        self._move(len(self.stages))

    def _move(self, stages: float) -> None:
        self._moved = time.monotonic()
        bar = self._bar
        if bar is not None and self.stages:
            part = min(100.0, round(100 * stages / len(self.stages), 1))
            self._try(lambda: update_progress_artifact(bar, part))

    def table(self, what: str, table: Callable[[], list[dict[str, Any]]]) -> None:
        """Show a table under its key."""
        self._try(lambda: create_table_artifact(table=table(), key=what, description=_TABLES[what]))

    def operators(self, page: Path) -> None:
        """Link to the operators' page. It is for this computer only: `cakupan preview` shows it elsewhere."""
        told = f"How the last nights went and what needs a person. `cakupan preview` serves it: {page}"
        self._try(
            lambda: create_link_artifact(
                page.as_uri(), key="operators", link_text="Operators' page", description=told
            )
        )

    def links(self, release_id: str, address: str) -> None:
        """Link to the release and to its page."""

        def make() -> None:
            create_link_artifact(f"{address}/{release_id}", key="release", link_text=f"Release {release_id}")
            create_link_artifact(
                f"{address}/{release_id}/index.html", key="page", link_text="Page of the release"
            )

        self._try(make)

    def _try(self, show: Callable[[], Any]) -> None:
        if self.is_gone():
            return
        try:
            show()
        except Exception as failure:  # noqa: BLE001 (its text may be the library's)
            self.went_away()
            with suppress(Exception):
                get_run_logger().warning("Not shown in Prefect: %s", type(failure).__name__)

    def is_gone(self) -> bool:
        """Whether the server was found gone and still is: every call to it would wait for a minute in vain."""
        self._gone = self._gone and not self.prefect_answers()
        return self._gone

    def went_away(self) -> bool:
        """Whether the server does not answer after something failed; remembers that it is gone."""
        self._gone = not self.prefect_answers()
        return self._gone

    def prefect_answers(self) -> bool:
        """Whether the server is there at this moment; asks once and does not wait for it."""
        try:
            with temporary_settings({PREFECT_CLIENT_MAX_RETRIES: 0}), get_client(sync_client=True) as client:
                return client.api_healthcheck() is None
        except Exception:  # noqa: BLE001 (whatever it is, it is no answer)
            return False
