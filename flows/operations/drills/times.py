"""Clocks that are wrong and servers that move: what counts must not depend on either."""

from __future__ import annotations

from datetime import UTC, datetime

from flows.operations.drills import deliveries
from flows.operations.drills.scratch import Scratch, expect

_JANUARY = datetime(2026, 1, 10, 20, tzinfo=UTC)
#: Server's own zone, and that of the settings: far west, half an hour off, far east.
_ZONES = (
    ("America/New_York", "Asia/Makassar"),
    ("Asia/Kolkata", "America/New_York"),
    ("Pacific/Kiritimati", "Pacific/Kiritimati"),
)


def clock_set_back(scratch: Scratch) -> str:
    """A night in January 2026, one whose clock says January 2025, one in time again."""
    scratch.deliver_month(0)
    first = _run(scratch, _JANUARY)
    # A corrected file, delivered an hour later by the sender's clock, read under a clock of the year before.
    scratch.deliver("rekap_91_20230831.csv", deliveries.counted(3), minute=60)
    back = _run(scratch, _JANUARY.replace(year=2025))
    expect(back != first, "the corrected file was not published under the wrong clock")
    members = scratch.ask("SELECT min(active_members) FROM staging.membership_counts")
    expect(members == [(2021,)], "the corrected file does not count")
    scratch.deliver_month(1)
    last = _run(scratch, _JANUARY.replace(day=11))
    expect(last != back, "the night after did not publish")
    expect(_run(scratch, _JANUARY.replace(day=12)) == last, "with nothing new another release came of it")
    runs = scratch.ask(
        "SELECT count(DISTINCT run_id), count(*) FILTER (outcome = 'running') FROM ledger.runs"
    )
    expect(runs == [(4, 0)], f"the ledger does not hold four ended runs: {runs}")
    scratch.hold_together()
    scratch.same_as_undisturbed()
    return "each night publishes what is new; four runs in the ledger, figures as under a right clock"


def timezone_changed(scratch: Scratch) -> str:
    """The same landing on servers of other zones: the same release, and 'today' is the agency's day."""
    scratch.deliver_month(0)
    release = _run(scratch, _JANUARY)
    figures = scratch.figures()
    for system, chosen in _ZONES:
        again = _run(scratch, _JANUARY, TZ=system, CAKUPAN_TIMEZONE=chosen)
        expect((again, scratch.figures()) == (release, figures), f"another release on {system}, {chosen}")
        elsewhere = scratch.beside(system.replace("/", "-"))
        same = _run(elsewhere, _JANUARY, TZ=system, CAKUPAN_TIMEZONE=chosen)
        expect((same, elsewhere.figures()) == (release, figures), f"figures differ on {system}, {chosen}")
    # 20:00 UTC on the 10th is the 11th in Makassar, and still the 10th where the server stands.
    scratch.deliver("rekap_91_20260111.csv", deliveries.counted(5), minute=60)
    expect(
        _run(scratch, _JANUARY, TZ="America/New_York") != release, "today's file was taken for a future one"
    )
    return f"{len(_ZONES)} zones, one release, equal bytes; a file of the agency's today is not of the future"


def _run(scratch: Scratch, moment: datetime, **environment: str) -> str | None:
    """Run a night in another process, whose clock stands still; returns the release that is public then."""
    ended = scratch.command(
        "run", "--in-process", SOURCE_DATE_EPOCH=str(int(moment.timestamp())), **environment
    )
    expect(
        ended.returncode == 0,
        f"the night of {moment:%Y-%m-%d} ended {ended.returncode}: {ended.stderr[-300:]}",
    )
    return scratch.latest()
