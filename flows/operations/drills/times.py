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
    """A night in January 2026, one whose clock says January 2025, two in time again."""
    right = Scratch(scratch.folder / "right")
    wrong = _JANUARY.replace(year=2025)
    expected = _nights(right, [_JANUARY.replace(day=day) for day in (10, 11, 12, 13)])
    found = _nights(scratch, [_JANUARY, wrong, *(_JANUARY.replace(day=day) for day in (12, 13))])
    expect(len(set(expected)) == 3, f"under a right clock the releases were {expected}")
    expect(found == expected, f"the releases were {found}, under a right clock {expected}")
    expect(scratch.figures() == right.figures(), "figures differ from those under a right clock")
    members = scratch.ask(
        "SELECT min(active_members) FROM staging.membership_counts WHERE as_of = '2023-08-31'"
    )
    expect(members == [(2021,)], "the corrected file does not count")
    runs = scratch.ask(
        "SELECT count(DISTINCT run_id), count(*) FILTER (outcome = 'running') FROM ledger.runs"
    )
    expect(runs == [(4, 0)], f"the ledger does not hold four ended runs: {runs}")
    scratch.hold_together()
    return "the same releases as under a right clock, figures equal byte by byte; four runs in the ledger"


def _nights(scratch: Scratch, clocks: list[datetime]) -> list[str | None]:
    """Four nights under these clocks: a month, a correction, another month, nothing; the releases of each."""
    scratch.deliver_month(0)
    releases = [_run(scratch, clocks[0])]
    # Delivered an hour after the file that it corrects, by the sender's clock.
    scratch.deliver("rekap_91_20230831.csv", deliveries.counted(3), minute=60)
    releases.append(_run(scratch, clocks[1]))
    scratch.deliver_month(1)
    return [*releases, _run(scratch, clocks[2]), _run(scratch, clocks[3])]


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
