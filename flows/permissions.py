"""Who may read what the pipeline writes: its owner alone, unless a file is made public on purpose."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator


@contextlib.contextmanager
def owner_only() -> Iterator[None]:
    """Give every file and folder that is created in here to its owner alone (umask 077).

    A mode set after a file was made leaves a moment in which others may open it; this leaves none. Releases
    are made readable for all when they are placed.
    """
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)
