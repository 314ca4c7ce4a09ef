"""Small ledgers for the operators' page: written here, so that every number of a test can be counted."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from warehouse.operators.facts import (
    Delivery,
    Finding,
    Ledger,
    Office,
    Refused,
    Run,
    SetAside,
    Situation,
    Stage,
)

MAKASSAR = ZoneInfo("Asia/Makassar")
PROVINCES = {"51": "Bali", "52": "Nusa Tenggara Barat", "91": "Papua Barat"}
#: 12 December 2026, 02:00:40 in Makassar: the night that ends most of these ledgers.
TONIGHT = datetime(2026, 12, 11, 18, 0, 40, tzinfo=UTC)
TODAY = date(2026, 12, 12)


def situation(moment: datetime = TONIGHT, **changes: Any) -> Situation:
    """A night at two o'clock, every day."""
    today = moment.astimezone(MAKASSAR).date()
    facts: dict[str, Any] = {
        "moment": moment,
        "zone": MAKASSAR,
        "planned": frozenset(today - timedelta(days=back) for back in range(40)),
        "next_run_at": datetime(today.year, today.month, today.day, 2, tzinfo=MAKASSAR) + timedelta(days=1),
        "provinces": PROVINCES,
    }
    return Situation(**facts | changes)


def run(day: date, outcome: str = "nothing_new", **changes: Any) -> Run:
    """A run at two o'clock of a day in Makassar that took half a minute."""
    started = datetime(day.year, day.month, day.day, 2, tzinfo=MAKASSAR).astimezone(UTC)
    facts: dict[str, Any] = {
        "run_id": f"{started:%Y%m%dT%H%M%S%fZ}",
        "started_at": started,
        "finished_at": started + timedelta(seconds=30),
        "outcome": outcome,
        "release_id": "2026-10-31-0a1b2c3d"
        if outcome in ("published", "nothing_new", "partly_failed")
        else None,
        "message": None,
    }
    return Run(**facts | changes)


def ledger(*runs: Run, **changes: Any) -> Ledger:
    """A ledger of these runs and nothing else."""
    return Ledger(**{"first_run_at": runs[0].started_at if runs else None, "runs": runs} | changes)


def delivered(source: str, scope: str, *months: str, after: int = 5) -> tuple[Delivery, ...]:
    """Deliveries of months (`2026-10`), each so many days after the month's end at noon UTC."""
    found = []
    for month in months:
        first = date.fromisoformat(f"{month}-01")
        following = (first + timedelta(days=31)).replace(day=1)
        moment = datetime(following.year, following.month, following.day, 12, tzinfo=UTC)
        found.append(Delivery(source, scope, first, moment + timedelta(days=after - 1)))
    return tuple(found)


def office(source: str, scope: str, newest: date, **changes: Any) -> Office:
    """One file of a hundred rows that arrived on the fifth day after its own."""
    facts: dict[str, Any] = {
        "files": 1,
        "newest_as_of": newest,
        "newest_delivery": datetime(newest.year, newest.month, newest.day, tzinfo=UTC) + timedelta(days=5),
        "rows_accepted": 100,
        "rows_set_aside": 0,
    }
    return Office(source, scope, **facts | changes)


def eventful() -> Ledger:
    """Thirty days of everything that can happen; the last night published, but for two files."""
    ends = {3: "failed", 7: "checks_failed", 8: "checks_failed", 12: "partly_failed", 0: "partly_failed"}
    days = [TODAY - timedelta(days=back) for back in range(26, -1, -1) if back not in (17, 18)]
    runs = []
    for day in days:
        back = (TODAY - day).days
        outcome = ends.get(back, "published" if back % 5 == 0 else "nothing_new")
        made = run(day, outcome)
        seconds = {"published": 41, "partly_failed": 55, "nothing_new": 2, "failed": 12, "checks_failed": 21}[
            outcome
        ]
        read = (
            {"files": 4, "lines": 61_250, "rows_accepted": 61_200, "rows_set_aside": 46}
            if seconds > 20
            else {}
        )
        message = (
            "/srv/cakupan: the disk is full\nhint: Free space, then run again."
            if outcome == "failed"
            else None
        )
        runs.append(
            Run(
                made.run_id,
                made.started_at,
                made.started_at + timedelta(seconds=seconds),
                outcome,
                made.release_id,
                message,
                **read,
            )
        )
    months = ("2026-07", "2026-08", "2026-09", "2026-10")
    return ledger(
        *runs,
        release={"release_id": "2026-10-31-0a1b2c3d", "data_as_of": date(2026, 10, 31)},
        stages=tuple(
            Stage(step, seconds, message, usual)
            for step, seconds, message, usual in (
                ("land", 0.1, "4 to read, 112 unchanged", 0.08),
                ("read", 9.4, "4 files, 61200 rows accepted, 46 set aside, 2 files rejected", 7.2),
                ("count", 2.2, "1 day(s), 61200 rows, 55103 persons", 2.0),
                ("build", 1.4, "26 tables, 194795 rows", 1.3),
                ("publish", 41.2, "2026-10-31-0a1b2c3d", 30.5),
            )
        ),
        deliveries=(
            *delivered("peserta", "51a", *months),
            *delivered("peserta", "91b", *months[:-1], after=9),
            *delivered("rekap", "51", *months, "2026-11", after=3),
            *delivered("rekap", "52", *months, after=14),
        ),
        offices=(
            office("penduduk_bekerja", "51", date(2026, 8, 1), rows_accepted=9),
            office("peserta", "51a", date(2026, 10, 31), files=12, rows_accepted=203_310, rows_set_aside=46),
            office("peserta", "91b", date(2026, 9, 30), files=11, rows_accepted=80_014),
            office("rekap", "51", date(2026, 11, 30), files=24, rows_accepted=96),
            office("rekap", "52", date(2026, 10, 31), files=24, rows_accepted=96),
        ),
        set_aside=(
            SetAside("peserta_51a_20261031.csv.gz", "peserta", "51a", 17_840, 46, "residence:unknown"),
        ),
        findings=(Finding("coverage_above_100", "warning", 2),),
        refused=(
            Refused(
                "rekap_53_20261130.xlsx",
                "no sheet has the columns of rekap (wilayah, segmen, peserta_aktif)",
                "Compare the header with docs/reference/sources.md and ask the sender.",
            ),
            Refused(
                "penduduk_kerja_51.csv",
                "the file name does not say what the file is",
                "Name it <source>_<scope>_<as of>.<ext>, for example rekap_51_20250331.csv.",
            ),
        ),
    )
