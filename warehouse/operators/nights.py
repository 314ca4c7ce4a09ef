"""The last nights as a strip: one cell per day, however many runs it had, and the days without one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from warehouse.operators.facts import NIGHTS, Ledger, Run, Situation

#: Days without a run: before the first ever, not on the schedule, still to come, or not done.
WITHOUT_RUN = ("before", "unplanned", "to_come", "missing")
#: Ends of a night after which the figures are up to date.
GOOD = ("published", "nothing_new", "partly_failed")


@dataclass(frozen=True)
class Night:
    """One day of the agency. `state`: how its last run ended, or why there was none."""

    day: date
    state: str
    runs: tuple[Run, ...] = ()

    @property
    def last(self) -> Run | None:
        """The run that the day ended with."""
        return self.runs[-1] if self.runs else None

    @property
    def seconds(self) -> float | None:
        """How long the last run took."""
        return self.last.seconds if self.last else None

    @property
    def is_due(self) -> bool:
        """Whether something should have come of the day."""
        return bool(self.runs) or self.state == "missing"

    @property
    def is_good(self) -> bool:
        """Whether the figures were up to date at its end."""
        return self.state in GOOD


def nights(told: Ledger, now: Situation) -> tuple[Night, ...]:
    """Return the last thirty days, oldest first."""
    by_day = {day: tuple(runs) for day, runs in groupby(told.runs, key=lambda run: now.day(run.started_at))}
    first = now.day(told.first_run_at) if told.first_run_at else None
    days = [now.today - timedelta(days=back) for back in range(NIGHTS - 1, -1, -1)]
    return tuple(
        Night(day, by_day[day][-1].outcome, by_day[day])
        if day in by_day
        else Night(day, _why_none(day, first, now))
        for day in days
    )


def _why_none(day: date, first: date | None, now: Situation) -> str:
    if first is None or day < first:
        return "before"
    if day in now.planned:
        return "missing"
    comes = now.next_run_at is not None and now.day(now.next_run_at) == day
    return "to_come" if comes else "unplanned"
