"""What a synthetic twin is made from: size, place, window, seed and what is planted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from schemas.errors import SettingsError
from transforms.synthetic.defects import DEFECTS

NEWEST = date(2025, 3, 31)
#: Rows of one chunk and month that are held in memory at once, over all months of the window.
_CHUNK_ROWS = 200_000
_SMALLEST_CHUNK, _LARGEST_CHUNK = 8_000, 50_000


@dataclass(frozen=True)
class Parameters:
    """The same parameters give the same bytes.

    `rows` counts clean membership rows of the newest month, without planted ones; None means as many
    as there would really be. `provinces` are BPS codes; empty means all. `months` month ends are
    delivered, the last one being `as_of`. `defects` are names of `defects.DEFECTS`. With `rekap` the smallest
    regency of each larger province delivers counts instead of rows; without it every regency delivers rows.
    """

    rows: int | None = None
    provinces: tuple[str, ...] = ()
    months: int = 1
    seed: int = 7
    defects: frozenset[str] = frozenset()
    as_of: date = NEWEST
    rekap: bool = True

    def __post_init__(self) -> None:
        unknown = sorted(self.defects - DEFECTS.keys())
        if unknown:
            raise SettingsError(
                f"unknown defect class: {', '.join(unknown)}",
                hint=f"Use none, all, or of: {', '.join(DEFECTS)}.",
            )
        if self.months < 1 or (self.rows is not None and self.rows < 1):
            raise SettingsError("rows and months must be at least 1")

    @property
    def chunk_persons(self) -> int:
        """Persons that are made at once; a multiple of 50, so that pairs of persons stay together."""
        wanted = _CHUNK_ROWS // self.months
        return min(max(wanted, _SMALLEST_CHUNK), _LARGEST_CHUNK) // 50 * 50


def defect_classes(asked: str) -> frozenset[str]:
    """Read `none`, `all`, or class names joined by commas. Unknown names are refused by Parameters."""
    if asked.strip().lower() == "none":
        return frozenset()
    if asked.strip().lower() == "all":
        return frozenset(DEFECTS)
    return frozenset(name.strip() for name in asked.split(",") if name.strip())
