"""The right value of every published cell: members, base and percentage by place and definition."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from transforms.synthetic.calibration import percent_hundredths
from transforms.synthetic.counted_deliveries import bases, round_of
from transforms.synthetic.month_ends import Flags, Ints
from transforms.synthetic.plan import Plan
from transforms.synthetic.truth import NUMERATORS, Counts

DENOMINATOR = "eligible_workers"
_NATION = "00"


def coverage(plan: Plan, counted: Counts) -> pl.DataFrame:
    """Month × region × numerator → members, base, `coverage_pct` (two decimals, half up).

    `counted` includes the cells of regencies that deliver counts.
    Regencies, then provinces and, when all provinces are there, the nation. `status` says why a value is
    missing: `no_membership` where nobody delivered that count, `incomplete` where a part is missing.
    `workers_workplace` of regencies outside the chosen provinces stands without a base (`no_survey`).
    """
    frames = []
    for month in range(plan.months.months):
        base = bases(plan, round_of(plan, month))
        for number, name in enumerate(NUMERATORS):
            members, known = _members(plan, counted, month, number)
            table = pl.concat([_regencies(plan, members, known, base), *_totals(plan, members, known, base)])
            as_of = plan.months.as_of(month)
            frames.append(
                table.select(
                    pl.lit(as_of).alias("as_of"),
                    "level",
                    "region_code",
                    pl.lit(name).alias("numerator_id"),
                    pl.lit(DENOMINATOR).alias("denominator_id"),
                    pl.lit(round_of(plan, month)).alias("base_round"),
                    "active_members",
                    "working_population",
                    "coverage_pct",
                    "status",
                    "members_source",
                )
            )
    return pl.concat(frames)


def _members(plan: Plan, counted: Counts, month: int, numerator: int) -> tuple[Ints, Flags]:
    """Members by regency position, and where the count is known. A rekap tells the headline only."""
    cells = counted.cells.filter(
        (pl.col("month") == month) & (pl.col("numerator") == numerator) & (pl.col("regency") >= 0)
    )
    sums = cells.group_by("regency").agg(pl.col("members").sum())
    members = np.zeros(len(plan.territory.bps), dtype=np.int64)
    members[sums["regency"].to_numpy()] = sums["members"].to_numpy()
    return members, (plan.persons > 0) | (members > 0)


def _regencies(plan: Plan, members: Ints, known: Flags, base: Ints) -> pl.DataFrame:
    chosen = np.flatnonzero((base > 0) | known)
    rekap = np.isin(chosen, plan.counted_only)
    status = np.where(known[chosen], np.where(base[chosen] > 0, "complete", "no_survey"), "no_membership")
    codes = [plan.territory.bps[place] for place in chosen]
    frame = _cells("regency", codes, members[chosen], base[chosen], status)
    return frame.with_columns(members_source=pl.Series(np.where(rekap, "rekap", "peserta")))


def _totals(plan: Plan, members: Ints, known: Flags, base: Ints) -> list[pl.DataFrame]:
    """Sums over regencies with a base, withheld while one of them is missing."""
    everything = set(plan.provinces) == set(plan.territory.provinces)
    regions = [(code, plan.territory.regencies_of(code), "province") for code in plan.provinces]
    if everything:
        regions.append((_NATION, list(range(len(plan.territory.bps))), "nation"))
    frames = []
    for code, places, level in regions:
        parts = [place for place in places if base[place] > 0]
        status = np.array(["complete" if known[parts].all() else "incomplete"])
        total = np.array([members[parts].sum()]), np.array([base[parts].sum()])
        frames.append(
            _cells(level, [code], *total, status).with_columns(members_source=pl.lit("sum_of_parts"))
        )
    return frames


def _cells(
    level: str, codes: list[str], members: Ints, base: Ints, status: npt.NDArray[np.str_]
) -> pl.DataFrame:
    hundredths = percent_hundredths(members, np.maximum(base, 1))
    told = pl.col("status").is_in(["complete", "no_survey"])
    return pl.DataFrame(
        {
            "level": [level] * len(codes),
            "region_code": codes,
            "active_members": members,
            "working_population": base,
            "hundredths": hundredths,
            "status": status,
        },
        schema_overrides={"active_members": pl.Int64, "working_population": pl.Int64},
    ).select(
        "level",
        "region_code",
        pl.when(told).then("active_members"),
        pl.when(pl.col("working_population") > 0).then("working_population"),
        pl.when(pl.col("status") == "complete").then(_decimal("hundredths")).alias("coverage_pct"),
        "status",
    )


def _decimal(hundredths: str) -> pl.Expr:
    """Whole hundredths as a decimal number with two places, without a float in between."""
    whole = (pl.col(hundredths) // 100).cast(pl.String)
    rest = (pl.col(hundredths) % 100).cast(pl.String).str.zfill(2)
    return (whole + "." + rest).cast(pl.Decimal(9, 2))
