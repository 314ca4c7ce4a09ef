"""The release of the real examples, made once for all tests that look at it and change nothing."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from flows.night import Report
from tests.small_nights import EXAMPLES, run_at


@cache
def real_night(base: Path) -> tuple[Path, Report]:
    """Data root and report of a night on the examples, below a folder that is the same for all tests."""
    root = base / "real"
    return root, run_at(root, landing=EXAMPLES)
