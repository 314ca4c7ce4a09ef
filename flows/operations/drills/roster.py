"""Every drill, in the order in which they are held."""

from __future__ import annotations

from functools import partial

from flows.operations.drills import arrivals, damage, disks, hostile, keys, kills, overlaps, times
from flows.operations.drills.drill import Drill


def drills(random_kills: int, seed: int, files: int) -> dict[str, Drill]:
    """Return every drill by its name; so many kills at moments that follow from the seed, and files at once."""
    many = partial(arrivals.many_files, count=files)
    at_random = partial(kills.at_random_moments, times=random_kills, seed=seed)
    listed = (
        Drill("killed-stages", "a night killed before, within and after each stage", kills.at_every_stage),
        Drill("kills", f"{random_kills} nights killed at random moments", at_random),
        Drill(
            "process-killed",
            "a process that works for a night is killed; the night itself",
            kills.helpers,
        ),
        Drill("full-disk", "the disk fills at five moments of a night", disks.full),
        Drill("read-only", "the file system turns read-only", disks.read_only),
        Drill("landing-away", "the landing is not mounted, or mounted empty", disks.landing_away),
        Drill("half-written", "a .part file, one that grows, one that was cut off", arrivals.half_written),
        Drill("twice", "the same file twice, under two names", arrivals.same_file_twice),
        Drill("another-order", "three months of files in reverse order", arrivals.another_order),
        Drill("wrong-month", "a future day, no real day, last month's bytes", arrivals.wrong_month),
        Drill("many-files", f"a landing of {files:,} files", many),
        Drill("hostile-names", "names with .., /, newline, 300 bytes; links out", hostile.names),
        Drill("zip-bomb", "small files that unfold to hundreds of megabytes", hostile.bombs),
        Drill("flipped-staged", "one bit flipped in staged Parquet", damage.staged_byte),
        Drill("flipped-warehouse", "one block of the warehouse overwritten", damage.warehouse_byte),
        Drill("flipped-release", "one bit flipped in the published database", damage.release_byte),
        Drill("reader", "an analyst holds the published file open", overlaps.reader),
        Drill("two-runs", "a night starts while another is at work", overlaps.two_runs),
        Drill("five-triggers", "five starts at the same moment", overlaps.five_triggers),
        Drill("server-gone", "the Prefect server is killed in mid-run", overlaps.server_gone),
        Drill("key-missing", "the key of the pseudonyms is gone", keys.missing),
        Drill("key-changed", "the key of the pseudonyms is another one", keys.changed),
        Drill("clock-set-back", "the clock jumps back by a year", times.clock_set_back),
        Drill("timezone", "the server moves to other time zones", times.timezone_changed),
    )
    return {drill.name: drill for drill in listed}
