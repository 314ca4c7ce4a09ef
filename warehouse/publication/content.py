"""What a territory's files are made of, before any language or format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

import polars as pl

from warehouse.publication.figures import Country, Territory
from warehouse.publication.methods import Definition, definitions, other_targets
from warehouse.publication.quality import Claim, Quality, claims, quality
from warehouse.publication.scales import class_edges
from warehouse.publication.snapshot import Snapshot, snapshot
from warehouse.publication.trends import Trend, trend


@dataclass(frozen=True)
class Content:
    """What a territory's files are made of, the same in both languages."""

    territory: Territory
    country: Country = field(repr=False)
    quality: Quality
    claims: tuple[Claim, ...]
    definitions: Mapping[str, Definition]
    other_targets: tuple[tuple[Decimal, int, str], ...]

    @cached_property
    def shown(self) -> Snapshot:
        """The months that are shown."""
        return snapshot(self.territory)

    @cached_property
    def trend(self) -> Trend | None:
        """The lines of all months."""
        return trend(self.territory.whole, self.territory.parts)

    @cached_property
    def regencies(self) -> list[tuple[Territory, Snapshot]]:
        """Each province with what its own page shows; on a province page only itself."""
        if not self.territory.is_country:
            return [(self.territory, self.shown)]
        return [(province, snapshot(province)) for province in self.country.provinces]

    @cached_property
    def edges(self) -> tuple[Decimal, ...]:
        """Edges of the colour classes, over all regencies on the map."""
        known = [s.pct for _, shown in self.regencies for s in shown.known if s.pct is not None]
        return class_edges(known, self.common_target)

    @cached_property
    def common_target(self) -> Decimal | None:
        """The target that all regencies on the map share, if they do."""
        targets = {s.figure.target for _, shown in self.regencies for s in shown.known if s.figure}
        return targets.pop() if len(targets) == 1 else None


def content(tables: Mapping[str, pl.DataFrame], land: Country, territory: Territory) -> Content:
    """Return what a territory's files are made of."""
    shown = snapshot(territory)
    names = {territory.whole.code: territory.whole.name}
    if not territory.is_country:
        names |= {part.code: part.name for part in territory.parts}
    return Content(
        territory,
        land,
        quality(tables.get("data_quality"), shown.as_of),
        claims(tables.get("published_figures"), names),
        definitions(tables.get("definitions")),
        other_targets(tables.get("targets"), territory, shown.figure),
    )
