"""What can be started, by the clock or by hand, each one at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from prefect import Flow
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron, Schedule
from prefect.types.entrypoint import EntrypointType

from flows import orchestrated
from flows.service.running import TAG

if TYPE_CHECKING:
    from flows.settings import Settings

#: Seconds until a place is free again that a run had when it was lost with its process. The file lock of
#: the core is what keeps writers apart; this is the polite line before it.
_GRACE = 60

FLOWS: tuple[Flow[..., Any], ...] = (
    orchestrated.nightly,
    orchestrated.backfill,
    orchestrated.rebuild,
    orchestrated.publish_again,
    orchestrated.rekey,
)


def schedule(settings: Settings) -> Schedule:
    """When the night starts: local time of the agency, whatever the clock of the server."""
    return Cron(settings.schedule, timezone=settings.timezone, slug="nightly")


def one_at_a_time() -> ConcurrencyLimitConfig:
    """A second start of the same deployment is cancelled, with an answer, instead of waiting."""
    return ConcurrencyLimitConfig(
        limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW, grace_period_seconds=_GRACE
    )


def deployments(settings: Settings) -> list[RunnerDeployment]:
    """Every deployment; its parameters and their meaning come from the flow."""
    return [_deployment(flow, settings) for flow in FLOWS]


def _deployment(flow: Flow[..., Any], settings: Settings) -> RunnerDeployment:
    made = flow.to_deployment(
        name=flow.name,
        schedule=schedule(settings) if flow is orchestrated.nightly else None,
        concurrency_limit=one_at_a_time(),
        tags=[TAG],
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    assert isinstance(made, RunnerDeployment)  # noqa: S101 (a coroutine only inside an event loop)
    return made


def apply(made: RunnerDeployment) -> UUID:
    """Enter a deployment at the server, or bring it up to date; returns its id."""
    entered = made.apply()
    assert isinstance(entered, UUID)  # noqa: S101 (see above)
    return entered
