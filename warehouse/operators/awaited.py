"""What is expected: offices that deliver every month and have not yet for the months that ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from statistics import median

from warehouse.operators.facts import Delivery, Ledger, Situation

#: Of so many months up to its newest one, an office must have delivered `_AT_LEAST` to count as monthly.
_WINDOW, _AT_LEAST = 3, 2
#: A delivery later than this after the month's end was made up for, and says nothing of the usual day.
_LATEST_USUAL_DAY = 62
#: The usual day is the median over so many of the newest months.
_RECENT = 6
#: An office that is silent for longer has stopped, and is not awaited every night.
_GIVEN_UP = 12


@dataclass(frozen=True)
class Awaited:
    """An office that delivers monthly and has not for `since` and the months after it.

    `usual_days`: days after the end of a month when it usually comes; None when that is not known, and then
    there is no day on which it is `due`.
    """

    source: str
    scope: str
    since: date
    months: int
    usual_days: int | None
    due: date | None
    late_days: int


def awaited(told: Ledger, now: Situation) -> tuple[Awaited, ...]:
    """Return who is awaited: the latest first, then those who are due, then those without a usual day."""
    found = []
    for (source, scope), group in groupby(told.deliveries, key=lambda one: (one.source, one.scope)):
        one = _awaited(source, scope, list(group), now)
        found += [one] if one else []
    return tuple(sorted(found, key=_order))


def _order(one: Awaited) -> tuple[int, date, str, str]:
    return (-one.late_days, one.due or date.max, one.source, one.scope)


def _awaited(source: str, scope: str, seen: Sequence[Delivery], now: Situation) -> Awaited | None:
    periods = {_number(one.period) for one in seen}
    newest, ended = max(periods), _number(now.today) - 1
    monthly = sum(newest - back in periods for back in range(_WINDOW)) >= _AT_LEAST
    if not monthly or not 0 < ended - newest <= _GIVEN_UP:
        return None
    since = _first_day(newest + 1)
    usual = _usual_days(seen, now)
    due = None if usual is None else month_end(since) + timedelta(days=usual)
    late = 0 if due is None else max(0, (now.today - due).days)
    return Awaited(source, scope, since, ended - newest, usual, due, late)


def _usual_days(seen: Sequence[Delivery], now: Situation) -> int | None:
    """Median of the days from the end of a month to the delivery of its figures, rounded down."""
    recent = sorted(seen, key=lambda one: one.period)[-_RECENT:]
    days = [(now.day(one.delivered_at) - month_end(one.period)).days for one in recent]
    known = [count for count in days if count <= _LATEST_USUAL_DAY]
    return int(median(known)) if known else None


def month_end(day: date) -> date:
    """Return the last day of the month of a day."""
    return _first_day(_number(day) + 1) - timedelta(days=1)


def _number(day: date) -> int:
    """Number the months, so that they can be counted over the end of a year."""
    return day.year * 12 + day.month - 1


def _first_day(number: int) -> date:
    return date(number // 12, number % 12 + 1, 1)
