from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from tests.operators.ledgers import TODAY, eventful, ledger, run, situation
from warehouse.operators.nights import Night, nights


def states(strip: tuple[Night, ...]) -> list[str]:
    return [night.state for night in strip]


def test_before_the_first_run_there_are_thirty_empty_days() -> None:
    strip = nights(ledger(), situation())
    assert [night.day for night in strip] == [date(2026, 11, 13) + timedelta(days=i) for i in range(30)]
    assert set(states(strip)) == {"before"}
    assert not any(night.is_due for night in strip)


def test_the_first_run_is_the_first_night_that_is_due() -> None:
    strip = nights(ledger(run(TODAY, "published")), situation())
    assert states(strip) == ["before"] * 29 + ["published"]
    assert [night.is_due for night in strip].count(True) == 1


def test_a_night_without_a_run_is_missing_and_not_forgotten() -> None:
    strip = nights(ledger(run(date(2026, 12, 9)), run(TODAY)), situation())
    assert states(strip)[-4:] == ["nothing_new", "missing", "missing", "nothing_new"]
    assert [night.is_due for night in strip[-4:]] == [True] * 4
    assert [night.is_good for night in strip[-4:]] == [True, False, False, True]


def test_a_day_off_the_schedule_is_not_missing() -> None:
    working_days = frozenset(day for day in situation().planned if day.weekday() < 5)
    strip = nights(ledger(run(date(2026, 12, 4)), run(TODAY)), situation(planned=working_days))
    # 5 and 6 December 2026 are a Saturday and a Sunday.
    assert states(strip)[-8:-4] == ["unplanned", "unplanned", "missing", "missing"]


def test_today_before_its_hour_is_still_to_come() -> None:
    before_two = datetime(2026, 12, 11, 16, 30, tzinfo=UTC)  # half past midnight in Makassar
    now = situation(before_two)
    now = replace(now, planned=now.planned - {TODAY}, next_run_at=before_two + timedelta(minutes=90))
    assert states(nights(ledger(run(date(2026, 12, 11))), now))[-2:] == ["nothing_new", "to_come"]


def test_a_day_shows_how_it_ended_and_keeps_every_run() -> None:
    repaired = run(TODAY, "published")
    repaired = replace(repaired, run_id="later", started_at=repaired.started_at + timedelta(hours=6))
    night = nights(ledger(run(TODAY, "failed"), repaired), situation())[-1]
    assert (night.state, [one.outcome for one in night.runs]) == ("published", ["failed", "published"])


def test_a_run_belongs_to_the_day_of_the_agency() -> None:
    """17:59 UTC on the 31st of December is one minute to two on the 1st of January in Makassar."""
    last_of_the_year = replace(run(date(2027, 1, 1)), started_at=datetime(2026, 12, 31, 17, 59, tzinfo=UTC))
    now = situation(datetime(2026, 12, 31, 18, 30, tzinfo=UTC))
    strip = nights(ledger(run(date(2026, 12, 31)), last_of_the_year), now)
    assert [(night.day, len(night.runs)) for night in strip[-2:]] == [
        (date(2026, 12, 31), 1),
        (date(2027, 1, 1), 1),
    ]


def test_thirty_days_of_everything_add_up() -> None:
    strip = nights(eventful(), situation())
    counted = {state: states(strip).count(state) for state in set(states(strip))}
    # 27 days since the first run: two missed, one failed, two stopped by a check, two partly failed; of the
    # other twenty every fifth published.
    assert counted == {
        "before": 3,
        "missing": 2,
        "failed": 1,
        "checks_failed": 2,
        "partly_failed": 2,
        "published": 5,
        "nothing_new": 15,
    }
