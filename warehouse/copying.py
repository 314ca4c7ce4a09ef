"""Consistent copies of a data root while a night may be writing to it.

The warehouse is copied as a power cut would leave it. DuckDB writes a block that is in use never in place:
between two checkpoints the file changes only where its header does not look, and the log only grows. So a
file and its log, copied while the header stayed the same, are a committed state.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import duckdb

from schemas.errors import StorageError
from warehouse.release import shelf
from warehouse.staged import is_staged, staged_record

#: The main header and the two headers that a checkpoint switches between.
_HEADERS = 3 * 4096
_ATTEMPTS = 8


def copy_warehouse(source: Path, target: Path) -> None:
    """Copy the working file as of its last commit, and read every block of the copy.

    Raises StorageError when a checkpoint came in between every time, or the file is damaged.
    """
    problem = "it changed during every attempt"
    for _ in range(_ATTEMPTS):
        before = _headers(source)
        shutil.copyfile(source, target)
        _copy_log(source, target)
        if _headers(source) != before:
            continue
        try:
            _read_whole(target)
        except duckdb.Error as error:
            problem = str(error).splitlines()[0][:120]
            continue
        return
    raise StorageError(
        f"the warehouse cannot be copied ({problem})",
        where=str(source),
        hint="Run it again when no night is at work. If it is damaged: `cakupan rebuild`.",
    )


def _headers(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(_HEADERS)


def _log(path: Path) -> Path:
    return path.with_name(f"{path.name}.wal")


def _copy_log(source: Path, target: Path) -> None:
    _log(target).unlink(missing_ok=True)
    try:
        shutil.copyfile(_log(source), _log(target))
    except FileNotFoundError:
        return  # nothing was committed since the last checkpoint


def _read_whole(path: Path) -> None:
    """Fold the log into the file, then read every column: a damaged block shows only when it is read."""
    with duckdb.connect(str(path)) as connection:
        connection.execute("CHECKPOINT")
        tables = connection.execute(
            """SELECT schema_name, table_name, list(column_name) FROM duckdb_columns()
               WHERE database_name = current_database() AND NOT internal
               AND (schema_name, table_name) IN (SELECT schema_name, table_name FROM duckdb_tables())
               GROUP BY ALL"""
        ).fetchall()
        for schema, name, columns in tables:
            counts = ", ".join(f'count("{column}")' for column in columns)
            connection.execute(f'SELECT {counts} FROM "{schema}"."{name}"').fetchall()


def copy_tree(source: Path, target: Path) -> None:
    """Copy what is finished below a folder, with times and modes; what vanishes meanwhile is left out."""
    target.mkdir(parents=True, exist_ok=True)
    shutil.copystat(source, target)
    for entry in sorted(os.scandir(source), key=lambda entry: entry.name):
        path = target / entry.name
        if entry.name.startswith("."):
            continue  # half written, or moved aside as damaged
        try:
            if entry.is_symlink():
                path.symlink_to(Path(entry.path).readlink())
            elif entry.is_dir():
                _copy_unit(Path(entry.path), path)
            elif entry.is_file():
                shutil.copy2(entry.path, path)
        except FileNotFoundError:
            continue


def _copy_unit(source: Path, target: Path) -> None:
    """Copy a folder; a staged one and a release whole, as their digests say, or not at all."""
    for _ in range(_ATTEMPTS):
        copy_tree(source, target)
        if is_staged(target):
            whole = staged_record(target) is not None
        elif (target / shelf.MANIFEST).exists():
            whole = not shelf.damaged_files(target)
        else:
            return
        if whole:
            return
        shutil.rmtree(target)
        if not source.exists():
            return
    raise StorageError(
        "kept files differ from their digests: they are damaged",
        where=str(source),
        hint="Repair them first: `cakupan rebuild`; then run the backup again.",
    )
