"""One whole program: wall time, CPU time and peak memory, as the operating system counts them."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

_LAUNCHER = Path(__file__).with_name("launching.py")


@dataclass(frozen=True)
class Measured:
    """What a program took. Seconds, MiB.

    `cpu`: with all its processes. `peak_mb`: largest resident set of one process (ru_maxrss), mapped files
    included. `private_mb`: largest sum, over all its processes at one moment, of resident memory that is no
    file's; seen every 50 ms. `processes`: how many there were at once. `held_by`: what kept a limit of memory.
    """

    wall: float
    cpu: float
    peak_mb: float
    exit_code: int
    private_mb: float = 0.0
    processes: int = 1
    held_by: str = ""


def measured(
    command: list[str], surroundings: dict[str, str], log: Path, limit_gib: float | None = None
) -> Measured:
    """Run a command to its end. `limit_gib` bounds its memory: by a control group of its own where this user may
    make one, otherwise by RLIMIT_DATA for each process.

    RLIMIT_DATA counts the private memory that a process asks for, used or not; mapped files are free.
    """
    target = log.with_suffix(".measured.json")
    target.unlink(missing_ok=True)
    bound = "-" if limit_gib is None else str(int(limit_gib * 2**30))
    starter = [sys.executable, "-I", "-S", str(_LAUNCHER), str(target), str(log), bound]
    subprocess.run([*starter, *command], env=surroundings, check=True)
    return Measured(**json.loads(target.read_text(encoding="ascii")))
