"""A real night: started by hand at a real server, published, and shown."""

from __future__ import annotations

import json
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from flows.nightly import STAGES
from tests.orchestration.service import Service, wait_for
from tests.small_nights import deliver

pytestmark = pytest.mark.orchestration


def test_release_is_published_and_page_answers(service: Service, night: str) -> None:
    status = json.loads((service.root / "published" / "latest" / "status.json").read_text())
    assert status["data_as_of"] == "2025-03-31"
    with urllib.request.urlopen(service.url.removesuffix("/api"), timeout=10) as response:
        assert response.status == 200
        assert b"<html" in response.read().lower()


def test_stages_are_tasks_named_after_the_architecture(service: Service, night: str) -> None:
    def done() -> list[str]:
        found = service.post(
            "task_runs/filter", flow_runs={"id": {"any_": [night]}}, sort="EXPECTED_START_TIME_ASC"
        )
        return [run["name"] for run in found if run["state_type"] == "COMPLETED"]

    # Tasks are entered by events, which may take a moment.
    wait_for(lambda: len(done()) == len(STAGES), 20)
    assert done() == list(STAGES)


def test_page_of_the_run_shows_progress_tables_and_links(service: Service, night: str) -> None:
    found = service.post("artifacts/filter", artifacts={"flow_run_id": {"any_": [night]}})
    shown = {artifact["key"]: artifact for artifact in found}
    assert set(shown) == {"night-progress", "arrived", "coverage", "release", "page", "operators"}
    assert f"({(service.root / 'operators' / 'index.html').as_uri()})" in shown["operators"]["data"]
    assert shown["night-progress"]["data"] == 100.0
    arrived = json.loads(shown["arrived"]["data"])
    assert {row["file"] for row in arrived} == {"rekap_51_20250331.csv", "penduduk_bekerja_51_202503.csv"}
    assert all(row["rows_set_aside"] == 0 for row in arrived)
    bali = [row for row in json.loads(shown["coverage"]["data"]) if row["province"] == "Bali"]
    # As the two files say: 1.212.410 of 2.429.640.
    assert [(row["month"], row["coverage_pct"]) for row in bali] == [("2025-03-01", 49.9)]
    release = (service.root / "published" / "latest").resolve()
    assert release.name in shown["release"]["data"]
    assert "index.html" in shown["page"]["data"]


def test_lineage_leads_from_the_landing_to_published_tables(service: Service, night: str) -> None:
    def assets(kind: str) -> set[str]:
        events = service.post(
            "events/filter", filter={"event": {"name": [f"prefect.asset.{kind}"]}}, limit=50
        )
        return {event["resource"]["prefect.resource.id"] for event in events["events"]}

    wait_for(lambda: "cakupan://published/coverage_by_regency" in assets("materialization.succeeded"), 20)
    assert "cakupan://warehouse/staging.membership_counts" in assets("materialization.succeeded")
    assert "cakupan://landing/rekap_51_20250331.csv" in assets("referenced")


def test_a_second_night_finds_nothing_to_do(service: Service, night: str) -> None:
    run = service.start_run()
    assert (run["state_type"], run["state_name"]) == ("COMPLETED", "Completed")
    assert run["state"]["message"].startswith("Nothing to do: 2025-03-31-")


def test_parameters_are_described_and_held_against_their_form(service: Service) -> None:
    found = service.post("deployments/filter", deployments={"name": {"any_": ["backfill"]}})[0]
    first = found["parameter_openapi_schema"]["properties"]["first_month"]
    assert first["description"].startswith("First month whose files are read again")
    refused = service.trigger(
        "-p", "first_month=2025-13", "-p", "last_month=2025-04", deployment="backfill/backfill"
    )
    told, _ = refused.communicate(timeout=60)
    assert refused.returncode == 1
    assert "first_month" in told


def test_backfill_reads_months_again(service: Service, night: str) -> None:
    run = service.start_run("backfill", first_month="2025-03", last_month="2025-03")
    assert run["state"]["message"].startswith("Nothing to do")
    found = service.post("artifacts/filter", artifacts={"flow_run_id": {"any_": [run["id"]]}})
    arrived = next(artifact for artifact in found if artifact["key"] == "arrived")
    assert len(json.loads(arrived["data"])) == 2


def test_every_deployment_is_there_with_a_limit_of_one(service: Service) -> None:
    found = {one["name"]: one for one in service.post("deployments/filter")}
    assert set(found) == {"nightly", "backfill", "rebuild", "publish-again", "re-key"}
    for one in found.values():
        assert one["global_concurrency_limit"]["limit"] == 1
        assert one["concurrency_options"]["collision_strategy"] == "CANCEL_NEW"
        assert one["description"]


def test_rebuild_and_publish_again_leave_the_release_as_it_is(service: Service, night: str) -> None:
    latest = service.root / "published" / "latest"
    before = _figures(latest)
    (latest / "README.txt").unlink()
    assert service.start_run("publish-again")["state_type"] == "COMPLETED"
    assert (latest / "README.txt").exists()
    assert _figures(latest) == before
    run = service.start_run("rebuild", confirm="rebuild")
    assert run["state_type"] == "COMPLETED", run["state"]["message"]
    assert _figures(latest) == before


def _figures(release: Path) -> list[str]:
    """Lines of the manifest: every table, and what the release says of its changes."""
    lines = (release / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    told = [line for line in lines if line.endswith((".csv", ".parquet", "CHANGELOG.md"))]
    assert len(told) > 40
    return told


def test_files_of_prefect_are_for_their_owner_alone(service: Service, night: str) -> None:
    folder: Path = service.root / "prefect"
    assert folder.stat().st_mode & 0o077 == 0


def test_five_starts_at_once_give_one_release_and_four_answers(service: Service, night: str) -> None:
    """One watched by a person, three from elsewhere through the API, one by hand without Prefect."""
    releases = _releases(service)
    known = {run["id"] for run in service.runs()}
    deliver(service.root / "landing", "penduduk_bekerja_51_202311.csv", "rekap_51_20231130.csv", day=2)
    with ThreadPoolExecutor(5) as together:
        watched = together.submit(lambda: service.trigger().communicate(timeout=240)[0])
        created = [together.submit(service.create_run) for _ in range(3)]
        by_hand = together.submit(service.by_hand)
        for started in created:
            started.result()
        code, told = by_hand.result()
        watched.result()

    def answers() -> list[tuple[str, str]]:
        new = [run for run in service.ended() if run["id"] not in known]
        return [(run["state_type"], run["state"]["message"]) for run in new]

    ends = [*wait_for(lambda: answers() if len(answers()) == 4 else None, 240), (str(code), told)]
    assert len([end for end in ends if "Published" in end[1]]) == 1, ends
    assert all(_says_why(*end) for end in ends if "Published" not in end[1]), ends
    assert _releases(service) == releases + 1


def _releases(service: Service) -> int:
    return len(json.loads((service.root / "published" / "releases.json").read_text()))


def _says_why(state: str, told: str) -> bool:
    """Whether a start that published nothing tells that another one did, or is about to."""
    words = {
        "CANCELLED": ("limit reached", "slot lost", "another run is at work"),
        "COMPLETED": ("Nothing to do",),
        "7": ("another run is at work",),
        "0": ("Nothing to do",),
    }
    return any(word in told for word in words[state])
