"""How many workers and active members each regency has on the newest day, as exact integers.

Bali is held to what was printed for 31 March 2025: Badung 58.68 (highest), Bangli 35.52 (lowest) and
935,079 members, 50.88 percent of 1,837,899. All other figures are invented, but plausible: towns are
better covered than the country, and one regency lies above 100 percent, as Kaimana really did.
A smaller or larger twin keeps the percentages: bases are scaled and apportioned; the printed ones take the
nearest base for which a whole number of members rounds to the printed percentage (there is one from a base
of about 150; below that, the nearest).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from transforms.synthetic.month_ends import Ints
from transforms.synthetic.territory import Territory

#: Province → (members, base) that the newest day must reproduce.
PINNED_PROVINCES = {"51": (935_079, 1_837_899)}
#: Regency → coverage in hundredths of a percent that the newest day must reproduce.
PINNED_REGENCIES = {"5103": 5868, "5106": 3552}
_RATE = {"5101": 0.47, "5102": 0.50, "5104": 0.55, "5105": 0.45, "5107": 0.42, "5108": 0.475, "5171": 0.57}
_ABOVE_100 = "9102"
#: Share of the base in the population: 101.81 million eligible workers of 284 million people.
_BASE_SHARE = 0.358
#: Places that draw workers have a larger base than their population says.
_PULL = {"5103": 1.20, "5171": 1.08, "5106": 0.95, "5107": 0.93}


def apportion(total: int, weights: npt.NDArray[np.float64] | Ints) -> Ints:
    """Integers in proportion to `weights` that add up to `total` (largest remainder, first wins ties)."""
    share = np.asarray(weights, dtype=np.float64)
    if share.sum() <= 0:
        return np.zeros(len(share), dtype=np.int64)
    exact = share * (total / share.sum())
    whole = np.floor(exact).astype(np.int64)
    largest = np.argsort(-(exact - whole), kind="stable")[: int(total - whole.sum())]
    whole[largest] += 1
    apportioned: Ints = whole
    return apportioned


def real_bases(territory: Territory) -> Ints:
    """Base of every regency at full size."""
    spread = 0.92 + 0.16 * _fraction(territory, 7)
    bases = np.rint(territory.population * _BASE_SHARE * spread).astype(np.int64)
    for province, (_, base) in PINNED_PROVINCES.items():
        places = territory.regencies_of(province)
        pull = np.array([_PULL.get(territory.bps[place], 1.0) for place in places])
        bases[places] = apportion(base, territory.population[places] * pull)
    return bases


def scaled_bases(territory: Territory, province: str, scale: float) -> Ints:
    """Bases of one province's regencies at `scale`, adding up to its scaled base."""
    places = territory.regencies_of(province)
    real = real_bases(territory)[places]
    total = round(scale * int(real.sum()))
    if province not in PINNED_PROVINCES:
        return apportion(total, real)
    total = _nearest_tying(total, *PINNED_PROVINCES[province])
    bases = apportion(total, real)
    free = np.ones(len(places), dtype=np.bool_)
    for order, place in enumerate(places):
        if territory.bps[place] in PINNED_REGENCIES:
            hundredths = PINNED_REGENCIES[territory.bps[place]]
            bases[order] = _nearest_tying(int(bases[order]), hundredths, 10_000)
            free[order] = False
    bases[free] = apportion(total - int(bases[~free].sum()), real[free])
    return bases


def percent_hundredths(members: Ints, base: Ints) -> Ints:
    """100 × coverage in percent as exact integers, rounded half up."""
    hundredths: Ints = (members * 20_000 + base) // (2 * base)
    return hundredths


def _nearest_tying(base: int, part: int, whole: int) -> int:
    """Nearest base whose nearest number of members gives the same printed percentage as part / whole."""
    reach = min(200, 1 + base // 5)
    candidates = np.array([base + step for pair in range(reach) for step in (pair, -pair)], dtype=np.int64)
    candidates = candidates[candidates > 0]
    nearest = (candidates * part * 2 + whole) // (2 * whole)
    printed = (part * 20_000 + whole) // (2 * whole)
    ties = np.flatnonzero(percent_hundredths(nearest, candidates) == printed)
    return int(candidates[ties[0]]) if len(ties) else base


def members(territory: Territory, province: str, bases: Ints) -> Ints:
    """Active members by residence of one province's regencies, for given bases."""
    places = territory.regencies_of(province)
    rates = _rates(territory)[places]
    # In hundredths of a percent and integers: the nearest number of members is then exact.
    counts: Ints = (bases * np.rint(rates * 10_000).astype(np.int64) + 5_000) // 10_000
    if province not in PINNED_PROVINCES:
        return counts
    pinned = np.array([territory.bps[place] in PINNED_REGENCIES for place in places])
    real_members, real_base = PINNED_PROVINCES[province]
    total = (int(bases.sum()) * real_members * 2 + real_base) // (2 * real_base)
    free = np.flatnonzero(~pinned)
    counts[free] = apportion(total - int(counts[pinned].sum()), bases[free] * rates[free])
    return counts


def _rates(territory: Territory) -> npt.NDArray[np.float64]:
    """Coverage aimed at, as a ratio."""
    towns = np.array([kind == "kota" for kind in territory.kinds])
    spread = _fraction(territory, 13)
    rates = np.where(towns, 0.44 + 0.18 * spread, 0.24 + 0.22 * spread)
    for place, code in enumerate(territory.bps):
        if code in PINNED_REGENCIES:
            rates[place] = PINNED_REGENCIES[code] / 10_000
        elif code in _RATE:
            rates[place] = _RATE[code]
        elif code == _ABOVE_100:
            rates[place] = 1.0408
    return rates


def _fraction(territory: Territory, multiplier: int) -> npt.NDArray[np.float64]:
    """A number in [0, 1) that depends on nothing but the regency's code."""
    codes = np.array([int(code) for code in territory.bps], dtype=np.int64)
    return (codes * multiplier * 7919 % 1009) / 1009
