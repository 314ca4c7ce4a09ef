"""Who lives where before anybody is made: bases, members, rows, offices and chunks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from schemas.errors import SettingsError
from transforms.synthetic.calibration import PINNED_REGENCIES, apportion, members, real_bases, scaled_bases
from transforms.synthetic.month_ends import Ints, MonthEnds
from transforms.synthetic.parameters import Parameters
from transforms.synthetic.territory import PERSONS_PER_REGENCY, Territory

#: Rows of the newest month per active member: second and former memberships, and people who left.
ROWS_PER_MEMBER = 1.18
#: In blocks of 50 active persons: those with a second membership, and those who switched segment.
SECOND_SLOTS = (10, 27, 44)
SWITCHED_SLOT = 33
_REGENCIES_PER_OFFICE, _MOST_OFFICES = 3, 8
#: A province of this many regencies has one that delivers counts (`rekap`) instead of rows.
_ENOUGH_FOR_COUNTS = 4


@dataclass(frozen=True)
class Chunk:
    """Persons `start` to `stop` of one regency, made at once, from their own stream of random numbers."""

    number: int
    regency: int
    start: int
    stop: int
    #: Clean rows of the newest month that were planned before this chunk; keeps defects evenly spread.
    rows_before: int


@dataclass(frozen=True)
class Office:
    """A branch office: one `peserta` file a month."""

    code: str
    province: str
    ordinal: int

    @property
    def label(self) -> str:
        """Content of `kantor_cabang`; every third office has a character outside ASCII in it."""
        return f"SINTETIS{'–' if self.ordinal % 3 == 2 else '-'}{self.code.upper()}"


@dataclass(frozen=True)
class Plan:
    """Everything that is decided before the first random number. Arrays are by regency position."""

    parameters: Parameters
    territory: Territory
    months: MonthEnds
    provinces: tuple[str, ...]
    scale: float
    base: Ints
    #: Active members by residence on the newest day.
    workers: Ints
    #: Persons with a row on the newest day; 0 where only counts are delivered.
    persons: Ints
    counted_only: tuple[int, ...]
    offices: tuple[Office, ...]
    #: Office that covers a regency, -1 outside the chosen provinces.
    office_of: Ints

    @cached_property
    def row_regencies(self) -> tuple[int, ...]:
        """Regencies whose offices deliver rows."""
        return tuple(int(place) for place in np.flatnonzero(self.persons > 0))

    @cached_property
    def chunks(self) -> tuple[Chunk, ...]:
        """All chunks in the order in which they are written."""
        return tuple(self._chunks())

    def _chunks(self) -> Iterator[Chunk]:
        size, number, before = self.parameters.chunk_persons, 0, 0
        for place in self.row_regencies:
            persons = int(self.persons[place])
            for start in range(0, persons, size):
                stop = min(start + size, persons)
                yield Chunk(number, place, start, stop, before)
                number += 1
                before += stop - start

    @cached_property
    def office_labels(self) -> tuple[str, ...]:
        """Content of `kantor_cabang` by office position."""
        return tuple(office.label for office in self.offices)

    @cached_property
    def next_regency(self) -> Ints:
        """Another regency with rows in the same province; the same one where there is no other."""
        following = np.arange(len(self.territory.bps))
        for province in self.provinces:
            places = [place for place in self.territory.regencies_of(province) if self.persons[place] > 0]
            following[places] = np.roll(places, -1) if places else places
        return following

    @cached_property
    def next_office(self) -> Ints:
        """Another office of the same province; the same one where there is no other."""
        following = np.arange(len(self.offices))
        for province in self.provinces:
            places = [place for place, office in enumerate(self.offices) if office.province == province]
            following[places] = np.roll(places, -1)
        return following

    @property
    def clean_rows(self) -> int:
        """Clean rows of the newest month."""
        return int(sum(rows_of(int(self.workers[p]), int(self.persons[p])) for p in self.row_regencies))


def plan(parameters: Parameters, territory: Territory) -> Plan:
    """Decide sizes: exactly `parameters.rows` clean rows on the newest day, spread by members."""
    provinces = _provinces(parameters, territory)
    scale, rows = _scale(parameters, territory, provinces)
    base = np.zeros(len(territory.bps), dtype=np.int64)
    workers = base.copy()
    for province in provinces:
        places = territory.regencies_of(province)
        base[places] = scaled_bases(territory, province, scale)
        workers[places] = members(territory, province, base[places])
    counted = _counted_only(parameters, territory, provinces)
    persons = _persons(workers, counted, rows)
    if persons.max() >= PERSONS_PER_REGENCY:
        raise SettingsError("too many rows for these provinces", hint="Ask for more provinces or fewer rows.")
    offices, office_of = _offices(territory, provinces)
    return Plan(
        parameters=parameters,
        territory=territory,
        months=MonthEnds.until(parameters.as_of, parameters.months),
        provinces=provinces,
        scale=scale,
        base=base,
        workers=workers,
        persons=persons,
        counted_only=counted,
        offices=offices,
        office_of=office_of,
    )


def rows_of(workers: int, persons: int) -> int:
    """Rows on the newest day of a regency with `workers` active members among `persons`."""
    full, rest = divmod(workers, 50)
    extra = (*SECOND_SLOTS, SWITCHED_SLOT)
    return persons + full * len(extra) + sum(slot < rest for slot in extra)


def _provinces(parameters: Parameters, territory: Territory) -> tuple[str, ...]:
    asked = tuple(sorted(set(parameters.provinces))) or territory.provinces
    unknown = [code for code in asked if code not in territory.provinces]
    if unknown:
        raise SettingsError(
            f"unknown province: {', '.join(unknown)}", hint="Use two-digit BPS codes, for example 51."
        )
    return asked


def _scale(parameters: Parameters, territory: Territory, provinces: tuple[str, ...]) -> tuple[float, int]:
    """Size against reality, and the clean rows of the newest month."""
    real = real_bases(territory)
    counted = _counted_only(parameters, territory, provinces)
    with_rows = 0
    for province in provinces:
        places = territory.regencies_of(province)
        counts = members(territory, province, real[places])
        with_rows += sum(int(n) for place, n in zip(places, counts, strict=True) if place not in counted)
    real_rows = round(with_rows * ROWS_PER_MEMBER)
    rows = parameters.rows or real_rows
    return rows / real_rows, rows


def _counted_only(
    parameters: Parameters, territory: Territory, provinces: tuple[str, ...]
) -> tuple[int, ...]:
    """The smallest regency of each larger province: its office holds no rows and sends a `rekap`."""
    if not parameters.rekap:
        return ()
    chosen = []
    for province in provinces:
        places = territory.regencies_of(province)
        free = [place for place in places if territory.bps[place] not in PINNED_REGENCIES]
        if len(places) >= _ENOUGH_FOR_COUNTS:
            chosen.append(min(free, key=territory.population.__getitem__))
    return tuple(chosen)


def _persons(workers: Ints, counted: tuple[int, ...], rows: int) -> Ints:
    """Persons per regency such that rows add up to `rows`; at least the active members."""
    active = workers.copy()
    active[list(counted)] = 0
    wanted = apportion(rows, active)
    base_rows = np.array([rows_of(int(n), int(n)) for n in active], dtype=np.int64)
    gone = np.maximum(wanted - base_rows, 0)
    gone[active == 0] = 0
    if active.any():
        largest = int(np.argmax(gone))
        gone[largest] = max(0, gone[largest] + rows - int((base_rows + gone).sum()))
    persons: Ints = active + gone
    return persons


def _offices(territory: Territory, provinces: tuple[str, ...]) -> tuple[tuple[Office, ...], Ints]:
    """Offices of each province, and the one that covers each regency (neighbours share one)."""
    offices: list[Office] = []
    office_of = np.full(len(territory.bps), -1, dtype=np.int64)
    for province in provinces:
        places = territory.regencies_of(province)
        count = min(max(1, round(len(places) / _REGENCIES_PER_OFFICE)), _MOST_OFFICES)
        for order, place in enumerate(places):
            office_of[place] = len(offices) + order * count // len(places)
        offices.extend(Office(f"{province}{'abcdefgh'[n]}", province, n) for n in range(count))
    return tuple(offices), office_of
