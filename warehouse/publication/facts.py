"""What a release says about itself, handed in by the caller: the publisher has no clock and no settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from types import MappingProxyType


@dataclass(frozen=True)
class Words:
    """One text in both languages."""

    id: str
    en: str

    def in_language(self, code: str) -> str:
        """Return the text in the language `id` or `en`."""
        return self.id if code == "id" else self.en


@dataclass(frozen=True)
class Checks:
    """How many checks of the result passed, warned or failed, and what the warnings say."""

    passed: int
    warnings: int = 0
    failed: int = 0
    warning_texts: tuple[Words, ...] = ()

    @property
    def total(self) -> int:
        """Checks run."""
        return self.passed + self.warnings + self.failed


@dataclass(frozen=True)
class Clock:
    """The wall clock on which moments are shown: Indonesia has three zones and no summer time."""

    label: str = "WITA"
    utc_offset_hours: int = 8

    def local(self, moment: datetime) -> datetime:
        """Return an aware moment as this clock shows it."""
        return moment.astimezone(timezone(timedelta(hours=self.utc_offset_hours)))


@dataclass(frozen=True)
class ReleaseFacts:
    """One release: identity, moments, health, and how to cite it. All moments are aware."""

    release_id: str
    published_at: datetime
    data_as_of: date | None
    next_run_at: datetime | None
    is_synthetic: bool
    checks: Checks
    late: bool = False
    publisher: str = "Cakupan"
    source: Words = field(
        default_factory=lambda: Words(
            "data BPJS Ketenagakerjaan dan BPS", "data of BPJS Ketenagakerjaan and BPS"
        )
    )
    licence: str = "CC BY 4.0"
    licence_url: str = "https://creativecommons.org/licenses/by/4.0/"
    site_url: str = ""
    clock: Clock = Clock()
    #: Files of the release that are not on disk yet when the pages are made: name → bytes.
    file_sizes: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
