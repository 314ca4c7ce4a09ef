"""The release of the real examples: one set of tables in three forms, and nothing else in it."""

from __future__ import annotations

import csv
import hashlib
import json
import stat
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest
from frictionless import Resource

from schemas.catalog import PUBLISHED, TableEntry
from schemas.tables.table import vocabulary
from tests.real_release import real_night
from warehouse.database import Limits, open_warehouse
from warehouse.declared import declared_columns
from warehouse.release.facts import ReleaseFacts, release_id
from warehouse.release.metadata import entry_of, table_schema
from warehouse.release.shelf import damaged_files
from warehouse.release.tables import write_tables

PUBLISHED_BY_NAME = {entry.name: entry for entry in PUBLISHED}


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


def _differing(database: duckdb.DuckDBPyConnection, one: str, other: str, columns: list[str]) -> int:
    """Rows that are not the same text in the same place."""
    texts = ", ".join(f'"{name}"::VARCHAR AS "{name}"' for name in columns)
    [(rows,)] = database.execute(
        f"""SELECT count(*) FROM (SELECT {texts} FROM {one}) AS one
            POSITIONAL JOIN (SELECT {texts} FROM {other}) AS other WHERE one IS DISTINCT FROM other"""
    ).fetchall()
    return int(rows)


def test_the_folder_holds_exactly_what_is_promised(folder: Path) -> None:
    tables = {f"{entry.name}.{ending}" for entry in PUBLISHED for ending in entry.endings}
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
def test_csv_parquet_and_database_hold_the_same_cells_in_the_order_of_the_key(
    entry: TableEntry, folder: Path, database: duckdb.DuckDBPyConnection
) -> None:
    columns = list(declared_columns(entry, published=True))
    key = ", ".join(f'"{name}" NULLS FIRST' for name in entry.key)
    in_csv = f"read_csv('{folder / entry.name}.csv', all_varchar = true, header = true)"
    in_parquet = f"'{folder / entry.name}.parquet'"
    in_order = f"(FROM marts.{entry.name} ORDER BY {key})"
    forms = [in_parquet, f"marts.{entry.name}", *([in_csv] if "csv" in entry.endings else [])]
    counts = {relation: database.execute(f"SELECT count(*) FROM {relation}").fetchall() for relation in forms}
    assert len({str(count) for count in counts.values()}) == 1, counts
    for relation in forms:
        assert _differing(database, relation, in_order, columns) == 0, relation
    [(releases,)] = database.execute(f"SELECT list(DISTINCT release_id) FROM marts.{entry.name}").fetchall()
    assert releases in ([folder.name], None)
    if "csv" in entry.endings:
        header = (folder / f"{entry.name}.csv").read_text(encoding="utf-8").splitlines()[0]
        assert header.split(",") == columns


def test_no_published_table_is_empty_but_those_that_must_be(database: duckdb.DuckDBPyConnection) -> None:
    """No member rows in the examples, and no release before this one."""
    empty = {
        entry.name
        for entry in PUBLISHED
        if database.execute(f"SELECT count(*) FROM marts.{entry.name}").fetchall() == [(0,)]
    }
    assert empty == {
        "identity_quality",
        "revisions",
        "segment_overlap",
        "work_flows",
        "workers_by_funding",
        "workers_by_regency",
    }


def test_types_survive_in_parquet_and_database(folder: Path, database: duckdb.DuckDBPyConnection) -> None:
    for entry in PUBLISHED:
        declared = declared_columns(entry, published=True)
        for relation in (f"marts.{entry.name}", f"'{folder / entry.name}.parquet'"):
            found = database.execute(f"DESCRIBE FROM {relation}").fetchall()
            assert {row[0]: row[1] for row in found} == declared, relation
        assert list(pl.read_parquet_schema(folder / f"{entry.name}.parquet")) == list(declared)


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
    assert [
        pct for (pct,) in database.execute(query.format("marts.coverage_by_regency")).fetchall()
    ] == by_hand
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


def test_the_database_can_be_read_by_older_programs_and_holds_published_tables_only(
    database: duckdb.DuckDBPyConnection,
) -> None:
    [(tags,)] = database.execute("SELECT tags::VARCHAR FROM duckdb_databases() WHERE NOT internal").fetchall()
    assert "v1.2.0" in tags
    found = database.execute("SELECT schema_name || '.' || table_name FROM duckdb_tables()").fetchall()
    assert {name for (name,) in found} == {f"marts.{entry.name}" for entry in PUBLISHED}
    macros = "SELECT coverage_pct(25721, 20390)::VARCHAR, month_of(DATE '2023-08-31')::VARCHAR"
    assert database.execute(macros).fetchall() == [("126.15", "2023-08-01")]


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
    with duckdb.connect() as both:
        both.execute(f"ATTACH '{root / 'warehouse.duckdb'}' AS warehouse (READ_ONLY)")
        both.execute(f"ATTACH '{tmp_path / 'control.duckdb'}' AS control (STORAGE_VERSION 'v1.2.0')")
        both.execute(
            "CREATE TABLE control.ids AS SELECT file_id, reading, sha256 FROM warehouse.ledger.files"
        )
        ids = [text for row in both.execute("FROM control.ids").fetchall() for text in row]
        staged = both.execute("SELECT DISTINCT file_id FROM warehouse.staging.membership_counts").fetchall()
    assert len(ids) == 3 * 35
    assert {file_id for (file_id,) in staged} < set(ids)
    # The scan finds what is there: the same storage version, with a table of ids.
    control = (tmp_path / "control.duckdb").read_bytes()
    assert [text for text in ids if text.encode() not in control] == []
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
    assert listed.pop("input_state")[:8] == folder.name[-8:]
    assert listed == {
        "release_id": folder.name,
        "data_as_of": "2025-12-31",
        "published_at": "2026-01-05 00:00:00+00",
        "previous_release_id": None,
        "sha256": manifest,
        "what_changed": "First release.",
    }
    assert (status["release_id"], status["outcome"], status["data_as_of"]) == (
        folder.name,
        "published",
        "2025-12-31",
    )
    assert status["checks"]["failed"] == 0
    # Kaimana twice: 126.15 percent in August 2023, 65 percent of another base in 2025.
    assert {warning["check"]: warning["rows"] for warning in status["warnings"]}["coverage_above_100"] == 2
    assert status["freshness_days"] == 5
    for file in status["files"]:
        content = (folder / file["path"]).read_bytes()
        assert file["sha256"] == hashlib.sha256(content).hexdigest()
        name, _, ending = file["path"].partition(".")
        told = len(_csv(folder, name)) if ending == "csv" else pl.read_parquet(folder / file["path"]).height
        assert file["rows"] == told
    assert entry_of(folder)["what_changed"] == "First release."


def test_texts_name_the_release_and_every_table(folder: Path) -> None:
    readme = (folder / "README.txt").read_text(encoding="utf-8")
    changelog = (folder / "CHANGELOG.md").read_text(encoding="utf-8")
    for entry in PUBLISHED:
        assert f"{' ' if 'csv' in entry.endings else '+'} {entry.name} " in readme
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
    now = datetime(2026, 1, 5, tzinfo=UTC)
    return ReleaseFacts(name, "x", "r", None, now, now, None, None, "0", (), (), is_synthetic)


def test_one_thread_writes_the_same_bytes_as_two(root: Path, folder: Path, tmp_path: Path) -> None:
    with open_warehouse(root / "warehouse.duckdb", Limits("1GB", threads=1)) as warehouse:
        counts = write_tables(warehouse, _facts(folder.name), tmp_path)
    assert len(list(tmp_path.iterdir())) == sum(len(entry.endings) for entry in PUBLISHED) + 1
    assert set(counts) == {*PUBLISHED_BY_NAME, "coverage_latest"}
    for path in tmp_path.iterdir():
        assert path.read_bytes() == (folder / path.name).read_bytes(), path.name


def test_the_id_is_the_day_and_the_digest_of_the_inputs() -> None:
    day = date(2025, 3, 31)
    assert release_id(day, "0123456789abcdef", is_synthetic=False) == "2025-03-31-01234567"
    assert release_id(day, "0123456789abcdef", is_synthetic=True) == "2025-03-31-01234567-SYNTHETIC"
    assert release_id(None, "0123456789abcdef", is_synthetic=False) == "no-data-01234567"


#: Another program takes a millisecond per row; test_publishing.py does the three large ones in small.
_LARGE = ("coverage_by_regency.csv", "reporting.csv", "coverage_by_province.csv")


def test_the_data_package_describes_the_real_tables(folder: Path) -> None:
    described = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    checked = 0
    for resource in described["resources"]:
        if resource["format"] == "csv" and resource["path"] not in _LARGE:
            report = Resource.from_descriptor(resource, basepath=str(folder)).validate()
            assert report.valid, (resource["path"], report.flatten(["rowNumber", "fieldName", "note"])[:5])
            checked += 1
    assert checked == sum("csv" in entry.endings for entry in PUBLISHED) - len(_LARGE)


def test_every_declared_constraint_is_in_the_table_schema() -> None:
    schema = table_schema(PUBLISHED_BY_NAME["coverage_by_regency"])
    fields = {field["name"]: field for field in schema["fields"]}
    assert list(fields)[:3] == ["release_id", "period", "as_of"]
    assert schema["primaryKey"] == ["release_id", "period", "regency_code"]
    assert fields["obs_status"]["constraints"]["enum"] == ["A", "P", "O", "B"]
    assert fields["coverage_pct"]["type"] == "number"
    assert fields["active_members"]["type"] == "integer"
    assert fields["coverage_pct"]["constraints"]["required"] is False
    assert fields["regency_code"]["constraints"]["required"] is True
