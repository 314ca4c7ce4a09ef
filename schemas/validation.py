"""The gate: every rule of a model on every row, with all reasons per row.

Pandera is called in one way only, on an eager frame and inside a `config_context`: a LazyFrame, or
the environment variables PANDERA_VALIDATION_ENABLED / PANDERA_VALIDATION_DEPTH, would otherwise skip
the checks without a word.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandera.polars as pa
import polars as pl
from pandera.config import ValidationDepth, config_context
from pandera.errors import SchemaError, SchemaErrors

from schemas.errors import ContractBroken
from schemas.sources import READ, Source
from schemas.tables.table import Table

PASSED = "check_output"


@dataclass(frozen=True)
class Verdict:
    """What the gate made of a batch. Rows in = `accepted` + `rejected`.

    `rejected` has two columns: `row` (position in the batch, from 0) and `reasons` (every rule that
    the row breaks, hard rules and warnings, in the model's order; the first hard one comes first).
    `warned` counts, per warning rule, the accepted rows that break it.
    """

    accepted: pl.DataFrame
    rejected: pl.DataFrame
    warned: dict[str, int]
    #: Rows kept with a warning: `row` (position in `accepted`, from 0) and `reason`.
    warned_rows: pl.DataFrame


def accept(
    schema: pa.DataFrameSchema, rows: pl.DataFrame, *, warnings: frozenset[str] = frozenset()
) -> Verdict:
    """Split `rows` by the rules of `schema`; rules named in `warnings` are counted, not enforced.

    Raises ContractBroken when the frame does not have the declared columns or types, or when a check
    itself fails: that is a defect of ours, never of the row. The message names rules only.
    """
    return _verdict(rows, broken_rules(schema, rows), warnings)


def accept_delivered(source: Source, rows: pl.DataFrame) -> Verdict:
    """Split typed rows of a source by all its rules, as `accept` does with its schema, in half the time.

    That a row has no defect of reading is one check; those that a row has are told by its bits in `defects`.
    """
    failed = broken_rules(source.quick_schema, rows)
    if failed.pop(READ, None) is not None:
        bits = rows["defects"]
        met = rows.select(pl.col("defects").bitwise_or()).item()
        failed |= {
            name: (bits & (1 << bit)) != 0 for bit, name in enumerate(source.defects) if met >> bit & 1
        }
    return _verdict(rows, failed, source.warnings)


def _verdict(rows: pl.DataFrame, failed: dict[str, pl.Series], warnings: frozenset[str]) -> Verdict:
    if not failed:
        return Verdict(rows, _no_rejects(), {}, _no_warnings())
    flags = pl.DataFrame(failed)
    hard = [rule for rule in flags.columns if rule not in warnings]
    soft = [rule for rule in flags.columns if rule in warnings]
    bad = (
        flags.select(pl.any_horizontal(hard)).to_series()
        if hard
        else pl.repeat(value=False, n=rows.height, dtype=pl.Boolean, eager=True)
    )
    good = flags.select(soft).filter(~bad) if soft else pl.DataFrame()
    warned = {rule: int(good[rule].sum()) for rule in soft}
    return Verdict(
        accepted=rows.filter(~bad),
        rejected=_reasons(flags, bad, hard + soft) if hard else _no_rejects(),
        warned={rule: count for rule, count in warned.items() if count},
        warned_rows=_warned_rows(good, soft),
    )


def broken_rules(schema: pa.DataFrameSchema, rows: pl.DataFrame) -> dict[str, pl.Series]:
    """Rule name → boolean series over the rows, true where the row breaks it; only broken rules."""
    if not isinstance(rows, pl.DataFrame):
        raise ContractBroken(
            f"validation needs an eager frame, got {type(rows).__name__}", where=str(schema.name)
        )
    errors: list[SchemaError] = []
    try:
        with config_context(validation_enabled=True, validation_depth=ValidationDepth.SCHEMA_AND_DATA):
            schema.validate(rows, lazy=True)
    except SchemaErrors as failure:
        errors = failure.schema_errors
    structural: set[str] = set()
    failed: dict[str, pl.Series] = {}
    for error in errors:
        rule = _rule_name(error)
        outcome = error.check_output
        if not isinstance(outcome, pl.DataFrame) or outcome.height != rows.height:
            structural.add(f"{rule} ({error.reason_code.name if error.reason_code else 'unknown'})")
            continue
        broken = ~outcome[PASSED]
        failed[rule] = (failed[rule] | broken) if rule in failed else broken
    if structural:
        # The error's own text would quote rows; rule names are enough to find the defect.
        raise ContractBroken(
            f"the frame does not have the declared shape: {'; '.join(sorted(structural))}",
            where=str(schema.name),
        ) from None
    return failed


def conform(model: type[Table], rows: pl.DataFrame) -> pl.DataFrame:
    """Return `rows` unchanged if every rule holds; otherwise raise ContractBroken naming the rules.

    For frames that we made ourselves: a broken rule here is our defect.
    """
    failed = broken_rules(model.to_schema(), rows)
    if failed:
        told = ", ".join(f"{rule} ({int(flags.sum())} rows)" for rule, flags in failed.items())
        raise ContractBroken(f"rows break the rules of {model.__name__}: {told}", where=model.__name__)
    return rows


def _rule_name(error: SchemaError) -> str:
    """Name a broken rule `<column>:<check>`, or the check's own name where it has a colon already."""
    check = error.check if isinstance(error.check, str) else (error.check.name or error.check.error or "?")
    if ":" in check:
        return check
    owner = error.schema.name if isinstance(error.schema, pa.Column) else "row"
    return f"{owner}:{_PLAIN.get(check, check)}"


#: Pandera's check names in the words that a person reads in a report.
_PLAIN = {
    "not_nullable": "missing",
    "str_matches": "wrong_form",
    "isin": "not_in_list",
    "greater_than": "too_small",
    "greater_than_or_equal_to": "too_small",
    "less_than": "too_large",
    "less_than_or_equal_to": "too_large",
    "multiple_fields_uniqueness": "duplicate_key",
    "field_uniqueness": "duplicate_key",
}


def _reasons(flags: pl.DataFrame, bad: pl.Series, order: list[str]) -> pl.DataFrame:
    """Reasons of the bad rows only: building the list for every row costs twenty times as much."""
    listed = pl.concat_list([pl.when(pl.col(rule)).then(pl.lit(rule)) for rule in order])
    at = bad.arg_true().alias("row")
    return flags[at].select(at.cast(pl.UInt32), listed.list.drop_nulls().alias("reasons"))


def _warned_rows(good: pl.DataFrame, soft: list[str]) -> pl.DataFrame:
    numbered = good.select(soft).with_row_index("row")
    frames = [numbered.filter(pl.col(rule)).select("row", pl.lit(rule).alias("reason")) for rule in soft]
    return pl.concat(frames) if frames else _no_warnings()


def _no_warnings() -> pl.DataFrame:
    return pl.DataFrame(schema={"row": pl.UInt32, "reason": pl.String})


def _no_rejects() -> pl.DataFrame:
    return pl.DataFrame(schema={"row": pl.UInt32, "reasons": pl.List(pl.String)})
