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


#: Where the kernel mounts control groups, and the file that holds a group to so much memory.
_CONTROLLERS = (("memory", Path("/sys/fs/cgroup/memory"), "memory.limit_in_bytes"),
                ("", Path("/sys/fs/cgroup"), "memory.max"))  # fmt: skip


def control_group(size: int) -> Path | None:
    """Make a control group that the kernel holds to so much memory; None where this user may not.

    It bounds what all processes in it hold at once, page cache included: what they only reserve is free.
    """
    lines = Path("/proc/self/cgroup").read_text(encoding="ascii").splitlines()
    own = {names: path.lstrip("/") for _, names, path in (line.split(":", 2) for line in lines)}
    for controller, mounted, bound in _CONTROLLERS:
        group = mounted / own.get(controller, "") / f"cakupan-benchmark-{os.getpid()}"
        try:
            group.mkdir()
        except OSError:
            continue
        try:
            (group / bound).write_text(str(size), encoding="ascii")
        except OSError:
            group.rmdir()
            continue
        return group
    return None


def limited(size: int, group: Path | None) -> None:
    """Enter the group; without one, bound the private memory of this process and of each that it starts."""
    if group is None:
        resource.setrlimit(resource.RLIMIT_DATA, (size, size))
    else:
        (group / "cgroup.procs").write_text(str(os.getpid()), encoding="ascii")


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


def started(command: list[str], log: str, limit: int | None, group: Path | None) -> int:
    """Return the id of the new process."""
    child = os.fork()
    if child:
        return child
    try:
        handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(handle, 1)
        os.dup2(handle, 2)
        if limit is not None:
            limited(limit, group)
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
    most = None if bound == "-" else int(bound)
    own_group = control_group(most) if most else None
    try:
        took = watched(started(arguments, log_file, most, own_group))
    finally:
        if own_group is not None:
            own_group.rmdir()
    held_by = "control group" if own_group else "RLIMIT_DATA" if most else ""
    Path(target).write_text(json.dumps(took | {"held_by": held_by}), encoding="ascii")
