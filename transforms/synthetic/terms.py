"""Terms of a membership: employer, place of work, office, wage, programmes, who pays."""

from __future__ import annotations

import numpy as np
import polars as pl

from transforms.synthetic import identities
from transforms.synthetic.draws import Draws
from transforms.synthetic.month_ends import EPOCH, NEVER, Flags, Ints
from transforms.synthetic.persons import draw_sources, neighbours
from transforms.synthetic.plan import Chunk, Plan
from transforms.synthetic.vocabulary import BPU, EMPLOYER, JAKON, KBLI_OF_SEGMENT, PMI, PU, SELF

_FUNDED_SHARE = 0.35
#: Employers of a regency per active member who lives there.
_EMPLOYERS_PER_MEMBER = 0.03
_EMPLOYERS_OUTSIDE = 200
#: Where employees and construction workers work: at home, in the province, anywhere.
_PLACES = (0.72, 0.25, 0.03)
#: Workers whose place of work is written with a code that is no longer in use.
_FORMER_WORKPLACE_EVERY, _FORMER_WORKPLACE_SLOT = 1_000, 500
#: Residents of a renamed regency whose office still writes the former code.
_FORMER_RESIDENCE_EVERY, _FORMER_RESIDENCE_SLOT = 30, 4


def with_terms(plan: Plan, chunk: Chunk, rows: pl.DataFrame, draws: Draws) -> pl.DataFrame:
    """Add the columns that follow from segment and place."""
    segment = rows["segment"].to_numpy().astype(np.int64)
    person = rows["person"].to_numpy()
    workplace, written = _workplace(plan, chunk, segment, person, draws)
    employee = (segment == PU) | (segment == JAKON)
    employer = _employer(plan, np.where(workplace >= 0, workplace, 0), draws)
    funding, vulnerable = _funding(plan, chunk, rows, segment, draws)
    renamed = bool(plan.territory.former[chunk.regency])
    former = renamed & (person % _FORMER_RESIDENCE_EVERY == _FORMER_RESIDENCE_SLOT)
    return rows.with_columns(
        pl.col("segment").cast(pl.Int64),
        npp=np.where(employee, identities.npp(np.maximum(workplace, 0), employer), -1),
        workplace=workplace,
        written_workplace=written,
        former_residence=former,
        office=_office(plan, chunk, rows["office"].to_numpy(), workplace, employee),
        wage=_wage(plan, chunk, segment, employer, funding, draws),
        program=_program(segment, funding, draws),
        funding=funding,
        vulnerable=vulnerable,
        kbli=_kbli(segment, employer, draws),
        pay_lag=np.minimum(draws.choice(len(segment), (0.72, 0.2, 0.08)), np.where(employee, 1, 2)),
        open_end=_open_end(plan, rows, segment, funding, draws),
    )


def _workplace(plan: Plan, chunk: Chunk, segment: Ints, person: Ints, draws: Draws) -> tuple[Ints, Ints]:
    """Place of work (-1 = not stated), and the position of the code that is written for it."""
    count, territory = len(segment), plan.territory
    near = neighbours(plan, chunk.regency)
    anywhere = territory.population.copy()
    anywhere[list(plan.counted_only)] = 0
    there = draws.choice(count, _PLACES)
    province = near[draws.choice(count, plan.base[near])]
    nation = draws.choice(count, anywhere)
    place = np.choose(there, [np.full(count, chunk.regency), province, nation])
    at_home = draws.chance(count, 0.93)
    place = np.where(segment == BPU, np.where(at_home, chunk.regency, -1), place)
    place = np.where(segment == PMI, -1, place)
    renamed = territory.renamed[(person // _FORMER_WORKPLACE_EVERY) % len(territory.renamed)]
    former = (person % _FORMER_WORKPLACE_EVERY == _FORMER_WORKPLACE_SLOT) & (segment == PU)
    former &= ~np.isin(renamed, plan.counted_only)
    place = np.where(former, renamed, place)
    return place, np.where(former, place + len(territory.bps), place)


def _employer(plan: Plan, workplace: Ints, draws: Draws) -> Ints:
    """Employer within the regency of work: the first few have most of the workers."""
    employers = np.where(
        plan.base > 0,
        np.maximum(3, (plan.workers * _EMPLOYERS_PER_MEMBER).astype(np.int64)),
        _EMPLOYERS_OUTSIDE,
    )
    employers = np.minimum(employers, identities.EMPLOYERS_PER_REGENCY - 1)
    return np.floor(draws.uniform(len(workplace)) ** 3 * employers[workplace]).astype(np.int64)


def _office(plan: Plan, chunk: Chunk, given: Ints, workplace: Ints, employee: Flags) -> Ints:
    """The office of the place of work if it lies in the province, else the one of the residence."""
    home = int(plan.office_of[chunk.regency])
    province = plan.territory.province
    near = employee & (workplace >= 0) & (province[np.maximum(workplace, 0)] == province[chunk.regency])
    at_work = plan.office_of[np.maximum(workplace, 0)]
    office = np.where(near & (at_work >= 0), at_work, home)
    return np.where(given >= 0, given, office)


def _funding(plan: Plan, chunk: Chunk, rows: pl.DataFrame, segment: Ints, draws: Draws) -> tuple[Ints, Flags]:
    """Who pays, and whether the worker counts as vulnerable. Nobody leaves a budget before it ends."""
    count = rows.height
    given = rows["funding"].to_numpy()
    steady = (rows["end_month"].to_numpy() == NEVER) & (rows["gap_from"].to_numpy() == NEVER)
    funded = (segment == BPU) & steady & draws.chance(count, _FUNDED_SHARE)
    own = np.where((segment == PU) | (segment == JAKON), EMPLOYER, SELF)
    funding = np.where(funded, draw_sources(plan, chunk.regency, draws, count), own)
    funding = np.where(given >= 0, given, funding)
    vulnerable = (funding > SELF) | ((segment == BPU) & draws.chance(count, 0.1))
    return funding, vulnerable


def _wage(plan: Plan, chunk: Chunk, segment: Ints, employer: Ints, funding: Ints, draws: Draws) -> Ints:
    """Rupiah a month, -1 where none is stated. Large employers (low numbers) pay the minimum and up."""
    count = len(segment)
    minimum = 2_200_000 + 85_000 * (int(plan.territory.province[chunk.regency]) * 7 % 38)
    pays = 1.0 + (employer * 37 % 101) / 200
    personal = 0.98 + draws.uniform(count) ** 4 * 2
    employed = (minimum * pays * personal / 1_000).astype(np.int64) * 1_000
    declared = np.where(funding > SELF, 1_000_000, 1_000_000 + 250_000 * draws.below(count, 9))
    stated = draws.chance(count, 0.8)
    wage = np.where(segment == BPU, np.where(stated, declared, -1), -1)
    wage = np.where((segment == JAKON) & ~stated, minimum, wage)
    return np.where(segment == PU, employed, wage)


def _program(segment: Ints, funding: Ints, draws: Draws) -> Ints:
    count = len(segment)
    employed = 1 + draws.choice(count, (0.25, 0.45, 0.30))
    saves = (draws.uniform(count) < 0.4) & (funding == SELF) & (segment != JAKON)
    return np.where(segment == PU, employed, saves.astype(np.int64))


def _kbli(segment: Ints, employer: Ints, draws: Draws) -> Ints:
    """Activity of the employer or of the worker; -1 where it is left empty."""
    count = len(segment)
    own = draws.below(count, 1_000)
    kbli = np.full(count, -1, dtype=np.int64)
    for kind, (first, width) in KBLI_OF_SEGMENT.items():
        seed = own if kind == BPU else employer
        kbli = np.where(segment == kind, first + seed * 31 % width, kbli)
    return np.where(draws.chance(count, 0.05), -1, kbli)


def _open_end(plan: Plan, rows: pl.DataFrame, segment: Ints, funding: Ints, draws: Draws) -> Ints:
    """End that lies ahead, -1 for none: construction projects, and budgets that run to a December."""
    count, newest = rows.height, int(plan.months.days[-1])
    year = plan.parameters.as_of.year + (plan.parameters.as_of.month == 12)
    december = (EPOCH.replace(year=year, month=12, day=31) - EPOCH).days
    project = newest + 15 + draws.below(count, 400)
    ahead = np.where((segment == JAKON) & draws.chance(count, 0.6), project, -1)
    ahead = np.where(funding > SELF, december, ahead)
    return np.where(rows["end_month"].to_numpy() == NEVER, ahead, -1)
