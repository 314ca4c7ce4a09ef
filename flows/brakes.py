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
from typing import Any

from schemas.errors import TookTooLong

#: Seconds from the alarm to the end of the process.
GRACE = 60.0
#: Seconds between interruptions of DuckDB: one alone may come between two queries.
_AGAIN = 0.5
_STDERR = 2


class _TimeIsUp(BaseException):
    """Raised by the alarm. No Exception: libraries catch those."""


@contextlib.contextmanager
def limited(
    stage: str, seconds: float, grace: float = GRACE, interrupt: Callable[[], object] | None = None
) -> Iterator[None]:
    """Stop the work inside after so many seconds. Raises TookTooLong.

    `interrupt`: what ends a query at work, from another thread (`connection.interrupt`).
    When the work does not stop within the grace, the process ends with code 1 and lists on stderr where
    it was (files and lines, no values). Outside the main thread only that holds. Limits do not nest.
    """
    rang = threading.Event()
    ended = threading.Event()

    def ring(*_: Any) -> None:
        if not ended.is_set():
            rang.set()
            raise _TimeIsUp

    alarmed = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGALRM, ring) if alarmed else None
    faulthandler.dump_traceback_later(seconds + grace, exit=True, file=_STDERR)
    watch = threading.Thread(target=_interrupting, args=(interrupt, seconds, rang, ended), daemon=True)
    try:
        if interrupt is not None:
            watch.start()
        if alarmed:
            signal.setitimer(signal.ITIMER_REAL, seconds)
        yield
        ended.set()
    except BaseException:
        ended.set()
        # DuckDB turns the alarm into an error of its own, so the class says nothing.
        if not rang.is_set():
            raise
    finally:
        if alarmed:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
        faulthandler.cancel_dump_traceback_later()
        if interrupt is not None:
            watch.join()
    if rang.is_set():
        raise TookTooLong(
            f"the stage {stage} was stopped after {seconds:g} seconds",
            hint="Run again: it goes on where it ended. If files have grown, raise CAKUPAN_STEP_SECONDS.",
        )


def _interrupting(
    interrupt: Callable[[], object] | None, seconds: float, rang: threading.Event, ended: threading.Event
) -> None:
    """Interrupt once the time is up, again and again until the work has ended."""
    pause = seconds
    while interrupt is not None and not ended.wait(pause):
        rang.set()
        interrupt()
        pause = _AGAIN
