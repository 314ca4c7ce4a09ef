"""`cakupan query` reads the published tables and does nothing else, whatever is asked."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from flows.commands.query import answer
from schemas.errors import QueryRefused


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A published database, and a secret beside it."""
    (tmp_path / "secret.csv").write_text("a\nsecret\n")
    path = tmp_path / "cakupan.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE SCHEMA marts; CREATE TABLE marts.t AS SELECT range AS n FROM range(5)")
    return path


def _there(database: Path) -> list[str]:
    return sorted(path.name for path in database.parent.iterdir())


QUESTIONS = {
    "a table": ("FROM marts.t ORDER BY n LIMIT 1", [(0,)]),
    "a sum": ("SELECT sum(n) FROM marts.t", [(10,)]),
    "several steps": ("WITH few AS (FROM marts.t WHERE n > 2) SELECT count(*) FROM few", [(2,)]),
    "a comment first": ("-- why\nSELECT 1", [(1,)]),
    "a semicolon last": ("SELECT 1;", [(1,)]),
}


@pytest.mark.parametrize("sql", QUESTIONS)
def test_a_question_is_answered(database: Path, sql: str) -> None:
    question, expected = QUESTIONS[sql]
    names, rows = answer(database, question)
    assert rows == expected
    assert len(names) == 1


#: `{there}` is the folder of the database, with a secret file in it.
BITES = {
    "insert": "INSERT INTO marts.t VALUES (6)",
    "update": "UPDATE marts.t SET n = 0",
    "delete": "DELETE FROM marts.t",
    "drop": "DROP TABLE marts.t",
    "create": "CREATE TABLE marts.u AS SELECT 1",
    "a temporary table": "CREATE TEMP TABLE u AS SELECT 1",
    "a second statement": "SELECT 1; DROP TABLE marts.t",
    "an insert that returns": "INSERT INTO marts.t VALUES (6) RETURNING n",
    "an explained insert": "EXPLAIN ANALYZE INSERT INTO marts.t VALUES (6)",
    "copy to a file": "COPY marts.t TO '{there}/out.csv'",
    "an explained copy": "EXPLAIN ANALYZE COPY marts.t TO '{there}/out.csv'",
    "copy from a file": "COPY marts.t FROM '{there}/secret.csv'",
    "export": "EXPORT DATABASE '{there}/out'",
    "read_csv": "FROM read_csv('{there}/secret.csv')",
    "read_text": "FROM read_text('{there}/secret.csv')",
    "read_blob": "FROM read_blob('{there}/secret.csv')",
    "read_json": "FROM read_json('{there}/secret.csv')",
    "read_parquet": "FROM read_parquet('{there}/secret.csv')",
    "sniff_csv": "FROM sniff_csv('{there}/secret.csv')",
    "a file by its name": "FROM '{there}/secret.csv'",
    "a file inside a query": "FROM query('FROM ''{there}/secret.csv''')",
    "a listing": "FROM glob('{there}/*')",
    "attach": "ATTACH '{there}/other.duckdb'",
    "use": "USE memory",
    "the network": "FROM read_csv('http://127.0.0.1:9/x.csv')",
    "an object store": "FROM 's3://bucket/x.parquet'",
    "install": "INSTALL httpfs",
    "load": "LOAD httpfs",
    "pragma": "PRAGMA database_list",
    "an assignment": "SET memory_limit = '100GB'",
    "a reset": "RESET enable_external_access",
    "a secret": "CREATE SECRET (TYPE s3, KEY_ID 'x', SECRET 'y')",
    "checkpoint": "CHECKPOINT",
    "vacuum": "VACUUM",
    "a variable of the program": "FROM limits",
    "a module of the program": "FROM sql",
    "a prepared statement": "PREPARE p AS DELETE FROM marts.t",
    "nothing": "",
    "nonsense": "SELECT FROM WHERE",
}


@pytest.mark.parametrize("bite", BITES)
def test_anything_else_is_refused_and_changes_nothing(database: Path, bite: str) -> None:
    before = database.read_bytes()
    there = _there(database)
    with pytest.raises(QueryRefused) as refused:
        answer(database, BITES[bite].format(there=database.parent))
    assert "secret\n" not in str(refused.value)
    assert database.read_bytes() == before
    assert _there(database) == there


def test_every_bite_would_hurt_without_the_guard(database: Path) -> None:
    """The statements are real ones: an open connection runs them."""
    run = ("insert", "copy to a file", "read_csv", "a file by its name", "a listing", "pragma")
    with duckdb.connect(str(database)) as connection:
        for bite in run:
            connection.execute(BITES[bite].format(there=database.parent)).fetchall()
    assert (database.parent / "out.csv").exists()


def test_the_environment_is_not_told(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAKUPAN_SECRET", "hidden")
    with pytest.raises(QueryRefused):
        answer(database, "SELECT getenv('CAKUPAN_SECRET')")


def test_a_large_question_spills_nowhere(database: Path) -> None:
    """DuckDB would spill beside the file, into a release that never changes."""
    _, rows = answer(database, "SELECT current_setting('temp_directory')")
    assert rows == [("",)]
    with pytest.raises(QueryRefused, match="Out of Memory"):
        answer(database, "SELECT list(range) FROM range(400_000_000)")
    assert _there(database) == ["cakupan.duckdb", "secret.csv"]
