"""The second lock of a data root: whoever removes or replaces kept files, or copies all of them."""

from __future__ import annotations

from contextlib import AbstractContextManager

from flows import clock
from flows.lock import one_writer
from flows.settings import Settings


def keeping(settings: Settings) -> AbstractContextManager[None]:
    """Keep others from removing kept files meanwhile; a night is not held up by it.

    Raises AlreadyRunning when a backup, a prune or a rebuild is at work.
    """
    return one_writer(settings.paths.root / "keep.lock", clock.now())
