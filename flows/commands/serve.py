"""`cakupan serve`: every night by itself, and a page to watch and start runs from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from flows import talk
from flows.permissions import owner_only

if TYPE_CHECKING:
    from flows.settings import Settings

PARTS = ("server", "nights")


@click.command("serve")
@click.option("--host", help="Address to listen on (CAKUPAN_SERVE_HOST). Default: this computer only.")
@click.option("--port", type=click.IntRange(1, 65_535), help="Port to listen on (CAKUPAN_SERVE_PORT).")
@click.option(
    "--only",
    type=click.Choice(PARTS),
    help="One part alone, as two units of systemd run them: the Prefect server, or what starts the runs.",
)
@click.pass_obj
def command(data_root: Path | None, host: str | None, port: int | None, only: str | None) -> None:
    """Run a night on schedule, show runs on a page, and tell people when something is wrong.

    Starts a Prefect server and the process that starts runs; both end with this command (Ctrl-C, SIGTERM).
    Nights that were missed meanwhile are made up for by one run.
    """
    from flows.settings import load_settings  # noqa: PLC0415

    settings = load_settings(data_root=data_root, serve_host=host, serve_port=port)
    talk.use(settings.log_format)
    settings.paths.prepare()
    settings.paths.prefect.mkdir(mode=0o700, exist_ok=True)
    settings.paths.prefect.chmod(0o700)
    with owner_only():
        serve(settings, only)


def serve(settings: Settings, only: str | None) -> None:
    """Serve both parts, or one."""
    from flows.service import environment, supervisor  # noqa: PLC0415

    parts = []
    url = environment.api_url(settings)
    if only != "nights":
        environ = environment.server_environment(settings)
        supervisor.hold_port_free(settings.serve_host, settings.serve_port)
        server = supervisor.Part("Prefect server", "flows.service.server", environ)
        server.is_ready = lambda: supervisor.answers(f"{url}/health")
        parts.append(server)
    if only != "server":
        environ = environment.nights_environment(settings, own_server=only is None)
        parts.append(supervisor.Part("serving process", "flows.service.nights", environ))
    talk.say("info", "starting", f"Page: {url.removesuffix('/api')}")
    supervisor.supervise(parts)
