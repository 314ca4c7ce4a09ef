"""All or nothing, and the error that came first is the one that is told."""

from __future__ import annotations

import duckdb
import pytest

from warehouse.transaction import transaction


@pytest.fixture
def connection() -> duckdb.DuckDBPyConnection:
    opened = duckdb.connect()
    opened.execute("CREATE TABLE kept (number INTEGER)")
    return opened


def numbers(connection: duckdb.DuckDBPyConnection) -> list[int]:
    return [row[0] for row in connection.execute("SELECT number FROM kept ORDER BY number").fetchall()]


def one_good_then(statement: str, connection: duckdb.DuckDBPyConnection) -> None:
    with transaction(connection):
        connection.execute("INSERT INTO kept VALUES (3)")
        connection.execute(statement)


def refuse() -> int:
    raise OSError("No space left on device")


def test_everything_or_nothing_is_kept(connection: duckdb.DuckDBPyConnection) -> None:
    with transaction(connection):
        connection.execute("INSERT INTO kept VALUES (1)")
        connection.execute("INSERT INTO kept VALUES (2)")
    with pytest.raises(duckdb.ConversionException):
        one_good_then("INSERT INTO kept SELECT 'no number'", connection)
    assert numbers(connection) == [1, 2]


def test_an_error_that_ended_the_transaction_is_not_hidden(connection: duckdb.DuckDBPyConnection) -> None:
    """As a commit does that a full disk refuses: nothing is open any more when it is to be rolled back."""
    connection.create_function("full", refuse, [], "INTEGER", side_effects=True)
    with pytest.raises(duckdb.InvalidInputException, match="No space left"):
        one_good_then("ROLLBACK; SELECT full()", connection)
    assert numbers(connection) == []
    with transaction(connection):
        connection.execute("INSERT INTO kept VALUES (2)")
    assert numbers(connection) == [2]
