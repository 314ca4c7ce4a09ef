"""A night that ends like a power cut, at a place of choice. Run by test_publishing.py as a process of its own.

Arguments: data root, registers, day, `<module>:<attribute>`, `before` or `after`, which call.
"""

from __future__ import annotations

import importlib
import itertools
import os
import signal
import sys
from pathlib import Path
from typing import Any

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


if __name__ == "__main__":
    root, registers, day, place, when, nth = sys.argv[1:]
    let_die(place, when, int(nth))
    run_at(Path(root), registers=Path(registers), day=int(day))
