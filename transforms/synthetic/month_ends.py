"""The calendar of a twin: month ends as days since 1970-01-01, counted from the first delivered month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

#: Months before the window that ends and starts may be dated in.
HISTORY = 60
#: Month of an event that does not happen.
NEVER = 9_999
EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class MonthEnds:
    """Month 0 is the first delivered month, `months - 1` the newest; earlier months are negative."""

    days: Ints
    months: int

    @classmethod
    def until(cls, newest: date, months: int) -> MonthEnds:
        """Return the calendar whose newest month is the one of `newest`, which closes that month."""
        last = np.datetime64(newest, "M")
        ends = (np.arange(-HISTORY - months + 1, 1) + last + 1).astype("datetime64[D]") - 1
        days = ends.astype(np.int64)
        days[-1] = day_number(newest)
        return cls(days, months)

    def end_of(self, month: Ints) -> Ints:
        """Last day of each month."""
        return self.days[np.clip(month + HISTORY, 0, len(self.days) - 1)]

    def first_of(self, month: Ints) -> Ints:
        """First day of each month."""
        return self.end_of(month - 1) + 1

    def month_of(self, day: Ints) -> Ints:
        """Month that each day lies in; days before the history count as its first month."""
        return np.searchsorted(self.days, day).astype(np.int64) - HISTORY

    def day(self, month: int) -> int:
        """Month end as a day number."""
        return int(self.days[month + HISTORY])

    def as_of(self, month: int) -> date:
        """Month end as a date."""
        return EPOCH + timedelta(days=self.day(month))


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - EPOCH).days


def calendar_parts(day: Ints) -> tuple[Ints, Ints, Ints]:
    """Year, month and day of month of each day number."""
    days = day.astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    years = months.astype("datetime64[Y]")
    return (
        years.astype(np.int64) + 1970,
        (months - years).astype(np.int64) + 1,
        (days - months).astype(np.int64) + 1,
    )
