"""Stage `claims`: printed statements held against their own arithmetic, before any figure of ours."""

from __future__ import annotations

import polars as pl

from flows.night import Night
from schemas.registers import Registers
from schemas.tables import marts, staging
from schemas.validation import conform
from transforms.claims import claim_contradictions, claim_repairs, claim_verdicts
from warehouse import ledger, load
from warehouse.staged import hold_against_account

#: Bases that a slip may have taken instead: region, definition, round, workers, and where they stand.
KNOWN_BASES = {
    "region_code": pl.String,
    "denominator_id": pl.String,
    "round": pl.Date,
    "workers": pl.Int64,
    "origin": pl.String,
}


def check_statements(night: Night) -> dict[str, int]:
    """Judge every printed statement and load the outcome; returns statements per verdict."""
    tables = statements(night.registers, _delivered_bases(night))
    load.load_claims(night.connection, tables)
    counts = tables["claim_verdicts"].group_by("arithmetic").len().sort("arithmetic")
    return dict(counts.iter_rows())


def statements(registers: Registers, delivered: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Return the staged tables about printed statements: verdicts, repairs, contradictions."""
    figures = registers.published_figures
    regencies = registers.regions.filter(pl.col("kind") != "provinsi").select(
        pl.col("province_code_bps").alias("province_code"), pl.col("region_code_bps").alias("regency_code")
    )
    return {
        "claim_verdicts": conform(staging.ClaimVerdicts, claim_verdicts(figures)),
        "claim_repairs": conform(marts.ClaimRepairs, claim_repairs(figures, delivered)),
        "claim_contradictions": conform(marts.ClaimContradictions, claim_contradictions(figures, regencies)),
    }


def _delivered_bases(night: Night) -> pl.DataFrame:
    """Bases of the files that count, from the staged Parquet: nothing comes back out of the warehouse."""
    counted = ledger.counted_rows(night.connection, night.paths.staged, "penduduk_bekerja")
    for _, path in counted:
        hold_against_account(path.parent)
    frames = [
        pl.read_parquet(path).select(
            "region_code",
            "denominator_id",
            pl.col("base_round").alias("round"),
            "workers",
            pl.lit(file_name).alias("origin"),
        )
        for file_name, path in counted
    ]
    return pl.concat(frames) if frames else pl.DataFrame(schema=KNOWN_BASES)
