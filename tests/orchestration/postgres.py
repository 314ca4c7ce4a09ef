"""A PostgreSQL cluster to throw away: Debian's programs, a folder of its own, a port of its own."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.orchestration.service import free_port, wait_for

_PASSWORD = "only for this test"


def _program(name: str) -> Path:
    """A program of PostgreSQL; Debian keeps those of a server out of the path."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    if found:
        return found[-1]
    named = shutil.which(name)
    assert named is not None, f"{name} is missing: apt-get install postgresql postgresql-contrib"
    return Path(named)


def _user() -> int:
    """Whom the server runs as: it refuses the superuser."""
    return pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else os.geteuid()


@dataclass(frozen=True)
class Cluster:
    """A running server with the database `prefect`, owned by a role without other rights."""

    port: int

    @property
    def url(self) -> str:
        """As the setting takes it."""
        return f"postgresql+asyncpg://prefect:{_PASSWORD.replace(' ', '%20')}@127.0.0.1:{self.port}/prefect"

    def ask(self, query: str) -> list[str]:
        """Lines of the answer to a query on Prefect's database."""
        return self._told("psql", "--dbname=prefect", "--no-align", "--tuples-only", f"--command={query}")

    def prepare(self) -> None:
        """Make role and database as docs/guides/run-every-night.md says."""
        self._told("psql", "--dbname=postgres", f"--command=CREATE ROLE prefect LOGIN PASSWORD '{_PASSWORD}'")
        self._told("createdb", "--owner=prefect", "prefect")

    def is_ready(self) -> bool:
        """Whether it takes connections."""
        command = [_program("pg_isready"), "--host=127.0.0.1", f"--port={self.port}"]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0

    def _told(self, program: str, *arguments: str) -> list[str]:
        command = [
            _program(program),
            "--host=127.0.0.1",
            f"--port={self.port}",
            "--username=owner",
            *arguments,
        ]
        environment = os.environ | {"PGPASSWORD": _PASSWORD}
        told = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
        return told.stdout.splitlines()


@contextlib.contextmanager
def cluster() -> Iterator[Cluster]:
    """Run a server of one's own; nothing is left of it."""
    with tempfile.TemporaryDirectory(prefix="cakupan-postgres-") as place:
        folder, secret = Path(place) / "data", Path(place) / "password"
        secret.write_text(_PASSWORD)
        for path in (Path(place), secret):
            os.chown(path, _user(), -1)
        made = [
            _program("initdb"),
            f"--pgdata={folder}",
            "--username=owner",
            "--auth=scram-sha-256",
            f"--pwfile={secret}",
            "--no-sync",
        ]
        subprocess.run(made, check=True, capture_output=True, user=_user(), cwd=place)
        running = Cluster(free_port())
        options = {"port": running.port, "unix_socket_directories": place, "fsync": "off"}
        command = [_program("postgres"), "-D", folder]
        command += [f"--{name}={value}" for name, value in options.items()]
        with (Path(place) / "log").open("wb") as log:
            server = subprocess.Popen(command, user=_user(), cwd=place, stdout=log, stderr=log)
        try:
            wait_for(running.is_ready, 60)
            running.prepare()
            yield running
        finally:
            server.terminate()
            server.wait(60)
