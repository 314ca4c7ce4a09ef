"""Member rows between reading and counting: Parquet parts per file, sorted by person, owner only.

A bucket of persons is a range of the first 64 bits of their pseudonyms. Parts are sorted by it in small row
groups, so a bucket reads little more than its own rows, and their number can follow the number of rows.
"""

from __future__ import annotations

import hashlib
import itertools
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from schemas.catalog import table
from schemas.errors import StorageError
from warehouse.database import Connection, rows
from warehouse.load import insert
from warehouse.seal import sync
from warehouse.staged import WRITE_FAILURES, FileRecord, disk_refuses, finish_account, staged_record
from warehouse.transaction import transaction

#: Rows of one row group of a part: small enough that a bucket skips what is not its own.
_ROW_GROUP = 16_384
#: Rows that one bucket should hold; about 1 GB while it is counted. Of a few columns three times as many.
BUCKET_ROWS = 3_000_000
NARROW_ROWS = 9_000_000
_WARNED = "warned.parquet"
_KEYS = "keys.txt"
_WARNED_SCHEMA = {"line": pl.UInt32, "branch_office": pl.String, "reason": pl.String}
_NO_WARNED = pl.DataFrame(schema=_WARNED_SCHEMA)
_RANGE = 2**64


@dataclass(frozen=True)
class MemberFile:
    """One counted `peserta` file: its identity and its staged folder."""

    file_id: str
    file_name: str
    reading: str
    rows: int
    folder: Path


class MemberStage:
    """A folder of parts being written; it appears under its name when it is finished, or not at all."""

    def __init__(self, folder: Path, mark: str) -> None:
        """Begin. `mark` says under which keys the pseudonyms stand; it does not reveal them."""
        self._final = folder
        self._folder = folder.with_name(f".{folder.name}.unfinished")
        self._parts = 0
        self._warned: list[pl.DataFrame] = []
        try:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder.mkdir(parents=True, mode=0o700)
            (self._folder / _KEYS).write_text(f"{mark}\n", encoding="ascii")
        except OSError as error:
            raise disk_refuses(folder, error) from None

    def add(self, rows: pl.DataFrame, warned: pl.DataFrame) -> None:
        """Write one part. `warned`: line, branch_office, reason of rows kept with a warning."""
        try:
            rows.sort("person_high").write_parquet(
                self._folder / f"rows-{self._parts:05}.parquet", compression="lz4", row_group_size=_ROW_GROUP
            )
        except WRITE_FAILURES as error:
            self.discard()
            raise disk_refuses(self._final, error) from None
        self._parts += 1
        self.keep_warned(warned)

    def keep_warned(self, warned: pl.DataFrame) -> None:
        """Keep rows that carry a warning for the end."""
        if warned.height:
            self._warned.append(warned)

    def finish(self, record: FileRecord) -> None:
        """Write the account and give the folder its name, in one step."""
        try:
            if self._warned:
                pl.concat(self._warned).write_parquet(self._folder / _WARNED, compression="zstd")
            finish_account(self._folder, record)
            shutil.rmtree(self._final, ignore_errors=True)
            self._folder.rename(self._final)
            sync(self._final.parent)
        except WRITE_FAILURES as error:
            self.discard()
            raise disk_refuses(self._final, error) from None

    def discard(self) -> None:
        """Remove what was written: the file is rejected, or the disk refuses."""
        shutil.rmtree(self._folder, ignore_errors=True)


def member_files(connection: Connection, staged: Path) -> dict[date, list[MemberFile]]:
    """As-of day → the `peserta` files that count for it, in the order of their ids."""
    found: dict[date, list[MemberFile]] = {}
    for row in rows(
        connection,
        """SELECT as_of, file_id, file_name, reading, rows_accepted FROM ledger.counted_files
           WHERE source = 'peserta' ORDER BY as_of, file_id""",
    ):
        folder = staged / "peserta" / f"as_of={row['as_of']}" / f"{row['file_id']}-{row['reading']}"
        found.setdefault(row["as_of"], []).append(
            MemberFile(row["file_id"], row["file_name"], row["reading"], row["rows_accepted"], folder)
        )
    return found


def inputs_digest(files: Sequence[MemberFile]) -> str:
    """Digest of the files that a day is counted from, and of the rules they were read under."""
    listed = repr([(file.file_id, file.reading) for file in files])
    return hashlib.sha256(listed.encode()).hexdigest()[:16]


def staged_days(staged: Path) -> list[date]:
    """As-of days with staged member rows, the oldest first."""
    return sorted(date.fromisoformat(path.name[6:]) for path in (staged / "peserta").glob("as_of=*"))


def remove_day(staged: Path, as_of: date) -> None:
    """Remove the member rows of a day. Raises StorageError when the disk refuses."""
    folder = staged / "peserta" / f"as_of={as_of}"
    try:
        shutil.rmtree(folder)
    except OSError as error:
        raise StorageError(
            f"old member rows cannot be removed ({error.strerror})",
            where=str(folder),
            hint="Repair the permission, then run again; nothing published was changed.",
        ) from None


def bucket_ranges(files: Sequence[MemberFile], rows: int) -> list[tuple[int, int]]:
    """First and last number of each bucket: ranges of a 64-bit number that hold at most about so many rows."""
    count = max(1, -(-sum(file.rows for file in files) // rows))
    edges = [at * _RANGE // count for at in range(count + 1)]
    return [(low, high - 1) for low, high in itertools.pairwise(edges)]


def bucket_rows(
    files: Sequence[MemberFile], column: str, within: tuple[int, int], columns: list[str] | None = None
) -> pl.DataFrame:
    """Return the rows of the files whose number in a 64-bit column is in a range.

    `file` is the position of a row's file in `files`. Raises StorageError when a part cannot be read.
    """
    wanted = pl.col(column).is_between(*within)
    frames = [_part_rows(file, at, wanted, columns) for at, file in enumerate(files)]
    try:
        return pl.concat(pl.collect_all(frames))
    except (pl.exceptions.PolarsError, OSError):
        raise StorageError(
            "a staged part cannot be read: it is missing or damaged",
            where=str(files[0].folder.parent),
            hint="Remove the folder of that day; its files are read anew from the landing.",
        ) from None


def _part_rows(file: MemberFile, at: int, within: pl.Expr, columns: list[str] | None) -> pl.LazyFrame:
    parts = pl.scan_parquet(file.folder / "rows-*.parquet").filter(within)
    chosen = parts if columns is None else parts.select(columns)
    return chosen.with_columns(pl.lit(at, pl.UInt16).alias("file"))


def warned_rows(files: Sequence[MemberFile]) -> pl.DataFrame:
    """Rows kept with a warning: file (position in `files`), line, branch_office, reason."""
    frames = [
        pl.read_parquet(file.folder / _WARNED).select(
            pl.lit(at, pl.UInt16).alias("file"), "line", "branch_office", "reason"
        )
        for at, file in enumerate(files)
        if (file.folder / _WARNED).exists()
    ]
    schema = {"file": pl.UInt16, **_WARNED_SCHEMA}
    return pl.concat(frames) if frames else pl.DataFrame(schema=schema)


def load_counts(connection: Connection, as_of: date, tables: Mapping[str, pl.DataFrame]) -> None:
    """Replace every count of one day (table of schema staging → frame), in one transaction."""
    with transaction(connection):
        for name, frame in tables.items():
            entry = table(f"staging.{name}")
            connection.execute(f"DELETE FROM {entry.full_name} WHERE as_of = ?", [as_of])
            if frame.height:
                insert(connection, entry, frame)


def forget_counts(connection: Connection, as_of: date, names: Sequence[str]) -> None:
    """Remove the counts of a day for which no file counts any more."""
    load_counts(connection, as_of, {name: _nothing(name) for name in names})


def _nothing(name: str) -> pl.DataFrame:
    shape: dict[str, Any] = table(f"staging.{name}").model.polars_schema()
    return pl.DataFrame(schema=shape)


def counted_inputs(connection: Connection) -> dict[date, str]:
    """As-of day → digest of the files that its counts were made from."""
    found = connection.execute("SELECT as_of, inputs FROM staging.balance").fetchall()
    return dict(found)


def keyed_parts(staged: Path) -> list[tuple[Path, str]]:
    """(folder, mark of its keys) of every staged `peserta` file, in order; not of one set aside as damaged."""
    found = (path.parent for path in (staged / "peserta").glob("*/*/" + _KEYS))
    folders = sorted(folder for folder in found if not folder.name.startswith("."))
    return [(folder, (folder / _KEYS).read_text(encoding="ascii").strip()) for folder in folders]


def replace_parts(folder: Path, change: Callable[[pl.DataFrame], pl.DataFrame], mark: str) -> int:
    """Rewrite the parts of a staged folder, all or none; returns how many there are.

    Raises StorageError when the disk refuses; the folder then stays as it was.
    """
    record = staged_record(folder)
    if record is None:
        raise StorageError(
            "a staged folder is damaged",
            where=str(folder),
            hint="Remove it: its file is read anew from the landing.",
        )
    stage = MemberStage(folder, mark)
    parts = sorted(folder.glob("rows-*.parquet"))
    for part in parts:
        stage.add(change(pl.read_parquet(part)), _NO_WARNED)
    warned = folder / _WARNED
    if warned.exists():
        stage.keep_warned(pl.read_parquet(warned))
    stage.finish(record)
    return len(parts)
