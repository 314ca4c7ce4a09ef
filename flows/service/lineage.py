"""Assets: from the files in the landing, through the warehouse, to the published tables.

Prefect records them as events of the stage that makes them. The lineage that counts, cell by cell, is the
release's own table `coverage_inputs`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from prefect.assets import Asset, AssetProperties

#: Assets that a stage may name: a landing of ten thousand files would drown the page.
MOST = 300
#: What a key may not hold: names of files come from outside.
_UNFIT = re.compile(r"[^\w.()-]", re.ASCII)


@dataclass
class Lineage:
    """What each stage makes of what, learned as the night goes on."""

    _landed: list[Asset | str] = field(default_factory=list)

    def learn(self, stage: str, result: Any) -> None:
        """Keep the names of the files that wait in the landing."""
        if stage == "land":
            names = [item.file.name for item in result.waiting[:MOST]]
            self._landed = [_asset("landing", name, f"File {name}, as delivered") for name in names]

    def of(self, stage: str) -> tuple[list[Asset], list[Asset | str]]:
        """Assets that a stage makes, and those it makes them of; none for stages that make nothing new."""
        from schemas.catalog import PUBLISHED, STAGING  # noqa: PLC0415 (see the package)

        staged = [_asset("warehouse", entry.full_name, entry.title_en) for entry in STAGING]
        if stage == "read" and self._landed:
            return staged, self._landed
        if stage == "publish":
            published = [_asset("published", entry.name, entry.title_en) for entry in PUBLISHED]
            return published, [*staged]
        return [], []


def _asset(kind: str, name: str, title: str) -> Asset:
    key = f"cakupan://{kind}/{_UNFIT.sub('_', name)[:200]}"
    return Asset(key=key, properties=AssetProperties(name=name, description=title))
