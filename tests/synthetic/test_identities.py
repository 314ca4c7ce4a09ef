"""Numbers of people, memberships and employers: valid, and nobody's twice."""

from __future__ import annotations

from datetime import date

import numpy as np

from transforms.synthetic import identities
from transforms.synthetic.draws import POPULATION, Draws
from transforms.synthetic.month_ends import Ints as Numbers
from transforms.synthetic.month_ends import MonthEnds, calendar_parts
from transforms.synthetic.territory import Territory


def people(regencies: Territory, home: int, count: int, *, faults: bool) -> tuple[Numbers, Numbers]:
    person = np.arange(count, dtype=np.int64)
    draws = Draws(1, POPULATION, home)
    woman = draws.chance(count, 0.5)
    # All born within ten days: the hardest case for numbers to stay apart.
    birth = identities.with_distinct_days(3_650 + draws.below(count, 10), person, count)
    numbers = identities.nik(regencies, home, person, birth, woman)
    wanted = {
        "birth": identities.has_wrong_birth(person) & faults,
        "sex": identities.has_wrong_sex(person) & faults,
        "digit": identities.has_lost_digit(person) & faults,
    }
    return identities.with_faults(numbers, regencies, home, person, birth, woman, wanted), birth


def test_no_two_persons_of_a_large_regency_share_a_nik(regencies: Territory) -> None:
    # More people than sub-districts x serials: their birth days must keep them apart.
    numbers, _ = people(regencies, 100, 650_000, faults=True)
    assert len(np.unique(numbers)) == len(numbers)


def test_no_two_persons_of_different_regencies_share_a_nik(regencies: Territory) -> None:
    homes = range(len(regencies.bps))
    numbers = np.concatenate([people(regencies, home, 600, faults=True)[0] for home in homes])
    assert len(np.unique(numbers)) == len(numbers)


def test_a_nik_has_a_known_region_a_real_date_and_a_serial(regencies: Territory) -> None:
    known = {*regencies.nik_prefix.tolist(), *regencies.nik_prefix_former.tolist()}
    numbers, birth = people(regencies, 5, 60_000, faults=False)
    assert set((numbers // 10**12).tolist()) <= known
    assert (numbers % 10_000 > 0).all()
    year, month, day = calendar_parts(birth)
    told = numbers // 10_000 % 10**6
    assert (told // 10_000 % 40 == day % 40).all()
    assert (told // 100 % 100 == month).all()
    assert (told % 100 == year % 100).all()


def test_some_people_were_registered_under_a_former_code(regencies: Territory) -> None:
    former = set(regencies.nik_prefix_former[regencies.renamed].tolist())
    assert not former & set(regencies.nik_prefix.tolist())
    numbers, _ = people(regencies, 290, 10_000, faults=False)
    assert 0 < np.isin(numbers // 10**12, list(former)).mean() < 0.02


def test_membership_and_employer_numbers_are_never_shared() -> None:
    person = np.arange(40_000, dtype=np.int64)
    numbers = [identities.kpj(home, person, np.full_like(person, m)) for home in (0, 513) for m in range(3)]
    numbers.append(identities.nobodys_kpj(3, person))
    together = np.concatenate(numbers)
    assert len(np.unique(together)) == len(together)
    assert together.min() >= 10**10
    assert together.max() < 10**11
    employers = identities.npp(np.repeat(np.arange(514), 500), np.tile(np.arange(500), 514))
    assert len(np.unique(employers)) == len(employers)
    assert employers.min() >= 10**7
    assert employers.max() < 10**8


def test_month_ends_are_counted_from_the_first_delivered_month() -> None:

    ends = MonthEnds.until(date(2025, 3, 31), 3)
    assert [ends.as_of(month) for month in (-1, 0, 1, 2)] == [
        date(2024, 12, 31),
        date(2025, 1, 31),
        date(2025, 2, 28),
        date(2025, 3, 31),
    ]
    days = ends.end_of(np.array([-3, 0, 2]))
    assert ends.month_of(days).tolist() == [-3, 0, 2]
    assert ends.month_of(days + 1).tolist() == [-2, 1, 3]
    assert (ends.first_of(np.array([1])) == ends.end_of(np.array([0])) + 1).all()
