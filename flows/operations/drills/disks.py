"""Disks that fill, turn read-only or go away, on a small file system that nobody else sees."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from flows.operations.drills.scratch import NotHere, Scratch, expect
from schemas.errors import AlreadyRunning, DrillFailed, SettingsError, StorageError

#: Room on the small disk, and how much of it is left before each night: it fills at other moments.
_SIZE_MB = 96
_LEFT_KB = (0, 64, 512, 2048, 6144)
_MODULE = "flows.operations.drills.disks"


def full(scratch: Scratch) -> str:
    """A night on a disk that fills, at several moments; with room again the next one publishes."""
    return _inside("full", scratch)


def read_only(scratch: Scratch) -> str:
    """A night on a file system that was turned read-only; what is public stays readable."""
    return _inside("read_only", scratch)


def landing_away(scratch: Scratch) -> str:
    """The share of the landing goes away, comes back empty, comes back: the figures never change."""
    scratch.deliver_month(0)
    release = scratch.night().release_id
    away = scratch.folder / "away"
    scratch.landing.rename(away)
    ended = scratch.command("run", "--in-process")
    expect(ended.returncode == StorageError.exit_code, f"without the landing it ended {ended.returncode}")
    expect("mounted" in ended.stderr, "the message does not ask for the mount")
    scratch.landing.mkdir()  # a mount point without its share
    report = scratch.night()
    expect(
        (report.outcome, report.release_id) == ("nothing_new", release), f"an empty landing: {report.outcome}"
    )
    scratch.landing.rmdir()
    away.rename(scratch.landing)
    report = scratch.night()
    expect((report.outcome, report.files_read) == ("nothing_new", 0), "files were read again that were known")
    scratch.hold_together()
    return "absent: exit 8 and a hint; empty: nothing forgotten; back: nothing read twice"


def _inside(name: str, scratch: Scratch) -> str:
    """Hold a drill where a small disk can be mounted: a mount namespace of its own, gone with the process."""
    if shutil.which("unshare") is None or shutil.which("mount") is None:
        raise NotHere("it needs the programs unshare and mount (util-linux)")
    rights = [] if os.geteuid() == 0 else ["--map-root-user"]
    probe = subprocess.run(
        ["unshare", "--mount", *rights, "mount", "-t", "tmpfs", "none", str(scratch.folder)],
        capture_output=True,
        check=False,
    )
    if probe.returncode:
        raise NotHere("it needs the right to mount (root, or user namespaces)")
    ended = subprocess.run(
        ["unshare", "--mount", *rights, sys.executable, "-m", _MODULE, name, str(scratch.folder)],
        env=scratch.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode:
        raise DrillFailed(
            ended.stderr.strip().splitlines()[-1] if ended.stderr.strip() else "it ended at once"
        )
    return str(json.loads(ended.stdout)["told"])


def _mounted(scratch: Scratch) -> None:
    scratch.root.mkdir(exist_ok=True)
    options = f"size={_SIZE_MB}m,mode=755"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", str(scratch.root)], check=True)


def _full_inside(scratch: Scratch) -> str:
    _mounted(scratch)
    scratch.deliver_month(0)
    release = scratch.night().release_id
    scratch.deliver_month(1)
    refused = 0
    for left in _LEFT_KB:
        _fill(scratch.root / "filler", left)
        ended = scratch.command("run", "--in-process")
        expect(
            ended.returncode in (0, StorageError.exit_code),
            f"with {left} KB left it ended {ended.returncode}: {ended.stderr[-300:]}",
        )
        expect("Traceback" not in ended.stderr, f"with {left} KB left: {ended.stderr[-300:]}")
        refused += ended.returncode != 0
        (scratch.root / "filler").unlink()
        expect(ended.returncode == 0 or scratch.latest() == release, "another release became public")
        scratch.hold_together()
    expect(refused > 0, "the disk never filled")
    expect(scratch.night().exit_code == 0, "with room again the night failed")
    expect(scratch.latest() != release, "with room again nothing was published")
    scratch.hold_together()
    return (
        f"{refused} nights ended with exit 8 and a hint, the release stayed whole; with room again: published"
    )


def _fill(filler: Path, left_kb: int) -> None:
    """Write a file until so much room is left."""
    free = shutil.disk_usage(filler.parent).free
    with filler.open("wb") as stream:
        os.posix_fallocate(stream.fileno(), 0, max(1, free - left_kb * 1024))


def _read_only_inside(scratch: Scratch) -> str:
    _mounted(scratch)
    scratch.deliver_month(0)
    release = scratch.night().release_id
    scratch.deliver_month(1)
    remount = ["mount", "-o", "remount,ro", str(scratch.root)]
    subprocess.run(remount, check=True)
    ended = scratch.command("run", "--in-process")
    expect(ended.returncode == StorageError.exit_code, f"it ended {ended.returncode}: {ended.stderr[-300:]}")
    expect("hint:" in ended.stderr, "there is no hint")
    asked = scratch.command("query", "SELECT DISTINCT release_id FROM marts.coverage_by_regency")
    expect(str(release) in asked.stdout, "the published database cannot be asked")
    expect(scratch.command("status").returncode == 0, "the status cannot be asked")
    subprocess.run(["mount", "-o", "remount,rw", str(scratch.root)], check=True)
    expect(scratch.night().outcome == "published", "writable again, the night did not publish")
    return "exit 8 and a hint; query and status answer; writable again: published"


_INSIDE: dict[str, Callable[[Scratch], str]] = {"full": _full_inside, "read_only": _read_only_inside}


def main(name: str, folder: str) -> int:
    """Hold a drill in this mount namespace and print what it shows."""
    scratch = Scratch(Path(folder))
    try:
        print(json.dumps({"told": _INSIDE[name](scratch)}))
    except (DrillFailed, SettingsError, StorageError, AlreadyRunning) as failure:
        print(f"{failure.what}", file=sys.stderr)
        return failure.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
