"""Telling people: a failed, late or missing night, refused files, failed checks, and that all is well again.

The server itself sends (webhook, mail), so that a dead worker cannot silence it. What nobody tells is that
the server is dead: watch `cakupan status --exit-code` or `metrics.prom` from outside.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from prefect import get_client
from prefect.automations import AutomationCore, EventTrigger, Posture, ResourceSpecification
from prefect.blocks.webhook import Webhook
from prefect.client.schemas.objects import StateType
from prefect.events.actions import CallWebhook, ChangeFlowRunState, SendNotification
from prefect.types import SecretDict

from flows.service.endings import CHECKS_FAILED, PARTLY_FAILED
from flows.service.mail import Mail
from flows.service.recovery import RECOVERED
from flows.service.running import TAG

if TYPE_CHECKING:
    from prefect.events.actions import ActionTypes

    from flows.settings import Settings

_PREFIX = "cakupan: "
_BLOCK = "cakupan-notices"
#: Emitted when serving begins and no night has succeeded yet.
SERVING = "cakupan.serving"
_RUN = "prefect.flow-run."
_OURS: dict[str, str | list[str]] = {
    "prefect.resource.role": "tag",
    "prefect.resource.id": f"prefect.tag.{TAG}",
}
#: A run at work sends a heartbeat every 30 seconds.
_SILENT = timedelta(minutes=5)
_MESSAGE = "{{ flow_run.name }}: {{ flow_run.state.message }}\n{{ flow_run|ui_url }}"


@dataclass(frozen=True)
class Notice:
    """One thing that people are told: its kind, title and text (Jinja, filled in by the server)."""

    kind: str
    title: str
    text: str
    trigger: EventTrigger

    @property
    def name(self) -> str:
        """Name of its automation."""
        return f"{_PREFIX}{self.kind}"


def notices(settings: Settings, nightly: UUID) -> list[Notice]:
    """Everything that people are told. `nightly`: the deployment of the night."""
    hours = settings.overdue_hours
    return [
        Notice("failed", "Cakupan: a run failed", _MESSAGE, _when("Failed", "Crashed", "TimedOut")),
        Notice(
            "quality",
            "Cakupan: files or figures need a person",
            _MESSAGE,
            _when(CHECKS_FAILED, PARTLY_FAILED),
        ),
        Notice(
            "late",
            "Cakupan: a run is late",
            "{{ flow_run.name }} has not started in time. Is `cakupan serve` running, and is another run at "
            "work?\n{{ flow_run|ui_url }}",
            _when("Late"),
        ),
        Notice(
            "missing",
            "Cakupan: a night is missing",
            f"No night has succeeded for {hours:g} hours. `cakupan status` and `cakupan doctor` say why; "
            "`cakupan run` starts one by hand.",
            _unless_within(timedelta(hours=hours), nightly, "Completed", PARTLY_FAILED),
        ),
        Notice(
            "recovered",
            "Cakupan: all is well again",
            "{{ event.payload.message }}",
            EventTrigger(expect={RECOVERED}, posture=Posture.Reactive, threshold=1),
        ),
    ]


def _when(*states: str) -> EventTrigger:
    return EventTrigger(
        expect={f"{_RUN}{state}" for state in states},
        match_related=ResourceSpecification(_OURS),
        posture=Posture.Reactive,
        threshold=1,
    )


def _unless_within(window: timedelta, deployment: UUID, *states: str) -> EventTrigger:
    """After each good night the next one is due; the first one after serving began."""
    related: dict[str, str | list[str]] = {
        "prefect.resource.role": "deployment",
        "prefect.resource.id": f"prefect.deployment.{deployment}",
    }
    good = {f"{_RUN}{state}" for state in states}
    return EventTrigger(
        after={*good, SERVING},
        expect=good,
        match_related=ResourceSpecification(related),
        posture=Posture.Proactive,
        threshold=1,
        within=window,
    )


def silent_runs() -> AutomationCore:
    """A run that fell silent is entered as crashed: nobody else does when its process was killed."""
    return AutomationCore(
        name=f"{_PREFIX}silent runs",
        trigger=EventTrigger(
            after={f"{_RUN}heartbeat"},
            expect={f"{_RUN}*"},
            match_related=ResourceSpecification(_OURS),
            for_each={"prefect.resource.id"},
            posture=Posture.Proactive,
            threshold=1,
            within=_SILENT,
        ),
        actions=[
            ChangeFlowRunState(
                name=None,
                force=False,
                state=StateType.CRASHED,
                message="The run fell silent: its process or machine was stopped.",
            )
        ],
    )


def arrange(settings: Settings, nightly: UUID) -> list[str]:
    """Make the server tell what is to be told, and no more; returns the channels (webhook, mail)."""
    channels = channels_of(settings)
    wanted = [silent_runs()]
    if channels:
        for notice in notices(settings, nightly):
            actions = [action(channel, block, notice) for channel, block in channels.items()]
            wanted.append(AutomationCore(name=notice.name, trigger=notice.trigger, actions=actions))
    _arrange(wanted)
    return list(channels)


def channels_of(settings: Settings) -> dict[str, UUID]:
    """Save the blocks of the channels that are set; returns their ids."""
    found: dict[str, UUID] = {}
    if settings.notify_webhook is not None:
        headers = SecretDict({"Content-Type": "application/json"})
        hook = Webhook(method="POST", url=settings.notify_webhook, headers=headers)
        found["webhook"] = UUID(str(hook.save(_BLOCK, overwrite=True)))
    if settings.notify_mail is not None:
        mail = Mail(url=settings.notify_mail)
        found["mail"] = UUID(str(mail.save(_BLOCK, overwrite=True)))
    return found


def action(channel: str, block: UUID, notice: Notice) -> ActionTypes:
    """What the server does through one channel; the mail or the call is filled in when it is sent."""
    if channel == "mail":
        return SendNotification(block_document_id=block, subject=notice.title, body=notice.text)
    # Slack, Mattermost and Teams show `text`; a program reads the rest.
    payload = (
        "{% set text %}" + notice.text + "{% endset %}"
        f'{{"kind": "{notice.kind}", "title": "{notice.title}", "at": "{{{{ event.occurred }}}}", '
        '"text": {{ text | string | tojson }}}'
    )
    return CallWebhook(block_document_id=block, payload=payload)


def _arrange(wanted: list[AutomationCore]) -> None:
    """Create, change or delete automations of ours. One that is the same stays, with what it waits for."""
    with get_client(sync_client=True) as client:
        there = {found.name: found for found in client.read_automations(limit=200)}
        for automation in wanted:
            found = there.pop(automation.name, None)
            if found is None:
                client.create_automation(automation)
            elif found.id is not None and _content(found) != _content(automation):
                client.update_automation(found.id, automation)
        for found in there.values():
            if found.id is not None and found.name.startswith(_PREFIX):
                client.delete_automation(found.id)


def _content(automation: AutomationCore) -> dict[str, Any]:
    return automation.model_dump(mode="json", include={"trigger", "actions"})
