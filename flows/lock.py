"""One writer: an operating-system lock on the data root that frees itself however the process ends."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from schemas.errors import AlreadyRunning, StorageError


@contextlib.contextmanager
def one_writer(path: Path, started: datetime) -> Iterator[None]:
    """Hold the lock of a data root. Raises AlreadyRunning at once when another process holds it.

    The lock file stays: removing it would let two processes lock two different files.
    """
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StorageError(
            f"the lock file cannot be opened ({error.strerror})",
            where=str(path),
            hint="Repair the permission.",
        ) from None
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            told = os.pread(handle, 200, 0).decode(errors="replace") or "unknown"
            raise AlreadyRunning(
                f"another run is at work ({told})", where=str(path), hint="Wait for it, then run again."
            ) from None
        with contextlib.suppress(
            OSError
        ):  # who holds it is a courtesy; a full disk must not stop the run here
            os.ftruncate(handle, 0)
            os.pwrite(handle, f"process {os.getpid()}, since {started:%Y-%m-%d %H:%M:%S} UTC".encode(), 0)
        yield
    finally:
        os.close(handle)


def holder(path: Path) -> str | None:
    """Say who holds a lock; None when nobody does, or the kernel does not tell.

    It is read from the kernel's list: trying the lock would be in the way of a run that starts just then.
    """
    try:
        seen = path.stat()
        told = path.read_text(encoding="utf-8", errors="replace")
        held = Path("/proc/locks").read_text(encoding="ascii")
    except OSError:
        return None
    place = f"{os.major(seen.st_dev):02x}:{os.minor(seen.st_dev):02x}:{seen.st_ino}"
    is_held = any("FLOCK" in line and place in line.split() for line in held.splitlines())
    return (told or "unknown") if is_held else None
