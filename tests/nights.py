"""Nights in small: what the tests of flows, and whoever needs a whole run, start and compare."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flows import clock
from flows.night import Night, Report
from flows.nightly import opened, run_night
from flows.settings import Settings, load_settings
from flows.stages.loading import Loaded, read_and_load
from flows.stages.survey import Survey, survey
from flows.steps import InProcess


def settings_of(root: Path, **overrides: Any) -> Settings:
    """Settings of a data root that waits for no file to settle."""
    return load_settings(**{"data_root": root, "settle_seconds": 0, **overrides})


def run_quietly(root: Path, **overrides: Any) -> Report:
    """Run a whole night."""
    return run_night(settings_of(root, **overrides), InProcess(quiet=True))


@contextlib.contextmanager
def opened_night(root: Path, **overrides: Any) -> Iterator[Night]:
    """Everything open as in a night, with no stage run yet."""
    settings = settings_of(root, **overrides)
    settings.paths.prepare()
    with opened(settings, clock.now(), InProcess(quiet=True)) as night:
        yield night


def read_landing(root: Path, **overrides: Any) -> tuple[Survey, Loaded]:
    """Run the stages up to the loaded warehouse, without marts and release: a fifth of a whole night."""
    with opened_night(root, **overrides) as night:
        found = survey(night)
        return found, read_and_load(night, found)


def ask(root: Path, query: str) -> list[tuple[Any, ...]]:
    """Rows of a query on the working warehouse of a data root."""
    with opened_night(root) as night:
        return night.connection.execute(query).fetchall()


def tree(folder: Path) -> dict[str, bytes | str]:
    """Every file below a folder with its bytes, every link with its target."""
    found: dict[str, bytes | str] = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.is_symlink():
            found[name] = str(path.readlink())
        elif path.is_file():
            found[name] = path.read_bytes()
    return found
