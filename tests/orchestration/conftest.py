"""One service for all tests that need Prefect: started once, on its own data root."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.orchestration.listening import Listener
from tests.orchestration.service import Service, migrated_database, service_environment
from tests.small_nights import deliver


@pytest.fixture(scope="session")
def database_cache(request: pytest.FixtureRequest) -> Path:
    """Where the migrated database is kept from session to session."""
    return request.config.cache.mkdir("prefect")


@pytest.fixture(scope="session")
def listener() -> Iterator[Listener]:
    """A person who is told."""
    with Listener().listening() as taking:
        yield taking


@pytest.fixture(scope="session")
def service(
    tmp_path_factory: pytest.TempPathFactory, database_cache: Path, listener: Listener
) -> Iterator[Service]:
    """`cakupan serve` with two provinces' first files in its landing; it must also stop as it should."""
    root = tmp_path_factory.mktemp("served")
    deliver(root / "landing", "rekap_51_20250331.csv", "penduduk_bekerja_51_202503.csv")
    migrated_database(database_cache, root / "prefect" / "prefect.db")
    environment = service_environment(
        root,
        CAKUPAN_NOTIFY_WEBHOOK=f"http://127.0.0.1:{listener.call_port}/hook",
        CAKUPAN_NOTIFY_MAIL=f"mailto://127.0.0.1:{listener.mail_port}/"
        "?from=cakupan@example.org&to=ops@example.org&format=text",
    )
    running = Service(root, environment)
    running.start("deployments")
    yield running
    assert running.stop() == 0, running.log
    assert "nanobind" not in running.log


@pytest.fixture(scope="session")
def night(service: Service) -> str:
    """Id of the run that published the first release, as a person started and watched it."""
    watched = service.trigger()
    told, _ = watched.communicate(timeout=120)
    assert watched.returncode == 0, told
    assert "finished successfully" in told
    published = [run for run in service.runs() if "Published" in (run["state"]["message"] or "")]
    return str(published[-1]["id"])
