"""What is delivered as counts: `rekap` of regencies without rows, and the bases of each survey round."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from schemas.tables.table import SEGMENTS
from transforms.synthetic.calibration import apportion
from transforms.synthetic.month_ends import Ints
from transforms.synthetic.plan import Plan

_AUGUST = 8
#: Share of each segment in a rekap (PU, BPU, JAKON, PMI), of people who have left, growth a month.
_SEGMENTS = np.array([0.55, 0.32, 0.08, 0.05])
_LEFT_SHARE, _GROWTH = 0.1, 0.008
#: A round's base against the one of the year after it.
_ROUND_GROWTH = 0.985
_FORMAL_SHARE = 0.46


def recounts(plan: Plan) -> pl.DataFrame:
    """Members of regencies that deliver counts: month × regency × segment → active, inactive."""
    rows = []
    for place in plan.counted_only:
        for month in range(plan.months.months):
            ago = plan.months.months - 1 - month
            active = round(int(plan.workers[place]) * (1 - _GROWTH * min(ago, 60)))
            split = apportion(active, _SEGMENTS)
            left = apportion(round(active * _LEFT_SHARE), _SEGMENTS)
            rows += [
                (month, place, segment, int(split[segment]), int(left[segment]))
                for segment in range(len(SEGMENTS))
            ]
    schema = ["month", "regency", "segment", "active_members", "inactive_members"]
    return pl.DataFrame(rows, schema=dict.fromkeys(schema, pl.Int64), orient="row")


def base_rounds(plan: Plan) -> list[date]:
    """First day of each August round that the window needs: the newest not later than each month."""
    needed = {_round_of(plan.months.as_of(month)) for month in range(plan.months.months)}
    return sorted(needed)


def round_of(plan: Plan, month: int) -> date:
    """Round whose base a month is divided by."""
    return _round_of(plan.months.as_of(month))


def bases(plan: Plan, base_round: date) -> Ints:
    """People in work by regency position in one round; the newest round is the calibrated one."""
    years = base_rounds(plan)[-1].year - base_round.year
    scaled: Ints = np.rint(plan.base * _ROUND_GROWTH**years).astype(np.int64)
    return scaled


def base_table(plan: Plan, province: str, base_round: date) -> pl.DataFrame:
    """One province's bases as a statistics office tells them: BPS code, name, workers, formal, informal."""
    places = plan.territory.regencies_of(province)
    workers = bases(plan, base_round)[places]
    formal = (workers * _FORMAL_SHARE).astype(np.int64)
    return pl.DataFrame(
        {
            "region_code": [plan.territory.bps[place] for place in places],
            "region_name": [plan.territory.names[place] for place in places],
            "workers": workers,
            "formal_workers": formal,
            "informal_workers": workers - formal,
        }
    ).filter(pl.col("workers") > 0)


def rekap_table(plan: Plan, province: str, month: int, counted: pl.DataFrame) -> pl.DataFrame:
    """One province's `rekap` of one month: Kemendagri code, segment, active, inactive."""
    codes = dict(enumerate(plan.territory.kemendagri))
    mine = [place for place in plan.counted_only if plan.territory.bps[place][:2] == province]
    return counted.filter((pl.col("month") == month) & pl.col("regency").is_in(mine)).select(
        pl.col("regency").replace_strict(codes, return_dtype=pl.String).alias("wilayah"),
        pl.col("segment").replace_strict(dict(enumerate(SEGMENTS)), return_dtype=pl.String).alias("segmen"),
        pl.col("active_members").alias("peserta_aktif"),
        pl.col("inactive_members").alias("peserta_nonaktif"),
    )


def _round_of(day: date) -> date:
    year = day.year if day.month >= _AUGUST else day.year - 1
    return date(year, _AUGUST, 1)
