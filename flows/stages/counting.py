"""Stage `count`: workers of every as-of day whose member files changed. Other days are left alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TypeVar

import polars as pl

from flows.night import Night
from flows.rotation import rekey_staged
from schemas.catalog import table
from schemas.errors import StorageError
from transforms.regions import bps_code
from transforms.workers import WorkerCounts, added, counts_of_bucket, segment_names, shared_memberships
from warehouse.members import (
    BUCKET_ROWS,
    NARROW_ROWS,
    MemberFile,
    bucket_ranges,
    bucket_rows,
    counted_inputs,
    forget_counts,
    inputs_digest,
    load_counts,
    member_files,
    warned_rows,
)
from warehouse.quarantine import remember_lines
from warehouse.staged import hold_against_account

Result = TypeVar("Result")
#: Tables of schema staging that counting fills, one block per as-of day.
TABLES = ("worker_counts", "segment_overlap", "work_flows", "identity_quality", "balance")
#: Staged files held against their seals at once.
_HELD_AT_ONCE = 2


@dataclass
class Counted:
    """What was counted in this run."""

    days: int = 0
    rows: int = 0
    persons: int = 0

    def told(self) -> str:
        """Say in one line what was counted."""
        if not self.days:
            return "no day changed"
        return f"{self.days} day(s), {self.rows} rows, {self.persons} persons"


def count_members(night: Night) -> Counted:
    """Count every day whose counted files are not those that its counts were made from.

    Raises StorageError when rows of a day are needed that were reduced to counts and are not in the landing,
    or that are not as they were written.
    """
    files = member_files(night.connection, night.paths.staged)
    made_from = counted_inputs(night.connection)
    done = Counted()
    if files:
        # A rotation that was killed half-way is finished here: a day must stand under one set of keys.
        rekey_staged(night.paths.staged, night.keys)
    for as_of in sorted(set(made_from) - set(files)):
        forget_counts(night.connection, as_of, TABLES)
    for as_of, listed in files.items():
        inputs = inputs_digest(listed)
        if made_from.get(as_of) == inputs:
            continue
        tables = count_day(night, as_of, listed, inputs)
        load_counts(night.connection, as_of, tables)
        done.days += 1
        done.rows += tables["balance"]["rows"].item()
        done.persons += tables["balance"]["persons"].item()
    return done


def count_day(night: Night, as_of: date, files: Sequence[MemberFile], inputs: str) -> dict[str, pl.DataFrame]:
    """Count one day, bucket by bucket; returns the tables of the day. No frame holds more than one bucket."""
    _require_rows(as_of, files)
    with ThreadPoolExecutor(_HELD_AT_ONCE) as threads:  # Parquet would give a flipped bit for another person
        for _ in threads.map(hold_against_account, [file.folder for file in files]):
            pass
    counts = added(_each(night, count_persons, files, bucket_ranges(files, BUCKET_ROWS)))
    shared = pl.concat(_each(night, find_shared_memberships, files, bucket_ranges(files, NARROW_ROWS)))
    told = pl.concat([counts.aside, shared, warned_rows(files).select(counts.aside.columns)])
    remember_lines(night.paths.quarantine, as_of, told, [file.file_name for file in files])
    return {
        "worker_counts": _dated(
            counts.workers.rename({"region": "region_code", "count": "persons"}), "worker_counts", as_of
        ),
        "segment_overlap": _dated(_overlap(counts), "segment_overlap", as_of),
        "work_flows": _dated(
            counts.flows.rename({"residence": "region_code", "workplace": "workplace_code"}),
            "work_flows",
            as_of,
        ),
        "identity_quality": _dated(_quality(counts, shared), "identity_quality", as_of),
        "balance": _dated(
            counts.balance.with_columns(
                pl.lit(inputs).alias("inputs"),
                pl.lit(len(files)).alias("files"),
                (pl.col("active_memberships") - pl.col("persons")).alias("extra_memberships"),
            ),
            "balance",
            as_of,
        ),
    }


def _each(
    night: Night,
    work: Callable[[Sequence[MemberFile], tuple[int, int]], Result],
    files: Sequence[MemberFile],
    ranges: list[tuple[int, int]],
) -> list[Result]:
    """Do the work of every bucket; where there are several, in processes."""
    if len(ranges) == 1 or night.processes.most == 1:
        return [work(files, within) for within in ranges]
    return list(night.processes.results([partial(work, files, within) for within in ranges]))


def count_persons(files: Sequence[MemberFile], within: tuple[int, int]) -> WorkerCounts:
    """Count the rows of one bucket of persons."""
    return counts_of_bucket(bucket_rows(files, "person_high", within))


def find_shared_memberships(files: Sequence[MemberFile], within: tuple[int, int]) -> pl.DataFrame:
    """Find the lines of one bucket of memberships whose KPJ stands under several NIK."""
    columns = ["line", "branch_office", "membership", "person_high"]
    return shared_memberships(bucket_rows(files, "membership", within, columns))


def _require_rows(as_of: date, files: Sequence[MemberFile]) -> None:
    gone = [file.file_name for file in files if not file.folder.is_dir()]
    if gone:
        raise StorageError(
            f"{len(gone)} of {len(files)} files of {as_of} are kept as counts only: they cannot be recounted",
            where=gone[0],
            hint="Put the files of that day back into the landing, all of them, and run again.",
        )


def _overlap(counts: WorkerCounts) -> pl.DataFrame:
    return counts.overlap.select(
        pl.col("residence").alias("region_code"), segment_names("segments"), "persons"
    )


def _quality(counts: WorkerCounts, shared: pl.DataFrame) -> pl.DataFrame:
    several = shared.group_by("branch_office").agg(pl.len().cast(pl.Int64).alias("shared_memberships"))
    joined = counts.offices.join(several, on="branch_office", how="left", maintain_order="left")
    # An office without such a row has none: rows that were looked through, not a missing figure.
    number = pl.col("shared_memberships")
    return joined.with_columns(
        pl.when(number.is_null()).then(0).otherwise(number).alias("shared_memberships")
    )


def _dated(frame: pl.DataFrame, name: str, as_of: date) -> pl.DataFrame:
    shape = table(f"staging.{name}").model.polars_schema()
    codes = [column for column in ("region_code", "workplace_code") if column in shape]
    return frame.with_columns(
        pl.lit(as_of).alias("as_of"), *(bps_code(pl.col(column)).alias(column) for column in codes)
    ).select(pl.col(column).cast(dtype) for column, dtype in shape.items())
