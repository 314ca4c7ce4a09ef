"""The memberships of a chunk: a main one for everybody, a second or a former one for some.

One row per membership, with everything that a delivery of any month needs. Days are days since
1970-01-01, months are those of the window, regencies and offices are positions, -1 is empty.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from transforms.synthetic import identities
from transforms.synthetic.draws import Draws
from transforms.synthetic.month_ends import NEVER, Flags, Ints, calendar_parts
from transforms.synthetic.persons import (
    Persons,
    budget_ends,
    faults_need_steady,
    neighbours,
    persons,
    population_draws,
)
from transforms.synthetic.plan import SECOND_SLOTS, SWITCHED_SLOT, Chunk, Plan
from transforms.synthetic.terms import with_terms
from transforms.synthetic.vocabulary import BPU, PU

MAIN, SECOND, FORMER = range(3)
#: Segment of a second membership, by the segment of the main one (PU, BPU, JAKON, PMI).
_SECOND_SEGMENT = (
    (0.28, 0.60, 0.10, 0.02),
    (0.25, 0.10, 0.40, 0.25),
    (0.20, 0.70, 0.05, 0.05),
    (0.10, 0.80, 0.10, 0.00),
)
_SEGMENT_BEFORE = np.array([BPU, PU, PU, BPU], dtype=np.int64)
_STALE, _SECOND_ENDED, _LATE_EXIT, _STATUS_FORGOTTEN = 0.15, 0.15, 0.25, 0.05
#: Persons whose second membership is kept by an office of another province.
_CROSSING_EVERY = 5_000


@dataclass(frozen=True)
class Spans:
    """When memberships of one kind hold: first day, and the month from which they are shown as ended."""

    start: Ints
    end_month: Ints
    end_day: Ints
    forgotten: Flags


def memberships(plan: Plan, chunk: Chunk) -> pl.DataFrame:
    """Everything about the memberships of a chunk, ordered main, second, former."""
    draws = population_draws(plan, chunk)
    people = persons(plan, chunk, draws)
    main = _main(plan, chunk, people, draws)
    seconds = np.flatnonzero(people.active & np.isin(people.rank % 50, SECOND_SLOTS))
    formers = np.flatnonzero(people.active & (people.rank % 50 == SWITCHED_SLOT))
    rows = pl.concat(
        [
            main,
            _second(plan, chunk, people, seconds, main, draws),
            _former(plan, chunk, people, formers, main, draws),
        ]
    )
    return with_terms(plan, chunk, rows, draws)


def _main(plan: Plan, chunk: Chunk, people: Persons, draws: Draws) -> pl.DataFrame:
    everybody = np.arange(len(people.person))
    spans = _main_spans(plan, chunk, people, draws)
    budget = people.left_with_budget
    numbers = identities.kpj(chunk.regency, people.person, np.zeros_like(people.person))
    partner = identities.kpj(chunk.regency, people.person - 1, np.zeros_like(people.person))
    shared = people.faults["kpj"]
    frame = _rows(plan, people, everybody, MAIN, spans, draws)
    return frame.with_columns(
        kpj=np.where(shared & (people.person % 4_000 == 12), partner, numbers),
        segment=np.where(budget, BPU, people.segment),
        funding=np.where(budget, people.funding, -1),
        gap_from=people.gap_from,
        gap_to=people.gap_to,
        moved=people.moved,
        residence=np.full(len(everybody), chunk.regency),
        residence_before=people.lived_before,
        office=np.full(len(everybody), -1),
    )


def _main_spans(plan: Plan, chunk: Chunk, people: Persons, draws: Draws) -> Spans:
    """Open for the active; for the others the end of their budget, or any month up to the newest."""
    count, months = len(people.person), plan.months
    budget_month = budget_ends(plan, chunk.regency)[people.funding]
    month = draws.below(count, months.months + 18) - 18
    left_day = draws.between(months.first_of(month), months.end_of(month))
    late = draws.chance(count, _LATE_EXIT)
    left_day = np.where(late, left_day - 30 - draws.below(count, 60), left_day)
    forgotten = ~people.active & ~people.left_with_budget & draws.chance(count, _STATUS_FORGOTTEN)
    left_day = np.where(forgotten, np.minimum(left_day, months.end_of(month) - 1), left_day)
    left = people.left_with_budget
    end_month = np.where(left, budget_month, month)
    end_day = np.where(left, months.end_of(budget_month - 1), left_day)
    ran = np.where(left, 200 + draws.below(count, 165), 60 + draws.below(count, 2_500))
    return Spans(
        start=np.where(people.active, people.start, end_day - ran),
        end_month=np.where(people.active, NEVER, end_month),
        end_day=np.where(people.active, -1, end_day),
        forgotten=forgotten,
    )


def _second(
    plan: Plan, chunk: Chunk, people: Persons, who: Ints, main: pl.DataFrame, draws: Draws
) -> pl.DataFrame:
    """Second memberships; some name a residence that is out of date, and are then updated less recently."""
    count, months = len(who), plan.months
    start = _old_start(plan, draws, count)
    month = draws.below(count, months.months + 6) - 6
    steady = faults_need_steady(people.person, people.rank)[who]
    ended = draws.chance(count, _SECOND_ENDED) & ~steady
    ended &= start < months.first_of(month)
    end_day = draws.between(months.first_of(month), months.end_of(month))
    spans = Spans(
        start, np.where(ended, month, NEVER), np.where(ended, end_day, -1), np.zeros(count, dtype=np.bool_)
    )
    frame = _rows(plan, people, who, SECOND, spans, draws)
    places = neighbours(plan, chunk.regency)
    elsewhere = places[draws.choice(count, plan.base[places])]
    stale = draws.chance(count, _STALE) & (elsewhere != chunk.regency)
    main_update = main["first_update"].to_numpy()[who] - 1 - draws.below(count, 60)
    update = frame["first_update"].to_numpy()
    update = np.where(stale, np.minimum(update, main_update), update)
    weights = np.array(_SECOND_SEGMENT)[main["segment"].to_numpy()[who]].cumsum(axis=1)
    segment = (draws.uniform(count)[:, None] > weights / weights[:, -1:]).sum(axis=1)
    return _with_second_person(frame, people, who).with_columns(
        kpj=identities.kpj(chunk.regency, people.person[who], np.full(count, SECOND)),
        segment=np.minimum(segment, 3),
        start=np.minimum(start, update),
        first_update=update,
        moved=np.where(stale, NEVER, people.moved[who]),
        residence=np.where(stale, elsewhere, chunk.regency),
        residence_before=np.where(stale, elsewhere, people.lived_before[who]),
        office=np.where(people.rank[who] % _CROSSING_EVERY == SECOND_SLOTS[1], _next_office(plan, chunk), -1),
    )


def _former(
    plan: Plan, chunk: Chunk, people: Persons, who: Ints, main: pl.DataFrame, draws: Draws
) -> pl.DataFrame:
    """Memberships in another segment that ended on the day before the main one began."""
    count, months = len(who), plan.months
    began = main["start"].to_numpy()[who]
    spans = Spans(
        start=began - 200 - draws.below(count, 2_000),
        end_month=months.month_of(began),
        end_day=began - 1,
        forgotten=np.zeros(count, dtype=np.bool_),
    )
    lived = people.lived_before[who]
    return _rows(plan, people, who, FORMER, spans, draws).with_columns(
        kpj=identities.kpj(chunk.regency, people.person[who], np.full(count, FORMER)),
        segment=_SEGMENT_BEFORE[main["segment"].to_numpy()[who]],
        residence=lived,
        residence_before=lived,
    )


def _rows(plan: Plan, people: Persons, who: Ints, kind: int, spans: Spans, draws: Draws) -> pl.DataFrame:
    """Columns that all kinds of memberships have; the kind's own ones are filled in by the caller."""
    count = len(who)
    year, month, day = calendar_parts(people.birth[who])
    faults = people.faults
    return pl.DataFrame(
        {
            "person": people.person[who],
            "kind": np.full(count, kind),
            "nik": people.nik[who],
            "kpj": np.zeros(count, dtype=np.int64),
            "woman": people.woman[who],
            "birth": people.birth[who],
            "birth_year": year,
            "birth_day": month * 100 + day,
            "segment": np.zeros(count, dtype=np.int64),
            "funding": np.full(count, -1),
            "start": spans.start,
            "end_month": spans.end_month,
            "end_day": spans.end_day,
            "forgotten": spans.forgotten,
            "gap_from": np.full(count, NEVER),
            "gap_to": np.full(count, NEVER),
            "moved": np.full(count, NEVER),
            "residence": np.zeros(count, dtype=np.int64),
            "residence_before": np.zeros(count, dtype=np.int64),
            "office": np.full(count, -1),
            "first_month": plan.months.month_of(spans.start),
            "first_update": _first_update(plan, spans, draws),
            # Seconds of the day; memberships of one person are never changed in the same second.
            "update_second": 28_800 + 3 * draws.below(count, 10_800) + kind,
            "event_lag": draws.below(count, 21),
            "wrong_birth": faults["birth"][who],
            "wrong_sex": faults["sex"][who],
            "lost_digit": faults["digit"][who],
            "shared_kpj": faults["kpj"][who] & (kind == MAIN),
            "two_persons": faults["two_persons"][who],
        }
    )


def _first_update(plan: Plan, spans: Spans, draws: Draws) -> Ints:
    """Day of the last change before anything happens in the window: not after the first delivery."""
    count, months = len(spans.start), plan.months
    limit = months.end_of(np.maximum(months.month_of(spans.start), 0))
    update = np.maximum(limit - np.floor(draws.uniform(count) ** 1.5 * 300).astype(np.int64), spans.start)
    return np.where(spans.end_month <= 0, np.maximum(update, spans.end_day), update)


def _old_start(plan: Plan, draws: Draws, count: int) -> Ints:
    newest = int(plan.months.days[-1])
    return newest - 5 - np.floor(draws.uniform(count) ** 2 * 3_000).astype(np.int64)


def _with_second_person(frame: pl.DataFrame, people: Persons, who: Ints) -> pl.DataFrame:
    """Where two persons share a NIK: the second one has the other sex and is ten years older."""
    planted = people.faults["two_persons"][who]
    birth = people.birth[who] - np.where(planted, 3_660, 0)
    year, month, day = calendar_parts(birth)
    return frame.with_columns(
        woman=people.woman[who] ^ planted,
        birth=birth,
        birth_year=year,
        birth_day=month * 100 + day,
        wrong_birth=pl.col("wrong_birth") | pl.Series(planted),
        wrong_sex=pl.col("wrong_sex") | pl.Series(planted),
    )


def _next_office(plan: Plan, chunk: Chunk) -> int:
    """First office of the next chosen province; -1 where there is none after this one."""
    province = plan.territory.bps[chunk.regency][:2]
    later = [place for place, office in enumerate(plan.offices) if office.province > province]
    return later[0] if later else -1
