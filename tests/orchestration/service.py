"""`cakupan serve` as tests start it: on a free port, on a database that is migrated once per Prefect version."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import prefect

from tests.small_nights import small_registers

CAKUPAN = Path(sys.executable).with_name("cakupan")
PREFECT = Path(sys.executable).with_name("prefect")


def free_port() -> int:
    """A port that nobody uses at this moment."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def wait_for(what: Callable[[], Any], seconds: float = 60.0, pause: float = 0.1) -> Any:
    """Return the first true answer. Fails when none comes in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = what()
        if answer:
            return answer
        time.sleep(pause)
    raise AssertionError(f"nothing within {seconds} seconds")


def migrated_database(cache: Path, target: Path) -> None:
    """Copy an empty, migrated database to `target`; migrating takes ten times as long as copying."""
    template = cache / f"prefect-{prefect.__version__}.db"
    if not template.exists():
        fresh = template.with_suffix(".fresh")
        fresh.unlink(missing_ok=True)
        url = f"sqlite+aiosqlite:///{fresh}"
        subprocess.run(
            [PREFECT, "server", "database", "upgrade", "-y"],
            env=clean_environment(PREFECT_SERVER_DATABASE_CONNECTION_URL=url, PREFECT_HOME=str(cache)),
            check=True,
            capture_output=True,
        )
        with sqlite3.connect(fresh) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        fresh.rename(template)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(template.read_bytes())


def clean_environment(**added: str) -> dict[str, str]:
    """The environment without settings of ours or of Prefect, which may come from the person who tests."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("CAKUPAN_", "PREFECT_"))
    }
    return kept | {"DO_NOT_TRACK": "1"} | added


@dataclass
class Service:
    """A running `cakupan serve`."""

    root: Path
    environment: dict[str, str]
    port: int = field(default_factory=free_port)
    arguments: tuple[str, ...] = ()
    process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> str:
        """Everything it said so far."""
        return (self.root / "serve.log").read_text(encoding="utf-8")

    @property
    def url(self) -> str:
        """Where the API answers."""
        return f"http://127.0.0.1:{self.port}/api"

    @property
    def pid(self) -> int:
        """The process that was started, and ends the others."""
        assert self.process is not None
        return self.process.pid

    def start(self, until: str) -> None:
        """Start, and wait until the log says something."""
        command = [
            str(CAKUPAN),
            "--data-root",
            str(self.root),
            "serve",
            "--port",
            str(self.port),
            *self.arguments,
        ]
        with (self.root / "serve.log").open("ab") as log:
            self.process = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)
        wait_for(lambda: until in self.log or self.process.poll() is not None, 180)
        assert until in self.log, self.log

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and return the exit code."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(60)

    def post(self, path: str, **body: Any) -> Any:
        """Ask the API; again, as Prefect's own clients do, when its SQLite file is in use (code 503)."""
        request = urllib.request.Request(
            f"{self.url}/{path}", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )

        def answer() -> tuple[Any] | None:
            try:
                with urllib.request.urlopen(request, timeout=120) as response:
                    return (json.load(response),)
            except urllib.error.HTTPError as refused:
                if refused.code != 503:
                    raise
                return None

        return wait_for(answer, 120, pause=1.0)[0]

    def create_run(self, deployment: str = "nightly", **parameters: Any) -> dict[str, Any]:
        """Start a deployment through the API; returns at once."""
        found = self.post("deployments/filter", deployments={"name": {"any_": [deployment]}})
        return self.post(f"deployments/{found[0]['id']}/create_flow_run", parameters=parameters)

    def trigger(self, *arguments: str, deployment: str = "nightly/nightly") -> subprocess.Popen[str]:
        """Start a deployment by hand and watch it, as a person does."""
        return subprocess.Popen(
            [str(PREFECT), "deployment", "run", deployment, *arguments, "--watch"],
            env=clean_environment(PREFECT_API_URL=self.url, PREFECT_HOME=str(self.root / "prefect")),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def by_hand(self) -> tuple[int, str]:
        """Run a night by the command, without Prefect; returns its code and what it said."""
        command = [str(CAKUPAN), "--data-root", str(self.root), "run", "--in-process"]
        ended = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=240, check=False
        )
        return ended.returncode, ended.stderr

    def runs(self) -> list[dict[str, Any]]:
        """Every run that is not of the future, oldest first."""
        found = self.post("flow_runs/filter", sort="START_TIME_ASC", limit=200)
        return [run for run in found if not run["auto_scheduled"]]

    def new_run(self, start: Callable[[], Any]) -> dict[str, Any]:
        """Start something by the API and return its run when it has ended."""
        known = {run["id"] for run in self.runs()}
        start()
        return wait_for(lambda: next((run for run in self.ended() if run["id"] not in known), None), 90)

    def ended(self) -> list[dict[str, Any]]:
        """Runs that came to an end."""
        return [
            run for run in self.runs() if run["state_type"] in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
        ]

    def start_run(self, deployment: str = "nightly", **parameters: Any) -> dict[str, Any]:
        """Start a deployment through the API and return its run when it has ended."""
        return self.new_run(lambda: self.create_run(deployment, **parameters))


def service_environment(root: Path, **added: str) -> dict[str, str]:
    """Settings for nights that take seconds and answers that come at once."""
    return clean_environment(
        CAKUPAN_REGISTERS=str(small_registers(root / "registers")),
        CAKUPAN_PUBLICATION="tables",
        CAKUPAN_SETTLE_SECONDS="0",
        CAKUPAN_RETRY_SECONDS="[0.2]",
        PREFECT_RUNNER_POLL_FREQUENCY="1",
        PREFECT_SERVER_SERVICES_LATE_RUNS_AFTER_SECONDS="15",
        PREFECT_SERVER_DATABASE_MIGRATE_ON_START="false",
        **added,
    )
