"""What the Prefect server and the serving process are told, as environment variables.

A variable of Prefect that is set already stays as it is, except where Cakupan depends on it.
"""

from __future__ import annotations

import os
from ipaddress import ip_address
from typing import TYPE_CHECKING

from schemas.errors import SettingsError

if TYPE_CHECKING:
    from flows.settings import Settings

PASSWORD = "PREFECT_SERVER_API_AUTH_STRING"  # noqa: S105 (the name of the variable)
_CLIENT_PASSWORD = "PREFECT_API_AUTH_STRING"  # noqa: S105
_SECONDS_PER_DAY = 86_400

_NEVER: dict[str, str] = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    # A missing address must fail, not start a server that nobody stops.
    "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
    # In memory, the slot of a run that was lost with the server would stay taken for ever.
    "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
}
_UNLESS_SET: dict[str, str] = {
    "PREFECT_SERVER_SERVICES_LATE_RUNS_AFTER_SECONDS": "300",
    # History is not kept for ever: runs, their logs and artifacts for 400 days, events for 7.
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(400 * _SECONDS_PER_DAY),
    # A start by hand begins within two seconds instead of ten.
    "PREFECT_RUNNER_POLL_FREQUENCY": "2",
    "PREFECT_TASKS_DEFAULT_NO_CACHE": "true",
    "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
    "PREFECT_LOGGING_COLORS": "false",
}


def api_url(settings: Settings) -> str:
    """Where the API answers, for programs on this computer."""
    host = settings.serve_host
    if host in ("0.0.0.0", "::", ""):  # noqa: S104 (compared, not bound)
        host = "127.0.0.1"
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.serve_port}/api"


def server_environment(settings: Settings) -> dict[str, str]:
    """Environment of the server. Raises SettingsError when it would be open to others without a password."""
    if not _is_this_computer(settings.serve_host) and not os.environ.get(PASSWORD):
        raise SettingsError(
            f"{settings.serve_host} can be reached by others, and there is no password",
            hint=f"Set {PASSWORD} to <user>:<password>, or leave CAKUPAN_SERVE_HOST at 127.0.0.1.",
        )
    database = settings.prefect_database
    file = settings.paths.prefect / "prefect.db"
    url = database.get_secret_value() if database else f"sqlite+aiosqlite:///{file}"
    return _common(settings) | {
        "PREFECT_API_URL": api_url(settings),
        "PREFECT_SERVER_API_HOST": settings.serve_host,
        "PREFECT_SERVER_API_PORT": str(settings.serve_port),
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": url,
    }


def nights_environment(settings: Settings, *, own_server: bool) -> dict[str, str]:
    """Environment of the serving process, and through it of every run.

    `own_server`: whether the server is the one that was started beside it; else PREFECT_API_URL counts.
    """
    address = None if own_server else os.environ.get("PREFECT_API_URL")
    password = os.environ.get(PASSWORD)
    return (
        _common(settings)
        | {"PREFECT_API_URL": address or api_url(settings)}
        | {"CAKUPAN_DATA_ROOT": str(settings.paths.root), "CAKUPAN_LANDING": str(settings.paths.landing)}
        | ({_CLIENT_PASSWORD: password} if password and _CLIENT_PASSWORD not in os.environ else {})
    )


def _common(settings: Settings) -> dict[str, str]:
    chosen = {name: value for name, value in _UNLESS_SET.items() if name not in os.environ}
    if settings.log_format == "json":
        chosen["PREFECT_LOGGING_HANDLERS_CONSOLE_FORMATTER"] = "json"
    return os.environ | chosen | _NEVER | {"PREFECT_HOME": str(settings.paths.prefect)}


def _is_this_computer(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
