"""Nights that are killed (SIGKILL): at every stage, and at random moments."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from pathlib import Path

from flows.nightly import STAGES
from flows.operations.drills.arrivals import deliver_single_rows
from flows.operations.drills.processes import NightProcess
from flows.operations.drills.scratch import Scratch, expect
from schemas.errors import DrillFailed, ProcessEnded

#: Where a night is ended: before the first stage, in the middle of the files, and after the work of each.
_MOMENTS = (
    ("land", "before"),
    ("land", "within"),
    ("read", "within"),
    *((stage, "after") for stage in STAGES),
)
#: One kill of so many hits a night that publishes pages, workbooks and pictures too, which takes longer.
_FULL = 10
#: Files that are read in several processes: more than `dividing.MANY_FILES`, and enough to hit a process at work.
_MANY = 250
#: Seconds between two looks at processes, and until the last must be gone.
_LOOK, _OVER = 0.01, 10.0
#: What the ledger must never forget once it was written down.
_KEPT = """
    SELECT 'file', file_id, reading FROM ledger.files WHERE state = 'accepted'
    UNION ALL SELECT 'release', release_id, sha256 FROM ledger.releases
"""


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
    scratch.same_as_undisturbed()
    return f"{len(_MOMENTS)} kills; each next night went on, the release is as without them"


def helpers(scratch: Scratch) -> str:
    """A process that reads for a night is killed, as for lack of memory; then the night, and its processes with it."""
    deliver_single_rows(scratch, scratch.registers, _MANY)
    with NightProcess(scratch) as night:
        os.kill(_reading(night)[0], signal.SIGKILL)
        code, said = night.end(), night.talk()
        expect(code == ProcessEnded.exit_code and "SIGKILL" in said, f"the night ended {code}: {said}")
    scratch.hold_together()
    with NightProcess(scratch) as night:
        reading = _reading(night)
        night.kill()
        over = time.monotonic() + _OVER
        while left := [process for process in reading if Path(f"/proc/{process}/exe").exists()]:
            expect(time.monotonic() < over, f"{len(left)} processes outlive the night that started them")
            time.sleep(_LOOK)
    scratch.hold_together()
    expect(scratch.night().exit_code == 0, "the night after the kills was blocked")
    scratch.same_as_undisturbed()
    return f"told with exit code {ProcessEnded.exit_code}; a killed night leaves none; the next one goes on"


def _reading(night: NightProcess) -> list[int]:
    """Let a night begin and wait until processes are at work for it; returns them."""
    night.begin()
    while not (found := night.helpers()):
        if night.ends_within(_LOOK):
            raise DrillFailed(f"the night started no process: {night.talk()}")
    return found


def at_random_moments(scratch: Scratch, times: int, seed: int) -> str:
    """Kill nights at random moments; whenever one gets through, another month arrives.

    After each kill the public release must be whole, every row of a counted file in place, the ledger as
    long as before, and the next night must go on. At the end the figures are those of a night that was
    never disturbed. One kill of ten hits nights that publish everything, on a data root of their own.
    """
    chance = random.Random(seed)  # noqa: S311 (no secret: the same moments every time)
    hits: Counter[str] = Counter()
    through = 0
    for publication, share in (("tables", times - times // _FULL), ("everything", times // _FULL)):
        if share:
            ground = Scratch(scratch.folder / publication, publication)
            through += _hunt(ground, share, chance, hits)
    where = ", ".join(f"{stage} {hits[stage]}" for stage in ("start", *STAGES, "end") if hits[stage])
    return (
        f"{sum(hits.values())} kills (seed {seed}: {where}), {through} nights got through; no row lost, no "
        "release broken, no night blocked, figures as without kills"
    )


def _hunt(scratch: Scratch, times: int, chance: random.Random, hits: Counter[str]) -> int:
    """Kill so many nights on one data root; returns how many got through in between."""
    scratch.deliver_month(0)
    length, killed, through = _length_of_a_night(scratch), 0, 0
    known: set[tuple[object, ...]] = set()
    ahead = NightProcess(scratch)
    try:
        while killed < times:
            with ahead as night:
                # The next process imports while this one works: the kills come closer together.
                ahead = NightProcess(scratch)
                night.begin()
                began = time.monotonic()
                if night.ends_within(chance.uniform(0, 1.1 * length)):
                    code = night.end()
                    expect(code == 0, f"a night after {killed} kills ended {code}: {night.talk()}")
                    length = max(length, time.monotonic() - began)  # nights grow with what they hold
                    through += 1
                    scratch.deliver_month(through)
                else:
                    killed += 1
                    night.kill()
                    hits[night.stage] += 1
            scratch.hold_together()
            known = _still_known(scratch, known)
    finally:
        ahead.kill()
    expect(scratch.night().exit_code == 0, "the night after the last kill was blocked")
    _still_known(scratch, known)
    scratch.same_as_undisturbed()
    return through


def _length_of_a_night(scratch: Scratch) -> float:
    other = scratch.beside("measured")
    with NightProcess(other) as night:
        night.begin()
        began = time.monotonic()
        expect(night.end() == 0, f"a night without kills failed: {night.talk()}")
        return time.monotonic() - began


def _still_known(scratch: Scratch, before: set[tuple[object, ...]]) -> set[tuple[object, ...]]:
    """Return the files and releases that the ledger knows; none may ever be forgotten."""
    if not before and not scratch.has_ledger():
        return before
    now = set(scratch.ask(_KEPT))
    forgotten = before - now
    expect(not forgotten, f"the ledger forgot {len(forgotten)} of {len(before)} files and releases")
    return now
