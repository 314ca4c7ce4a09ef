"""Whole programs are measured with all that they start, and a limit is one of the operating system."""

import sys
from pathlib import Path

import pytest

from benchmarks.measuring import Measured, measured

MIB = 2**20
TWO_CHILDREN = f"""
import os, time
children = []
for _ in range(2):
    child = os.fork()
    if child == 0:
        held = bytearray(b"1") * {100 * MIB}
        time.sleep(1)
        os._exit(0)
    children.append(child)
for child in children:
    os.waitpid(child, 0)
"""


def python(tmp_path: Path, code: str, limit_gib: float | None = None) -> Measured:
    return measured([sys.executable, "-I", "-S", "-c", code], {}, tmp_path / "log", limit_gib)


def test_the_exit_code_is_that_of_the_program(tmp_path: Path) -> None:
    assert python(tmp_path, "raise SystemExit(3)").exit_code == 3


def test_what_a_program_says_is_kept(tmp_path: Path) -> None:
    python(tmp_path, "import sys; print('out'); sys.stdout.flush(); print('err', file=sys.stderr)")
    assert (tmp_path / "log").read_text(encoding="utf-8") == "out\nerr\n"


def test_a_program_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert measured(["/not/there"], {}, tmp_path / "log").exit_code == 127


def test_peak_memory_is_that_of_the_program_not_of_whoever_measures(tmp_path: Path) -> None:
    """The process of the tests holds Polars and more; the program holds nothing."""
    ballast = bytearray(300 * MIB)
    assert python(tmp_path, "pass").peak_mb < 100
    assert len(ballast) == 300 * MIB


def test_peak_memory_is_what_was_touched(tmp_path: Path) -> None:
    took = python(tmp_path, f"import time; held = bytearray(b'1') * {200 * MIB}; time.sleep(0.5)")
    assert 200 < took.peak_mb < 300
    assert 200 < took.private_mb < 300
    assert took.processes == 1


def test_private_memory_adds_up_over_the_processes_of_a_program(tmp_path: Path) -> None:
    took = python(tmp_path, TWO_CHILDREN)
    assert took.exit_code == 0
    assert took.processes == 3
    assert took.private_mb > 200
    assert took.peak_mb < 200


_HELD = f"held = bytearray(b'x') * {400 * MIB}"


@pytest.mark.parametrize(
    "code",
    [_HELD, f"import os, sys\nos.execv(sys.executable, [sys.executable, '-c', {_HELD!r}])"],
    ids=["itself", "a program it becomes"],
)
def test_a_limit_is_held(tmp_path: Path, code: str) -> None:
    free = python(tmp_path, code)
    assert (free.exit_code, free.held_by) == (0, "")
    held = python(tmp_path, code, limit_gib=0.25)
    # The kernel ends a program that outgrows its control group; RLIMIT_DATA lets Python raise MemoryError.
    assert (held.held_by, held.exit_code) in (("control group", -9), ("RLIMIT_DATA", 1))
    assert held.private_mb < 260


def test_a_control_group_is_gone_afterwards(tmp_path: Path) -> None:
    groups = "**/cakupan-benchmark-*"
    before = set(Path("/sys/fs/cgroup").glob(groups))  # of another benchmark on this machine
    python(tmp_path, "pass", limit_gib=1)
    assert set(Path("/sys/fs/cgroup").glob(groups)) <= before
