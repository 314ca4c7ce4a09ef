"""Starting nights in other processes, and stopping them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import TracebackType

from flows.operations.drills.night_process import AT, GO, READY
from flows.operations.drills.scratch import NotHere, Scratch
from schemas.errors import DrillFailed

_MODULE = "flows.operations.drills.night_process"
#: Far longer than a night on scratch data takes, even on a busy machine.
PATIENCE = 300.0


class NightProcess:
    """A night in another process: imported when this returns, begun when told to; killed at the end."""

    def __init__(self, scratch: Scratch, stage: str = "", moment: str = "", **environment: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", _MODULE, stage, moment],
            env=scratch.environment(**environment),
            cwd=scratch.folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        #: The stage that was at work when the process ended.
        self.stage = "start"

    def __enter__(self) -> NightProcess:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _failure: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.kill()

    def begin(self) -> None:
        """Wait until everything is imported, then let the night begin."""
        self.wait_for(READY)
        self.say(GO)

    def wait_for(self, word: str) -> None:
        """Wait until the process says a word. Raises DrillFailed when it ends before."""
        assert self._process.stdout is not None  # noqa: S101 (a pipe)
        for line in self._process.stdout:
            if line.strip() == word:
                return
        raise DrillFailed(f"the night did not get so far as to say {word!r}: {self.talk()}")

    def say(self, word: str) -> None:
        """Say a word to the process."""
        assert self._process.stdin is not None  # noqa: S101 (a pipe)
        self._process.stdin.write(f"{word}\n")
        self._process.stdin.flush()

    def helpers(self) -> list[int]:
        """Processes that the night has started, at this moment. Raises NotHere where the system does not tell."""
        if not Path("/proc/self/stat").exists():
            raise NotHere("a system that lists processes in /proc")
        return [
            int(entry.name) for entry in Path("/proc").iterdir() if _parent(entry) == str(self._process.pid)
        ]

    def end(self) -> int:
        """Wait for the end and return the exit code; negative: the signal that ended it."""
        return self._process.wait(PATIENCE)

    def ends_within(self, seconds: float) -> bool:
        """Wait for the end, but not longer; whether it ended."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def kill(self) -> None:
        """End the process at once (SIGKILL): it gets no word in."""
        self._process.kill()
        self._process.wait()
        if self._process.stdout is not None and not self._process.stdout.closed:
            for line in self._process.stdout:
                self.stage = line.removeprefix(AT).strip() if line.startswith(AT) else self.stage
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            if pipe is not None and not pipe.closed:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue

    def talk(self) -> str:
        """Return what the process said on stderr; call it after its end."""
        self._process.wait(PATIENCE)
        assert self._process.stderr is not None  # noqa: S101 (a pipe)
        return self._process.stderr.read().strip()


def _parent(process: Path) -> str | None:
    """Return the parent of a process that is alive; None for one that has ended, and what is no process."""
    try:
        state, parent, *_ = (
            (process / "stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        )
    except (OSError, ValueError):
        return None
    return None if state == "Z" else parent
