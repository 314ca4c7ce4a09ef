"""What the stages of one night share, and the report they end in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from typing import Literal
from zoneinfo import ZoneInfo

from flows.brakes import limited
from flows.keys import load_keys
from flows.processes import Processes
from flows.settings import Paths, Settings
from flows.steps import Result, Steps, StepTime
from schemas.errors import ChecksFailed, PartlyFailed
from schemas.registers import Registers, load_registers
from warehouse.checks import Finding
from warehouse.database import Connection, storage_errors

Outcome = Literal["published", "nothing_new", "partly_failed", "checks_failed"]


@dataclass
class Night:
    """One run: settings, the moment it began, the open warehouse."""

    settings: Settings
    started: datetime
    connection: Connection
    steps: Steps
    #: Where work on many rows may be done.
    processes: Processes
    #: Files of the landing that cannot be used; None until the landing was looked through.
    unused: tuple[Problem, ...] | None = None

    @property
    def run_id(self) -> str:
        """The run by its start, to the microsecond."""
        return self.started.strftime("%Y%m%dT%H%M%S%fZ")

    @cached_property
    def registers(self) -> Registers:
        """The registers, read once. Raises RegisterError when one contradicts its own rules."""
        return load_registers(self.settings.registers)

    @property
    def paths(self) -> Paths:
        """Where everything lives."""
        return self.settings.paths

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The secret keys of the pseudonyms. Raises SettingsError when they cannot be used."""
        return load_keys(self.settings)

    @property
    def today(self) -> date:
        """The day of the run where the agency is, not where the server is."""
        return self.started.astimezone(ZoneInfo(self.settings.timezone)).date()

    def step(self, name: str, work: Callable[[], Result], told: Callable[[Result], str]) -> Result:
        """Run one stage under its time limit; errors of the storage leave it as our own.

        Raises TookTooLong, StorageError and whatever the stage raises.
        """

        def within_limits() -> Result:
            brake = limited(name, self.settings.step_seconds, interrupt=self.connection.interrupt)
            with brake, storage_errors(self.paths.warehouse):
                return work()

        return self.steps.run(name, within_limits, told)

    @cached_property
    def provinces(self) -> frozenset[str]:
        """BPS codes of the provinces in force."""
        regions = self.registers.regions
        return frozenset(regions.filter(regions["kind"] == "provinsi")["region_code_bps"])


@dataclass(frozen=True)
class Problem:
    """A file that could not be used: its name, what is wrong, what to do."""

    file: str
    what: str
    hint: str


@dataclass(frozen=True)
class Report:
    """How a night ended; small enough to be handed around and printed as JSON."""

    run_id: str
    outcome: Outcome
    release_id: str | None
    files_read: int = 0
    rows_accepted: int = 0
    rows_set_aside: int = 0
    problems: tuple[Problem, ...] = ()
    findings: tuple[Finding, ...] = ()
    steps: tuple[StepTime, ...] = field(default=())

    @property
    def exit_code(self) -> int:
        """Exit code of the command that ran this night."""
        codes = {"partly_failed": PartlyFailed.exit_code, "checks_failed": ChecksFailed.exit_code}
        return codes.get(self.outcome, 0)


def program_version() -> str:
    """Version of the installed distribution; `0+unknown` from a bare checkout."""
    try:
        return version("cakupan")
    except PackageNotFoundError:
        return "0+unknown"
