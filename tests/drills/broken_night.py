"""A night in a process of its own with one defence taken out: BROKEN_DEFENCE names it. For test_bite.py."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import Any

import warehouse.load
from flows import nightly
from flows.operations.drills import night_process
from warehouse.release import shelf


def no_lock(*_: Any) -> contextlib.AbstractContextManager[None]:
    return contextlib.nullcontext()


def rows_lost(*_: Any) -> None:
    """A file is written down as loaded, and its rows are not."""


def cut_off(unfinished: Path, release_id: str, place: Any = shelf.place) -> Path:
    """A release of which the last bytes did not reach the disk."""
    final: Path = place(unfinished, release_id)
    with (final / "regions.csv").open("r+b") as stream:
        stream.truncate(100)
    return final


BROKEN = {
    "lock": (nightly, "one_writer", no_lock),
    "rows": (warehouse.load, "_load_rows", rows_lost),
    "release": (shelf, "place", cut_off),
}

if __name__ == "__main__":
    setattr(*BROKEN[os.environ["BROKEN_DEFENCE"]])
    sys.exit(night_process.main(*sys.argv[1:]))
