"""All or nothing: a transaction whose end never hides what ended it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import duckdb


@contextlib.contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Commit what is done inside, or nothing of it; the error that prevented it goes on as it came."""
    connection.begin()
    try:
        yield
        connection.commit()
    except BaseException:
        # A commit that the disk refuses has ended the transaction: then there is nothing to roll back, and
        # the complaint about that would take the place of the true error.
        with contextlib.suppress(duckdb.Error):
            connection.rollback()
        raise
