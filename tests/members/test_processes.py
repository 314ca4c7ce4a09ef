"""Reading and counting in several processes: the same outcome as in one, and no process that is left over."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from flows.processes import Processes
from flows.stages import counting, dividing
from schemas.errors import ProcessEnded, StorageError
from tests.conftest import Write
from tests.members.nights import count_landing, counts_of, put_key
from tests.members.test_judging import FILES, left_by, read
from tests.nights import ask


@pytest.fixture
def processes() -> Iterator[Processes]:
    two = Processes(2)
    yield two
    two.close()


def square(number: int) -> tuple[int, int]:
    """Return a square, and which process made it; larger numbers are done sooner."""
    time.sleep((10 - number) / 100)
    return number * number, os.getpid()


def refuse(what: str) -> None:
    raise StorageError(what, where="a folder", hint="Free space.")


def threads_of_polars() -> int:
    import polars as pl  # noqa: PLC0415 (in the other process)

    return pl.thread_pool_size()


def test_results_come_in_the_order_of_the_units_and_from_other_processes(processes: Processes) -> None:
    found = list(processes.results([partial(square, number) for number in range(10)]))
    assert [result for result, _ in found] == [number * number for number in range(10)]
    assert len({process for _, process in found} - {os.getpid()}) == 2
    again = list(processes.results([partial(square, 3), partial(square, 4)]))
    assert {process for _, process in again} <= {process for _, process in found}
    assert list(processes.results([partial(threads_of_polars)])) == [1]


def test_what_a_library_prints_is_no_result(processes: Processes) -> None:
    assert list(processes.results([partial(print, "not a result", flush=True)])) == [None]


def test_an_error_of_ours_arrives_whole(processes: Processes) -> None:
    with pytest.raises(StorageError) as told:
        list(processes.results([partial(refuse, "the disk is full"), partial(square, 1)]))
    assert str(told.value) == "a folder: the disk is full\nhint: Free space."
    assert next(iter(processes.results([partial(square, 2)])))[0] == 4


def test_a_process_that_ends_by_itself_is_told(processes: Processes) -> None:
    with pytest.raises(ProcessEnded, match="exit code 3") as told:
        list(processes.results([partial(os._exit, 3)]))
    assert "CAKUPAN_PROCESSES=1" in told.value.hint
    assert next(iter(processes.results([partial(square, 2)])))[0] == 4


def test_a_process_that_is_killed_is_told(processes: Processes) -> None:
    _, started = zip(*processes.results([partial(square, 1)] * 2), strict=True)
    threading.Timer(0.5, os.kill, (started[0], signal.SIGKILL)).start()
    with pytest.raises(ProcessEnded, match="SIGKILL"):
        list(processes.results([partial(time.sleep, 60)] * 2))


def test_nobody_waits_for_units_of_which_no_result_is_wanted(processes: Processes) -> None:
    began = time.monotonic()
    results = processes.results([partial(square, 9), *[partial(time.sleep, 60)] * 4])
    assert next(results)[0] == 81
    results.close()  # type: ignore[attr-defined]
    assert time.monotonic() - began < 30


GIVER = """
import time
from functools import partial
from flows.processes import Processes
two = Processes(2)
list(two.results([partial(time.sleep, 0)] * 2))
print(*[process.pid for process in two._started], flush=True)
list(two.results([partial(time.sleep, 600)] * 2))
"""


def test_no_process_outlives_the_one_that_started_it() -> None:
    giver = subprocess.Popen([sys.executable, "-c", GIVER], stdout=subprocess.PIPE, text=True)
    assert giver.stdout is not None
    started = [int(pid) for pid in giver.stdout.readline().split()]
    assert len(started) == 2
    assert all(Path(f"/proc/{pid}").exists() for pid in started)
    giver.kill()
    giver.wait()
    giver.stdout.close()
    deadline = time.monotonic() + 30
    while any(is_running(pid) for pid in started) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [pid for pid in started if is_running(pid)] == []


def is_running(pid: int) -> bool:
    """Whether a process is there and not only its end that nobody asked for."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
def apart(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Let few files be read in several processes; how many units each landing was divided into."""
    monkeypatch.setattr(dividing, "MANY_BYTES", 1)
    monkeypatch.setattr(dividing, "_UNIT_BYTES", 1)
    monkeypatch.setattr(dividing, "MANY_FILES", 2)
    monkeypatch.setattr(dividing, "_UNIT_FILES", 2)
    units: list[int] = []
    results = Processes.results

    def noted(self: Processes, given: list[partial[object]]) -> Iterator[object]:
        units.append(len(given))
        return results(self, given)

    monkeypatch.setattr(Processes, "results", noted)
    return units


def test_members_read_apart_leave_what_they_leave_when_read_here(tmp_path: Path, apart: list[int]) -> None:
    here = dict(FILES) | {"peserta_51f01_20250331.csv": FILES["peserta_51a01_20250331.csv"][:-40]}
    read(tmp_path / "apart", here)
    assert apart == [len(here)]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(dividing, "MANY_BYTES", 1 << 40)
        patched.setattr(dividing, "MANY_FILES", 1 << 40)
        read(tmp_path / "here", here)
    assert apart == [len(here)]
    assert left_by(tmp_path / "apart") == left_by(tmp_path / "here")
    assert not list((tmp_path / "apart").glob("staged/**/.*"))


def test_files_of_counts_are_read_apart_as_well(data_root: Path, landing: Write, apart: list[int]) -> None:
    for month in ("20241130", "20241231", "20250131"):
        landing(
            f"rekap_51_{month}.csv", "wilayah,segmen,peserta_aktif\n51.71,PU,1200\n51.03,BPU,x\n51.02,PU,7\n"
        )
    landing("rekap_51_20250228.csv", "nothing,of,this\n")
    _, done, _ = count_landing(data_root)
    assert apart == [2]
    assert (done.files, done.rows_accepted) == (4, 0)
    assert [problem.file for problem in done.problems] == sorted(
        ask(data_root, "SELECT list(file_name ORDER BY file_name) FROM ledger.files")[0][0]
    )


def test_buckets_are_counted_apart(tmp_path: Path, apart: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "BUCKET_ROWS", 20)
    monkeypatch.setattr(counting, "NARROW_ROWS", 20)
    read(tmp_path / "apart", dict(FILES))
    assert apart[0] == len(FILES)
    assert len(apart) == 5  # for two days, persons and memberships
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(counting, "BUCKET_ROWS", 1_000)
        patched.setattr(counting, "NARROW_ROWS", 1_000)
        read(tmp_path / "whole", dict(FILES))
    assert counts_of(tmp_path / "apart") == counts_of(tmp_path / "whole")


def test_one_process_starts_no_other(data_root: Path, landing: Write, apart: list[int]) -> None:
    for name, content in FILES.items():
        landing(name, content)
    put_key(data_root)
    count_landing(data_root, processes=1)
    assert apart == []
