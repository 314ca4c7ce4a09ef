"""What goes wrong at night: who is told what, and that the next night goes on."""

from __future__ import annotations

import os
import signal
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.lock import one_writer
from tests.orchestration.listening import Listener
from tests.orchestration.service import Service, wait_for
from tests.small_nights import deliver, stamp

# After the first night, in whatever order the modules run.
pytestmark = [pytest.mark.orchestration, pytest.mark.usefixtures("night")]


def test_a_run_that_is_killed_is_told_and_the_next_goes_on(service: Service, listener: Listener) -> None:
    deliver(service.root / "landing", "rekap_91_20230831.csv", "penduduk_bekerja_91_202308.xlsx", day=3)

    def kill_once_at_work() -> None:
        service.create_run()
        os.kill(wait_for(lambda: _holder(service.root / "run.lock")), signal.SIGKILL)

    crashed = service.new_run(kill_once_at_work)
    assert crashed["state_type"] == "CRASHED"
    assert "SIGKILL" in listener.call("failed", crashed["name"])["text"]
    listener.mail("Cakupan: a run failed", crashed["name"])

    well = service.start_run()
    assert (well["state_type"], well["state_name"]) == ("COMPLETED", "Completed"), well["state"]["message"]
    assert "ended as Crashed" in listener.call("recovered", "Crashed")["text"]


def _holder(lock: Path) -> int | None:
    """The process that holds a lock, as the kernel tells it."""
    if not lock.exists():
        return None
    inode = str(lock.stat().st_ino)
    for line in Path("/proc/locks").read_text().splitlines():
        fields = line.split()
        if "FLOCK" in fields and fields[-3].rpartition(":")[2] == inode:
            return int(fields[-4])
    return None


def test_refused_files_are_told_with_file_fault_and_remedy(service: Service, listener: Listener) -> None:
    secret = "5171012345678901"
    path = service.root / "landing" / "rekap_51_20250930.csv"
    path.write_text(f"wilayah,segmen,peserta_aktif\n5171,PU,{secret}\n5102,PU,-1\n5103,PU,x\n")
    stamp(path, 4)
    run = service.start_run()
    assert (run["state_type"], run["state_name"]) == ("COMPLETED", "PartlyFailed")
    told = listener.call("quality")["text"]
    assert "rekap_51_20250930.csv" in told
    assert "hint:" in told
    assert "hint:" in listener.mail("Cakupan: files or figures need a person")
    path.unlink()
    assert service.start_run()["state_name"] == "Completed"
    listener.call("recovered", "PartlyFailed")
    _assert_nowhere(service, secret)


def _assert_nowhere(service: Service, secret: str) -> None:
    """Neither Prefect's database nor the log knows a value of a row."""
    assert secret not in service.log
    for file in (service.root / "prefect").glob("prefect.db*"):
        assert secret.encode() not in file.read_bytes(), file.name


def test_a_run_that_finds_another_at_work_is_not_needed(service: Service) -> None:
    with one_writer(service.root / "run.lock", datetime.now(tz=UTC)):
        run = service.start_run()
    assert run["state_type"] == "CANCELLED"
    assert "another run is at work" in run["state"]["message"]


def test_landing_that_is_away_is_tried_again_and_then_told(service: Service, listener: Listener) -> None:
    landing = service.root / "landing"
    away = landing.rename(service.root / "away")
    landing.symlink_to(service.root / "nowhere")
    try:
        run = service.start_run()
    finally:
        landing.unlink()
        away.rename(landing)
    assert run["state_type"] == "FAILED"
    assert "hint: Is the share mounted" in run["state"]["message"]
    listener.call("failed", "landing cannot be listed")
    tasks = service.post("task_runs/filter", flow_runs={"id": {"any_": [run["id"]]}})
    assert [(task["name"], task["run_count"]) for task in tasks] == [("land", 2)]


def test_a_server_that_is_killed_in_mid_run_does_not_stop_the_night(service: Service) -> None:
    deliver(service.root / "landing", "rekap_51_20221231.csv", day=4)
    before = (service.root / "published" / "latest").readlink()

    def kill_server_once_at_work() -> None:
        service.create_run()
        wait_for(lambda: _holder(service.root / "run.lock"))
        os.kill(_part(service, "flows.service.server"), signal.SIGKILL)
        wait_for(lambda: "starting it again" in service.log)
        wait_for(lambda: _answers(service), 90)

    run = service.new_run(kill_server_once_at_work)
    assert run["state_type"] == "COMPLETED", run["state"]["message"]
    assert (service.root / "published" / "latest").readlink() != before


def _part(service: Service, module: str) -> int:
    """The process of one part of the service."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            line = (entry / "cmdline").read_text().split("\0")
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        if module in line and parent == service.pid:
            return int(entry.name)
    raise AssertionError(f"{module} does not run")


def _answers(service: Service) -> bool:
    try:
        return bool(service.post("deployments/filter"))
    except OSError:
        return False


def test_database_of_prefect_stays_small(service: Service) -> None:
    with sqlite3.connect(service.root / "prefect" / "prefect.db") as database:
        pages, size = (database.execute(f"PRAGMA page_{what}").fetchone()[0] for what in ("count", "size"))
    assert pages * size < 30_000_000


def test_times_of_nights_follow_local_time_over_the_year(service: Service) -> None:
    nightly = service.post("deployments/filter", deployments={"name": {"any_": ["nightly"]}})[0]
    year_end = datetime(datetime.now(tz=UTC).year, 12, 30, tzinfo=UTC)
    service.post(
        f"deployments/{nightly['id']}/schedule",
        start_time=year_end.isoformat(),
        end_time=(year_end + timedelta(days=4)).isoformat(),
        min_runs=4,
        max_runs=4,
    )
    found = service.post(
        "flow_runs/filter",
        flow_runs={"expected_start_time": {"after_": year_end.isoformat()}},
        sort="EXPECTED_START_TIME_ASC",
        limit=4,
    )
    year = year_end.year
    assert [run["expected_start_time"] for run in found] == [
        f"{year}-12-30T18:00:00Z",
        f"{year}-12-31T18:00:00Z",
        f"{year + 1}-01-01T18:00:00Z",
        f"{year + 1}-01-02T18:00:00Z",
    ]
