"""`cakupan preview`: the newest release in a browser, on this computer only."""

from __future__ import annotations

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import click

HOST = "127.0.0.1"


class ReleaseHandler(SimpleHTTPRequestHandler):
    """Files of one release and nothing else; no listing outside, no links that lead out, no log lines."""

    def translate_path(self, path: str) -> str:
        """Return the file of an address; a link that leads out of the release is answered like nothing."""
        found = Path(super().translate_path(path))
        inside = found.resolve().is_relative_to(Path(self.directory).resolve())
        return str(found if inside else Path(self.directory) / ".outside")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the name of the base class)
        """Say nothing: stderr is for what a person should know."""


def server(release: Path, port: int) -> ThreadingHTTPServer:
    """Return a server of one release folder; port 0 takes any that is free."""
    return ThreadingHTTPServer((HOST, port), partial(ReleaseHandler, directory=str(release)))


@click.command("preview")
@click.option("--port", type=click.IntRange(0, 65_535), default=8_000, help="Port; 0 takes a free one.")
@click.pass_obj
def command(data_root: Path | None, port: int) -> None:
    """Show the newest release in a browser, on this computer only, until Ctrl-C.

    It stays with the release that was newest at the start; start again to see the next one.
    """
    from flows.commands.query import published_database  # noqa: PLC0415
    from flows.settings import load_settings  # noqa: PLC0415
    from schemas.errors import SettingsError  # noqa: PLC0415

    release = published_database(load_settings(data_root=data_root).paths.latest).parent
    try:
        serving = server(release, port)
    except OSError as error:
        raise SettingsError(
            f"port {port} cannot be used ({error.strerror})",
            hint="Choose another: `--port 0` takes a free one.",
        ) from None
    click.echo(f"http://{HOST}:{serving.server_address[1]}/")
    click.echo(f"{release.name}; Ctrl-C ends it", err=True)
    with serving:
        try:
            serving.serve_forever()
        except KeyboardInterrupt:
            click.echo("ended", err=True)
