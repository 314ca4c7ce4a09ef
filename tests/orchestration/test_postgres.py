"""Prefect's history in PostgreSQL, by one setting."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.orchestration.postgres import Cluster, cluster
from tests.orchestration.service import Service, service_environment
from tests.small_nights import deliver

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def database() -> Iterator[Cluster]:
    with cluster() as running:
        yield running


def test_a_whole_start_and_a_night_on_postgresql(database: Cluster, tmp_path: Path) -> None:
    deliver(tmp_path / "landing", "rekap_51_20250331.csv", "penduduk_bekerja_51_202503.csv")
    environment = service_environment(tmp_path, CAKUPAN_PREFECT_DATABASE=database.url)
    del environment["PREFECT_SERVER_DATABASE_MIGRATE_ON_START"]
    service = Service(tmp_path, environment)
    service.start("deployments")
    try:
        watched = service.trigger()
        told, _ = watched.communicate(timeout=120)
        assert watched.returncode == 0, told
    finally:
        ended = service.stop()
    assert ended == 0, service.log
    assert (tmp_path / "published" / "latest" / "coverage_by_regency.csv").exists()
    names = "SELECT state_name FROM flow_run WHERE state_name <> 'Scheduled'"
    assert database.ask(names) == ["Completed"]
    assert database.ask("SELECT extname FROM pg_extension WHERE extname = 'pg_trgm'") == ["pg_trgm"]
    assert list((tmp_path / "prefect").rglob("*.db")) == []
    assert "only%20for" not in service.log
