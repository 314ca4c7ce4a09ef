"""Nights that are killed (SIGKILL): at every stage, and at random moments."""

from __future__ import annotations

import random
import signal
import time

from flows.nightly import STAGES
from flows.operations.drills.processes import NightProcess
from flows.operations.drills.scratch import Scratch, expect

#: Where a night is ended: before the first stage, in the middle of the files, and after the work of each.
_MOMENTS = (
    ("land", "before"),
    ("land", "within"),
    ("read", "within"),
    *((stage, "after") for stage in STAGES),
)


def at_every_stage(scratch: Scratch) -> str:
    """One data root, a night killed at each moment in turn; the last one ends as if nothing had been."""
    scratch.deliver_month(0)
    for stage, moment in _MOMENTS:
        with NightProcess(scratch, stage, moment) as night:
            night.begin()
            code = night.end()
            expect(
                code == -signal.SIGKILL, f"the night was not killed {moment} {stage} ({code}): {night.talk()}"
            )
        scratch.hold_together()
    report = scratch.night()
    expect(report.exit_code == 0, f"the night after the kills ended {report.outcome}")
    _as_if_nothing_had_been(scratch)
    return f"{len(_MOMENTS)} kills; the next night each time went on, the release is as without them"


def _as_if_nothing_had_been(scratch: Scratch) -> None:
    """Compare with a data root that saw the same landing and no kill."""
    undisturbed = scratch.beside("undisturbed")
    expected = undisturbed.night().release_id
    expect(scratch.latest() == expected, f"the release is {scratch.latest()}, without kills {expected}")
    ours, theirs = scratch.figures(revisions=False), undisturbed.figures(revisions=False)
    differing = sorted(name for name in theirs if ours.get(name) != theirs[name])
    expect(not differing, f"figures differ from a night without kills: {', '.join(differing)}")
    for table, columns in _COMPARED.items():
        query = f"SELECT {columns} FROM {table} ORDER BY ALL"  # noqa: S608 (written below)
        expect(scratch.ask(query) == undisturbed.ask(query), f"{table} differs from a night without kills")


_COMPARED = {
    "ledger.files": "file_id, reading, file_name, state, lines, rows_accepted, rows_quarantined",
    "ledger.rejections": "*",
    "staging.membership_counts": "*",
    "staging.bases": "*",
    "staging.worker_counts": "*",
}


def at_random_moments(scratch: Scratch, times: int, seed: int) -> str:
    """Kill nights at random moments; whenever one gets through, another month arrives.

    After each kill the public release must be whole, every row of a counted file in place, and the next
    night must go on. At the end the figures are those of a night that was never disturbed.
    """
    chance = random.Random(seed)  # noqa: S311 (no secret: the same moments every time)
    month = 0
    scratch.deliver_month(month)
    length, killed, through = _length_of_a_night(scratch), 0, 0
    accepted: set[tuple[object, ...]] = set()
    ahead = NightProcess(scratch)
    while killed < times:
        with ahead as night:
            # The next process imports while this one works: the kills come closer together.
            ahead = NightProcess(scratch)
            night.begin()
            if night.ends_within(chance.uniform(0, 1.1 * length)):
                expect(night.end() == 0, f"a night after {killed} kills was blocked: {night.talk()}")
                through += 1
                month += 1
                scratch.deliver_month(month)
            else:
                killed += 1
        scratch.hold_together()
        accepted = _still_known(scratch, accepted)
    ahead.kill()
    expect(scratch.night().exit_code == 0, "the night after the last kill was blocked")
    _as_if_nothing_had_been(scratch)
    return f"{killed} kills (seed {seed}), {through} nights got through in between; no row lost, none blocked"


def _length_of_a_night(scratch: Scratch) -> float:
    other = scratch.beside("measured")
    with NightProcess(other) as night:
        night.begin()
        began = time.monotonic()
        expect(night.end() == 0, "a night without kills failed")
        return time.monotonic() - began


def _still_known(scratch: Scratch, before: set[tuple[object, ...]]) -> set[tuple[object, ...]]:
    """Return the files that the ledger knows as accepted; none may ever be forgotten."""
    if not before and not (scratch.root / "warehouse.duckdb").exists():
        return before
    found = scratch.ask(
        "SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'ledger' AND table_name = 'files'"
    )
    if not found[0][0]:
        expect(not before, "the ledger is gone")
        return before
    now = set(scratch.ask("SELECT file_id, reading FROM ledger.files WHERE state = 'accepted'"))
    expect(before <= now, "the ledger forgot a file")
    return now
