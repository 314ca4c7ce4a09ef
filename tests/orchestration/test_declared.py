"""What is declared for running every night: schedule, deployments, units, environment. No server needed."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

import jinja2
import pytest
import yaml

from flows.settings import Settings, load_settings
from flows.stages.publishing import next_run
from schemas.errors import SettingsError

ROOT = Path(__file__).parents[2]


def test_times_of_nights_over_the_turn_of_the_year() -> None:
    """The schedule as Prefect's server computes it, and as we do: 02:00 in Makassar is 18:00 UTC before."""
    from prefect.server.schemas.schedules import CronSchedule  # noqa: PLC0415 (takes seconds)

    from flows.service.deployments import schedule  # noqa: PLC0415

    declared = schedule(load_settings())
    theirs = CronSchedule(cron=declared.cron, timezone=declared.timezone)
    start = datetime(2026, 12, 30, 12, tzinfo=UTC)
    dates = asyncio.run(theirs.get_dates(4, start=start))
    expected = [
        datetime(2026, 12, 30, 18, tzinfo=UTC),
        datetime(2026, 12, 31, 18, tzinfo=UTC),
        datetime(2027, 1, 1, 18, tzinfo=UTC),
        datetime(2027, 1, 2, 18, tzinfo=UTC),
    ]
    assert [moment.astimezone(UTC) for moment in dates] == expected
    ours = [start]
    for _ in expected:
        ours.append(next_run(declared.cron, declared.timezone, ours[-1]))
    assert [moment.astimezone(UTC) for moment in ours[1:]] == expected


@pytest.mark.parametrize("zone", ["Asia/Jakarta", "Asia/Jayapura", "UTC"])
def test_another_time_zone_moves_the_night(zone: str) -> None:
    from flows.service.deployments import schedule  # noqa: PLC0415

    declared = schedule(load_settings(timezone=zone))
    found = next_run(declared.cron, declared.timezone, datetime(2026, 12, 31, 23, tzinfo=UTC))
    assert found is not None
    assert found.astimezone(ZoneInfo(zone)).strftime("%H:%M") == "02:00"


def test_file_for_workers_declares_the_same_deployments() -> None:
    from flows import orchestrated  # noqa: PLC0415
    from flows.service.deployments import FLOWS, one_at_a_time, schedule  # noqa: PLC0415

    content = yaml.safe_load((ROOT / "prefect.yaml").read_text())
    declared = {one["name"]: one for one in content["deployments"]}
    assert list(declared) == [flow.name for flow in FLOWS]
    limit = one_at_a_time()
    for flow in FLOWS:
        given = declared[flow.name]
        module, _, name = given["entrypoint"].rpartition(".")
        assert module == "flows.orchestrated"
        assert getattr(orchestrated, name) is flow
        assert given["concurrency_limit"] == {
            "limit": limit.limit,
            "collision_strategy": limit.collision_strategy.value,
            "grace_period_seconds": limit.grace_period_seconds,
        }
        assert given["tags"] == ["cakupan"]
    ours = schedule(load_settings())
    theirs = [(one["cron"], one["timezone"], one["slug"]) for one in declared["nightly"]["schedules"]]
    assert theirs == [(ours.cron, ours.timezone, ours.slug)]


def test_every_parameter_is_described() -> None:
    from flows.service.deployments import FLOWS  # noqa: PLC0415

    for flow in FLOWS:
        for name, parameter in flow.parameters.properties.items():
            assert parameter.get("description"), f"{flow.name}: {name}"


@pytest.mark.orchestration
def test_units_are_valid(tmp_path: Path) -> None:
    """`systemd-analyze verify` also wants the program to be there: Python stands in for it."""
    program = shutil.which("systemd-analyze")
    assert program is not None, "apt-get install systemd"
    units = sorted((ROOT / "deploy" / "systemd").glob("*.service"))
    assert [unit.stem for unit in units] == ["cakupan-nights", "cakupan-server"]
    for unit in units:
        text = unit.read_text().replace("/opt/cakupan/.venv/bin/cakupan", sys.executable)
        (tmp_path / unit.name).write_text(text)
    command = [program, "verify", *sorted(tmp_path.iterdir())]
    told = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (told.returncode, told.stderr) == (0, "")


def test_environment_of_the_units_names_settings_that_exist() -> None:
    text = (ROOT / "deploy" / "systemd" / "cakupan.env.example").read_text()
    names = [line.lstrip("#").partition("=")[0] for line in text.splitlines() if "=" in line]
    ours = {f"CAKUPAN_{name.upper()}" for name in Settings.model_fields}
    assert [name for name in names if name.startswith("CAKUPAN_") and name not in ours] == []


def test_server_is_for_this_computer_and_sends_no_usage_data() -> None:
    from flows.service.environment import server_environment  # noqa: PLC0415

    environment = server_environment(load_settings())
    assert environment["PREFECT_SERVER_API_HOST"] == "127.0.0.1"
    assert environment["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"
    assert environment["DO_NOT_TRACK"] == "1"
    assert environment["PREFECT_SERVER_ALLOW_EPHEMERAL_MODE"] == "false"
    assert environment["PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE"].endswith(".filesystem")


def test_others_get_in_only_with_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    from flows.service.environment import nights_environment, server_environment  # noqa: PLC0415

    monkeypatch.delenv("PREFECT_SERVER_API_AUTH_STRING", raising=False)
    settings = load_settings(serve_host="0.0.0.0")
    with pytest.raises(SettingsError, match="can be reached by others"):
        server_environment(settings)
    monkeypatch.setenv("PREFECT_SERVER_API_AUTH_STRING", "admin:secret")
    assert server_environment(settings)["PREFECT_SERVER_API_HOST"] == "0.0.0.0"
    environment = nights_environment(settings, own_server=True)
    assert environment["PREFECT_API_AUTH_STRING"] == "admin:secret"
    assert environment["PREFECT_API_URL"] == "http://127.0.0.1:4200/api"


def test_password_of_the_database_is_for_the_server_alone() -> None:
    from flows.service.environment import nights_environment, server_environment  # noqa: PLC0415

    url = "postgresql+asyncpg://prefect:secret@127.0.0.1/prefect"
    settings = load_settings(prefect_database=url)
    assert server_environment(settings)["PREFECT_SERVER_DATABASE_CONNECTION_URL"] == url
    assert url not in nights_environment(settings, own_server=True).values()
    assert "secret" not in repr(settings)


def test_messages_are_valid_templates_and_calls_valid_json() -> None:
    from flows.notices import action, notices  # noqa: PLC0415

    environment = jinja2.Environment(autoescape=False)
    environment.filters["ui_url"] = lambda _: "http://127.0.0.1:4200/runs/flow-run/1"
    run = {"name": "brave-owl", "state": {"message": 'two\nlines and a "quote"'}}
    event = {"occurred": "2026-01-01", "payload": {"message": "well"}}
    told = notices(load_settings(), uuid4())
    assert [notice.kind for notice in told] == ["failed", "quality", "late", "missing", "recovered"]
    for notice in told:
        payload = action("webhook", uuid4(), notice).payload
        sent = json.loads(environment.from_string(payload).render(flow_run=run, event=event))
        assert (sent["kind"], sent["title"]) == (notice.kind, notice.title)
        assert sent["text"].strip()
