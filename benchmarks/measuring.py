"""One whole process: wall time, CPU time and peak memory, as the operating system counts them."""

from __future__ import annotations

import os
import resource
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Measured:
    """What a process took. `peak_mb`: largest resident set (ru_maxrss), in MiB."""

    wall: float
    cpu: float
    peak_mb: float
    exit_code: int


def measured(
    command: list[str], surroundings: dict[str, str], log: Path, limit_gib: float | None
) -> Measured:
    """Run a command to its end. `limit_gib` bounds its private memory (RLIMIT_DATA), children as well.

    RLIMIT_DATA counts the anonymous memory a process asks for, mapped files are free; it is stricter than
    a limit of the resident set.
    """
    began = time.perf_counter()
    child = os.fork()
    if child == 0:
        try:
            handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            os.dup2(handle, 1)
            os.dup2(handle, 2)
            if limit_gib is not None:
                size = int(limit_gib * 1024**3)
                resource.setrlimit(resource.RLIMIT_DATA, (size, size))
            os.execvpe(command[0], command, surroundings)  # noqa: S606 (the command is our own)
        finally:
            os._exit(127)
    _, status, used = os.wait4(child, 0)
    return Measured(
        wall=time.perf_counter() - began,
        cpu=used.ru_utime + used.ru_stime,
        peak_mb=used.ru_maxrss / 1024,
        exit_code=os.waitstatus_to_exitcode(status),
    )
