"""Data roots of other versions: earlier ones are taken over with the same figures, newer ones are refused."""

from __future__ import annotations

import re
import tarfile
from pathlib import Path

import duckdb
import polars as pl
import pytest

from flows.clock import now
from flows.commands.status import status
from flows.operations.backup import backup
from flows.operations.doctor import examine
from flows.settings import Settings
from schemas.errors import StorageError
from tests.nights import ask, run_quietly, settings_of, tree
from tests.small_nights import run_at
from warehouse.migrating import Migration, known_migrations, migrate

FIXTURES = Path(__file__).parents[1] / "fixtures"
ARCHIVES = sorted(FIXTURES.glob("data_root_*.tar.xz"))
ROOT = Path(__file__).parents[2]

#: What a release is for; `release_id` is of the release, the others follow from the program's version.
FIGURES = ("coverage_by_regency", "coverage_by_province", "coverage_nationwide", "workers_by_regency")
COUNTS = "SELECT * FROM staging.worker_counts ORDER BY ALL"


def _unpacked(archive: Path, folder: Path) -> Path:
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="tar")
    return folder / "data"


def _tables(old: Path, new: Path, name: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """One table of two releases, in the columns that both have; `release_id` differs by nature."""
    before, after = (pl.read_parquet(release / f"{name}.parquet") for release in (old, new))
    columns = [column for column in before.columns if column in after.columns and column != "release_id"]
    assert len(columns) >= 8
    return tuple(table.select(columns).sort(columns) for table in (before, after))  # type: ignore[return-value]


def test_every_released_version_left_a_data_root() -> None:
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    released = re.findall(r"^## (\d+\.\d+\.\d+) ", changes, re.MULTILINE)
    kept = [archive.name.removeprefix("data_root_").removesuffix(".tar.xz") for archive in ARCHIVES]
    assert released
    assert sorted(released) == kept


@pytest.mark.parametrize("archive", ARCHIVES, ids=lambda path: path.name)
def test_an_earlier_data_root_goes_on_with_the_same_figures(
    archive: Path, tmp_path: Path, registers: Path
) -> None:
    root = _unpacked(archive, tmp_path)
    release = (root / "published" / "latest").resolve()
    before, counts = tree(release), ask(root, COUNTS)
    runs = ask(root, "SELECT run_id, outcome, release_id FROM ledger.runs ORDER BY ALL")
    report = run_at(root, registers=registers, day=9)
    assert report.exit_code == 0
    assert ask(root, COUNTS) == counts
    for name in FIGURES:
        old, new = _tables(release, root / "published" / "latest", name)
        assert len(old) > 0
        assert new.equals(old), name
    assert tree(release) == before
    assert set(runs) < set(ask(root, "SELECT run_id, outcome, release_id FROM ledger.runs ORDER BY ALL"))
    assert run_at(root, registers=registers, day=10).outcome == "nothing_new"


@pytest.mark.parametrize("archive", ARCHIVES, ids=lambda path: path.name)
def test_an_earlier_data_root_can_be_looked_at_and_backed_up_first(
    archive: Path, tmp_path: Path, registers: Path
) -> None:
    settings = settings_of(_unpacked(archive, tmp_path), registers=registers)
    facts = status(settings)
    assert facts["runs"][0]["outcome"] == "partly_failed"
    assert [file["file_name"] for file in facts["files_rejected"]] == ["rekap_51_20250228.csv"]
    told = [one.told for one in examine(settings, now()) if one.check == "warehouse"]
    assert any(text.endswith("files count") for text in told), told
    assert backup(settings, tmp_path / "copies").release_id is not None


def _written_by_a_later_version(root: Path) -> dict[str, bytes | str]:
    with duckdb.connect(str(root / "warehouse.duckdb")) as connection:
        connection.execute("INSERT INTO ledger.schema_version VALUES (999, 'later', 'x', now())")
    return tree(root)


def test_a_data_root_of_a_newer_version_is_refused_and_left_alone(kept: Settings) -> None:
    before = _written_by_a_later_version(kept.paths.root)
    with pytest.raises(StorageError, match="version 999, this program knows versions up to") as refused:
        run_quietly(kept.paths.root, registers=kept.registers)
    assert "Install the newer version" in refused.value.hint
    after = tree(kept.paths.root)
    assert {name: after[name] for name in before if name != "run.lock"} == {
        name: content for name, content in before.items() if name != "run.lock"
    }


def _ledger(path: Path, *migrations: Migration) -> None:
    with duckdb.connect(str(path)) as connection:
        migrate(connection, path, now(), migrations)


def _next(sql: str, version: int = 2) -> Migration:
    return Migration(version, "next", sql)


def test_migrations_are_applied_once_in_order_and_entered(tmp_path: Path) -> None:
    path, first = tmp_path / "w.duckdb", known_migrations()[0]
    second = _next("ALTER TABLE ledger.runs ADD COLUMN mood VARCHAR")
    _ledger(path, first)
    _ledger(path, first, second)
    _ledger(path, first, second)
    with duckdb.connect(str(path)) as connection:
        entered = connection.execute("SELECT version, name FROM ledger.schema_version ORDER BY 1").fetchall()
        connection.execute("SELECT mood FROM ledger.runs").fetchall()
    assert entered == [(1, first.name), (2, "next")]


def test_a_migration_that_fails_changes_nothing(tmp_path: Path) -> None:
    path, first = tmp_path / "w.duckdb", known_migrations()[0]
    _ledger(path, first)
    with pytest.raises(duckdb.Error):
        _ledger(path, first, _next("ALTER TABLE ledger.runs ADD COLUMN mood VARCHAR; SELECT nothing"))
    with duckdb.connect(str(path)) as connection:
        columns = [row[0] for row in connection.execute("DESCRIBE ledger.runs").fetchall()]
        entered = connection.execute("SELECT version FROM ledger.schema_version").fetchall()
    assert "mood" not in columns
    assert entered == [(1,)]


def test_an_edited_migration_is_noticed(tmp_path: Path) -> None:
    path, first = tmp_path / "w.duckdb", known_migrations()[0]
    _ledger(path, first)
    with pytest.raises(StorageError, match="migration 001 of this ledger is not the one"):
        _ledger(path, Migration(1, first.name, first.sql + "\n-- edited"))


def test_without_leave_to_change_it_an_old_ledger_is_refused(tmp_path: Path) -> None:
    path, first = tmp_path / "w.duckdb", known_migrations()[0]
    _ledger(path, first)
    with duckdb.connect(str(path)) as connection, pytest.raises(StorageError, match="has version 1"):
        migrate(connection, path, None, (first, _next("SELECT 1")))


def test_released_migrations_are_never_edited(tmp_path: Path) -> None:
    """The ledger in each archive has the digests of the migrations that this program has."""
    for archive in ARCHIVES:
        root = _unpacked(archive, tmp_path / archive.name)
        entered = ask(root, "SELECT version, name, sha256 FROM ledger.schema_version ORDER BY version")
        ours = [(one.version, one.name, one.sha256) for one in known_migrations()]
        assert ours[: len(entered)] == entered
