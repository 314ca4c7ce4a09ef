"""Time limits that really stop work: an alarm in the thread that works, then the end of the process.

A limit kept by another thread stops nothing: a query or a read goes on to its end. The alarm interrupts
Python; DuckDB heeds it only while the main thread itself works on the query, so a query is interrupted as well.
What heeds neither (Polars inside one native call, a share that hangs) is ended with its process: a run that
is killed loses nothing, frees its lock, and the next run goes on.
"""

from __future__ import annotations

import contextlib
import faulthandler
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from schemas.errors import TookTooLong

#: Seconds from the alarm to the end of the process.
GRACE = 60.0
#: Seconds between alarms, and between interruptions of a query, which come half-way between them.
_AGAIN = 0.5
_STDERR = 2


class _TimeIsUp(BaseException):
    """Raised by the alarm. No Exception: libraries catch those."""


@dataclass
class _Clock:
    """What the alarm and the thread beside the work know of each other."""

    seconds: float
    interrupt: Callable[[], object]
    rang: threading.Event = field(default_factory=threading.Event)
    interrupted: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)

    def ring(self, *_: Any) -> None:
        """Stop Python where it is; a query that was interrupted meanwhile ends by itself."""
        if self.ended.is_set():
            return
        self.rang.set()
        if self.interrupted.is_set():
            self.interrupted.clear()
            return
        raise _TimeIsUp

    def watch(self) -> None:
        """Interrupt a query that did not heed the alarm, again and again until the work has ended."""
        pause = self.seconds + _AGAIN / 2
        while not self.ended.wait(pause):
            self.rang.set()
            self.interrupted.set()
            self.interrupt()
            pause = _AGAIN


def _nothing() -> None:
    """Interrupt nothing: the work runs no query."""


@contextlib.contextmanager
def limited(
    stage: str, seconds: float, grace: float = GRACE, interrupt: Callable[[], object] = _nothing
) -> Iterator[None]:
    """Stop the work inside after so many seconds. Raises TookTooLong.

    `interrupt`: what ends a query at work, from another thread (`connection.interrupt`).
    When the work does not stop within the grace, the process ends with code 1 and lists on stderr where
    it was (files and lines, no values). Outside the main thread only a query is stopped before that. Limits do
    not nest.
    """
    clock = _Clock(seconds, interrupt)
    alarmed = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGALRM, clock.ring) if alarmed else None
    faulthandler.dump_traceback_later(seconds + grace, exit=True, file=_STDERR)
    watching = threading.Thread(target=clock.watch, daemon=True)
    try:
        watching.start()
        if alarmed:
            signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)
        yield
        clock.ended.set()
    except BaseException:
        clock.ended.set()
        # DuckDB turns the alarm into an error of its own, so the class says nothing.
        if not clock.rang.is_set():
            raise
    finally:
        if alarmed:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
        faulthandler.cancel_dump_traceback_later()
        watching.join()
    if clock.rang.is_set():
        raise TookTooLong(
            f"the stage {stage} was stopped after {seconds:g} seconds",
            hint="Run again: it goes on where it ended. If files have grown, raise CAKUPAN_STEP_SECONDS.",
        )
