"""The working file: described in two languages, for one writer, and never a riddle when it is refused."""

from __future__ import annotations

import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest

import warehouse.database
from schemas.catalog import CATALOG, LEDGER, MARTS, REFERENCE, REVISIONS, STAGING, TableEntry, table
from schemas.errors import ContractBroken, StorageError
from schemas.registers import load_registers
from schemas.tables.table import vocabulary
from warehouse.build import build_marts
from warehouse.database import Connection, Limits, open_warehouse, rows, scalar, sql_text, storage_errors
from warehouse.declared import create_table, declared_columns, quoted, sql_type, tables_in
from warehouse.load import load_reference

NOW = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "warehouse.duckdb"


@pytest.fixture
def connection(path: Path) -> Iterator[Connection]:
    with open_warehouse(path, Limits(), NOW) as opened:
        yield opened


@pytest.fixture
def complete(connection: Connection) -> Connection:
    """Every table of the catalog, as after a night."""
    load_reference(connection, load_registers().frames())
    build_marts(connection, "run-1")
    create_table(connection, REVISIONS)
    return connection


def test_the_tables_are_those_of_the_catalog_and_no_other(complete: Connection) -> None:
    found = complete.execute("SELECT schema_name || '.' || table_name FROM duckdb_tables()").fetchall()
    assert {name for (name,) in found} == {entry.full_name for entry in CATALOG}
    assert {entry.layer for entry in (*REFERENCE, *STAGING, *MARTS, *LEDGER)} == {
        "reference",
        "staging",
        "marts",
        "ledger",
    }


def test_columns_have_the_declared_names_order_types_and_nulls(complete: Connection) -> None:
    for entry in CATALOG:
        found = complete.execute(f"DESCRIBE {entry.full_name}").fetchall()
        assert {row[0]: row[1] for row in found} == declared_columns(entry), entry.full_name
        assert [row[0] for row in found] == list(declared_columns(entry)), entry.full_name
        nullable = {name: column.nullable for name, column in entry.model.to_schema().columns.items()}
        assert {row[0]: row[2] == "YES" for row in found} == nullable, entry.full_name


def test_every_table_and_column_says_what_it_is_in_both_languages(complete: Connection) -> None:
    tables = dict(
        complete.execute("SELECT schema_name || '.' || table_name, comment FROM duckdb_tables()").fetchall()
    )
    for entry in CATALOG:
        told = tables[entry.full_name]
        assert told.startswith(f"{entry.title_en}: {entry.description} | {entry.title_id}."), entry.full_name
        for english, indonesian in entry.warnings:
            assert english in told, entry.full_name
            assert indonesian in told, entry.full_name
    columns = complete.execute(
        """SELECT schema_name || '.' || table_name, column_name, comment FROM duckdb_columns()
           WHERE NOT internal AND schema_name || '.' || table_name <> 'ledger.counted_files'"""
    ).fetchall()
    assert len(columns) == sum(len(declared_columns(entry)) for entry in CATALOG)
    for name, column, told in columns:
        words = vocabulary()[column]
        unit = f" [{words.unit}]" if words.unit else ""
        assert told == f"{words.english}{unit} | {words.indonesian}", f"{name}.{column}"
        assert words.english, column
        assert words.indonesian, column


def test_what_a_file_says_of_itself_is_written_again_only_where_it_is_not_so(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_warehouse(path, Limits(), NOW) as connection:
        connection.execute("COMMENT ON COLUMN ledger.files.lines IS 'something else'")
        connection.execute("COMMENT ON TABLE staging.bases IS NULL")
    written: list[str] = []
    once = warehouse.database.comment
    monkeypatch.setattr(
        warehouse.database, "comment", lambda *words: (written.append(words[2]), once(*words))[1]
    )
    with open_warehouse(path, Limits(), NOW) as connection:
        assert sorted(written) == ["ledger.files", "staging.bases"]
        assert [form.words.count(None) for form in tables_in(connection).values()] == [0] * len(
            (*STAGING, *LEDGER)
        )
    with open_warehouse(path, Limits(), NOW):
        assert len(written) == 2


def test_a_staging_table_of_another_form_is_refused(path: Path) -> None:
    with open_warehouse(path, Limits(), NOW) as connection:
        connection.execute("ALTER TABLE staging.bases DROP COLUMN workers")
    with pytest.raises(StorageError, match="staging.bases has the form of another version") as told:
        open_warehouse(path, Limits(), NOW).__enter__()
    assert "cakupan rebuild" in told.value.hint


def test_a_ledger_table_that_no_migration_made_so_is_our_defect(path: Path) -> None:
    with open_warehouse(path, Limits(), NOW) as connection:
        connection.execute("ALTER TABLE ledger.files ALTER COLUMN lines DROP NOT NULL")
    with pytest.raises(ContractBroken, match="a migration is missing"):
        open_warehouse(path, Limits(), NOW).__enter__()


def test_what_was_committed_is_there_when_the_file_is_opened_again(path: Path) -> None:
    with open_warehouse(path, Limits(), NOW) as first:
        first.execute("INSERT INTO ledger.steps VALUES ('r', 'read', 1.5, 'done')")
    with open_warehouse(path, Limits()) as second:
        assert rows(second, "SELECT step, seconds FROM ledger.steps") == [{"step": "read", "seconds": 1.5}]
        assert scalar(second, "SELECT coverage_pct(25721, 20390)::VARCHAR") == "126.15"


def test_the_file_is_for_its_owner_only(path: Path, connection: Connection) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_moments_are_utc_and_extensions_are_not_fetched(connection: Connection) -> None:
    assert scalar(connection, "SELECT current_setting('TimeZone')") == "UTC"
    for setting in ("autoinstall_known_extensions", "autoload_known_extensions"):
        assert scalar(connection, f"SELECT current_setting('{setting}')") is False


def test_limits_are_those_that_were_given(path: Path, tmp_path: Path) -> None:
    with open_warehouse(path, Limits("512MiB", 1, tmp_path / "spill"), NOW) as connection:
        assert scalar(connection, "SELECT current_setting('memory_limit')") == "512.0 MiB"
        assert scalar(connection, "SELECT current_setting('threads')") == 1
        assert scalar(connection, "SELECT current_setting('temp_directory')") == str(tmp_path / "spill")


_HOLDER = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1])
print("open", flush=True)
sys.stdin.read()
"""


def test_a_file_that_another_process_holds_is_refused_with_the_way_out(path: Path) -> None:
    with open_warehouse(path, Limits(), NOW):
        pass
    with subprocess.Popen(
        [sys.executable, "-c", _HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        with pytest.raises(StorageError) as failure, open_warehouse(path, Limits(), NOW):
            pass
        holder.communicate()
    assert "Could not set lock" in failure.value.what
    assert "published/latest/cakupan.duckdb" in failure.value.hint
    assert failure.value.where == str(path)
    with open_warehouse(path, Limits(), NOW):
        pass


def _cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _flipped(data: bytes) -> bytes:
    return data[:4100] + bytes([data[4100] ^ 0xFF]) + data[4101:]


def _zeroed(data: bytes) -> bytes:
    return data[:12288] + bytes(len(data) - 12288)


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: b"",
        lambda _: b"nama;alamat\n" * 1000,
        _cut,
        _flipped,
        lambda data: data[:12288] + bytes(len(data)),
    ],
    ids=["empty", "another format", "cut off", "one byte", "zeroed"],
)
def test_a_damaged_file_is_refused_and_left_as_it_is(damage: Callable[[bytes], bytes], path: Path) -> None:
    with open_warehouse(path, Limits(), NOW):
        pass
    path.write_bytes(damage(path.read_bytes()))
    before = path.read_bytes()
    with pytest.raises(StorageError) as failure, open_warehouse(path, Limits(), NOW):
        pass
    assert failure.value.hint.startswith("Move the file away and run again")
    assert failure.value.where == str(path)
    assert path.read_bytes() == before


def test_a_place_that_holds_no_file_is_told(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nowhere" / "warehouse.duckdb"):
        with pytest.raises(StorageError) as failure, open_warehouse(path, Limits(), NOW):
            pass
        assert failure.value.where == str(path)
        assert "may read and write" in failure.value.hint


@pytest.mark.parametrize(
    ("error", "hint"),
    [
        (duckdb.IOException('IO Error: No space left on device writing "x"'), "Free disk space"),
        (duckdb.OutOfMemoryException("failed to offload: max_temp_directory_size"), "Free disk space"),
        (OSError(28, "No space left on device"), "Check free space"),
    ],
)
def test_a_full_disk_is_told_as_such(error: Exception, hint: str, path: Path) -> None:
    with pytest.raises(StorageError) as failure, storage_errors(path):
        raise error
    assert failure.value.hint.startswith(hint)
    assert failure.value.exit_code == 8


def test_an_error_in_a_query_is_not_taken_for_a_broken_file(path: Path) -> None:
    for error in (duckdb.BinderException("no such column"), duckdb.IOException("IO Error: No files found")):
        with pytest.raises(type(error)), storage_errors(path):
            raise error


@pytest.mark.parametrize(
    ("dtype", "name"),
    [
        (pl.String, "VARCHAR"),
        (pl.Int64, "BIGINT"),
        (pl.UInt32, "UINTEGER"),
        (pl.Float64, "DOUBLE"),
        (pl.Boolean, "BOOLEAN"),
        (pl.Date, "DATE"),
        (pl.Decimal(6, 2), "DECIMAL(6,2)"),
        (pl.Datetime("us", "UTC"), "TIMESTAMP WITH TIME ZONE"),
    ],
)
def test_types_of_tables(dtype: pl.DataType, name: str) -> None:
    assert sql_type(dtype) == name


def test_a_type_that_no_table_may_use_is_refused() -> None:
    with pytest.raises(ContractBroken, match="no DuckDB type is declared"):
        sql_type(pl.Categorical())


def test_a_table_that_is_there_is_left_alone(connection: Connection) -> None:
    entry: TableEntry = table("staging.bases")
    connection.execute(
        "INSERT INTO staging.bases VALUES ('f', 1, '2024-08-01', '1101', 'regency', 'x', 5, NULL, NULL, NULL)"
    )
    create_table(connection, entry)
    assert scalar(connection, "SELECT count(*) FROM staging.bases") == 1


def test_quotes_in_a_text_do_not_end_it(connection: Connection) -> None:
    text = "Jum'at; DROP TABLE x; --'"
    assert scalar(connection, f"SELECT {quoted(text)}") == text


def test_a_ledger_of_a_newer_program_is_refused_and_left_as_it_is(path: Path) -> None:
    with open_warehouse(path, Limits(), NOW) as opened:
        opened.execute("INSERT INTO ledger.schema_version VALUES (99, 'future', repeat('a', 64), now())")
    before = path.read_bytes()
    with pytest.raises(StorageError, match="the ledger has version 99") as failure:  # noqa: SIM117
        with open_warehouse(path, Limits(), NOW):
            pass
    assert "newer version" in failure.value.hint
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", ["macros.sql", "views/counted_files.sql"])
def test_sql_files_are_in_the_package(name: str) -> None:
    assert sql_text(name).startswith("-- ")
