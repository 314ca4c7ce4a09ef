"""What an outside monitor wants to know: are the nights all right? For `cakupan status --exit-code`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from flows.settings import Settings
from schemas.errors import EXIT_CODES, CakupanError, NightMissing, NothingPublished
from warehouse.metrics import last_success


def verdict(settings: Settings, facts: dict[str, Any], moment: datetime) -> CakupanError | None:
    """Return what is wrong; None when all is well. `facts`: what `cakupan status` shows.

    In this order: nothing was ever published; the last run ended badly (its own exit code); no night has
    succeeded within the hours it is due, which also finds a service that is down and a run that hangs.
    """
    if facts["release"] is None:
        return NothingPublished("there is no release yet", hint=NothingPublished.remedy)
    last = facts["runs"][0] if facts["runs"] else None
    if last is not None and last["outcome"] == "running":
        # Whoever is at work holds the ledger, and then no run is shown: this one is at work on paper only.
        return CakupanError(
            "the last run was stopped before its end", hint="Run again: it goes on from there."
        )
    if last is not None and last["exit_code"] != 0:
        kind = EXIT_CODES.get(last["exit_code"] or 1, CakupanError)
        return kind(f"the last run ended as {last['outcome']}: {last['message']}", hint=kind.remedy)
    success = last_success(settings.paths.published)
    since = datetime.fromtimestamp(success, tz=UTC) if success is not None else None
    if since is None or moment - since > timedelta(hours=settings.overdue_hours):
        told = f"since {since:%Y-%m-%d %H:%M} UTC" if since else "that is known of"
        return NightMissing(f"no night has succeeded {told}", hint=NightMissing.remedy)
    return None
