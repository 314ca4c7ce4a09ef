"""What `truth.json` tells about a twin."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import polars as pl

from schemas.tables.member_rows import AGE_GROUPS
from transforms.synthetic.counted_deliveries import base_rounds
from transforms.synthetic.coverage import DENOMINATOR
from transforms.synthetic.defects import DEFECTS
from transforms.synthetic.plan import Plan
from transforms.synthetic.truth import NUMERATORS

_READINGS = {
    "person": "one NIK",
    "active": "status AKTIF, tgl_mulai <= as-of day, tgl_akhir empty or later (never the day itself)",
    "attributes": "residence, workplace, sex, age, funding and vulnerable of a person: of the most recently "
    "updated active membership; no two memberships of a person are updated in the same second",
    "segment": "of a person: the first of PU, JAKON, PMI, BPU over all active memberships",
    "memberships_residence": "each active membership by its own residence, segment, sex, age, funding",
    "workers_workplace": "null where no place of work is stated; also regencies outside the chosen provinces",
    "age": "completed years on the as-of day by tgl_lahir, not by the NIK",
    "counted_only": "regencies that send a rekap instead of rows; only workers_residence is known there",
}


def summary(
    plan: Plan, balance: pl.DataFrame, accounts: pl.DataFrame, planted: dict[str, int]
) -> dict[str, Any]:
    """Parameters, size, readings of the contract, and what is planted."""
    territory = plan.territory
    return {
        "parameters": {
            **asdict(plan.parameters),
            "provinces": plan.provinces,
            "defects": sorted(plan.parameters.defects),
        },
        "scale": round(plan.scale, 6),
        "clean_rows_of_newest_month": plan.clean_rows,
        "lines": int(accounts["lines"].sum()),
        "files": accounts.height,
        "as_of": [plan.months.as_of(month).isoformat() for month in range(plan.months.months)],
        "base_rounds": [day.isoformat() for day in base_rounds(plan)],
        "numerators": list(NUMERATORS),
        "denominator": DENOMINATOR,
        "age_groups": [label for label, _ in AGE_GROUPS],
        "counted_only": [territory.bps[place] for place in plan.counted_only],
        "balance": balance.to_dicts(),
        "readings": _READINGS,
        "planted": [{**asdict(DEFECTS[name]), "entries": count} for name, count in planted.items()],
        "asked_but_not_planted": sorted(plan.parameters.defects - planted.keys()),
    }
