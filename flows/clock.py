"""The only clock of the pipeline."""

from __future__ import annotations

import os
from datetime import UTC, datetime


def now() -> datetime:
    """Return this moment (UTC), or SOURCE_DATE_EPOCH where it is set, so that builds can be repeated."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    return datetime.fromtimestamp(int(epoch), tz=UTC) if epoch else datetime.now(tz=UTC)
