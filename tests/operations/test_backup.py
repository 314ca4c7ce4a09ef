"""Backups: made while a night is at work, proven, restored into nothing."""

from __future__ import annotations

import json
import shutil
import threading
from pathlib import Path

import duckdb
import pytest

from flows.clock import now
from flows.lock import one_writer
from flows.nightly import writing
from flows.operations.backup import ACCOUNT, backup, restore
from flows.settings import Settings
from flows.steps import InProcess
from schemas.errors import AlreadyRunning, NothingPublished, SettingsError, StorageError
from tests.nights import ask, run_quietly, settings_of, tree
from warehouse.release.shelf import damaged_files

LEDGER = "SELECT file_name, state, rows_accepted FROM ledger.files ORDER BY ALL"


def _settings(kept: Settings, root: Path) -> Settings:
    return settings_of(root, registers=kept.registers)


def test_a_backup_is_restored_to_the_same_figures_rows_and_history(kept: Settings, tmp_path: Path) -> None:
    made = backup(kept, tmp_path / "copies")
    back = _settings(kept, tmp_path / "elsewhere")
    restored = restore(back, made.folder)
    for folder in ("staged", "quarantine", "published", "landing"):
        assert tree(back.paths.root / folder) == tree(kept.paths.root / folder), folder
    assert ask(back.paths.root, LEDGER) == ask(kept.paths.root, LEDGER)
    assert restored.release_id == made.release_id == kept.paths.latest.readlink().name
    shutil.copy2(kept.paths.root / "pseudonym.key", back.paths.root)
    assert run_quietly(back.paths.root, registers=kept.registers).outcome == "nothing_new"


def test_the_key_is_never_in_a_backup_and_is_asked_for(kept: Settings, tmp_path: Path) -> None:
    key = (kept.paths.root / "pseudonym.key").read_text().strip()
    made = backup(kept, tmp_path / "copies")
    for path in made.folder.rglob("*"):
        assert path.is_dir() or key.encode() not in path.read_bytes(), path.name
    restored = restore(_settings(kept, tmp_path / "elsewhere"), made.folder)
    assert restored.key_missing == tmp_path / "elsewhere" / "pseudonym.key"


def test_a_backup_is_for_its_owner_alone(kept: Settings, tmp_path: Path) -> None:
    made = backup(kept, tmp_path / "copies")
    assert made.folder.stat().st_mode & 0o077 == 0
    assert (tmp_path / "copies").stat().st_mode & 0o077 == 0


def test_a_backup_while_a_night_writes_holds_what_was_committed(kept: Settings, tmp_path: Path) -> None:
    """The writer commits one row after the other to two tables; a copy must hold as many of each."""
    begun, stop, errors = threading.Event(), threading.Event(), []

    def write_on() -> None:
        try:
            with writing(kept, InProcess(quiet=True)) as night:
                night.connection.execute("CREATE TABLE ledger.one (number INT)")
                night.connection.execute("CREATE TABLE ledger.two (number INT)")
                for at in range(100_000):
                    if stop.is_set():
                        break
                    night.connection.begin()
                    night.connection.execute("INSERT INTO ledger.one VALUES (?)", [at])
                    night.connection.execute("INSERT INTO ledger.two VALUES (?)", [at])
                    night.connection.commit()
                    begun.set()
                    if at % 200 == 0:
                        night.connection.execute("CHECKPOINT")
        except Exception as error:  # noqa: BLE001 (told by the test)
            errors.append(error)

    writer = threading.Thread(target=write_on)
    writer.start()
    try:
        assert begun.wait(60)
        made = [backup(kept, tmp_path / f"copies {at}") for at in range(2)]
    finally:
        stop.set()
        writer.join()
    assert errors == []
    counts = []
    for one in made:
        with duckdb.connect(str(one.folder / "warehouse.duckdb"), read_only=True) as copy:
            counts += copy.execute(
                "SELECT (SELECT count(*) FROM ledger.one), (SELECT count(*) FROM ledger.two)"
            ).fetchall()
    assert all(first == second for first, second in counts), counts
    assert counts[1] > counts[0]


def test_a_backup_waits_for_nobody_who_removes_files(kept: Settings, tmp_path: Path) -> None:
    with one_writer(kept.paths.root / "keep.lock", now()), pytest.raises(AlreadyRunning):
        backup(kept, tmp_path / "copies")
    assert not (tmp_path / "copies").exists()


def test_damaged_kept_files_are_not_backed_up_in_silence(kept: Settings, tmp_path: Path) -> None:
    rows = next((kept.paths.staged / "rekap").rglob("rows.parquet"))
    content = bytearray(rows.read_bytes())
    content[len(content) // 2] ^= 1
    rows.write_bytes(content)
    with pytest.raises(StorageError, match="differ from their digests"):
        backup(kept, tmp_path / "copies")
    assert list((tmp_path / "copies").iterdir()) == []


def test_without_a_warehouse_there_is_nothing_to_back_up(tmp_path: Path) -> None:
    with pytest.raises(NothingPublished):
        backup(settings_of(tmp_path / "data"), tmp_path / "copies")


def test_a_landing_that_is_kept_elsewhere_is_left_out(kept: Settings, tmp_path: Path) -> None:
    made = backup(kept, tmp_path / "copies", with_landing=False)
    assert not (made.folder / "landing").exists()


@pytest.mark.parametrize("name", ["warehouse.duckdb", "landing/rekap_91_20230831.csv"])
def test_a_backup_with_a_flipped_bit_is_not_restored(kept: Settings, tmp_path: Path, name: str) -> None:
    made = backup(kept, tmp_path / "copies")
    content = bytearray((made.folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (made.folder / name).write_bytes(content)
    with pytest.raises(StorageError, match=f"missing or damaged: {name}"):
        restore(_settings(kept, tmp_path / "elsewhere"), made.folder)
    assert not (tmp_path / "elsewhere" / "warehouse.duckdb").exists()


def test_a_data_root_in_use_is_not_restored_over(kept: Settings, tmp_path: Path) -> None:
    made = backup(kept, tmp_path / "copies")
    before = tree(kept.paths.root)
    with pytest.raises(SettingsError, match="not empty"):
        restore(kept, made.folder)
    assert tree(kept.paths.root) == before


def test_a_restore_that_was_killed_is_done_again(kept: Settings, tmp_path: Path) -> None:
    made = backup(kept, tmp_path / "copies")
    back = _settings(kept, tmp_path / "elsewhere")
    # As far as a kill between two renames leaves it.
    shutil.copytree(made.folder / "staged", back.paths.staged)
    (back.paths.root / ".restore.unfinished").mkdir()
    restore(back, made.folder)
    assert damaged_files(back.paths.latest) == []
    assert ask(back.paths.root, LEDGER) == ask(kept.paths.root, LEDGER)


@pytest.mark.parametrize("account", ["", "[]", '{"files": 1}'])
def test_another_folder_is_no_backup(kept: Settings, tmp_path: Path, account: str) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / ACCOUNT).write_text(account)
    with pytest.raises(SettingsError, match="no backup"):
        restore(_settings(kept, tmp_path / "elsewhere"), other)


def test_a_backup_of_a_newer_version_is_refused(kept: Settings, tmp_path: Path) -> None:
    made = backup(kept, tmp_path / "copies")
    path = made.folder / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("INSERT INTO ledger.schema_version VALUES (999, 'later', 'x', now())")
    account = json.loads((made.folder / ACCOUNT).read_text())
    from warehouse.seal import digest  # noqa: PLC0415

    account["files"]["warehouse.duckdb"] = digest(path)
    (made.folder / ACCOUNT).write_text(json.dumps(account))
    with pytest.raises(StorageError, match="version 999"):
        restore(_settings(kept, tmp_path / "elsewhere"), made.folder)
