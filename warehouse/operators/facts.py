"""What the page is made from: what the caller knows of time and place, and what the ledger says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from warehouse import ledger
from warehouse.database import Connection, rows

#: Nights of the strip.
NIGHTS = 30
_ZONES = {7: "WIB", 8: "WITA", 9: "WIT"}


@dataclass(frozen=True)
class Refused:
    """A file that cannot be used: its name, what is wrong, what to do."""

    file: str
    what: str
    hint: str


@dataclass(frozen=True)
class Situation:
    """What the ledger does not know. `planned`: days on which the schedule has fired before `moment`."""

    moment: datetime
    zone: ZoneInfo
    planned: frozenset[date]
    next_run_at: datetime | None
    #: Code of each province → its name.
    provinces: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    #: Files that cannot be used; None when the run did not get so far, then the ledger is asked.
    refused: tuple[Refused, ...] | None = None

    @property
    def today(self) -> date:
        """The day of the moment, where the agency is."""
        return self.day(self.moment)

    def day(self, moment: datetime) -> date:
        """Return the day on which a moment falls where the agency is."""
        return moment.astimezone(self.zone).date()

    @property
    def zone_label(self) -> str:
        """What the zone is called: Indonesia has three without summer time."""
        offset = self.moment.astimezone(self.zone).utcoffset()
        hours = (offset.total_seconds() if offset else 0) / 3600
        return _ZONES.get(int(hours), f"UTC{hours:+g}") if hours % 1 == 0 else f"UTC{hours:+g}"


@dataclass(frozen=True)
class Run:
    """One run. `lines` and rows: of the files whose newest reading was in it."""

    run_id: str
    started_at: datetime
    finished_at: datetime | None
    outcome: str
    release_id: str | None
    message: str | None
    files: int = 0
    lines: int = 0
    rows_accepted: int = 0
    rows_set_aside: int = 0

    @property
    def seconds(self) -> float | None:
        """How long it took; nothing when it was killed."""
        return (self.finished_at - self.started_at).total_seconds() if self.finished_at else None


@dataclass(frozen=True)
class Stage:
    """A stage of the last run. `usual_seconds`: median of earlier runs."""

    step: str
    seconds: float
    message: str
    usual_seconds: float | None


@dataclass(frozen=True)
class Delivery:
    """The first time that an office delivered figures of a month."""

    source: str
    scope: str
    period: date
    delivered_at: datetime


@dataclass(frozen=True)
class Office:
    """What counts of one office in one source."""

    source: str
    scope: str
    files: int
    newest_as_of: date
    newest_delivery: datetime
    rows_accepted: int
    rows_set_aside: int


@dataclass(frozen=True)
class SetAside:
    """A file that is used, but for rows that were set aside; `reason`: the commonest."""

    file_name: str
    source: str
    scope: str
    rows_accepted: int
    rows_set_aside: int
    reason: str


@dataclass(frozen=True)
class Finding:
    """A check that found rows."""

    check_id: str
    severity: str
    rows: int


@dataclass(frozen=True)
class Ledger:
    """What the ledger says, of the last nights and of what counts now."""

    first_run_at: datetime | None = None
    runs: tuple[Run, ...] = ()
    stages: tuple[Stage, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    offices: tuple[Office, ...] = ()
    set_aside: tuple[SetAside, ...] = ()
    findings: tuple[Finding, ...] = ()
    refused: tuple[Refused, ...] = ()
    release: Mapping[str, Any] | None = None


def read_ledger(connection: Connection, since: datetime) -> Ledger:
    """Return what the ledger says; runs since a moment, everything else as it is now."""
    first = connection.execute("SELECT min(started_at) FROM ledger.runs").fetchall()[0][0]
    return Ledger(
        first_run_at=first,
        runs=tuple(Run(**row) for row in rows(connection, _query("runs"), [since])),
        stages=tuple(Stage(**row) for row in rows(connection, _query("stages"))),
        deliveries=tuple(Delivery(**row) for row in rows(connection, _query("deliveries"))),
        offices=tuple(Office(**row) for row in rows(connection, _query("sources"))),
        set_aside=tuple(SetAside(**row) for row in rows(connection, _query("set_aside"))),
        findings=tuple(Finding(**row) for row in rows(connection, _query("checks"))),
        refused=tuple(
            Refused(file["file_name"], file["rejection"] or "", file["hint"] or "")
            for file in ledger.rejected_files(connection)
        ),
        release=ledger.last_release(connection),
    )


def _query(name: str) -> str:
    return (Path(str(resources.files("warehouse.operators"))) / f"{name}.sql").read_text(encoding="utf-8")
