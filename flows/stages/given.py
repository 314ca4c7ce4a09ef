"""What files are read with, whoever reads them: this process or another."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from schemas.registers import Registers
from schemas.sources import Source
from transforms.regions import RegionCodes, region_codes


@dataclass(frozen=True)
class Given:
    """The folders of accepted rows and of rows set aside, the registers, the moment of the run, the keys.

    `keys`: secrets of the pseudonyms, oldest first; none where no member rows wait. It can be handed to
    another process.
    """

    staged: Path
    quarantine: Path
    registers: Registers
    read_at: datetime
    keys: tuple[str, ...] = field(default=(), repr=False)
    _codes: dict[tuple[str, ...], RegionCodes] = field(default_factory=dict, repr=False, compare=False)

    def region_codes(self, source: Source) -> RegionCodes:
        """Region codes as a source writes them; put together once for all its files."""
        if source.code_forms not in self._codes:
            self._codes[source.code_forms] = region_codes(self.registers.regions, source.code_forms)
        return self._codes[source.code_forms]
