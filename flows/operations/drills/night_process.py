"""A night in a process of its own, which a drill may stop: `python -m flows.operations.drills.night_process`.

It says `ready` when everything is imported and begins when it is told to. Stages are the seam: nothing of
the core knows of drills.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass

from flows.nightly import run_night
from flows.settings import load_settings
from flows.steps import InProcess, Result
from schemas.errors import CakupanError

READY, REACHED, GO, AT, END = "ready", "reached", "go", "at ", "end"


@dataclass
class Interrupted(InProcess):
    """Stages of which one is not left alive, or waits until it is told to go on."""

    stage: str = ""
    moment: str = ""
    at_work: str = ""

    def run(self, name: str, work: Callable[[], Result], told: Callable[[Result], str]) -> Result:
        """Run one stage, unless this is where it ends."""
        self.at_work = name
        print(f"{AT}{name}", flush=True)
        self._meet(name, "before")
        result = work()
        self._meet(name, "after")
        return super().run(name, lambda: result, told)

    def progress(self, at: int, of: int, what: str) -> None:
        """End in the middle of a stage that goes file by file."""
        if at == 2:
            self._meet(self.at_work, "within")
        super().progress(at, of, what)

    def _meet(self, stage: str, moment: str) -> None:
        if (stage, moment) != (self.stage, self.moment) and (stage, "wait") != (self.stage, self.moment):
            return
        if self.moment == "wait":
            self.moment = ""
            print(REACHED, flush=True)
            sys.stdin.readline()
        else:
            os.kill(os.getpid(), signal.SIGKILL)


def main(stage: str = "", moment: str = "") -> int:
    """Run a night with the settings of the environment; returns the exit code of `cakupan run`."""
    print(READY, flush=True)
    sys.stdin.readline()
    try:
        report = run_night(load_settings(), Interrupted(quiet=True, stage=stage, moment=moment))
    except CakupanError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    print(f"{AT}{END}", flush=True)
    return report.exit_code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
