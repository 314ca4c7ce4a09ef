"""From memberships to workers: one person, one row; then counts. Pure, for one bucket of persons at a time.

Persons never cross buckets, so the counts of buckets add up; a machine that can group by bucket can run
these functions unchanged.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import polars as pl

from schemas.tables.member_rows import PRIMARY_ORDER
from schemas.tables.table import SEGMENTS

_PERSON = ["person_high", "person_low"]
_KEY = [*_PERSON, "membership"]
_DESCRIBED = ["residence", "workplace", "sex", "age_group", "funding", "is_vulnerable"]
#: Bit of each segment in a set of segments.
_BITS = {segment: 1 << at for at, segment in enumerate(SEGMENTS)}


@dataclass(frozen=True)
class WorkerCounts:
    """Counts of one or more buckets of one as-of day; each frame has its keys and its count.

    `workers`: counted_by (residence, workplace, membership) × region × segment × sex × age × funding ×
    vulnerable → `count`. `overlap`: residence × set of segments → `persons`. `flows`: residence × workplace →
    `persons`. `offices`: branch office → rows, and persons or rows by what is odd about their identity.
    `balance`: rows = memberships + duplicates + superseded; memberships = active + inactive; active =
    persons + extra memberships. `aside`: file and line of each row that another row stands for.
    """

    workers: pl.DataFrame
    overlap: pl.DataFrame
    flows: pl.DataFrame
    offices: pl.DataFrame
    balance: pl.DataFrame
    aside: pl.DataFrame


def counts_of_bucket(rows: pl.DataFrame) -> WorkerCounts:
    """Count one bucket. `rows`: StagedMemberships plus `file`, all rows of each person that is in it."""
    # Nearly every person stands in one row: only the rows of the others are compared with each other.
    stands_again = rows["person_high"].is_duplicated()
    alone = rows.filter(~stands_again & rows["is_active"])
    compared, aside = one_row_per_membership(rows.filter(stands_again))
    told = pl.concat([aside, _contradicting_persons(compared)])
    several = compared.filter("is_active")
    active = pl.concat([alone, several])
    persons = pl.concat([_persons_of_one_row(alone), one_row_per_person(several)])
    memberships = rows.height - int(stands_again.sum()) + compared.height
    return WorkerCounts(
        workers=pl.concat(
            [
                _tally(persons, "residence", "residence", "primary"),
                _tally(persons, "workplace", "workplace", "primary"),
                _tally(active, "membership", "residence", "segment"),
            ]
        ),
        overlap=_counted(persons, {"residence": "residence", "segments": "segments"}, "persons"),
        flows=_counted(persons, {"residence": "residence", "workplace": "workplace"}, "persons"),
        offices=_offices(rows, told),
        balance=_balance(rows, memberships, active, persons, aside),
        aside=told,
    )


def added(parts: list[WorkerCounts]) -> WorkerCounts:
    """Add the counts of buckets; sorted, so that the result does not depend on their order."""
    return WorkerCounts(
        **{
            item.name: _summed([getattr(part, item.name) for part in parts], item.name)
            for item in fields(WorkerCounts)
        }
    )


_COUNTS = {
    "workers": ("count",),
    "overlap": ("persons",),
    "flows": ("persons",),
    "offices": ("rows", "duplicates", "superseded", "contradictions", "contradicting_persons"),
    "balance": (
        "rows",
        "duplicates",
        "superseded",
        "memberships",
        "active_memberships",
        "persons",
        "contradictions",
    ),
    "aside": (),
}


def _summed(frames: list[pl.DataFrame], name: str) -> pl.DataFrame:
    whole = pl.concat(frames)
    counts = _COUNTS[name]
    keys = [column for column in whole.columns if column not in counts]
    if not counts:
        return whole.sort(keys)
    if not keys:
        return whole.sum()
    return whole.group_by(keys).agg(pl.col(*counts).sum()).sort(keys, nulls_last=True)


def one_row_per_membership(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return one row per person and membership, and the rows set aside for it (data contract 1.1).

    Identical rows count once: `row:duplicate`. Different rows: the newest counts, older ones are
    `row:superseded`. Rows that differ and are equally new: one counts, chosen by content so that the order of
    files does not matter, and the contradiction is told: `row:contradiction`.
    """
    # Looking at one number first is many times cheaper; nearly every membership stands once.
    suspects = rows.filter(pl.col("membership").is_duplicated())
    several = suspects.filter(pl.struct(_KEY).is_duplicated())
    if not several.height:
        return rows, _aside_rows(several, pl.lit(""))
    single = rows.join(several.select(_KEY).unique(), on=_KEY, how="anti", maintain_order="left")
    ordered = _newest_first(several)
    kept, rest = ordered.filter(pl.col("place") == 0), ordered.filter(pl.col("place") > 0)
    reason = (
        pl.when(~pl.col("is_new_content"))
        .then(pl.lit("row:duplicate"))
        .when(pl.col("updated_at") < pl.col("newest"))
        .then(pl.lit("row:superseded"))
        .otherwise(pl.lit("row:contradiction"))
    )
    return pl.concat([single, kept.select(rows.columns)]), _aside_rows(rest, reason)


def _newest_first(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of each membership from the one that counts on, with their place and what sets them apart."""
    order = {"updated_at": True, "content": False, "file": False, "line": False}
    ordered = rows.sort(*_KEY, *order, descending=[False] * len(_KEY) + list(order.values()))
    return ordered.with_columns(
        pl.int_range(pl.len()).over(_KEY).alias("place"),
        pl.col("updated_at").first().over(_KEY).alias("newest"),
        pl.struct(*_KEY, "content").is_first_distinct().alias("is_new_content"),
    )


def _aside_rows(rows: pl.DataFrame, reason: pl.Expr) -> pl.DataFrame:
    return rows.select("file", "line", "branch_office", reason.alias("reason"))


def one_row_per_person(active: pl.DataFrame) -> pl.DataFrame:
    """Return one row per person: described by the newest active membership, with the set of segments held.

    `primary` is the first of PU, JAKON, PMI, BPU that the person holds (data contract, section 2).
    """
    stands_again = active["person_high"].is_duplicated()
    several = active.filter(stands_again)
    newest = (
        several.with_columns(_segment_bit())
        # By content where equally new: a pseudonym changes with the key, and the counts would with it.
        .sort("updated_at", "content", descending=True)
        .group_by(_PERSON)
        .agg(*(pl.col(name).first() for name in _DESCRIBED), pl.col("segments").bitwise_or())
        .select(*_PERSON, *_DESCRIBED, "segments")
    )
    return pl.concat(
        [_persons_of_one_row(active.filter(~stands_again)), newest.with_columns(_primary().alias("primary"))]
    )


def _persons_of_one_row(active: pl.DataFrame) -> pl.DataFrame:
    """Return rows of persons that hold one membership, in the shape of `one_row_per_person`."""
    return active.select(*_PERSON, *_DESCRIBED, _segment_bit(), pl.col("segment").alias("primary"))


def _segment_bit() -> pl.Expr:
    return pl.col("segment").replace_strict(_BITS, return_dtype=pl.UInt8).alias("segments")


def _primary() -> pl.Expr:
    held = [
        pl.when((pl.col("segments") & _BITS[segment]) > 0).then(pl.lit(segment)) for segment in PRIMARY_ORDER
    ]
    return pl.coalesce(held).cast(pl.Enum(SEGMENTS))


def _tally(rows: pl.DataFrame, counted_by: str, region: str, segment: str) -> pl.DataFrame:
    keys = {
        "region": region,
        "segment": segment,
        "sex": "sex",
        "age_group": "age_group",
        "funding": "funding",
        "is_vulnerable": "is_vulnerable",
    }
    return _counted(rows, keys, "count").select(pl.lit(counted_by).alias("counted_by"), pl.all())


def _counted(rows: pl.DataFrame, keys: dict[str, str], count: str) -> pl.DataFrame:
    """Rows per combination of keys (name in the result → column); the streaming engine is twice as quick."""
    grouped = rows.lazy().group_by(pl.col(column).alias(name) for name, column in keys.items())
    return grouped.agg(pl.len().cast(pl.Int64).alias(count)).collect(engine="streaming")


def _contradicting_persons(memberships: pl.DataFrame) -> pl.DataFrame:
    """Memberships of one NIK that name different birth dates or sexes: kept, counted by NIK, and told."""
    several = memberships.filter(pl.col("person_high").is_duplicated())
    odd = several.filter(pl.col("identity").n_unique().over(_PERSON) > 1)
    return _aside_rows(odd, pl.lit("nik:contradicting_persons"))


def _offices(rows: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """Quality of identities by branch office: rows delivered, and rows by what is odd about them."""
    every = _counted(rows, {"branch_office": "branch_office"}, "rows")
    reasons = {
        "duplicates": "row:duplicate",
        "superseded": "row:superseded",
        "contradictions": "row:contradiction",
        "contradicting_persons": "nik:contradicting_persons",
    }
    odd = told.group_by("branch_office").agg(
        (pl.col("reason") == reason).sum().cast(pl.Int64).alias(name) for name, reason in reasons.items()
    )
    joined = every.join(odd, on="branch_office", how="left", maintain_order="left")
    # An office without a told row has none of each kind: a count of rows seen, not a missing figure.
    return joined.with_columns(
        pl.when(pl.col(name).is_null()).then(0).otherwise(pl.col(name)).alias(name) for name in reasons
    )


def _balance(
    rows: pl.DataFrame,
    memberships: int,
    active: pl.DataFrame,
    persons: pl.DataFrame,
    aside: pl.DataFrame,
) -> pl.DataFrame:
    reasons = aside["reason"]
    return pl.DataFrame(
        {
            "rows": [rows.height],
            "duplicates": [int((reasons == "row:duplicate").sum())],
            "superseded": [int((reasons != "row:duplicate").sum())],
            "memberships": [memberships],
            "active_memberships": [active.height],
            "persons": [persons.height],
            "contradictions": [int((reasons == "row:contradiction").sum())],
        }
    )


def shared_memberships(rows: pl.DataFrame) -> pl.DataFrame:
    """Lines whose KPJ stands under several NIK: kept, counted by NIK, told per office (data contract 1.1).

    `rows`: file_id, line, branch_office, membership, person_high, person_low of one bucket of *memberships*.
    """
    several = rows.filter(pl.col("membership").is_duplicated())
    shared = several.filter(pl.col("person_high").n_unique().over("membership") > 1)
    return _aside_rows(shared, pl.lit("kpj:several_nik"))


def segment_names(column: str) -> pl.Expr:
    """Set of segments as text, in the order of precedence: `PU+BPU`."""
    names = {
        bits: "+".join(segment for segment in PRIMARY_ORDER if bits & _BITS[segment])
        for bits in range(1, 1 << len(SEGMENTS))
    }
    return pl.col(column).replace_strict(names, return_dtype=pl.String).alias(column)
