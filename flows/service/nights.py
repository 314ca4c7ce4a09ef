"""`python -m flows.service.nights`: arranges deployments and notices, catches up, then starts what is due."""

from __future__ import annotations

import asyncio
import sys
import time
from typing import Any

from prefect import get_client
from prefect.deployments.runner import RunnerDeployment
from prefect.runner import Runner

from flows import notices, talk
from flows.service.catch_up import catch_up
from flows.service.deployments import apply, deployments
from flows.settings import load_settings
from schemas.errors import CakupanError, SettingsError

#: Seconds to wait for a server that is starting.
_PATIENCE = 120.0


def main() -> None:
    """Serve until a signal comes. Raises SettingsError when no server answers."""
    settings = load_settings()
    talk.use(settings.log_format)
    _wait_for_server()
    served = deployments(settings)
    ids = {deployment.name: apply(deployment) for deployment in served}
    channels = notices.arrange(settings, ids["nightly"])
    if not channels:
        hint = "set CAKUPAN_NOTIFY_WEBHOOK or CAKUPAN_NOTIFY_MAIL"
        talk.say("warning", "notices", f"nobody is told when a night fails: {hint}", label="warning")
    talk.say("info", "catch_up", f"Start: {catch_up(settings, ids)}")
    talk.say("info", "serving", f"Nights: {settings.schedule} ({settings.timezone}), {len(ids)} deployments")
    asyncio.run(_serve(served))


class Nights(Runner):
    """A runner that ends in order: Prefect's own handler forgets to await its end, and leaves runs behind."""

    def handle_sigterm(self, *_: Any, **__: Any) -> None:
        """Stop runs and polling, then return from `start`."""
        if not self.started:
            sys.exit(0)
        loop = asyncio.get_running_loop()
        loop.call_soon_threadsafe(lambda: loop.create_task(self.astop()))


async def _serve(served: list[RunnerDeployment]) -> None:
    # Schedules stay active while nothing is served: what was missed is then seen, and made up for.
    nights = Nights(name="cakupan", pause_on_shutdown=False)
    for deployment in served:
        await nights.aadd_deployment(deployment)
    await nights.start()


def _wait_for_server() -> None:
    end = time.monotonic() + _PATIENCE
    with get_client(sync_client=True) as client:
        while client.api_healthcheck() is not None:
            if time.monotonic() > end:
                raise SettingsError(
                    "no Prefect server answers",
                    where=str(client.api_url),
                    hint="Start it: `cakupan serve --only server`.",
                )
            time.sleep(1)


if __name__ == "__main__":
    try:
        main()
    except CakupanError as error:
        talk.say("error", "failed", str(error), label="error:", exit_code=error.exit_code)
        sys.exit(error.exit_code)
