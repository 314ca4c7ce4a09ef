"""Whoever is told: a web server that takes calls, and a mail server that takes mail."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.orchestration.service import free_port, wait_for


@dataclass
class Listener:
    """What came in, in order."""

    calls: list[dict[str, Any]] = field(default_factory=list)
    mails: list[str] = field(default_factory=list)
    call_port: int = field(default_factory=free_port)
    mail_port: int = field(default_factory=free_port)

    def call(self, kind: str, containing: str = "") -> dict[str, Any]:
        """Wait for a call of a kind."""
        return wait_for(
            lambda: next(
                (one for one in self.calls if one["kind"] == kind and containing in one["text"]), None
            ),
            30,
        )

    def mail(self, subject: str, containing: str = "") -> str:
        """Wait for a mail."""

        def found() -> str | None:
            wanted = (one for one in self.mails if f"Subject: {subject}" in one and containing in one)
            return next(wanted, None)

        return wait_for(found, 30)

    @contextlib.contextmanager
    def listening(self):
        """Take calls and mail."""
        taking = self

        class Hook(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                taking.calls.append(json.loads(body))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        web = ThreadingHTTPServer(("127.0.0.1", self.call_port), Hook)
        threading.Thread(target=web.serve_forever, daemon=True).start()
        loop = asyncio.new_event_loop()
        post = loop.run_until_complete(asyncio.start_server(self._take_mail, "127.0.0.1", self.mail_port))
        thread = threading.Thread(target=loop.run_forever, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            web.shutdown()
            web.server_close()
            loop.call_soon_threadsafe(post.close)
            loop.call_soon_threadsafe(loop.stop)
            thread.join(5)
            loop.close()

    async def _take_mail(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 test\r\n")
        lines: list[str] | None = None
        while line := (await reader.readline()).decode().rstrip("\r\n"):
            if line.upper() == "DATA":
                lines = []
                writer.write(b"354 go on\r\n")
                while (text := (await reader.readline()).decode().rstrip("\r\n")) != ".":
                    lines.append(text)
                self.mails.append("\n".join(lines))
            writer.write(b"221 bye\r\n" if line.upper() == "QUIT" else b"250 ok\r\n")
        writer.close()
