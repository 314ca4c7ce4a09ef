"""A run over a synthetic twin held against its truth: every figure, and every planted defect."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from flows.settings import Settings
from flows.synth import score_folder
from schemas.errors import NothingPublished
from warehouse import ledger
from warehouse.quarantine import told_lines, told_rows

_OUTCOMES = {
    "row:duplicate": "duplicate",
    "row:superseded": "superseded",
    "row:contradiction": "contradiction",
    "nik:contradicting_persons": "identity_conflict",
    "kpj:several_nik": "identity_conflict",
}
#: Truth table → the query whose rows must be the same.
_COUNTS = {
    "coverage": """
        SELECT as_of, region_code, numerator_id, active_members, working_population, coverage_pct
        FROM marts.coverage_by_definition WHERE denominator_id = 'eligible_workers'
    """,
    "cells": """
        SELECT as_of, counted_by, region_code, segment, sex, age_group, funding, is_vulnerable, persons
        FROM staging.worker_counts
    """,
    "segment_overlap": "SELECT as_of, region_code, segments, persons FROM staging.segment_overlap",
    "flows": "SELECT as_of, region_code, workplace_code, persons FROM staging.work_flows",
    "balance": "SELECT as_of, active_memberships, persons FROM staging.balance",
}
_COUNTED_BY = {
    "workers_residence": "residence",
    "workers_workplace": "workplace",
    "memberships_residence": "membership",
}


@dataclass(frozen=True)
class Comparison:
    """How many figures of the truth the run gives, and how many differ, by table."""

    tables: tuple[tuple[str, int, int], ...]

    @property
    def differing(self) -> int:
        """Figures that differ, are missing, or should not be there."""
        return sum(differing for _, _, differing in self.tables)

    def told(self) -> str:
        """Say in one line per table what was compared."""
        return "\n".join(
            f"{name}: {same} figures as in the truth, {wrong} differ" for name, same, wrong in self.tables
        )


def compare(settings: Settings, twin: Path) -> Comparison:
    """Hold every count of the run against the truth of the twin.

    Raises NothingPublished when the data root holds no warehouse.
    """
    with _opened(settings) as connection:
        tables = []
        for name, query in _COUNTS.items():
            truth = _truth(twin / "truth", name)
            made = (
                connection.sql(query)
                .pl()
                .select(pl.col(column).cast(dtype) for column, dtype in truth.schema.items())
            )
            same = truth.join(made, on=truth.columns, how="inner", nulls_equal=True).height
            tables.append((name, same, truth.height + made.height - 2 * same))
    return Comparison(tuple(tables))


def _opened(settings: Settings) -> duckdb.DuckDBPyConnection:
    if not settings.paths.warehouse.exists():
        raise NothingPublished("there is no warehouse yet", hint="Run `cakupan run` on the twin first.")
    return duckdb.connect(str(settings.paths.warehouse), read_only=True)


def _truth(folder: Path, name: str) -> pl.DataFrame:
    """A truth table in the columns of the query that it is held against."""
    truth = pl.read_parquet(folder / f"{name}.parquet")
    if name == "coverage":
        return truth.filter(pl.col("coverage_pct").is_not_null()).select(
            "as_of", "region_code", "numerator_id", "active_members", "working_population", "coverage_pct"
        )
    if name == "cells":
        return truth.filter(
            pl.col("numerator_id").is_in(list(_COUNTED_BY)) & pl.col("sex").is_not_null()
        ).select(
            "as_of",
            pl.col("numerator_id").replace_strict(_COUNTED_BY).alias("counted_by"),
            pl.col("regency_code").alias("region_code"),
            "segment",
            "sex",
            "age_group",
            "funding",
            pl.col("vulnerable").alias("is_vulnerable"),
            pl.col("members").alias("persons"),
        )
    names = {"regency_code": "region_code", "residence_code": "region_code"}
    shown = truth.rename({old: new for old, new in names.items() if old in truth.columns})
    return shown.drop("rows") if name == "balance" else shown


def scored(settings: Settings, twin: Path) -> pl.DataFrame:
    """Return precision and recall per class of planted defects (transforms.synthetic.scoring)."""
    with _opened(settings) as connection:
        rejected = [file["file_name"] for file in ledger.rejected_files(connection)]
    quarantine = settings.paths.quarantine
    aside = told_rows(quarantine).select(
        "file_name", "line", "reasons", pl.lit("quarantined").alias("outcome")
    )
    lines = told_lines(quarantine).select(
        "file_name",
        pl.col("line").cast(pl.Int64),
        pl.concat_list("reason").alias("reasons"),
        pl.col("reason").replace_strict(_OUTCOMES, default="counted_warning").alias("outcome"),
    )
    files = pl.DataFrame({"file_name": rejected}, schema={"file_name": pl.String}).with_columns(
        pl.lit(None, pl.Int64).alias("line"),
        pl.lit([], pl.List(pl.String)).alias("reasons"),
        pl.lit("file_rejected").alias("outcome"),
    )
    return score_folder(twin, pl.concat([aside, lines, files]))
