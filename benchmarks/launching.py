"""Start one program, wait for it, and write what it took; a small program of its own.

A child's peak memory, as the operating system counts it, begins at the size of the process that started it.
So the starter must be small: only the standard library, and nothing read but two numbers of each process.

Arguments: file for what was measured (JSON), log file, limit in bytes or `-`, then the command.
"""

import json
import os
import resource
import sys
import time
from pathlib import Path

#: Between two looks at the memory of the processes.
_PAUSE = 0.05


def limited(size: int) -> None:
    """Bound the private memory of this process and of those that it starts, each by itself."""
    resource.setrlimit(resource.RLIMIT_DATA, (size, size))


def family(process: int) -> list[int]:
    """Return a process and all that came from it."""
    found = [process]
    for parent in found:
        try:
            for thread in Path(f"/proc/{parent}/task").iterdir():
                found += map(int, (thread / "children").read_text(encoding="ascii").split())
        except OSError:
            continue  # it has ended
    return found


def private_bytes(process: int) -> int:
    """Resident memory of a process that is no file's: nothing in it can be dropped and read again."""
    try:
        lines = Path(f"/proc/{process}/status").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(("RssAnon", "RssShmem")))


def started(command: list[str], log: str, limit: int | None) -> int:
    """Return the id of the new process."""
    child = os.fork()
    if child:
        return child
    try:
        handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(handle, 1)
        os.dup2(handle, 2)
        if limit is not None:
            limited(limit)
        os.execvp(command[0], command)  # noqa: S606 (the command is our own)
    finally:
        os._exit(127)


def watched(process: int) -> dict[str, float]:
    """Wait for the end; wall and CPU time, memory, and how many processes there were at most."""
    began = time.perf_counter()
    private, processes = 0, 1
    while True:
        ended, status, used = os.wait4(process, os.WNOHANG)
        if ended:
            break
        members = family(process)
        processes = max(processes, len(members))
        private = max(private, sum(private_bytes(member) for member in members))
        time.sleep(_PAUSE)
    return {
        "wall": time.perf_counter() - began,
        "cpu": used.ru_utime + used.ru_stime,
        "peak_mb": used.ru_maxrss / 1024,
        "private_mb": private / 2**20,
        "processes": processes,
        "exit_code": os.waitstatus_to_exitcode(status),
    }


if __name__ == "__main__":
    target, log_file, bound, *arguments = sys.argv[1:]
    took = watched(started(arguments, log_file, None if bound == "-" else int(bound)))
    Path(target).write_text(json.dumps(took), encoding="ascii")
