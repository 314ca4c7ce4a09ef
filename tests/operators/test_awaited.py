from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tests.operators.ledgers import delivered, ledger, situation
from warehouse.operators.awaited import Awaited, awaited, month_end
from warehouse.operators.facts import Delivery

AUTUMN = ("2026-08", "2026-09", "2026-10")


def on(day: date, *deliveries: Delivery) -> tuple[Awaited, ...]:
    noon = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
    return awaited(ledger(deliveries=deliveries), situation(noon))


def test_nobody_is_awaited_before_anything_was_delivered() -> None:
    assert on(date(2026, 12, 12)) == ()


def test_an_office_is_awaited_from_the_first_day_of_the_next_month() -> None:
    monthly = delivered("rekap", "51", *AUTUMN)
    assert on(date(2026, 11, 30), *monthly) == ()
    (one,) = on(date(2026, 12, 1), *monthly)
    assert (one.scope, one.since, one.months, one.usual_days) == ("51", date(2026, 11, 1), 1, 5)
    assert (one.due, one.late_days) == (date(2026, 12, 5), 0)


def test_an_office_is_late_from_the_day_after_its_usual_one() -> None:
    monthly = delivered("rekap", "51", *AUTUMN)
    assert [on(date(2026, 12, day), *monthly)[0].late_days for day in (5, 6, 12)] == [0, 1, 7]


def test_who_delivered_is_not_awaited() -> None:
    assert on(date(2026, 12, 12), *delivered("rekap", "51", *AUTUMN, "2026-11")) == ()


def test_a_month_is_awaited_over_the_end_of_the_year() -> None:
    (one,) = on(date(2027, 1, 3), *delivered("rekap", "51", "2026-10", "2026-11"))
    assert (one.since, one.months, one.due) == (date(2026, 12, 1), 1, date(2027, 1, 5))


def test_an_office_that_skipped_a_month_is_awaited_for_all_since() -> None:
    (one,) = on(date(2027, 2, 12), *delivered("rekap", "51", *AUTUMN))
    assert (one.since, one.months, one.due, one.late_days) == (date(2026, 11, 1), 3, date(2026, 12, 5), 69)


@pytest.mark.parametrize(
    ("months", "awaited_now"),
    [
        (("2026-10",), False),  # once is no habit
        (("2026-07", "2026-10"), False),  # quarterly
        (("2026-08", "2026-10"), True),  # two of three
        (("2025-09", "2025-10"), False),  # silent for more than twelve months: stopped
        (("2025-10", "2025-11"), True),  # silent for twelve
    ],
)
def test_who_counts_as_monthly(months: tuple[str, ...], awaited_now: bool) -> None:
    found = on(date(2026, 12, 12), *delivered("rekap", "51", *months))
    assert bool(found) is awaited_now


def test_months_delivered_long_after_say_nothing_of_the_usual_day() -> None:
    (one,) = on(date(2026, 12, 12), *delivered("rekap", "51", *AUTUMN, after=63))
    assert (one.usual_days, one.due, one.late_days) == (None, None, 0)
    late_ones = delivered("rekap", "51", "2026-08", after=63)
    usual_ones = delivered("rekap", "51", "2026-09", "2026-10", after=62)
    assert on(date(2026, 12, 12), *late_ones, *usual_ones)[0].usual_days == 62


def test_the_usual_day_is_the_median_of_the_newest_six_months() -> None:
    days = {
        "2026-04": 30,
        "2026-05": 3,
        "2026-06": 4,
        "2026-07": 5,
        "2026-08": 8,
        "2026-09": 9,
        "2026-10": 20,
    }
    deliveries = [one for month, day in days.items() for one in delivered("rekap", "51", month, after=day)]
    # April is the seventh; of 3, 4, 5, 8, 9, 20 the middle is 6.5, rounded down.
    assert on(date(2026, 12, 1), *deliveries)[0].usual_days == 6


def test_the_day_of_a_delivery_is_that_of_the_agency() -> None:
    """20:00 UTC on the 4th is the 5th in Makassar."""
    evening = tuple(
        Delivery("rekap", "51", date(2026, month, 1), datetime(2026, month + 1, 4, 20, tzinfo=UTC))
        for month in (9, 10)
    )
    assert on(date(2026, 12, 1), *evening)[0].usual_days == 5


def test_the_latest_office_comes_first_and_one_without_a_usual_day_last() -> None:
    found = on(
        date(2026, 12, 12),
        *delivered("peserta", "51a", *AUTUMN, after=20),
        *delivered("rekap", "51", *AUTUMN, after=3),
        *delivered("rekap", "52", *AUTUMN, after=8),
        *delivered("rekap", "53", *AUTUMN, after=90),
    )
    assert [(one.scope, one.late_days) for one in found] == [("51", 9), ("52", 4), ("51a", 0), ("53", 0)]


@pytest.mark.parametrize(
    ("day", "last"),
    [
        (date(2024, 2, 1), date(2024, 2, 29)),
        (date(2025, 2, 28), date(2025, 2, 28)),
        (date(2026, 12, 5), date(2026, 12, 31)),
    ],
)
def test_the_end_of_a_month(day: date, last: date) -> None:
    assert month_end(day) == last
