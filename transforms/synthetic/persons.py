"""The persons of a chunk: who they are and which months change their membership.

As many persons as the regency has planned members are active on the newest day and live there: that is what
makes the newest figures exact. They are spread evenly among the others, who have left by then. Everything
that happens is dated by month.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from schemas.tables.member_rows import FUNDING
from transforms.synthetic import identities
from transforms.synthetic.draws import BUDGETS, POPULATION, Draws
from transforms.synthetic.month_ends import NEVER, Flags, Ints
from transforms.synthetic.plan import SECOND_SLOTS, SWITCHED_SLOT, Chunk, Plan
from transforms.synthetic.vocabulary import APBD, APBN, CSR, DANA_DESA, DBH_SAWIT

_AGES = (0.13, 0.27, 0.26, 0.20, 0.11, 0.03)
_FIRST_AGE = np.array([18, 25, 35, 45, 55, 65], dtype=np.int64)
_YEARS = np.array([7, 10, 10, 10, 10, 15], dtype=np.int64)
_WOMEN = 0.44
_NEW_PER_MONTH, _RETURNED, _MOVED = 0.012, 0.025, 0.02
_PALM_OIL = ("11", "12", "13", "14", "15", "16", "17", "18", "19", "61", "62", "63", "64", "65", "76", "91")
_LEFT_WITH_BUDGET = 0.45


@dataclass(frozen=True)
class Persons:
    """One entry per person of the chunk; days since 1970, months of the window, NEVER where not."""

    person: Ints
    #: Active on the newest day, at home in the chunk's regency; `rank` counts those before.
    active: Flags
    rank: Ints
    woman: Flags
    birth: Ints
    nik: Ints
    segment: Ints
    start: Ints
    #: Left with the end of the budget of `funding`.
    left_with_budget: Flags
    funding: Ints
    gap_from: Ints
    gap_to: Ints
    moved: Ints
    lived_before: Ints
    faults: dict[str, Flags]


def persons(plan: Plan, chunk: Chunk, draws: Draws) -> Persons:
    """Make the persons of a chunk."""
    person = np.arange(chunk.start, chunk.stop, dtype=np.int64)
    count = len(person)
    active, rank = active_persons(plan, chunk.regency, person)
    woman = draws.chance(count, _WOMEN)
    born = identities.with_distinct_days(_birth(plan, draws, count), person, int(plan.persons[chunk.regency]))
    faults = planted_on(plan, person, active, rank)
    numbers = identities.nik(plan.territory, chunk.regency, person, born, woman)
    numbers = identities.with_faults(numbers, plan.territory, chunk.regency, person, born, woman, faults)
    start = _start(plan, draws, rank, active)
    steady = faults_need_steady(person, rank)
    gap_from, gap_to = _gap(plan, draws, start, active & ~steady)
    moved, before = _move(plan, chunk, draws, start, active)
    left = ~active & draws.chance(count, _LEFT_WITH_BUDGET)
    return Persons(
        person=person,
        active=active,
        rank=rank,
        woman=woman,
        birth=born,
        nik=numbers,
        segment=_segment(plan, chunk, draws, count),
        start=start,
        left_with_budget=left,
        funding=draw_sources(plan, chunk.regency, draws, count),
        gap_from=gap_from,
        gap_to=gap_to,
        moved=moved,
        lived_before=before,
        faults=faults,
    )


def active_persons(plan: Plan, regency: int, person: Ints) -> tuple[Flags, Ints]:
    """Which persons are active on the newest day, and how many active ones come before each."""
    workers, everybody = int(plan.workers[regency]), int(plan.persons[regency])
    rank: Ints = person * workers // everybody
    return (person + 1) * workers // everybody > rank, rank


def faults_need_steady(person: Ints, rank: Ints) -> Flags:
    """Persons planted as two on one NIK, or with a shared KPJ: they stay, so the fault shows every month."""
    return _two_persons(person, rank) | _shares_kpj(person)


def _shares_kpj(person: Ints) -> Flags:
    pair: Flags = (person % 4_000 == 11) | (person % 4_000 == 12)
    return pair


def _two_persons(person: Ints, rank: Ints) -> Flags:
    two: Flags = (rank % 1_000 == SECOND_SLOTS[2]) & ~_shares_kpj(person)
    return two


def planted_on(plan: Plan, person: Ints, active: Flags, rank: Ints) -> dict[str, Flags]:
    """Which persons carry a fault that lies in the person, by kind; nobody where it was not asked for."""
    asked, nobody = plan.parameters.defects, np.zeros(len(person), dtype=np.bool_)
    partner = np.where(person % 4_000 == 11, np.roll(active, -1), np.roll(active, 1))
    kinds = {
        "birth_disagrees_with_nik": ("birth", identities.has_wrong_birth(person)),
        "sex_disagrees_with_nik": ("sex", identities.has_wrong_sex(person)),
        "nik_last_digit_lost": ("digit", identities.has_lost_digit(person)),
        "kpj_under_several_nik": ("kpj", _shares_kpj(person) & active & partner),
        "nik_of_two_persons": ("two_persons", active & _two_persons(person, rank)),
    }
    return {kind: (flags if name in asked else nobody) for name, (kind, flags) in kinds.items()}


def budget_ends(plan: Plan, regency: int) -> Ints:
    """Month in which the workers of each funding source drop out, by funding position.

    Half of the budgets that end inside the window end with December, if December is in it.
    """
    draws = Draws(plan.parameters.seed, BUDGETS, regency)
    ends = 1 + draws.below(len(FUNDING), plan.months.months - 1)
    if plan.months.months == 1:
        return np.zeros(len(FUNDING), dtype=np.int64)
    for month in range(1, plan.months.months):
        if plan.months.as_of(month).month == 1:
            ends = np.where(draws.chance(len(FUNDING), 0.5), month, ends)
    return ends


def sources(plan: Plan, regency: int) -> Ints:
    """Funding of vulnerable workers that a regency has."""
    palm = plan.territory.bps[regency][:2] in _PALM_OIL
    return np.array([APBD, DANA_DESA, APBN, CSR, *([DBH_SAWIT] if palm else [])], dtype=np.int64)


def draw_sources(plan: Plan, regency: int, draws: Draws, count: int) -> Ints:
    """Funding of `count` vulnerable workers: mostly the regency's own budget."""
    known = sources(plan, regency)
    drawn: Ints = known[draws.choice(count, (0.58, 0.2, 0.08, 0.06, 0.08)[: len(known)])]
    return drawn


def population_draws(plan: Plan, chunk: Chunk) -> Draws:
    """The chunk's stream; the same whatever is planted."""
    return Draws(plan.parameters.seed, POPULATION, chunk.regency, chunk.start)


def _birth(plan: Plan, draws: Draws, count: int) -> Ints:
    """Birth days; nobody is too young in the first month of the window."""
    band = draws.choice(count, _AGES)
    years = _FIRST_AGE[band] + draws.below(count, _YEARS[band])
    years = np.maximum(years, 17 + -(-plan.months.months // 12))
    birth: Ints = int(plan.months.days[-1]) - years * 365 - years // 4 - 1 - draws.below(count, 365)
    return birth


def _segment(plan: Plan, chunk: Chunk, draws: Draws, count: int) -> Ints:
    town = plan.territory.kinds[chunk.regency] == "kota"
    shares = (0.70, 0.21, 0.07, 0.02) if town else (0.54, 0.33, 0.08, 0.05)
    return draws.choice(count, shares)


def _start(plan: Plan, draws: Draws, rank: Ints, active: Flags) -> Ints:
    """First day of the main membership; some of the active ones are new in the window."""
    months, count = plan.months, len(rank)
    first = int(months.end_of(np.array(0)))
    old = first - np.floor(draws.uniform(count) ** 2 * 4_000).astype(np.int64) - 30
    new = active & draws.chance(count, min(0.3, _NEW_PER_MONTH * (months.months - 1)))
    switched = active & (rank % 50 == SWITCHED_SLOT)
    new |= switched & draws.chance(count, 0.5) & (months.months > 1)
    month = 1 + draws.below(count, months.months - 1)
    in_window = draws.between(months.first_of(month), months.end_of(month))
    return np.where(new, in_window, old)


def _gap(plan: Plan, draws: Draws, start: Ints, may: Flags) -> tuple[Ints, Ints]:
    """Months from and until which a membership is interrupted: lapsed, then returned."""
    count, months = len(start), plan.months.months
    old = start <= plan.months.end_of(np.array(0))
    returned = may & old & draws.chance(count, _RETURNED) & (months > 2)
    gap_from = 1 + draws.below(count, months - 2)
    gap_to = gap_from + 1 + draws.below(count, months - 1 - gap_from)
    return np.where(returned, gap_from, NEVER), np.where(returned, gap_to, NEVER)


def _move(plan: Plan, chunk: Chunk, draws: Draws, start: Ints, active: Flags) -> tuple[Ints, Ints]:
    """Month of moving to the regency, and where the person lived until then."""
    count, months = len(start), plan.months
    elsewhere = neighbours(plan, chunk.regency)
    before = elsewhere[draws.choice(count, plan.base[elsewhere])]
    old = start <= months.end_of(np.array(0))
    moves = active & old & draws.chance(count, _MOVED) & (months.months > 1) & (before != chunk.regency)
    month = 1 + draws.below(count, months.months - 1)
    return np.where(moves, month, NEVER), np.where(moves, before, chunk.regency)


def neighbours(plan: Plan, regency: int) -> Ints:
    """Regencies of the same province whose offices deliver rows, the regency itself included."""
    province = plan.territory.province
    same = [place for place in plan.row_regencies if province[place] == province[regency]]
    return np.array(same, dtype=np.int64)
