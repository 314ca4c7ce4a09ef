"""One drill, how it went, and holding it on a scratch folder where nothing else is touched."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from flows.operations.drills.scratch import FOREIGN, NotHere, Scratch
from schemas.errors import CakupanError, DrillFailed

State = Literal["held", "FAILED", "not held"]


@dataclass(frozen=True)
class Drill:
    """A failure that is planted, and the work that plants it and returns what was shown."""

    name: str
    planted: str
    work: Callable[[Scratch], str]


@dataclass(frozen=True)
class Held:
    """How a drill went. `not held`: this machine lacks what it needs, so nothing was shown."""

    drill: Drill
    state: State
    told: str
    seconds: float


def hold(drill: Drill) -> Held:
    """Hold one drill in a temporary folder; the folder of one that failed is kept and named."""
    folder = Path(tempfile.mkdtemp(prefix=f"cakupan-drill-{drill.name}-"))
    began = time.monotonic()
    with _apart(folder):
        state, told = _hold(drill, folder)
    if state == "FAILED":
        told = f"{told} (kept: {folder})"
    else:
        shutil.rmtree(folder, ignore_errors=True)
    return Held(drill, state, told, time.monotonic() - began)


def _hold(drill: Drill, folder: Path) -> tuple[State, str]:
    try:
        return "held", drill.work(Scratch(folder))
    except NotHere as missing:
        return "not held", str(missing)
    except DrillFailed as failure:
        return "FAILED", failure.what
    except CakupanError as failure:
        return "FAILED", f"a night ended with an error: {failure}"
    except Exception as failure:  # noqa: BLE001 (the other drills are held all the same)
        return "FAILED", f"{type(failure).__name__}: {failure}"


@contextlib.contextmanager
def _apart(folder: Path) -> Iterator[None]:
    """Keep settings, working folder and mask of the person who holds the drill away from its nights."""
    before, place = dict(os.environ), Path.cwd()
    for name in list(os.environ):
        if name.startswith(FOREIGN):
            del os.environ[name]
    os.chdir(folder)
    mask = os.umask(0o022)
    try:
        yield
    finally:
        os.umask(mask)
        os.chdir(place)
        os.environ.clear()
        os.environ.update(before)
