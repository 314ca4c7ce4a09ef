"""After a time in which nothing was served: lost runs are closed, missed nights are made up for by one run.

One is enough: a night reads everything that waits, in the order of delivery.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import takewhile
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

import duckdb
from cronsim import CronSim
from prefect import get_client
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterNextScheduledStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.events import emit_event
from prefect.states import Cancelled, Crashed

from flows.clock import now
from flows.lock import one_writer
from flows.notices import SERVING
from flows.service.running import TAG
from schemas.errors import AlreadyRunning
from warehouse import ledger

if TYPE_CHECKING:
    from flows.settings import Settings

#: A run that only just began may not hold the lock yet.
_YOUNG = timedelta(seconds=60)
#: Nights that are looked back for, at most.
_YEAR = timedelta(days=400)


def catch_up(settings: Settings, ids: dict[str, UUID]) -> str:
    """Close what was lost and start one run for all missed nights; returns what was done, in words.

    `ids`: deployments by name. While another run is at work nothing is done: it reads everything.
    """
    settings.paths.prepare()
    moment = now()
    with get_client(sync_client=True) as client:
        try:
            with one_writer(settings.paths.lock, moment):
                lost = _close_lost(client, list(ids.values()), moment)
                missed = missed_nights(settings, moment)
        except AlreadyRunning:
            return "a run is at work"
        _cancel_overdue(client, ids["nightly"], moment)
        if missed:
            before = f" and {len(missed) - 1} before" if missed[1:] else ""
            name = f"catch-up {missed[0]:%Y-%m-%d %H:%M}{before}"
            client.create_flow_run_from_deployment(ids["nightly"], name=name, tags=[TAG])
        _tell_serving(client, ids["nightly"])
    return f"{lost} lost runs closed, {len(missed)} missed nights to make up for"


def missed_nights(settings: Settings, moment: datetime) -> list[datetime]:
    """Times of the schedule since the last night that judged its files, newest first; none before the first.

    Asked of the ledger: a night that was run by hand is not missed, one that was cut short is.
    """
    if not settings.paths.warehouse.exists():
        return []
    with duckdb.connect(str(settings.paths.warehouse), read_only=True) as connection:
        last = ledger.last_night(connection)
    since = last or moment
    return list(takewhile(lambda due: due > max(since, moment - _YEAR), _due_before(settings, moment)))


def _due_before(settings: Settings, moment: datetime) -> Iterator[datetime]:
    return CronSim(settings.schedule, moment.astimezone(ZoneInfo(settings.timezone)), reverse=True)


def _runs(
    client: SyncPrefectClient, deployments: list[UUID], states: list[StateType], **filters: object
) -> list[FlowRun]:
    wanted = FlowRunFilter(
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=states)),
        **filters,  # type: ignore[arg-type]
    )
    which = DeploymentFilter(id=DeploymentFilterId(any_=deployments))
    return client.read_flow_runs(flow_run_filter=wanted, deployment_filter=which, limit=200)


def _close_lost(client: SyncPrefectClient, deployments: list[UUID], moment: datetime) -> int:
    """Enter runs as crashed that are at work on paper only: the lock of the data root is ours."""
    open_states = [StateType.RUNNING, StateType.PENDING, StateType.CANCELLING]
    lost = [
        run
        for run in _runs(client, deployments, open_states)
        if run.state is not None and moment - run.state.timestamp > _YOUNG
    ]
    message = "Lost: its process or machine was stopped. What it had done is kept; the next run goes on."
    for run in lost:
        client.set_flow_run_state(run.id, Crashed(message=message), force=True)
    return len(lost)


def _cancel_overdue(client: SyncPrefectClient, nightly: UUID, moment: datetime) -> None:
    """Cancel starts of the schedule whose time has passed: one run makes up for all of them."""
    past = FlowRunFilterNextScheduledStartTime.model_validate({"before_": moment})
    overdue = _runs(client, [nightly], [StateType.SCHEDULED], next_scheduled_start_time=past)
    message = "Not needed: one run makes up for all missed nights."
    for run in overdue:
        if run.auto_scheduled:
            client.set_flow_run_state(run.id, Cancelled(message=message), force=True)


def _tell_serving(client: SyncPrefectClient, nightly: UUID) -> None:
    """Let the time run after which the first night counts as missing, unless one succeeded already."""
    if not _runs(client, [nightly], [StateType.COMPLETED]):
        emit_event(
            event=SERVING,
            resource={"prefect.resource.id": "cakupan.nights", "prefect.resource.name": "nights"},
            related=[
                {
                    "prefect.resource.id": f"prefect.deployment.{nightly}",
                    "prefect.resource.role": "deployment",
                }
            ],
        )
