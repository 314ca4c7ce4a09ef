"""The release of the real examples: one set of tables in three forms, and nothing else in it."""

from __future__ import annotations

import csv
import hashlib
import json
import stat
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from schemas.catalog import PUBLISHED, TableEntry
from schemas.tables.table import vocabulary
from tests.real_release import real_night
from warehouse.database import Limits, declared_columns, open_warehouse
from warehouse.release.facts import ReleaseFacts, release_id
from warehouse.release.metadata import entry_of, table_schema
from warehouse.release.shelf import damaged_files
from warehouse.release.tables import write_tables


@pytest.fixture(scope="session")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return real_night(tmp_path_factory.getbasetemp())[0]


@pytest.fixture(scope="session")
def folder(root: Path) -> Path:
    return (root / "published" / "latest").resolve()


@pytest.fixture
def database(folder: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(folder / "cakupan.duckdb"), read_only=True)


def _csv(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _texts(relation: str, entry: TableEntry, database: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    columns = ", ".join(f'"{name}"::VARCHAR' for name in declared_columns(entry, published=True))
    key = ", ".join(f'"{name}" NULLS FIRST' for name in entry.key)
    return database.execute(f"SELECT {columns} FROM {relation} ORDER BY {key}").fetchall()


def test_the_folder_holds_exactly_what_is_promised(folder: Path) -> None:
    tables = {f"{entry.name}.{ending}" for entry in PUBLISHED for ending in ("csv", "parquet")}
    assert {path.name for path in folder.iterdir()} >= tables | {
        "coverage_latest.csv",
        "cakupan.duckdb",
        "datapackage.json",
        "status.json",
        "CHANGELOG.md",
        "README.txt",
        "LICENSE.txt",
        "SHA256SUMS",
    }


@pytest.mark.parametrize("entry", PUBLISHED, ids=lambda entry: entry.name)
def test_csv_parquet_and_database_hold_the_same_cells_in_the_same_order(
    entry: TableEntry, folder: Path, database: duckdb.DuckDBPyConnection
) -> None:
    columns = list(declared_columns(entry, published=True))
    parquet = folder / f"{entry.name}.parquet"
    texts = _texts(f"marts.{entry.name}", entry, database)
    assert _texts(f"'{parquet}'", entry, database) == texts
    # In the file itself the rows stand in the order of the key, so that two releases can be compared.
    as_stored = database.execute(
        f"SELECT {', '.join(f'"{name}"::VARCHAR' for name in columns)} FROM '{parquet}'"
    ).fetchall()
    assert as_stored == texts
    rows = _csv(folder, entry.name)
    assert len(rows) == len(texts)
    assert not rows or list(rows[0]) == columns
    assert [tuple(value or None for value in row.values()) for row in rows] == [
        tuple(value or None for value in row) for row in texts
    ]
    assert {row["release_id"] for row in rows} <= {folder.name}


def test_types_survive_in_parquet_and_database(folder: Path, database: duckdb.DuckDBPyConnection) -> None:
    for entry in PUBLISHED:
        declared = declared_columns(entry, published=True)
        for relation in (f"marts.{entry.name}", f"'{folder / entry.name}.parquet'"):
            found = database.execute(f"DESCRIBE FROM {relation}").fetchall()
            assert {row[0]: row[1] for row in found} == declared, relation
        [columns] = [row[0] for row in [(list(declared),)]]
        assert pl.read_parquet(folder / f"{entry.name}.parquet").columns == columns


def test_sums_of_members_are_the_same_in_the_three_forms(
    folder: Path, database: duckdb.DuckDBPyConnection
) -> None:
    query = "SELECT sum(active_members) FROM {}"
    for name in ("coverage_by_regency", "coverage_by_province", "coverage_nationwide", "coverage_by_segment"):
        in_csv = sum(int(row["active_members"] or 0) for row in _csv(folder, name))
        for relation in (f"marts.{name}", f"'{folder / name}.parquet'"):
            assert database.execute(query.format(relation)).fetchall() == [(in_csv,)]
        assert in_csv > 0


def test_the_percent_is_the_same_text_everywhere(folder: Path, database: duckdb.DuckDBPyConnection) -> None:
    query = """SELECT coverage_pct::VARCHAR FROM {}
        WHERE period = '2023-08-01' AND province_code = '91' ORDER BY regency_code"""
    by_hand = ["76.69", "126.15", "94.52", "55.93", "86.08", "55.37", "33.68"]
    assert [pct for (pct,) in database.execute(query.format("marts.coverage_by_regency")).fetchall()] == by_hand
    parquet = f"'{folder / 'coverage_by_regency.parquet'}'"
    assert [pct for (pct,) in database.execute(query.format(parquet)).fetchall()] == by_hand
    rows = [
        row for row in _csv(folder, "coverage_by_regency")
        if (row["period"], row["province_code"]) == ("2023-08-01", "91")
    ]  # fmt: skip
    assert [row["coverage_pct"] for row in rows] == by_hand


def test_coverage_latest_has_one_row_per_regency_of_the_newest_month_of_its_province(folder: Path) -> None:
    rows = _csv(folder, "coverage_latest")
    assert len(rows) == 514
    assert len({row["regency_code"] for row in rows}) == 514
    months = {row["province_code"]: row["period"] for row in rows}
    assert len({(row["province_code"], row["period"]) for row in rows}) == 38, "one month per province"
    # Papua Barat's newest figure is of December 2025, Bali's of September 2025 (Gianyar), Jawa Timur's of 2023.
    assert (months["91"], months["51"], months["35"]) == ("2025-12-01", "2025-09-01", "2023-12-01")
    assert months["11"] == "2025-12-01", "a province without any figure shows the newest month"
    assert list(rows[0]) == list(declared_columns(PUBLISHED_BY_NAME["coverage_by_regency"], published=True))


PUBLISHED_BY_NAME = {entry.name: entry for entry in PUBLISHED}


def test_the_database_can_be_read_by_older_programs_and_holds_published_tables_only(
    database: duckdb.DuckDBPyConnection,
) -> None:
    [(tags,)] = database.execute("SELECT tags::VARCHAR FROM duckdb_databases() WHERE NOT internal").fetchall()
    assert "v1.2.0" in tags
    found = database.execute("SELECT schema_name || '.' || table_name FROM duckdb_tables()").fetchall()
    assert {name for (name,) in found} == {f"marts.{entry.name}" for entry in PUBLISHED}
    assert database.execute("SELECT coverage_pct(25721, 20390)::VARCHAR, month_of('2023-08-31')::VARCHAR").fetchall() == [
        ("126.15", "2023-08-01")
    ]


def test_every_table_and_column_of_the_database_is_described(database: duckdb.DuckDBPyConnection) -> None:
    tables = dict(database.execute("SELECT table_name, comment FROM duckdb_tables()").fetchall())
    for entry in PUBLISHED:
        assert entry.title_en in tables[entry.name]
        assert entry.title_id in tables[entry.name]
    columns = database.execute(
        "SELECT column_name, comment FROM duckdb_columns() WHERE NOT internal AND schema_name = 'marts'"
    ).fetchall()
    assert len(columns) == sum(len(declared_columns(entry, published=True)) for entry in PUBLISHED)
    for name, told in columns:
        assert vocabulary()[name].english in told
        assert vocabulary()[name].indonesian in told


def test_nothing_of_staging_and_ledger_is_in_the_bytes(root: Path, folder: Path, tmp_path: Path) -> None:
    """Ids of files stand in every row of staging and in the ledger, and in no published table."""
    with duckdb.connect(str(root / "warehouse.duckdb"), read_only=True) as warehouse:
        ids = [
            text
            for row in warehouse.execute("SELECT DISTINCT file_id, reading, sha256 FROM ledger.files").fetchall()
            for text in row
        ]
        kept = warehouse.execute("SELECT file_id FROM staging.membership_counts").fetchall()
        # The scan finds what is there: the same storage version, with one table of ids.
        warehouse.execute(f"ATTACH '{tmp_path}/control.duckdb' AS control (STORAGE_VERSION 'v1.2.0')")
        warehouse.execute("CREATE TABLE control.files AS SELECT file_id, reading, sha256 FROM ledger.files")
        warehouse.execute("DETACH control")
    control = (tmp_path / "control.duckdb").read_bytes()
    assert len(ids) > 60
    assert all(text.encode() in control for text in ids)
    assert {file_id for (file_id,) in kept} <= set(ids)
    for path in folder.iterdir():
        content = path.read_bytes()
        assert [text for text in ids if text.encode() in content] == [], path.name


def test_the_manifest_covers_every_file_and_finds_a_flipped_byte(folder: Path, tmp_path: Path) -> None:
    listed = {}
    for line in (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
        digest, name = line.split("  ")
        listed[name] = digest
    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert set(listed) == files - {"SHA256SUMS"}
    assert {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in listed} == listed
    assert damaged_files(folder) == []
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in files:
        (copy / name).write_bytes((folder / name).read_bytes())
    assert damaged_files(copy) == []
    content = bytearray((copy / "regions.parquet").read_bytes())
    content[len(content) // 2] ^= 1
    (copy / "regions.parquet").write_bytes(content)
    (copy / "targets.csv").unlink()
    assert damaged_files(copy) == ["regions.parquet", "targets.csv"]


def test_the_list_of_releases_and_the_run_status_tell_the_same(root: Path, folder: Path) -> None:
    [listed] = json.loads((root / "published" / "releases.json").read_text(encoding="utf-8"))
    status = json.loads((folder / "status.json").read_text(encoding="utf-8"))
    manifest = hashlib.sha256((folder / "SHA256SUMS").read_bytes()).hexdigest()
    assert listed == {
        "release_id": folder.name,
        "data_as_of": "2025-12-31",
        "published_at": "2026-01-05 00:00:00+00",
        "previous_release_id": None,
        "sha256": manifest,
        "what_changed": "First release.",
    }
    assert (status["release_id"], status["outcome"], status["data_as_of"]) == (folder.name, "published", "2025-12-31")
    assert status["checks"]["failed"] == 0
    # Kaimana twice: 126.15 percent in August 2023, 65 percent of another base in 2025.
    assert {warning["check"]: warning["rows"] for warning in status["warnings"]}["coverage_above_100"] == 2
    assert status["freshness_days"] == 5
    for file in status["files"]:
        content = (folder / file["path"]).read_bytes()
        assert file["sha256"] == hashlib.sha256(content).hexdigest()
        assert file["rows"] == len(_csv(folder, file["path"].removesuffix(".csv")))
    assert entry_of(folder)["what_changed"] == "First release."


def test_texts_name_the_release_and_every_table(folder: Path) -> None:
    readme = (folder / "README.txt").read_text(encoding="utf-8")
    changelog = (folder / "CHANGELOG.md").read_text(encoding="utf-8")
    for entry in PUBLISHED:
        assert f"  {entry.name} " in readme
    assert folder.name in readme
    assert changelog.startswith(f"# {folder.name}\n")
    assert "First release." in changelog
    assert "coverage_above_100: 2" in changelog
    assert "SYNTHETIC" not in readme + changelog
    assert "CC BY 4.0" in (folder / "LICENSE.txt").read_text(encoding="utf-8")


def test_everybody_may_read_and_nobody_else_write(root: Path, folder: Path) -> None:
    for path in folder.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o644, path.name
    for path in (root / "published", folder):
        assert stat.S_IMODE(path.stat().st_mode) == 0o755
    assert stat.S_IMODE((root / "published" / "releases.json").stat().st_mode) == 0o644


def test_parquet_files_say_what_they_are(folder: Path, database: duckdb.DuckDBPyConnection) -> None:
    for entry in PUBLISHED:
        told = {
            bytes(key).decode(): bytes(value).decode()
            for key, value in database.execute(
                f"SELECT key, value FROM parquet_kv_metadata('{folder / entry.name}.parquet')"
            ).fetchall()
        }
        assert told == {
            "title": f"{entry.title_en} | {entry.title_id}",
            "release_id": folder.name,
            "licence": "CC-BY-4.0",
            "synthetic": "no",
        }


def _facts(name: str, *, is_synthetic: bool = False) -> ReleaseFacts:
    from datetime import UTC, datetime  # noqa: PLC0415

    now = datetime(2026, 1, 5, tzinfo=UTC)
    return ReleaseFacts(name, "x", "r", None, now, now, None, None, "0", (), (), is_synthetic)


def test_tables_come_out_byte_for_byte_with_any_number_of_threads(
    root: Path, folder: Path, tmp_path: Path
) -> None:
    for threads in (1, 3):
        copy = tmp_path / str(threads)
        copy.mkdir()
        with open_warehouse(root / "warehouse.duckdb", Limits("1GB", threads)) as warehouse:
            write_tables(warehouse, _facts(folder.name), copy)
        for path in copy.iterdir():
            assert path.read_bytes() == (folder / path.name).read_bytes(), path.name
        assert len(list(copy.iterdir())) == 2 * len(PUBLISHED) + 1


def test_the_id_is_the_day_and_the_digest_of_the_inputs() -> None:
    from datetime import date  # noqa: PLC0415

    day = date(2025, 3, 31)
    assert release_id(day, "0123456789abcdef", is_synthetic=False) == "2025-03-31-01234567"
    assert release_id(day, "0123456789abcdef", is_synthetic=True) == "2025-03-31-01234567-SYNTHETIC"
    assert release_id(None, "0123456789abcdef", is_synthetic=False) == "no-data-01234567"


def test_every_declared_constraint_is_in_the_table_schema() -> None:
    schema = table_schema(PUBLISHED_BY_NAME["coverage_by_regency"])
    fields = {field["name"]: field for field in schema["fields"]}
    assert list(fields)[:3] == ["release_id", "period", "as_of"]
    assert schema["primaryKey"] == ["release_id", "period", "regency_code"]
    assert fields["obs_status"]["constraints"]["enum"] == ["A", "P", "O", "B"]
    assert fields["coverage_pct"]["type"] == "number"
    assert fields["active_members"]["type"] == "integer"
    assert "required" not in fields["coverage_pct"].get("constraints", {})
    assert fields["regency_code"]["constraints"]["required"] is True
