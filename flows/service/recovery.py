"""Telling that things are well again: after a bad run, or after nights that were missing."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from prefect import State, get_client
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.events import emit_event
from prefect.runtime import deployment

from flows.clock import now
from flows.service.endings import PARTLY_FAILED

RECOVERED = "cakupan.recovered"
#: Ends that people were told about, and good ones. Runs that were not needed are neither.
_ENDS = [StateType.COMPLETED, StateType.FAILED, StateType.CRASHED]


def tell_recovery(state: State[None], overdue_hours: float) -> None:
    """Emit the event of recovery when this run is good and the one before was not, or was long ago."""
    if not _is_good(state) or not deployment.id:
        return
    before = _run_before()
    if before is None or before.state is None:
        return
    why = "" if _is_good(before.state) else f"The run before had ended as {before.state.name}."
    if before.end_time is not None and now() - before.end_time > timedelta(hours=overdue_hours):
        why = f"The run before had ended on {before.end_time:%Y-%m-%d %H:%M} UTC."
    if why:
        emit_event(
            event=RECOVERED,
            resource={"prefect.resource.id": "cakupan.nights", "prefect.resource.name": "nights"},
            payload={"message": f"{state.message} {why}"},
        )


def _is_good(state: State[None]) -> bool:
    return state.is_completed() and state.name != PARTLY_FAILED


def _run_before() -> FlowRun | None:
    """Return the run of this deployment that ended last."""
    with get_client(sync_client=True) as client:
        found = client.read_flow_runs(
            flow_run_filter=FlowRunFilter(
                state=FlowRunFilterState(type=FlowRunFilterStateType(any_=_ENDS)),
            ),
            deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=[UUID(str(deployment.id))])),
            sort=FlowRunSort.END_TIME_DESC,
            limit=1,
        )
    return found[0] if found else None
