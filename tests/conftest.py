"""What many tests share: a data root of their own, a landing to write into, a night to run."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from flows.night import Report
from tests.nights import Reader, reading, run_quietly

# The same cases every time, and no clock: a red test must mean a defect.
settings.register_profile(
    "cakupan", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("cakupan")

# Pages, workbooks and pictures take seconds; tests that look at them ask for them. Set here as well as
# below, so that releases shared by many tests are made under the same setting.
os.environ["CAKUPAN_PUBLICATION"] = "tables"

Write = Callable[..., Path]
Run = Callable[..., Report]

#: Files of tests are delivered on this day, long before any run.
DELIVERY_DAY = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("CAKUPAN_") or name == "SOURCE_DATE_EPOCH":
            monkeypatch.delenv(name)
    # Pages, workbooks and pictures take seconds; tests that look at them ask for them.
    monkeypatch.setenv("CAKUPAN_PUBLICATION", "tables")


@pytest.fixture
def data_root(tmp_path: Path) -> Path:
    """A folder that no other test knows, with an empty landing."""
    root = tmp_path / "data"
    (root / "landing").mkdir(parents=True)
    return root


@pytest.fixture
def landing(data_root: Path) -> Write:
    """Write a file into the landing: `landing(name, content, at=5)` is delivered at minute 5."""

    def write(name: str, content: str | bytes, *, at: int = 0) -> Path:
        path = data_root / "landing" / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        moment = (DELIVERY_DAY + timedelta(minutes=at)).timestamp()
        os.utime(path, (moment, moment))
        return path

    return write


@pytest.fixture
def run(data_root: Path) -> Run:
    """Run a whole night on the data root; settings by name."""

    def night(**overrides: Any) -> Report:
        return run_quietly(data_root, **overrides)

    return night


@pytest.fixture
def reader(data_root: Path) -> Iterator[Reader]:
    """The warehouse of the data root, open for reading its landing again and again."""
    with reading(data_root) as opened:
        yield opened
