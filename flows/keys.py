"""The secret keys of the pseudonyms: a file that only its owner may read, one key a line, oldest first."""

from __future__ import annotations

import hmac
import os
import secrets
import stat
from functools import cache
from pathlib import Path

from flows.settings import Settings
from schemas.errors import SettingsError
from transforms.pseudonyms import library_hashes_rightly

_SHORTEST = 32
_CREATE = "Make one with `cakupan keys create`, and keep a copy in a safe place."


def load_keys(settings: Settings) -> tuple[str, ...]:
    """Return the keys, oldest first.

    Raises SettingsError when no file is named, it is missing, readable by others, or holds no proper key,
    and when the hashing library does not give a published digest.
    """
    path = key_file(settings)
    try:
        seen = path.stat()
        text = path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        told = getattr(error, "strerror", None) or "it is not plain text"
        raise SettingsError(f"the key file cannot be read ({told})", where=str(path), hint=_CREATE) from None
    if seen.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise SettingsError(
            "the key file can be read by others than its owner",
            where=str(path),
            hint=f"Run: chmod 600 {path}. If others may have read it, rotate the key: `cakupan keys rotate`.",
        )
    keys = tuple(line.strip() for line in text.splitlines() if line.strip())
    if not keys or any(len(key) < _SHORTEST for key in keys):
        raise SettingsError(
            f"the key file holds no key, or one shorter than {_SHORTEST} characters",
            where=str(path),
            hint=_CREATE,
        )
    _trust_library()
    return keys


@cache
def _trust_library() -> None:
    if not library_hashes_rightly():
        raise SettingsError(
            "the hashing library gives a wrong digest for a published test case (RFC 4231)",
            hint="Install the locked versions again: `make setup`.",
        )


def key_file(settings: Settings) -> Path:
    """Return the path of the key file. Raises SettingsError when none is set and the default is not there."""
    return (settings.pseudonym_key_file or settings.paths.root / "pseudonym.key").expanduser().absolute()


def create_keys(settings: Settings) -> Path:
    """Make a key file with one fresh key, for its owner only. Raises SettingsError when there is one."""
    path = key_file(settings)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise SettingsError(
            "there is a key file already",
            where=str(path),
            hint="A new key for old rows: `cakupan keys rotate`.",
        ) from None
    except OSError as error:
        raise SettingsError(f"the key file cannot be made ({error.strerror})", where=str(path)) from None
    with os.fdopen(handle, "w", encoding="ascii") as stream:
        stream.write(f"{secrets.token_hex(32)}\n")
        stream.flush()
        os.fsync(stream.fileno())
    return path


def add_key(settings: Settings, key: str) -> None:
    """Append a key to the key file, in one step."""
    path = key_file(settings)
    fresh = path.with_name(f".{path.name}.unfinished")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as stream:
        stream.write("".join(f"{one}\n" for one in (*load_keys(settings), key)))
        stream.flush()
        os.fsync(stream.fileno())
    fresh.replace(path)


def keys_mark(keys: tuple[str, ...]) -> str:
    """Return a mark by which the keys are known again, and from which they cannot be found."""
    mark = b"cakupan keys"
    for key in keys:
        mark = hmac.digest(key.encode(), mark, "sha256")
    return mark.hex()[:16]
