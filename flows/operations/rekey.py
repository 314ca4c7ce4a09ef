"""Every person under another pseudonym, as Prefect starts it."""

from __future__ import annotations

from flows.rotation import rotate_keys
from flows.settings import Settings


def rekey(settings: Settings) -> int:
    """Add a key and re-key every staged row; returns the parts written. Every count stays the same."""
    return rotate_keys(settings)
