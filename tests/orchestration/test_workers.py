"""`prefect.yaml` for those who run workers: deployed for real, and a night by a worker of the pool."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.service.supervisor import answers
from tests.orchestration.service import (
    PREFECT,
    Service,
    clean_environment,
    migrated_database,
    service_environment,
    wait_for,
)
from tests.small_nights import deliver

pytestmark = pytest.mark.orchestration

ROOT = Path(__file__).parents[2]


@pytest.fixture
def server(tmp_path: Path, database_cache: Path) -> Iterator[Service]:
    """`cakupan serve --only server`: nobody else takes the runs."""
    migrated_database(database_cache, tmp_path / "prefect" / "prefect.db")
    running = Service(tmp_path, service_environment(tmp_path), arguments=("--only", "server"))
    running.start("Page: ")
    wait_for(lambda: answers(f"{running.url}/health"), 120)
    yield running
    assert running.stop() == 0, running.log


def test_a_worker_runs_the_night_that_the_file_declares(server: Service) -> None:
    deliver(server.root / "landing", "rekap_51_20250331.csv", "penduduk_bekerja_51_202503.csv")
    environment = server.environment | clean_environment(
        PREFECT_API_URL=server.url,
        PREFECT_HOME=str(server.root / "worker"),
        CAKUPAN_HOME=str(ROOT),
        CAKUPAN_DATA_ROOT=str(server.root),
    )

    def prefect(*arguments: str) -> None:
        command = [str(PREFECT), "--no-prompt", *arguments]
        ended = subprocess.run(
            command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=180, check=False
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr

    prefect("work-pool", "create", "cakupan", "--type", "process")
    prefect("deploy", "--all")
    found = server.post("deployments/filter")
    assert {one["name"] for one in found} == {"nightly", "backfill", "rebuild", "publish-again", "re-key"}
    assert {one["work_pool_name"] for one in found} == {"cakupan"}
    (nightly,) = [one for one in found if one["name"] == "nightly"]
    (schedule,) = nightly["schedules"]
    assert schedule["active"]
    assert schedule["schedule"]["cron"] == "0 2 * * *"
    assert schedule["schedule"]["timezone"] == "Asia/Makassar"

    created = server.create_run()
    prefect("worker", "start", "--pool", "cakupan", "--run-once")
    (run,) = server.post("flow_runs/filter", flow_runs={"id": {"any_": [created["id"]]}})
    assert run["state_type"] == "COMPLETED", run["state"]["message"]
    assert run["state"]["message"].startswith("Published 2025-03-31-")
    assert (server.root / "published" / "latest" / "coverage_by_regency.csv").exists()
