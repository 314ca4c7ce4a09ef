"""Headless Chromium through chromedriver's own protocol: no package needed beyond Debian's two."""

from __future__ import annotations

import base64
import json
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
    "--force-color-profile=srgb",
)  # fmt: skip

#: Where one element begins and another ends, from the top of the page.
_ENDS = """const at = (s) => document.querySelector(s).getBoundingClientRect();
  return [at(arguments[0]).top + scrollY, at(arguments[1]).bottom + scrollY]"""


def is_installed() -> bool:
    """Whether Chromium and its driver are here."""
    return bool(shutil.which("chromium") and shutil.which("chromedriver"))


class Browser:
    """A Chromium that can be told what to do; use it as a context."""

    def __init__(self, *, javascript: bool = True) -> None:
        self.javascript = javascript
        self.profile = tempfile.mkdtemp(prefix="cakupan-chromium-")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.driver = subprocess.Popen(
            ["chromedriver", f"--port={self.port}", "--silent"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.session = ""

    def __enter__(self) -> Browser:
        options: dict[str, Any] = {
            "binary": shutil.which("chromium"),
            "args": [*FLAGS, f"--user-data-dir={self.profile}"],
        }
        if not self.javascript:
            options["prefs"] = {"profile.managed_default_content_settings.javascript": 2}
        wanted = {
            "capabilities": {
                "alwaysMatch": {
                    "browserName": "chrome",
                    "goog:chromeOptions": options,
                    "timeouts": {"script": 300_000},
                }
            }
        }
        for attempt in range(50):
            try:
                self.session = self._call("POST", "/session", wanted)["sessionId"]
                return self
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.1 * (attempt + 1))
        raise RuntimeError("chromedriver does not answer")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.session:
            self._call("DELETE", f"/session/{self.session}", None)
        self.driver.terminate()
        self.driver.wait(10)
        shutil.rmtree(self.profile, ignore_errors=True)

    def cdp(self, command: str, **parameters: Any) -> Any:
        """Run a DevTools command."""
        return self._call(
            "POST", f"/session/{self.session}/goog/cdp/execute", {"cmd": command, "params": parameters}
        )

    def js(self, script: str, *arguments: Any) -> Any:
        """Run a script; a promise is waited for."""
        body = {"script": script, "args": list(arguments)}
        return self._call("POST", f"/session/{self.session}/execute/sync", body)

    def size(self, width: int, height: int = 900, *, phone: bool | None = None, scale: float = 1) -> None:
        """Set the size of the window, exactly."""
        self.cdp(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=scale,
            mobile=width < 600 if phone is None else phone,
        )  # fmt: skip

    def open(self, path: Path | str, anchor: str = "") -> None:
        """Open a file."""
        url = path.resolve().as_uri() + anchor if isinstance(path, Path) else path
        self._call("POST", f"/session/{self.session}/url", {"url": url})

    def picture(self, target: Path, *, between: tuple[str, str] | None = None) -> None:
        """Save what is seen: the whole page, or its full width from one element to the end of another."""
        size = self.cdp("Page.getLayoutMetrics")["cssContentSize"]
        top, bottom = (0, size["height"]) if between is None else self.js(_ENDS, *between)
        clip = {"x": 0, "y": top, "width": size["width"], "height": bottom - top, "scale": 1}
        form = {"format": "png"} if target.suffix == ".png" else {"format": "jpeg", "quality": 58}
        answer = self.cdp("Page.captureScreenshot", captureBeyondViewport=True, clip=clip, **form)
        target.write_bytes(base64.b64decode(answer["data"]))

    def print_pdf(self, target: Path) -> None:
        """Print the page to A4, as a reader would."""
        answer = self.cdp("Page.printToPDF", preferCSSPageSize=True, printBackground=True)
        target.write_bytes(base64.b64decode(answer["data"]))

    def _call(self, method: str, path: str, body: Any) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data, method=method)
        request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=320) as answer:
                return json.loads(answer.read())["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(error.read().decode()[:2000]) from error
