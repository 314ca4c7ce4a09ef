"""`cakupan preview`: the newest release in a browser, on this computer only."""

from __future__ import annotations

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import click

HOST = "127.0.0.1"


class ReleaseHandler(SimpleHTTPRequestHandler):
    """Files of one release and the operators' page; no links that lead out, no log lines."""

    def __init__(self, *args: Any, release: Path, operators: Path, **kwargs: Any) -> None:
        #: Where an address begins → the folder that it shows. The operators' page calls the release by the
        #: name that it has beside it on disk.
        self.folders = {"/operators/": operators, "/published/latest/": release, "/": release}
        super().__init__(*args, **kwargs)

    def translate_path(self, path: str) -> str:
        """Return the file of an address; a link that leads out of its folder is answered like nothing."""
        prefix = next(prefix for prefix in self.folders if path.startswith(prefix) or prefix == "/")
        self.directory = str(self.folders[prefix])
        found = Path(super().translate_path("/" + path.removeprefix(prefix)))
        inside = found.resolve().is_relative_to(Path(self.directory).resolve())
        return str(found if inside else Path(self.directory) / ".outside")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the name of the base class)
        """Say nothing: stderr is for what a person should know."""


def server(release: Path, operators: Path, port: int) -> ThreadingHTTPServer:
    """Return a server of one release folder and the operators' page; port 0 takes any that is free."""
    handler = partial(ReleaseHandler, release=release, operators=operators)
    return ThreadingHTTPServer((HOST, port), handler)


@click.command("preview")
@click.option("--port", type=click.IntRange(0, 65_535), default=8_000, help="Port; 0 takes a free one.")
@click.pass_obj
def command(data_root: Path | None, port: int) -> None:
    """Show the newest release in a browser, on this computer only, until Ctrl-C.

    The operators' page is served beside it, under /operators/. The release stays the one that was newest at
    the start; start again to see the next one.
    """
    from flows.commands.query import published_database  # noqa: PLC0415
    from flows.settings import load_settings  # noqa: PLC0415
    from schemas.errors import SettingsError  # noqa: PLC0415

    paths = load_settings(data_root=data_root).paths
    release = published_database(paths.latest).parent
    try:
        serving = server(release, paths.operators, port)
    except OSError as error:
        raise SettingsError(
            f"port {port} cannot be used ({error.strerror})",
            hint="Choose another: `--port 0` takes a free one.",
        ) from None
    address = f"http://{HOST}:{serving.server_address[1]}/"
    click.echo(f"{address}\n{address}operators/")
    click.echo(f"{release.name}; Ctrl-C ends it", err=True)
    with serving:
        try:
            serving.serve_forever()
        except KeyboardInterrupt:
            click.echo("ended", err=True)
