"""Two at once: readers and a night, several nights, a night and a Prefect server that dies."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

import duckdb

from flows.lock import holder
from flows.operations.drills.night_process import GO, REACHED
from flows.operations.drills.processes import PATIENCE, NightProcess
from flows.operations.drills.scratch import NotHere, Scratch, expect
from flows.service import environment, supervisor
from flows.settings import Settings
from schemas.errors import AlreadyRunning, StorageError

Answer = TypeVar("Answer")
_TRIGGERS = 5
_OPENED = "SELECT DISTINCT release_id FROM marts.coverage_by_regency"
_HOLD_OPEN = (
    "import duckdb, sys; held = duckdb.connect(sys.argv[1], read_only=True); print('open', flush=True); "
    "sys.stdin.readline()"
)


def reader(scratch: Scratch) -> str:
    """An analyst keeps the published file open over a night; another has the working file open."""
    scratch.deliver_month(0)
    first = scratch.night().release_id
    with duckdb.connect(str(scratch.root / "published/latest/cakupan.duckdb"), read_only=True) as analyst:
        scratch.deliver_month(1)
        second = scratch.night().release_id
        expect(second not in (None, first), "the night did not publish beside a reader")
        expect(analyst.execute(_OPENED).fetchall() == [(first,)], "what the reader has open changed")
    asked = scratch.command("query", _OPENED)
    expect(str(second) in asked.stdout, "a new reader does not get the new release")
    scratch.deliver_month(2)
    with _held_open(scratch):
        ended = scratch.command("run", "--in-process")
    expect(
        ended.returncode == StorageError.exit_code, f"beside a holder of the working file: {ended.returncode}"
    )
    expect("hint: Another program has it open" in ended.stderr, f"there is no hint: {ended.stderr[-300:]}")
    expect(scratch.latest() == second, "another release became public")
    expect(scratch.night().outcome == "published", "after the holder went away the night did not publish")
    scratch.hold_together()
    return "the reader keeps its release, new ones get the new one; the working file held: exit 8 and a hint"


@contextlib.contextmanager
def _held_open(scratch: Scratch) -> Iterator[None]:
    command = [sys.executable, "-c", _HOLD_OPEN, str(scratch.root / "warehouse.duckdb")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None  # noqa: S101 (a pipe)
        other.stdout.readline()
        try:
            yield
        finally:
            other.kill()


def two_runs(scratch: Scratch) -> str:
    """A second night while the first is in the middle of its files: it is told who is at work, and ends."""
    scratch.deliver_month(0)
    with NightProcess(scratch, "read", "wait") as first:
        first.begin()
        first.wait_for(REACHED)
        second = scratch.command("run", "--in-process")
        told = scratch.command("status").stdout
        first.say(GO)
        expect(first.end() == 0, f"the first night failed: {first.talk()}")
    expect(second.returncode == AlreadyRunning.exit_code, f"the second ended {second.returncode}")
    expect("another run is at work (process" in second.stderr, f"the second said {second.stderr[-300:]}")
    expect("run is at work" in told, "`status` does not say that a run is at work")
    expect(len(scratch.releases()) == 1, f"{len(scratch.releases())} releases came of it")
    expect(scratch.night().outcome == "nothing_new", "the night after found something to do")
    scratch.hold_together()
    return "the second: exit 7 and who is at work; the first publishes one release"


def five_triggers(scratch: Scratch) -> str:
    """Five nights begin at once: one works, four say at once that another is at work."""
    return triggers(scratch, PATIENCE)


def triggers(scratch: Scratch, patience: float) -> str:
    """Start five nights; the one that works goes on when the four others have ended, or patience is over."""
    scratch.deliver_month(0)
    with contextlib.ExitStack() as stack:
        nights = [stack.enter_context(NightProcess(scratch, "land", "wait")) for _ in range(_TRIGGERS)]
        for night in nights:
            night.begin()
        others = _wait_for(lambda: _ended(nights, _TRIGGERS - 1), patience) or _ended(nights, 0)
        expect(len(others) == _TRIGGERS - 1, f"{len(others)} of {_TRIGGERS} nights gave way to another")
        told = [(night.end(), "another run is at work" in night.talk()) for night in others]
        expect(told == [(AlreadyRunning.exit_code, True)] * len(others), f"they ended {told}")
        (worker,) = [night for night in nights if night not in others]
        worker.say(GO)
        expect(worker.end() == 0, f"the one that worked failed: {worker.talk()}")
    expect(len(scratch.releases()) == 1, f"{len(scratch.releases())} releases came of it")
    scratch.hold_together()
    return "one release; four answers: exit 7, another run is at work"


def _ended(nights: list[NightProcess], at_least: int) -> list[NightProcess]:
    ended = [night for night in nights if night.ends_within(0)]
    return ended if len(ended) >= at_least else []


def _wait_for(what: Callable[[], Answer], seconds: float) -> Answer | None:
    """Return the first true answer; None when none comes in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = what()
        if answer:
            return answer
        time.sleep(0.1)
    return None


def server_gone(scratch: Scratch) -> str:
    """A night runs as a Prefect flow; once it is at work the server is killed. It publishes without it."""
    scratch.deliver_month(0)
    settings = scratch.settings(serve_port=_free_port())
    settings.paths.prepare()
    settings.paths.prefect.mkdir(mode=0o700)
    url = environment.api_url(settings)
    with _server(settings) as server:
        night = _flow(scratch, url)
        try:
            expect(
                _wait_for(lambda: holder(settings.paths.lock), PATIENCE) is not None,
                "the night did not begin",
            )
            # It stands still meanwhile, so that the server is gone in mid-run on a fast machine too.
            night.send_signal(signal.SIGSTOP)
            server.kill()
            server.wait()
            night.send_signal(signal.SIGCONT)
            _, talk = night.communicate(timeout=PATIENCE)
        finally:
            night.kill()
            night.wait()
    expect(night.returncode == 0, f"the night ended {night.returncode}: {talk[-300:]}")
    expect(scratch.latest() is not None, "nothing was published")
    expect(scratch.night().outcome == "nothing_new", "the night after found something to do")
    scratch.hold_together()
    scratch.same_as_undisturbed()
    return "the night goes on without it and publishes; the next one is not blocked"


@contextlib.contextmanager
def _server(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """A Prefect server of its own, on the scratch folder. Raises NotHere when it does not come up."""
    url = environment.api_url(settings)
    command = [sys.executable, "-m", "flows.service.server"]
    environ = environment.server_environment(settings) | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        try:
            up = _wait_for(lambda: supervisor.answers(f"{url}/health") or server.poll() is not None, PATIENCE)
            if not up or server.poll() is not None:
                raise NotHere("it needs a Prefect server, which does not come up here")
            yield server
        finally:
            server.kill()


def _flow(scratch: Scratch, url: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "flows.cli", "run", "--orchestrated"],
        # Otherwise each call to a server that is gone is tried again for a minute, before it is given up.
        env=scratch.environment(
            PREFECT_API_URL=url, PREFECT_HOME=str(scratch.root / "prefect"), PREFECT_CLIENT_MAX_RETRIES="1"
        ),
        cwd=scratch.folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])
