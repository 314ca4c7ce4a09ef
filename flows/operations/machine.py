"""Examinations of the machine: versions, clock, disk, Prefect, port."""

from __future__ import annotations

import os
import re
import shutil
import socket
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from datetime import datetime
from importlib import metadata
from pathlib import Path
from zoneinfo import ZoneInfo

from packaging.markers import Marker
from packaging.requirements import Requirement

from flows.operations.doctor import Finding
from flows.settings import Settings

_LOCK = Path(__file__).parents[2] / "requirements.lock"
_LOCKED = re.compile(r"^(?P<name>[A-Za-z0-9_.-]+)==(?P<version>[^ ;\\]+)(?: ; (?P<marker>[^\\]+))?")
_SECONDS = 3.0


def versions(_settings: Settings, _now: datetime) -> Iterator[Finding]:
    """Python and the declared dependencies: are the installed versions within their bounds?"""
    yield "ok", f"Python {sys.version.split()[0]}, cakupan {_installed('cakupan') or 'from a checkout'}", ""
    try:
        declared = [Requirement(line) for line in metadata.requires("cakupan") or []]
    except metadata.PackageNotFoundError:
        yield (
            "warning",
            "cakupan is not installed as a distribution: its dependencies are not known",
            "`make setup`",
        )
        return
    wrong = []
    for requirement in declared:
        version = _installed(requirement.name)
        if version is None:
            wrong.append(f"{requirement.name} is missing")
        elif not requirement.specifier.contains(version, prereleases=True):
            wrong.append(f"{requirement.name} {version} is not {requirement.specifier}")
    if wrong:
        yield "error", "; ".join(wrong), "Install the locked versions: `make setup`."
    else:
        yield "ok", f"{len(declared)} declared dependencies are within their bounds", ""


def locked_versions(_settings: Settings, _now: datetime) -> Iterator[Finding]:
    """The lock file: is what is installed what was tested?"""
    if not _LOCK.exists():
        yield "ok", "no lock file here: installed as a package", ""
        return
    differing = []
    for line in _LOCK.read_text(encoding="utf-8").splitlines():
        match = _LOCKED.match(line)
        if match is None or (match["marker"] and not Marker(match["marker"].strip()).evaluate()):
            continue
        version = _installed(match["name"])
        if version is not None and version != match["version"]:
            differing.append(f"{match['name']} {version} instead of {match['version']}")
    if differing:
        shown = ", ".join(differing[:5]) + (" …" if len(differing) > 5 else "")
        yield "warning", f"{len(differing)} packages are not as locked: {shown}", "`make setup`"
    else:
        yield "ok", "installed packages are as locked", ""


def _installed(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def the_clock(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Time zone, and whether the clock went back behind what was written before."""
    zone = ZoneInfo(settings.timezone)
    yield "ok", f"it is {now.astimezone(zone):%Y-%m-%d %H:%M} in {settings.timezone}", ""
    if os.environ.get("SOURCE_DATE_EPOCH"):
        yield "warning", "SOURCE_DATE_EPOCH stands in for the clock", "Unset it: it is for repeatable builds."
    released = settings.paths.latest / "status.json"
    if released.exists() and released.stat().st_mtime > now.timestamp() + 60:
        yield (
            "error",
            "the newest release is from the future: the clock was set back",
            "Set the clock (`timedatectl set-ntp true`). Nights go on; files dated after 'today' wait.",
        )


def disk(settings: Settings, _now: datetime) -> Iterator[Finding]:
    """Free space where the data root lies: a rebuild and a release need room beside what is there."""
    root = settings.paths.root
    place = next(folder for folder in (root, *root.parents) if folder.exists())
    free = shutil.disk_usage(place).free
    warehouse = settings.paths.warehouse
    wanted = max(settings.min_free_gb * 1e9, 2.0 * (warehouse.stat().st_size if warehouse.exists() else 0))
    told = f"{free / 1e9:.1f} GB free at {place}"
    if free < wanted / 10:
        yield (
            "error",
            f"{told}: the next night may not finish",
            "Free space; `cakupan prune --dry-run` shows what may go.",
        )
    elif free < wanted:
        yield (
            "warning",
            f"{told}, less than {wanted / 1e9:.1f} GB",
            "`cakupan prune --dry-run` shows what may go.",
        )
    else:
        yield "ok", told, ""


def prefect(_settings: Settings, _now: datetime) -> Iterator[Finding]:
    """Whether the Prefect API answers, where one is configured."""
    address = os.environ.get("PREFECT_API_URL", "")
    if not address:
        yield "ok", "no Prefect API is configured: nights run in their own process", ""
        return
    health = f"{address.rstrip('/')}/health"
    if urllib.parse.urlsplit(health).scheme not in ("http", "https"):
        yield "error", "PREFECT_API_URL is no web address", "Set it to http://127.0.0.1:4200/api."
        return
    try:
        with urllib.request.urlopen(health, timeout=_SECONDS) as answer:  # noqa: S310 (looked at above)
            yield "ok", f"Prefect answers ({answer.status})", ""
    except urllib.error.HTTPError as error:
        if error.code in (401, 403):
            yield "ok", "Prefect answers and asks for its password", ""
        else:
            yield "error", f"Prefect answers with {error.code}", "Look at its log; restart `cakupan serve`."
    except OSError:
        yield (
            "error",
            "Prefect does not answer",
            "Is `cakupan serve` running? Nights can be run without it: `cakupan run --in-process`.",
        )


def port(settings: Settings, _now: datetime) -> Iterator[Finding]:
    """Whether the port of `cakupan serve` is free, or held by a Prefect server."""
    host = "127.0.0.1" if settings.serve_host in ("0.0.0.0", "::", "") else settings.serve_host  # noqa: S104
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.settimeout(_SECONDS)
        if probe.connect_ex((host, settings.serve_port)) != 0:
            yield "ok", f"port {settings.serve_port} is free for `cakupan serve`", ""
            return
    try:
        address = f"http://{f'[{host}]' if ':' in host else host}:{settings.serve_port}/api/health"
        with urllib.request.urlopen(address, timeout=_SECONDS):
            yield "ok", f"a Prefect server holds port {settings.serve_port}", ""
    except urllib.error.HTTPError as error:
        state: Finding = ("ok", f"a Prefect server holds port {settings.serve_port}, with a password", "")
        yield state if error.code in (401, 403) else _other_program(settings)
    except (OSError, ValueError):
        yield _other_program(settings)


def _other_program(settings: Settings) -> Finding:
    return (
        "warning",
        f"another program holds port {settings.serve_port}",
        "Stop it, or choose another port: CAKUPAN_SERVE_PORT.",
    )
