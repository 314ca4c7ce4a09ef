"""`cakupan doctor`: each finding is planted, named, and comes with what to do."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import duckdb
import pytest

from flows.clock import now
from flows.lock import one_writer
from flows.operations import machine
from flows.operations.doctor import Diagnosis, examinations, examine
from flows.settings import Settings
from schemas.errors import NeedsRepair
from tests.nights import settings_of, tree
from warehouse.release.shelf import write_manifest

NAMES = [
    "versions",
    "locked versions",
    "clock",
    "disk",
    "prefect",
    "port",
    "run lock",
    "permissions",
    "key",
    "landing",
    "warehouse",
    "last run",
    "release",
]


def _found(settings: Settings, check: str) -> list[Diagnosis]:
    return [one for one in examine(settings, now()) if one.check == check]


def _worst(settings: Settings, check: str) -> Diagnosis:
    return max(_found(settings, check), key=lambda one: ("ok", "warning", "error").index(one.state))


@pytest.fixture
def well(kept: Settings) -> Settings:
    """A data root whose last night was a minute ago; a port that is free."""
    with duckdb.connect(str(kept.paths.warehouse)) as connection:
        connection.execute("UPDATE ledger.runs SET finished_at = now() - INTERVAL 1 MINUTE")
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port = trial.getsockname()[1]
    return settings_of(kept.paths.root, registers=kept.registers, serve_port=port, min_free_gb=0)


def test_everything_that_a_night_stands_on_is_looked_at() -> None:
    assert [name for name, _ in examinations()] == NAMES


def test_all_is_well_after_a_night_and_nothing_is_changed(well: Settings) -> None:
    before = tree(well.paths.root)
    found = examine(well, now())
    assert [one for one in found if one.state != "ok"] == []
    assert {one.check for one in found} == set(NAMES)
    assert tree(well.paths.root) == before
    (told,) = [one.told for one in found if " is whole, published " in one.told]
    assert told.endswith(" ago")


def test_before_the_first_night_nothing_is_wrong_but_that(tmp_path: Path) -> None:
    found = examine(settings_of(tmp_path / "data", min_free_gb=0), now())
    assert {one.check for one in found if one.state == "error"} == set()
    assert {one.check for one in found if one.state == "warning"} - {"port"} == {"last run", "release"}
    assert not (tmp_path / "data").exists()


def _no_rights_for_others(settings: Settings) -> None:
    (settings.paths.root / "pseudonym.key").chmod(0o644)


def _key_gone(settings: Settings) -> None:
    (settings.paths.root / "pseudonym.key").unlink()


def _key_too_short(settings: Settings) -> None:
    (settings.paths.root / "pseudonym.key").write_text("short\n")


def _staged_open(settings: Settings) -> None:
    settings.paths.staged.chmod(0o755)


def _release_closed(settings: Settings) -> None:
    (settings.paths.latest / "coverage_by_regency.csv").chmod(0o600)


def _landing_emptied(settings: Settings) -> None:
    for path in settings.paths.landing.iterdir():
        path.unlink()


def _landing_gone(settings: Settings) -> None:
    settings.paths.landing.rename(settings.paths.root / "elsewhere")


def _warehouse_damaged(settings: Settings) -> None:
    settings.paths.warehouse.write_bytes(b"x" * 100_000)


def _warehouse_of_the_future(settings: Settings) -> None:
    with duckdb.connect(str(settings.paths.warehouse)) as connection:
        connection.execute("INSERT INTO ledger.schema_version VALUES (999, 'later', 'x', now())")


def _no_night_for_days(settings: Settings) -> None:
    with duckdb.connect(str(settings.paths.warehouse)) as connection:
        connection.execute("UPDATE ledger.runs SET finished_at = now() - INTERVAL 3 DAY")


def _last_run_failed(settings: Settings) -> None:
    with duckdb.connect(str(settings.paths.warehouse)) as connection:
        connection.execute(
            """UPDATE ledger.runs SET outcome = 'failed', message = 'the disk refuses'
               WHERE started_at = (SELECT max(started_at) FROM ledger.runs)"""
        )


def _release_damaged(settings: Settings) -> None:
    (settings.paths.latest / "README.txt").write_text("x")


def _release_in_another_form(settings: Settings) -> None:
    path = settings.paths.latest / "cakupan.duckdb"
    path.unlink()
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE t AS SELECT 1")
    write_manifest(settings.paths.latest.resolve())


def _clock_set_back(settings: Settings) -> None:
    moment = (now() + timedelta(days=2)).timestamp()
    os.utime(settings.paths.latest / "status.json", (moment, moment))


PLANTED: list[tuple[Callable[[Settings], None], str, str, str, str]] = [
    (_no_rights_for_others, "key", "error", "can be read by others", "chmod 600"),
    (_no_rights_for_others, "permissions", "error", "pseudonym.key", "chmod"),
    (_key_gone, "key", "error", "cannot be read", "cakupan keys create"),
    (_key_too_short, "key", "error", "shorter than", "cakupan keys create"),
    (_staged_open, "permissions", "error", "staged", "chmod -R go="),
    (_release_closed, "permissions", "warning", "coverage_by_regency.csv", "chmod -R a+rX"),
    (_landing_emptied, "landing", "warning", "empty, although", "share mounted"),
    (_landing_gone, "landing", "error", "cannot be listed", "share mounted"),
    (_warehouse_damaged, "warehouse", "error", "cannot be read", "cakupan rebuild"),
    (_warehouse_of_the_future, "warehouse", "error", "version 999", "Install the newer version"),
    (_no_night_for_days, "last run", "error", "3 days ago, later than", "cakupan serve"),
    (_last_run_failed, "last run", "error", "the disk refuses", "cakupan status"),
    (_release_damaged, "release", "error", "README.txt", "publish-again"),
    (_release_in_another_form, "release", "error", "storage version", "cakupan rebuild"),
    (_clock_set_back, "clock", "error", "clock was set back", "set-ntp"),
]


@pytest.mark.parametrize(
    ("plant", "check", "state", "told", "remedy"), PLANTED, ids=lambda value: getattr(value, "__name__", "")
)
def test_what_is_wrong_is_told_with_its_remedy(
    well: Settings, plant: Callable[[Settings], None], check: str, state: str, told: str, remedy: str
) -> None:
    plant(well)
    found = _worst(well, check)
    assert found.state == state
    assert told in found.told
    assert remedy in found.remedy


def test_a_full_disk_is_told_before_the_night(well: Settings) -> None:
    greedy = settings_of(well.paths.root, registers=well.registers, min_free_gb=10_000_000)
    found = _worst(greedy, "disk")
    assert found.state == "error"
    assert "cakupan prune" in found.remedy


def test_a_run_at_work_is_told_and_in_nobodys_way(well: Settings) -> None:
    with one_writer(well.paths.lock, now()):
        assert _worst(well, "run lock").told.startswith(f"a run is at work (process {os.getpid()}")
    assert _worst(well, "run lock").told == "no run is at work"


@pytest.fixture(params=[200, 401, 404])
def web(request: pytest.FixtureRequest) -> Iterator[tuple[int, int]]:
    """A web server that answers everything with one code: (code, port)."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(request.param)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield request.param, server.server_port
    server.shutdown()
    server.server_close()


def test_who_holds_the_port_is_told(web: tuple[int, int], tmp_path: Path) -> None:
    code, port = web
    found = _worst(settings_of(tmp_path, serve_port=port), "port")
    assert found.state == ("warning" if code == 404 else "ok")
    assert ("another program" in found.told) == (code == 404)


def test_whether_prefect_answers_is_told(
    web: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, port = web
    monkeypatch.setenv("PREFECT_API_URL", f"http://127.0.0.1:{port}/api")
    found = _worst(settings_of(tmp_path), "prefect")
    assert found.state == ("error" if code == 404 else "ok")


@pytest.mark.parametrize(
    ("address", "remedy"),
    [("http://127.0.0.1:9/api", "cakupan run --in-process"), ("file:///etc", "Set it to")],
)
def test_a_prefect_that_is_away_is_told(
    address: str, remedy: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_API_URL", address)
    found = _worst(settings_of(tmp_path), "prefect")
    assert found.state == "error"
    assert remedy in found.remedy


def test_other_versions_than_declared_or_locked_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    true = machine._installed
    monkeypatch.setattr(machine, "_installed", lambda name: "1.0" if name == "polars" else true(name))
    settings = settings_of(tmp_path)
    assert "polars 1.0 is not" in _worst(settings, "versions").told
    locked = _worst(settings, "locked versions")
    assert (locked.state, "polars 1.0 instead of" in locked.told) == ("warning", True)
    assert "make setup" in locked.remedy


def test_a_clock_that_stands_still_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767571200")
    assert "Unset it" in _worst(settings_of(tmp_path), "clock").remedy


def test_the_command_ends_with_its_code_and_tells_machines(well: Settings) -> None:
    _release_damaged(well)
    command = [Path(sys.executable).with_name("cakupan"), "--data-root", well.paths.root, "doctor", "--json"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    found = json.loads(ended.stdout)
    wrong = [one for one in found if one["state"] == "error"]
    assert [one["check"] for one in wrong] == ["release"]
    assert all(one["remedy"] for one in found if one["state"] != "ok")
    assert ended.returncode == NeedsRepair.exit_code
