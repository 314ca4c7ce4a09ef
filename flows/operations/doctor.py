"""`cakupan doctor`: everything that a night stands on, looked at one by one, each with what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from flows.settings import Settings
from schemas.errors import CakupanError

State = Literal["ok", "warning", "error"]


@dataclass(frozen=True)
class Diagnosis:
    """What one look found. `remedy` is empty where all is well."""

    check: str
    state: State
    told: str
    remedy: str = ""


Finding = tuple[State, str, str]
Examination = Callable[[Settings, datetime], Iterator[Finding]]


def examinations() -> tuple[tuple[str, Examination], ...]:
    """Every check by its name, in the order in which a person reads them."""
    from flows.operations import holdings, machine  # noqa: PLC0415 (they import what this module declares)

    return (
        ("versions", machine.versions),
        ("locked versions", machine.locked_versions),
        ("clock", machine.the_clock),
        ("disk", machine.disk),
        ("prefect", machine.prefect),
        ("port", machine.port),
        ("run lock", holdings.run_lock),
        ("permissions", holdings.permissions),
        ("key", holdings.key),
        ("landing", holdings.landing),
        ("warehouse", holdings.warehouse),
        ("last run", holdings.last_run),
        ("release", holdings.release),
    )


def examine(settings: Settings, now: datetime) -> list[Diagnosis]:
    """Make every examination; one that fails itself is a finding, and the others go on."""
    return [finding for name, look in examinations() for finding in _looked(name, look, settings, now)]


def _looked(name: str, look: Examination, settings: Settings, now: datetime) -> list[Diagnosis]:
    try:
        found = [Diagnosis(name, *finding) for finding in look(settings, now)]
    except CakupanError as failure:
        place = f"{failure.where}: " if failure.where else ""
        found = [Diagnosis(name, "error", f"{place}{failure.what}", failure.hint or failure.remedy)]
    except OSError as failure:
        told = failure.strerror or type(failure).__name__
        found = [
            Diagnosis(name, "error", f"it cannot be looked at ({told})", "Run it as the user of the nights.")
        ]
    return found or [Diagnosis(name, "ok", "nothing to look at yet")]
