"""Nights in small: what the tests of flows, and whoever needs a whole run, start and compare."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from flows import clock
from flows.night import Night, Problem, Report
from flows.nightly import run_night
from flows.processes import Processes
from flows.settings import Settings, load_settings
from flows.stages.loading import Loaded, problems, read_and_load
from flows.stages.survey import Survey, survey
from flows.steps import InProcess
from schemas.registers import Registers, load_registers
from warehouse.database import open_warehouse


def settings_of(root: Path, **overrides: Any) -> Settings:
    """Settings of a data root that waits for no file to settle."""
    return load_settings(**{"data_root": root, "settle_seconds": 0, **overrides})


def run_quietly(root: Path, **overrides: Any) -> Report:
    """Run a whole night."""
    return run_night(settings_of(root, **overrides), InProcess(quiet=True))


@cache
def packaged_registers() -> Registers:
    """The registers of the package, loaded once."""
    return load_registers()


@dataclass
class Reader:
    """An open warehouse in which the landing is read again and again, without marts and release."""

    night: Night

    def read(self, registers: Path | None = None) -> tuple[Survey, Loaded]:
        """Run the stages `land` and `read` of another night."""
        self.night.started = clock.now()
        self.night.registers = packaged_registers() if registers is None else load_registers(registers)
        found = survey(self.night)
        return found, read_and_load(self.night, found)

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of a query on the warehouse."""
        return self.night.connection.execute(query).fetchall()

    def problems(self) -> tuple[Problem, ...]:
        """Files of the landing that are not used as they stand there now."""
        return problems(self.night, survey(self.night))


@contextlib.contextmanager
def reading(root: Path, **overrides: Any) -> Iterator[Reader]:
    """Open the warehouse of a data root for reading its landing."""
    settings = settings_of(root, **overrides)
    settings.paths.prepare()
    started = clock.now()
    with open_warehouse(settings.paths.warehouse, settings.limits, started) as connection:
        night = Night(settings, started, connection, InProcess(quiet=True), Processes(settings.processes))
        night.registers = packaged_registers()
        yield Reader(night)


def ask(root: Path, query: str) -> list[tuple[Any, ...]]:
    """Rows of a query on the working warehouse of a data root, between two runs."""
    with duckdb.connect(str(root / "warehouse.duckdb"), read_only=True) as connection:
        return connection.execute(query).fetchall()


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
