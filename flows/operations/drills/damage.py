"""Bytes that change on the disk: in staged rows, in the warehouse, in a published release."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from flows.by_hand import publish_again
from flows.operations.drills import deliveries
from flows.operations.drills.scratch import Scratch, expect
from flows.steps import InProcess
from schemas.errors import NeedsRepair, StorageError
from warehouse.release import shelf

#: DuckDB reads and checks its file in blocks of this size, after three headers.
_BLOCK, _HEADERS = 262_144, 3 * 4096


def flip_bit(path: Path, at: int) -> None:
    """Flip one bit of a file, as a tired disk does: size and time stay as they were."""
    seen = path.stat()
    with path.open("r+b") as stream:
        stream.seek(at)
        byte = stream.read(1)[0]
        stream.seek(at)
        stream.write(bytes([byte ^ 0b100]))
    os.utime(path, ns=(seen.st_atime_ns, seen.st_mtime_ns))


def staged_byte(scratch: Scratch) -> str:
    """One bit of staged member rows flips; a new file of the same day makes them count again."""
    scratch.deliver_month(0)
    release = scratch.night().release_id
    (folder,) = scratch.staged_folders("peserta")
    (part,) = folder.glob("rows-*.parquet")
    flip_bit(part, part.stat().st_size // 2)
    scratch.deliver("peserta_51a01_20230831.csv", deliveries.another_office(0), minute=9)
    failure = scratch.refusal()
    expect(isinstance(failure, StorageError), f"it ended with {failure!r}")
    expect(failure.hint.startswith("Run again"), f"the hint is {failure.hint!r}")
    expect(scratch.latest() == release, "another release became public")
    report = scratch.night()
    expect(report.outcome == "published", f"the next night ended {report.outcome}")
    scratch.hold_together()
    scratch.same_as_undisturbed()
    return "exit 8, nothing published; the next night reads the file anew, figures as without damage"


def warehouse_byte(scratch: Scratch) -> str:
    """One bit flips: in single blocks of the warehouse, then in every block; the hint is followed."""
    scratch.deliver_month(0)
    release = scratch.night().release_id
    figures = scratch.figures()
    file, healthy = scratch.root / "warehouse.duckdb", scratch.folder / "healthy.duckdb"
    shutil.copy2(file, healthy)
    starts = range(_HEADERS, healthy.stat().st_size, _BLOCK)
    noticed = 0
    for chosen in (starts[:1], starts[len(starts) // 2 :][:1], starts[-1:], starts):
        shutil.copy2(healthy, file)
        for start in chosen:
            flip_bit(file, start + 1000)
        ended = scratch.command("run", "--in-process")
        expect(
            ended.returncode in (0, StorageError.exit_code) and "Traceback" not in ended.stderr,
            f"it ended {ended.returncode}: {ended.stderr[-400:]}",
        )
        noticed += ended.returncode != 0
        expect((scratch.latest(), scratch.figures()) == (release, figures), "figures changed")
    expect(ended.returncode != 0, "damage of every block was not noticed")
    expect("hint: Move the file away" in ended.stderr, f"there is no hint: {ended.stderr[-300:]}")
    file.rename(scratch.folder / "damaged.duckdb")
    report = scratch.night()
    expect(report.exit_code == 0, f"without the damaged file it ended {report.outcome}")
    expect(
        (scratch.latest(), scratch.figures()) == (release, figures), "figures differ after it was made anew"
    )
    scratch.hold_together()
    return (
        f"{noticed} of 4 runs met it: exit 8 and a hint; moved away it is made anew, same release, same bytes"
    )


def release_byte(scratch: Scratch) -> str:
    """One bit of the published database and of a table flips; what to do is said, and done."""
    scratch.deliver_month(0)
    release = scratch.night().release_id
    figures = scratch.figures()
    folder = scratch.root / "published" / str(release)
    names = ["cakupan.duckdb", "coverage_by_regency.csv"]
    for name in names:
        flip_bit(folder / name, (folder / name).stat().st_size // 2)
    told = scratch.command("doctor")
    expect(told.returncode == NeedsRepair.exit_code, f"`doctor` ended {told.returncode}")
    expect(all(name in told.stdout for name in names), "`doctor` does not name the damaged files")
    report = publish_again(scratch.settings(), InProcess(quiet=True))
    expect(report.release_id == release, f"another release came of it: {report.release_id}")
    expect(not shelf.damaged_files(folder), "the release is still damaged")
    expect(scratch.figures() == figures, "figures differ after it was published again")
    return "`doctor` names both files (exit 13); published again: same release, same bytes"
