"""Rotating the key of the pseudonyms: staged rows move under the new key, and every count stays the same."""

from __future__ import annotations

import secrets
from pathlib import Path

import polars as pl

from flows import clock
from flows.keys import add_key, keys_mark, load_keys
from flows.lock import one_writer
from flows.permissions import owner_only
from flows.settings import Settings
from schemas.errors import SettingsError
from transforms.pseudonyms import rekeyed
from warehouse.members import keyed_parts, replace_parts


def rotate_keys(settings: Settings) -> int:
    """Add a key and re-key every staged file; returns the parts written.

    The new key is written first, and each folder says under which keys it stands: a run that is killed
    half-way is finished by the next rotation or by the next night, whichever comes first.
    Raises SettingsError for keys that cannot be used, AlreadyRunning while a night is at work.
    """
    settings.paths.prepare()
    with owner_only(), one_writer(settings.paths.lock, clock.now()):
        add_key(settings, secrets.token_hex(32))
        return rekey_staged(settings.paths.staged, load_keys(settings))


def rekey_staged(staged: Path, keys: tuple[str, ...]) -> int:
    """Bring every staged folder of members under all keys; returns the parts written."""
    marks = {keys_mark(keys[:count]): count for count in range(1, len(keys) + 1)}
    written = 0
    for folder, mark in keyed_parts(staged):
        applied = marks.get(mark)
        if applied is None:
            raise SettingsError(
                "staged rows stand under another key than the key file holds",
                where=str(folder),
                hint="Restore the key file. Without it: remove the folder `staged/peserta` and run again, so that "
                "everything is read anew from the landing.",
            )
        if applied == len(keys):
            continue

        def under_new_keys(rows: pl.DataFrame, applied: int = applied) -> pl.DataFrame:
            for key in keys[applied:]:
                rows = rekeyed(rows, key)
            return rows

        written += replace_parts(folder, under_new_keys, keys_mark(keys))
    return written
