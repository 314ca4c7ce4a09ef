"""`python -m benchmarks.overhead`: what a night costs over its work, in its own process and as a Prefect run.

The work is what the stages took by the ledger. Everything else is overhead: starting Python, imports, locks,
opening the warehouse, and for Prefect from the request to start a run to the end of the run.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import duckdb

ROOT = Path(__file__).parent.parent
#: Seconds that the issue allows over the work.
ALLOWED = {"in its own process": 1.0, "as a Prefect run": 10.0}
_PATIENCE = 300.0


@dataclass(frozen=True)
class Night:
    """Seconds from the start to the end, and those of the stages in between."""

    kind: str
    whole: float
    work: float

    @property
    def over(self) -> float:
        """Seconds over the work."""
        return self.whole - self.work


@click.command(context_settings={"show_default": True})
@click.option("--repeats", default=5, help="Nights of each kind, after one that is not counted.")
@click.option("--publication", default="everything", help="As CAKUPAN_PUBLICATION.")
@click.option("--work", type=click.Path(path_type=Path), required=True, help="Folder for data roots.")
@click.option("--docs", type=click.Path(path_type=Path), default=ROOT / "docs", help="Where the table goes.")
def main(repeats: int, publication: str, work: Path, docs: Path) -> None:
    """Run nights in which one file is new; exit code 1 when a median is over what is allowed."""
    settings = os.environ | {"CAKUPAN_PUBLICATION": publication, "CAKUPAN_SETTLE_SECONDS": "0"}
    cakupan = _installed(work / "environment")
    nights = [*_in_process(cakupan, work / "process", settings, repeats)]
    nights += [*_as_prefect_runs(cakupan, work / "prefect", settings, repeats)]
    text = _table(nights, f"--repeats {repeats} --publication {publication}")
    (docs / "overhead.md").write_text(text, encoding="utf-8")
    click.echo(text)
    raise SystemExit(1 if any(_median(nights, kind) > most for kind, most in ALLOWED.items()) else 0)


def _installed(folder: Path) -> Path:
    """Install the program as its users do, without what its developers need; returns its command."""
    if not folder.exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    pip = [folder / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, ROOT], check=True)
    subprocess.run(
        [*pip, "--no-deps", "--force-reinstall", ROOT], check=True
    )  # the same version may be there
    return folder / "bin" / "cakupan"


def _in_process(cakupan: Path, root: Path, settings: dict[str, str], repeats: int) -> Iterator[Night]:
    _fresh(root)
    for at in range(repeats + 1):
        _deliver(root, at)
        began = time.perf_counter()
        command = [cakupan, "--data-root", root, "run", "--in-process", "--quiet"]
        subprocess.run(command, env=settings, check=True)
        whole = time.perf_counter() - began
        if at:
            yield Night("in its own process", whole, _work(root))


def _as_prefect_runs(cakupan: Path, root: Path, settings: dict[str, str], repeats: int) -> Iterator[Night]:
    _fresh(root)
    with _served(cakupan, root, settings) as ask:
        found = ask("deployments/filter", deployments={"name": {"any_": ["nightly"]}})
        for at in range(repeats + 1):
            _deliver(root, at)
            began = datetime.now(UTC)
            run = ask(f"deployments/{found[0]['id']}/create_flow_run")["id"]
            ended = _wait(lambda run=run: _end_of(ask, run))
            if at:
                yield Night("as a Prefect run", (ended - began).total_seconds(), _work(root))


def _fresh(root: Path) -> None:
    """Make a data root with the examples in its landing."""
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(ROOT / "examples" / "landing", root / "landing")


def _deliver(root: Path, at: int) -> None:
    """Deliver one file anew, each time with another figure."""
    (root / "landing" / "rekap_51_20250228.csv").write_text(
        f"wilayah,segmen,peserta_aktif\n51,TOTAL,{900_000 + at}\n"
    )


def _work(root: Path) -> float:
    """Seconds of the stages of the newest run."""
    with duckdb.connect(str(root / "warehouse.duckdb"), read_only=True) as ledger:
        query = "SELECT sum(seconds) FROM ledger.steps WHERE run_id = (SELECT max(run_id) FROM ledger.runs)"
        return float(ledger.execute(query).fetchall()[0][0])


Ask = Callable[..., Any]


@contextmanager
def _served(cakupan: Path, root: Path, settings: dict[str, str]) -> Iterator[Ask]:
    """Run `cakupan serve` until it takes runs; yields what asks its API."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port = trial.getsockname()[1]

    def ask(path: str, **body: Any) -> Any:
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/api/{path}",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 (our own server)
            return json.load(answer)

    log = root / "serve.log"
    command = [cakupan, "--data-root", root, "serve", "--port", str(port)]
    with (
        log.open("w") as stream,
        subprocess.Popen(command, env=settings, stdout=stream, stderr=stream) as served,
    ):
        try:
            _wait(lambda: "deployments" in log.read_text(encoding="utf-8"))
            yield ask
        finally:
            served.terminate()


def _end_of(ask: Ask, run: str) -> datetime | None:
    found = ask("flow_runs/filter", flow_runs={"id": {"any_": [run]}})[0]
    if found["state_type"] in ("FAILED", "CRASHED", "CANCELLED"):
        raise RuntimeError(found["state"]["message"])
    return datetime.fromisoformat(found["end_time"]) if found["end_time"] else None


def _wait(answer: Callable[[], Any]) -> Any:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        try:
            if found := answer():
                return found
        except urllib.error.URLError:
            pass  # busy, or not there yet
        time.sleep(0.2)
    raise TimeoutError


def _median(nights: list[Night], kind: str) -> float:
    return statistics.median(night.over for night in nights if night.kind == kind)


def _table(nights: list[Night], arguments: str) -> str:
    lines = [
        "# Overhead of a night",
        "",
        f"Written by `python -m benchmarks.overhead {arguments}` on {datetime.now(UTC):%d %B %Y}; no number is typed",
        f"by hand. Load average at the end: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors; where it is above",
        "their number, other work ran at the same time.",
        "",
        "The program is installed by `pip install .` into an environment of its own, as its users install it.",
        "Work: the seconds of the stages, by the ledger. Over it: all else, from the command to its end, or from the",
        "request to start a Prefect run to the end of the run. Medians; in brackets the least and the most.",
        "",
        "| a night | nights | whole s | work s | over it s | allowed s |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for kind, most in ALLOWED.items():
        mine = [night for night in nights if night.kind == kind]
        over = sorted(night.over for night in mine)
        lines.append(
            f"| {kind} | {len(mine)} | {statistics.median(night.whole for night in mine):.2f} "
            f"| {statistics.median(night.work for night in mine):.2f} "
            f"| **{statistics.median(over):.2f}** ({over[0]:.2f} to {over[-1]:.2f}) | {most:g} |"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
