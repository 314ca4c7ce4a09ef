"""The processes behind `cakupan serve`: started in order, started again when one ends, stopped in reverse."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType

from flows import talk
from schemas.errors import ServiceEnded, SettingsError

#: A process that ends so often within so many seconds is not started again.
_RESTARTS, _WINDOW = 5, 600.0
_START_LIMIT = 180.0
_STOP_LIMIT = 20.0
_PAUSE = 0.2
_PR_SET_PDEATHSIG = 1


@dataclass
class Part:
    """One process: what it runs, and how to know that it is ready."""

    name: str
    module: str
    environment: dict[str, str]
    is_ready: Callable[[], bool] = lambda: True
    process: subprocess.Popen[bytes] | None = None
    starts: list[float] = field(default_factory=list)

    def start(self) -> None:
        """Start the process in a session of its own: Ctrl-C reaches us alone, and we stop it in order."""
        self.starts.append(time.monotonic())
        self.process = subprocess.Popen(  # noqa: S603 (our own module)
            [sys.executable, "-m", self.module],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_end_with_us if sys.platform == "linux" else None,  # noqa: PLW1509 (one thread)
        )

    def stop(self) -> None:
        """Ask the process to end, then end it."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(_STOP_LIMIT)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def has_ended(self) -> bool:
        """Whether the process is gone."""
        return self.process is not None and self.process.poll() is not None

    def may_start_again(self) -> bool:
        """Whether it has not ended too often of late."""
        since = time.monotonic() - _WINDOW
        return len([at for at in self.starts if at > since]) < _RESTARTS


def _end_with_us() -> None:
    """Have the kernel end the child when we are killed: no server may be left behind."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


class _Stop(BaseException):
    """A signal asked to stop."""


def _stop(number: int, _frame: FrameType | None) -> None:
    for known in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(known, signal.SIG_IGN)  # stopping is under way
    raise _Stop(signal.Signals(number).name)


def supervise(parts: list[Part]) -> None:
    """Run the parts until a signal comes. Raises ServiceEnded when one ends again and again."""
    for known in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        # Also undoes that a shell made us ignore it (`cakupan serve &` in a script).
        signal.signal(known, _stop)
    try:
        for part in parts:
            part.start()
            _wait_until_ready(part)
        while True:
            time.sleep(_PAUSE)
            for part in parts:
                if part.has_ended():
                    _start_again(part)
    except _Stop as asked:
        talk.say("info", "stopping", f"{asked}: stopping")
    finally:
        for part in reversed(parts):
            part.stop()
    talk.say("info", "stopped", "Stopped")


def _wait_until_ready(part: Part) -> None:
    end = time.monotonic() + _START_LIMIT
    while not part.is_ready():
        if part.has_ended() or time.monotonic() > end:
            raise _ended(part, "did not start")
        time.sleep(_PAUSE)


def _start_again(part: Part) -> None:
    if not part.may_start_again():
        raise _ended(part, "ends again and again")
    talk.say(
        "warning", "restart", f"The {part.name} ended; starting it again", label="warning", part=part.name
    )
    part.start()
    _wait_until_ready(part)


def _ended(part: Part, what: str) -> ServiceEnded:
    code = part.process.poll() if part.process else None
    return ServiceEnded(
        f"the {part.name} {what}" + (f" (code {code})" if code is not None else ""),
        hint="Its own message stands above. `cakupan doctor` looks at port, permissions and disk.",
    )


def answers(url: str) -> bool:
    """Whether an HTTP server says yes at an address."""
    try:
        with urllib.request.urlopen(url, timeout=2) as response:  # noqa: S310 (our own server)
            return bool(response.status == 200)
    except OSError:
        return False


def hold_port_free(host: str, port: int) -> None:
    """Raise SettingsError when a port is taken or the address is not ours."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except OSError as error:
        raise SettingsError(
            f"cannot listen on {host} port {port} ({error.strerror or type(error).__name__})",
            hint="Is it running already? Else choose another with --port (CAKUPAN_SERVE_PORT).",
        ) from None
