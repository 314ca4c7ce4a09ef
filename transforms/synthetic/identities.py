"""Numbers of people, memberships and employers. No two persons, memberships or employers share one.

A NIK is PPRRSS (where first registered: Kemendagri code and sub-district), DDMMYY (women: day + 40) and a
serial. Uniqueness comes from PPRRSS and the serial, which are computed from the person's position: who
was registered elsewhere, or gets a planted fault, has sub-districts of his own. Where a regency has more
people than sub-districts × serials, blocks of people are born on different days modulo the blocks.
"""

from __future__ import annotations

import numpy as np

from transforms.synthetic.month_ends import Flags, Ints, calendar_parts
from transforms.synthetic.territory import PERSONS_PER_REGENCY, Territory

#: Positions of the regencies where people were registered who live in another one.
_SHIFTS = np.array([1, 2, 3, 7, 40, 120, 300], dtype=np.int64)
_SERIALS = 9_999
_NATIVE_SUBDISTRICTS, _FOREIGN_SUBDISTRICTS, _FORMER_SUBDISTRICTS = 30, 6, 3
_FIRST_FOREIGN = _NATIVE_SUBDISTRICTS + 1
_FORMER_EVERY, _FORMER_SLOT = 250, 7
#: Sub-districts of people with a planted fault, and of rows that belong to nobody.
_WRONG_BIRTH, _WRONG_SEX, _LOST_DIGIT, _NOBODY = 97, 96, 95, 99
_WRONG_BIRTH_EVERY, _WRONG_BIRTH_SLOT = 500, 75
_WRONG_SEX_EVERY, _WRONG_SEX_SLOT = 500, 185
_LOST_DIGIT_EVERY, _LOST_DIGIT_SLOT = 5_000, 123

_KPJ_FIRST, _KPJ_RANGE, _KPJ_STEP = 10_000_000_000, 90_000_000_000, 123_456_787
_KPJ_PER_PERSON = 4
_NPP_FIRST, _NPP_RANGE, _NPP_STEP = 10_000_000, 90_000_000, 1_234_567
#: Most employers of one regency.
EMPLOYERS_PER_REGENCY = 150_000


def registered_elsewhere_in_former(person: Ints) -> Flags:
    """Persons whose NIK has a code that is no longer in use."""
    chosen: Flags = person % _FORMER_EVERY == _FORMER_SLOT
    return chosen


def has_wrong_birth(person: Ints) -> Flags:
    """Persons whose NIK is planted with another birth date than their rows."""
    chosen: Flags = person % _WRONG_BIRTH_EVERY == _WRONG_BIRTH_SLOT
    return chosen


def has_wrong_sex(person: Ints) -> Flags:
    """Persons whose NIK is planted with the other sex than their rows."""
    chosen: Flags = person % _WRONG_SEX_EVERY == _WRONG_SEX_SLOT
    return chosen


def has_lost_digit(person: Ints) -> Flags:
    """Persons whose NIK is planted as a spreadsheet leaves it: 15 digits kept, the last one 0."""
    chosen: Flags = person % _LOST_DIGIT_EVERY == _LOST_DIGIT_SLOT
    return chosen


def with_distinct_days(birth: Ints, person: Ints, persons: int) -> Ints:
    """Birth days moved back by a few days, so that blocks of persons never share one; none on 29 February."""
    combinations = _combinations(person)[2]
    blocks = max(
        1, *(-(-persons // every // (_SERIALS * wide)) for every, wide in ((1, 30), (50, 6), (250, 3)))
    )
    moved = birth - (birth - combinations) % blocks
    _, month, day = calendar_parts(moved)
    leap: Ints = moved - np.where((month == 2) & (day == 29), blocks, 0)
    return leap


def nik(territory: Territory, home: int, person: Ints, birth: Ints, woman: Flags) -> Ints:
    """NIK of the persons of regency `home`, without planted faults."""
    subdistrict, serial, _ = _combinations(person)
    shift = _SHIFTS[np.minimum(person % 50, len(_SHIFTS) - 1)]
    foreign = _is_foreign(person)
    places = len(territory.bps)
    prefix = territory.nik_prefix[np.where(foreign, (home + shift) % places, home)]
    renamed = ~foreign & (person % 5 < 3)
    prefix = np.where(renamed, territory.nik_prefix_former[home], prefix)
    former = registered_elsewhere_in_former(person)
    there = territory.renamed[home % len(territory.renamed)]
    prefix = np.where(former, territory.nik_prefix_former[there], prefix)
    group = home // len(territory.renamed)
    subdistrict = np.where(former, subdistrict + group * _FORMER_SUBDISTRICTS, subdistrict)
    return _joined(prefix, subdistrict, birth, woman, serial)


def with_faults(
    numbers: Ints,
    territory: Territory,
    home: int,
    person: Ints,
    birth: Ints,
    woman: Flags,
    wanted: dict[str, Flags],
) -> Ints:
    """NIKs with the planted faults in `wanted` (kind → persons): the rows stay right, the NIK is wrong."""
    faulty = numbers.copy()
    serials = {
        "birth": (_WRONG_BIRTH, person // _WRONG_BIRTH_EVERY + 1),
        "sex": (_WRONG_SEX, person // _WRONG_SEX_EVERY + 1),
        "digit": (_LOST_DIGIT, (person // _LOST_DIGIT_EVERY + 1) * 10),
    }
    for kind, (subdistrict, serial) in serials.items():
        some = np.flatnonzero(wanted[kind])
        day = birth[some] - (400 + person[some] % 300 if kind == "birth" else 0)
        sex = ~woman[some] if kind == "sex" else woman[some]
        prefix = np.full(len(some), territory.nik_prefix[home])
        faulty[some] = _joined(prefix, np.full(len(some), subdistrict), day, sex, serial[some])
    return faulty


def nobodys_nik(territory: Territory, home: Ints, birth: Ints, woman: Flags, serial: Ints) -> Ints:
    """Valid NIKs that belong to no person of the twin; for rows that are planted to be set aside."""
    prefix = territory.nik_prefix[home]
    return _joined(prefix, np.full_like(prefix, _NOBODY), birth, woman, serial % _SERIALS + 1)


def kpj(home: int, person: Ints, membership: Ints) -> Ints:
    """Membership numbers of 11 digits; `membership` is 0 for the main one, 1, 2."""
    return _kpj((home * PERSONS_PER_REGENCY + person) * _KPJ_PER_PERSON + membership)


def nobodys_kpj(chunk: int, order: Ints) -> Ints:
    """Membership numbers of planted rows; the fourth number of a person is nobody's."""
    return _kpj((chunk * 1_000_000 + order) * _KPJ_PER_PERSON + 3)


def npp(workplace: Ints, employer: Ints) -> Ints:
    """Employer numbers of 8 digits."""
    position = workplace * EMPLOYERS_PER_REGENCY + employer
    return _NPP_FIRST + position * _NPP_STEP % _NPP_RANGE


def _kpj(position: Ints) -> Ints:
    # Steps of the sequence stay below 2**63: positions are below 2**35, the step below 2**27.
    return _KPJ_FIRST + position * _KPJ_STEP % _KPJ_RANGE


def _is_foreign(person: Ints) -> Flags:
    foreign: Flags = (person % 50 < len(_SHIFTS)) & ~registered_elsewhere_in_former(person)
    return foreign


def _combinations(person: Ints) -> tuple[Ints, Ints, Ints]:
    """Sub-district, serial, and the block of persons who share the same two."""
    former, foreign = registered_elsewhere_in_former(person), _is_foreign(person)
    order = np.where(former, person // _FORMER_EVERY, np.where(foreign, person // 50, person))
    wide = np.where(
        former, _FORMER_SUBDISTRICTS, np.where(foreign, _FOREIGN_SUBDISTRICTS, _NATIVE_SUBDISTRICTS)
    )
    first = np.where(
        former, _FIRST_FOREIGN, np.where(foreign, _FIRST_FOREIGN + (person % 50) * _FOREIGN_SUBDISTRICTS, 1)
    )
    # 7919 is prime and does not divide 9,999, so the serials of a sub-district come scattered.
    serial = 1 + (order // wide) * 7_919 % _SERIALS
    return first + order % wide, serial, order // wide // _SERIALS


def _joined(prefix: Ints, subdistrict: Ints, birth: Ints, woman: Flags, serial: Ints) -> Ints:
    year, month, day = calendar_parts(birth)
    date_part = (day + np.where(woman, 40, 0)) * 10_000 + month * 100 + year % 100
    joined: Ints = ((prefix * 100 + subdistrict) * 1_000_000 + date_part) * 10_000 + serial
    return joined
