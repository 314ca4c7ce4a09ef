"""Running the stages of a night: in this process, or as tasks of a Prefect flow. The order is elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from flows import talk

Result = TypeVar("Result")


@dataclass(frozen=True)
class StepTime:
    """How long a stage took and what it says."""

    name: str
    seconds: float
    message: str


class Steps(Protocol):
    """Whoever runs the stages: calls the work, tells what came of it, keeps the times."""

    done: list[StepTime]

    def run(self, name: str, work: Callable[[], Result], told: Callable[[Result], str]) -> Result:
        """Run one stage and return its result; `told` makes the one line that a person reads."""
        ...

    def progress(self, at: int, of: int, what: str) -> None:
        """Tell how far the running stage is."""
        ...

    def show(self, what: str, table: Callable[[], list[dict[str, Any]]]) -> None:
        """Show a small table of counts and aggregates to whoever watches; made only where somebody can."""
        ...


@dataclass
class InProcess:
    """Stages as plain calls, one line each on stderr; quiet when asked."""

    quiet: bool = False
    done: list[StepTime] = field(default_factory=list)

    def run(self, name: str, work: Callable[[], Result], told: Callable[[Result], str]) -> Result:
        """Run one stage and print its line with the time it took."""
        began = time.perf_counter()
        result = work()
        step = StepTime(name, time.perf_counter() - began, told(result))
        self.done.append(step)
        if not self.quiet:
            self._clear()
            talk.step(step.name, step.seconds, step.message)
        return result

    def progress(self, at: int, of: int, what: str) -> None:
        """Show how far the stage is, on a terminal only."""
        if not self.quiet and talk.is_for_a_person():
            print(f"\r\033[K  {at}/{of} {what[:70]}", end="", file=sys.stderr, flush=True)

    def show(self, what: str, table: Callable[[], list[dict[str, Any]]]) -> None:
        """Show nothing: `cakupan status` and the release tell it."""

    def _clear(self) -> None:
        if talk.is_for_a_person():
            print("\r\033[K", end="", file=sys.stderr)
