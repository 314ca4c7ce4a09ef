"""Regencies as positions: every other module knows a regency by its place in these lists."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from transforms.synthetic.month_ends import Ints

#: Most persons of one regency; keeps numbers of persons and memberships apart.
PERSONS_PER_REGENCY = 8_000_000


@dataclass(frozen=True)
class Territory:
    """All regencies of the register in the order of their BPS codes."""

    bps: tuple[str, ...]
    kemendagri: tuple[str, ...]
    #: Former Kemendagri code, empty where there is none.
    former: tuple[str, ...]
    names: tuple[str, ...]
    kinds: tuple[str, ...]
    population: Ints

    @classmethod
    def of(cls, regions: pl.DataFrame, population: pl.DataFrame) -> Territory:
        """Join the register of regions with population by BPS code."""
        regencies = (
            regions.filter(pl.col("kind") != "provinsi")
            .join(
                population.select("region_code_bps", pl.col("population_total").cast(pl.Int64)),
                on="region_code_bps",
                how="inner",
                maintain_order="left",
            )
            .sort("region_code_bps")
        )
        return cls(
            bps=tuple(regencies["region_code_bps"]),
            kemendagri=tuple(regencies["region_code_kemendagri"]),
            former=tuple(code or "" for code in regencies["region_code_kemendagri_previous"]),
            names=tuple(regencies["name_short"]),
            kinds=tuple(regencies["kind"]),
            population=regencies["population_total"].to_numpy().astype(np.int64),
        )

    @cached_property
    def provinces(self) -> tuple[str, ...]:
        """BPS codes of the provinces, in order."""
        return tuple(dict.fromkeys(code[:2] for code in self.bps))

    @cached_property
    def province(self) -> Ints:
        """Position of each regency's province in `provinces`."""
        return np.array([self.provinces.index(code[:2]) for code in self.bps], dtype=np.int64)

    @cached_property
    def nik_prefix(self) -> Ints:
        """Present Kemendagri code as the first four digits of a NIK."""
        return np.array([int(code.replace(".", "")) for code in self.kemendagri], dtype=np.int64)

    @cached_property
    def nik_prefix_former(self) -> Ints:
        """Former code where there is one, else the present one."""
        pairs = zip(self.former, self.kemendagri, strict=True)
        return np.array([int((old or new).replace(".", "")) for old, new in pairs], dtype=np.int64)

    @cached_property
    def renamed(self) -> Ints:
        """Positions of the regencies that have a former code."""
        return np.array([place for place, code in enumerate(self.former) if code], dtype=np.int64)

    @cached_property
    def written_codes(self) -> tuple[str, ...]:
        """Codes as offices write them: the present ones by position, then the former ones."""
        pairs = zip(self.former, self.kemendagri, strict=True)
        return self.kemendagri + tuple(old or new for old, new in pairs)

    def regencies_of(self, province: str) -> list[int]:
        """Positions of the regencies of a province (BPS code)."""
        return [place for place, code in enumerate(self.bps) if code[:2] == province]
