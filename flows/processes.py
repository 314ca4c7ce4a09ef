"""Work of a stage in several processes: functions that hold no state, on input that can be handed over.

Each process is a Python of its own with one thread of Polars: the threads of one process wait a third of their
time for Python's lock and for each other. A process never outlives the one that started it, so that nothing
writes into a data root whose lock is free again.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from queue import SimpleQueue
from typing import IO, Any, TypeVar

from schemas.errors import ProcessEnded

Result = TypeVar("Result")
_Process = subprocess.Popen[bytes]


class Processes:
    """Processes of one run: started when they are first needed, kept until it ends."""

    def __init__(self, most: int) -> None:
        """Begin. `most`: how many work at once; each may take about 1 GB."""
        self.most = most
        self._started: list[_Process] = []

    def results(self, units: Sequence[partial[Result]]) -> Iterator[Result]:
        """Do every unit of work; yields what they return, in the order of the units.

        A unit is a function of a module with its arguments; all can be pickled: they go through pipes between
        these processes and nowhere else. An error that a unit meets is raised here. Raises ProcessEnded when a
        process was killed.
        """
        count = min(self.most, len(units))
        while len(self._started) < count:
            self._started.append(_start())
        idle: SimpleQueue[_Process] = SimpleQueue()
        for process in self._started:
            idle.put(process)

        def result(unit: partial[Result]) -> Result:
            process = idle.get()
            try:
                return _result(process, unit)
            finally:
                idle.put(process)

        with ThreadPoolExecutor(count) as threads:  # each waits for a process; none of them works
            try:
                yield from threads.map(result, units)
            except BaseException:
                self.close()  # before the threads are waited for: no result is wanted any more
                raise

    def close(self) -> None:
        """End all processes, whatever they are doing."""
        for process in self._started:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                with contextlib.suppress(OSError, ValueError):  # a thread may be reading its end
                    _open(stream).close()
        self._started.clear()


def _start() -> _Process:
    surroundings = os.environ | {
        "POLARS_MAX_THREADS": "1",
        # One thread needs one arena; what it frees it takes again within seconds. Saves a tenth of the time.
        "_RJEM_MALLOC_CONF": "narenas:1,dirty_decay_ms:3000",
        # The same for what Python and NumPy hold: the buffers of one piece of a file after the other.
        "MALLOC_TRIM_THRESHOLD_": "268435456",
        "MALLOC_MMAP_THRESHOLD_": "268435456",
        "PYTHONPATH": os.pathsep.join(folder for folder in sys.path if folder),
    }
    command = [sys.executable, "-P", "-c", f"from {__name__} import work; work()"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=surroundings)  # noqa: S603 (our own program)


def _result(process: _Process, unit: partial[Result]) -> Result:
    """Let a process work on a unit; return what it made of it, or raise the error that it met."""
    units, results = _open(process.stdin), _open(process.stdout)
    try:
        pickle.dump(unit, units)
        units.flush()
        made, error = pickle.load(results)  # noqa: S301 (written by our own process)
    except (EOFError, OSError, pickle.UnpicklingError):
        code = process.wait()
        how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        raise ProcessEnded(
            f"a process that worked for this run ended before its work was done ({how})",
            hint="If the system ran out of memory, set CAKUPAN_PROCESSES=1. Then run again: it goes on.",
        ) from None
    if error is not None:
        raise error
    found: Result = made
    return found


def _open(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None  # noqa: S101 (started with both pipes)
    return stream


def work() -> None:
    """Do unit after unit, until the process that gives them ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the giver as well, which ends this process
    threading.Thread(target=_end_with_giver, daemon=True).start()
    units, results = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no result
    while True:
        try:
            unit = pickle.load(units)  # noqa: S301 (written by our own process)
        except EOFError:
            return
        told: tuple[Any, Exception | None]
        try:
            told = (unit(), None)
        except Exception as error:  # noqa: BLE001 (raised again where the result is waited for)
            told = (None, error)
        pickle.dump(told, results)
        results.flush()


def _end_with_giver() -> None:
    """End this process, in the middle of its work, when the other end of its pipe is gone."""
    other_end = select.poll()
    other_end.register(sys.stdin.fileno(), 0)  # no event but a hang-up
    other_end.poll()
    os._exit(0)
