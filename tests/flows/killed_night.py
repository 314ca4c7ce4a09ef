"""Nights that end like a power cut, each at a place of choice. A process of its own, for test_publishing.py.

Arguments: data root, registers, day. For each line `<module>:<attribute> <before|after> <which call>` on stdin a
child process runs the night and is killed there; the line that comes back is how it ended (-9: as wanted).
"""

from __future__ import annotations

import importlib
import itertools
import os
import signal
import sys
from pathlib import Path
from typing import Any

import warehouse.declared
import warehouse.release.snapshot
from tests.small_nights import run_at


def let_die(place: str, when: str, nth: int) -> None:
    """Wrap a function so that its n-th call kills this process: no exception handler, no exit hook runs."""
    module_name, _, attribute = place.partition(":")
    *owners, name = attribute.split(".")
    owner: Any = importlib.import_module(module_name)
    for step in owners:
        owner = getattr(owner, step)
    true = getattr(owner, name)
    calls = itertools.count(1)

    def deadly(*given: Any, **named: Any) -> Any:
        is_it = next(calls) == nth
        if is_it and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = true(*given, **named)
        if is_it:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, deadly)


def die(root: Path, registers: Path, day: int, death: str) -> int:
    """Run a night in a child process that dies on the way; returns how it ended, as subprocess does."""
    child = os.fork()
    if child == 0:
        place, when, nth = death.split()
        let_die(place, when, int(nth))
        run_at(root, registers=registers, day=day)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    # Comments are in no file that is compared, and take a third of the time.
    warehouse.declared.comment = warehouse.release.snapshot.comment = lambda *_: None
    given_root, given_registers, given_day = sys.argv[1:]
    for line in sys.stdin:
        print(die(Path(given_root), Path(given_registers), int(given_day), line), flush=True)
