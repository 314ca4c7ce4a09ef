"""The sections of sources and stages: what counts of whom, and where the last run spent its time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from warehouse.operators.facts import Office, Stage
from warehouse.operators.wording import Telling


@dataclass(frozen=True)
class SourceRow:
    """One source with its offices, the one with the oldest figures first."""

    source: str
    offices: tuple[Office, ...]

    @property
    def newest(self) -> Office:
        """The office with the newest figures."""
        return max(self.offices, key=lambda office: office.newest_as_of)

    def total(self, count: str) -> int:
        """Return the sum of a count over the offices."""
        return sum(getattr(office, count) for office in self.offices)


class SourceBlock(Telling):
    """What counts, by source and office."""

    @cached_property
    def rows(self) -> tuple[SourceRow, ...]:
        """Each source with its offices."""
        return tuple(
            SourceRow(source, tuple(sorted(offices, key=lambda office: (office.newest_as_of, office.scope))))
            for source, offices in groupby(self.told.offices, key=lambda office: office.source)
        )

    @property
    def heading(self) -> str:
        """Up to which day there are figures."""
        if not self.told.offices:
            return self.lang.t("op.sources.none")
        newest = max(office.newest_as_of for office in self.told.offices)
        return self.lang.t("op.sources.heading", day=self.lang.day(newest))

    def age(self, office: Office) -> str:
        """Return how old an office's newest figures are."""
        return self.lang.tn("op.sources.days", (self.now.today - office.newest_as_of).days)


class StageBlock(Telling):
    """The stages of the last run."""

    @property
    def heading(self) -> str:
        """Where the last run spent its time."""
        if not self.told.stages:
            return self.lang.t("op.stages.none")
        longest = max(self.told.stages, key=lambda stage: stage.seconds)
        return self.lang.t("op.stages.heading", stage=self.name(longest))

    def name(self, stage: Stage) -> str:
        """Return the name of a stage in words."""
        return self.lang.known(f"op.stage.{stage.step}", stage.step)
