"""The shelf of releases: folders that never change, `latest` that switches in one step, the list of all."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import Any

from warehouse.release.feed import write_feed
from warehouse.staged import disk_refuses

LATEST = "latest"
MANIFEST = "SHA256SUMS"
LIST = "releases.json"


def unfinished_folder(published: Path, release_id: str) -> Path:
    """Return an empty folder to build a release in; what a killed run left there is removed."""
    folder = published / f".{release_id}.unfinished"
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    except OSError as error:
        raise disk_refuses(folder, error) from None
    return folder


def write_manifest(folder: Path) -> str:
    """Write `SHA256SUMS` over every file of the folder and return its own SHA-256."""
    lines = []
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != MANIFEST:
            with path.open("rb") as stream:
                lines.append(
                    f"{hashlib.file_digest(stream, 'sha256').hexdigest()}  {path.relative_to(folder)}"
                )
    text = "\n".join(lines) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8")
    return hashlib.sha256(text.encode()).hexdigest()


def manifest_digest(folder: Path) -> str:
    """Return the SHA-256 of a finished release's manifest."""
    return hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()


def damaged_files(folder: Path) -> list[str]:
    """Files of a release that are missing or differ from its manifest."""
    damaged = []
    for line in (folder / MANIFEST).read_text(encoding="utf-8").splitlines():
        digest, _, name = line.partition("  ")
        path = folder / name
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            damaged.append(name)
    return damaged


def place(unfinished: Path, release_id: str) -> Path:
    """Make a built release final: readable by all, on disk, under its name. One rename."""
    final = unfinished.with_name(release_id)
    for path in [unfinished, *sorted(unfinished.rglob("*"))]:
        path.chmod(0o755 if path.is_dir() else 0o644)
        _sync(path)
    shutil.rmtree(final, ignore_errors=True)
    unfinished.rename(final)
    _sync(final.parent)
    return final


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def is_complete(published: Path, release_id: str) -> bool:
    """Whether a release stands on the shelf. Its folder appears by one rename, so a manifest means whole."""
    return (published / release_id / MANIFEST).is_file()


def latest_release(published: Path) -> str | None:
    """Return the id of the release that `latest` points to; None when there is none."""
    link = published / LATEST
    return link.readlink().name if link.is_symlink() and link.exists() else None


def switch_latest(published: Path, release_id: str) -> None:
    """Point `latest` at a release in one step: a reader meets the old one or the new one, never none."""
    fresh = published / f".{LATEST}.unfinished"
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(release_id)
    fresh.replace(published / LATEST)
    _sync(published)


def write_list(published: Path, releases: list[dict[str, Any]]) -> None:
    """Write `releases.json`, every release that can be had, and `feed.xml`, the newest and what changed.

    Newest first, as given; releases that were pruned are left out.
    """
    there = [release for release in releases if is_complete(published, release["release_id"])]
    fresh = published / f".{LIST}.unfinished"
    fresh.write_text(json.dumps(there, default=str, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    fresh.chmod(0o644)
    fresh.replace(published / LIST)
    write_feed(published, there)
