"""Digests by which a flipped bit in kept files is noticed, and getting files safely onto the disk."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def files_below(folder: Path) -> list[Path]:
    """Every regular file below a folder, by name; links are left out, wherever they point."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def seal(folder: Path) -> dict[str, str]:
    """Put every file of a folder on disk, and return name → SHA-256."""
    files = files_below(folder)
    for path in files:
        sync(path)
    return {str(path.relative_to(folder)): digest(path) for path in files}


def broken_seals(folder: Path, digests: dict[str, str]) -> list[str]:
    """Names of files that are missing, or differ from their digest."""
    return [
        name
        for name, expected in sorted(digests.items())
        if not (folder / name).is_file() or digest(folder / name) != expected
    ]


def sync(path: Path) -> None:
    """Wait until a file or the entries of a folder are on disk: the power may go after a rename."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
