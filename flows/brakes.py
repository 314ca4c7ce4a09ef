"""Time limits that really stop work: an alarm in the thread that works, then the end of the process.

A limit kept by another thread stops nothing: a query or a read goes on to its end. The alarm interrupts
Python and DuckDB. What does not heed it (Polars inside one native call, a share that hangs) is ended with
its process: a run that is killed loses nothing, frees its lock, and the next run goes on.
"""

from __future__ import annotations

import contextlib
import faulthandler
import signal
import threading
from collections.abc import Iterator
from typing import Any

from schemas.errors import TookTooLong

#: Seconds from the alarm to the end of the process.
GRACE = 60.0
_STDERR = 2


class _TimeIsUp(BaseException):
    """Raised by the alarm. No Exception: libraries catch those."""


@contextlib.contextmanager
def limited(stage: str, seconds: float, grace: float = GRACE) -> Iterator[None]:
    """Stop the work inside after so many seconds. Raises TookTooLong.

    When the work does not stop within the grace, the process ends with code 1 and lists on stderr where
    it was (files and lines, no values). Outside the main thread only that holds. Limits do not nest.
    """
    rang = threading.Event()

    def ring(*_: Any) -> None:
        rang.set()
        raise _TimeIsUp

    alarmed = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGALRM, ring) if alarmed else None
    faulthandler.dump_traceback_later(seconds + grace, exit=True, file=_STDERR)
    try:
        if alarmed:
            signal.setitimer(signal.ITIMER_REAL, seconds)
        yield
    except BaseException:
        # DuckDB turns the alarm into an error of its own, so the class says nothing.
        if not rang.is_set():
            raise
    finally:
        if alarmed:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
        faulthandler.cancel_dump_traceback_later()
    if rang.is_set():
        raise TookTooLong(
            f"the stage {stage} was stopped after {seconds:g} seconds",
            hint="Run again: it goes on where it ended. If files have grown, raise CAKUPAN_STEP_SECONDS.",
        )
