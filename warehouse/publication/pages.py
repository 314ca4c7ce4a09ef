"""Everything a page's template asks for, beyond the view that all formats share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from warehouse.publication import rows, tabulation
from warehouse.publication.claim_rows import ClaimRow, claim_rows
from warehouse.publication.figures import COUNTRY_CODE
from warehouse.publication.files import Download, Shelf, card_name, page_name
from warehouse.publication.language import CODES
from warehouse.publication.maps import Drawing
from warehouse.publication.notes import last_known, missing_groups
from warehouse.publication.quality import Quality
from warehouse.publication.snapshot import Shown
from warehouse.publication.trend_block import TrendBlock
from warehouse.publication.views import View

_LONG_METHOD = "README.txt"


@dataclass(frozen=True)
class MissingPlace:
    """A place without a number, and what was known of it last."""

    name: str
    href: str
    last: str


@dataclass(frozen=True)
class MissingGroup:
    """Places without a number for the same reason."""

    label: str
    places: list[MissingPlace]


@dataclass(frozen=True)
class Page(View):
    """A page in one language, beside the files that lie in its release."""

    shelf: Shelf

    @property
    def up(self) -> str:
        """The way from the page to the release folder."""
        return "" if self.territory.is_country else "../"

    @property
    def suffix(self) -> str:
        """What the names of pages in this language end with."""
        return "" if self.lang.code == "id" else ".en"

    @property
    def other_code(self) -> str:
        """The other language."""
        return next(code for code in CODES if code != self.lang.code)

    @property
    def other_href(self) -> str:
        """The same page in the other language."""
        return page_name(self.territory.whole.code, self.other_code).rsplit("/", 1)[-1]

    @property
    def home(self) -> str:
        """The national page, seen from a province."""
        return "" if self.territory.is_country else self.up + page_name(COUNTRY_CODE, self.lang.code)

    @property
    def og_image(self) -> str:
        """The picture that messengers show beside a link."""
        name = card_name(self.territory.whole.code, "_og")
        site = self.facts.site_url.rstrip("/")
        return f"{site}/{name}" if site else self.up + name

    @property
    def sections(self) -> list[str]:
        """The anchors of the page, in order."""
        first = ["map", "strip"] if self.territory.is_country else ["rank", "map"]
        return [*first, "trend", "table", "quality", "method", "dl"]

    @cached_property
    def ranking(self) -> list[rows.RankRow]:
        """The ranking of a province."""
        return rows.rank_rows(self)

    @cached_property
    def strips(self) -> list[rows.StripRow]:
        """The provinces with a dot for each regency."""
        return rows.strip_rows(self, self.suffix)

    @property
    def ticks(self) -> list[dict[str, object]]:
        """The axis of the strips."""
        return rows.ticks(rows.strip_axis(self))

    @property
    def rows_key(self) -> list[str]:
        """The key of the ranking, or of the strips."""
        key = rows.rows_key([s.figure for s in self.shown.known if s.figure])
        if self.common_target is not None:
            key = [part for part in key if part != "tick"]  # it is written above its line
        if not self.territory.is_country:
            return key
        return ["mark", "dot", *(part for part in key if part == "tick")]

    @property
    def has_gap(self) -> bool:
        """Whether any row has a distance to a target."""
        return bool(self.shown.targets)

    @property
    def common_target(self) -> rows.TargetLabel | None:
        """The one target of all rows, to be written above them."""
        axis = rows.strip_axis(self) if self.territory.is_country else rows.ranking_axis(self.shown)
        return rows.target_label(self, axis)

    @property
    def thermo(self) -> rows.Thermo | None:
        """The bar below the headline."""
        return rows.thermo(self)

    @property
    def facts_row(self) -> list[rows.Item]:
        """Three figures."""
        return rows.facts_row(self)

    @property
    def missing(self) -> list[MissingGroup]:
        """Parts without a number, by reason."""
        return [
            MissingGroup(f"{reason} ({len(group)})", [self._missing_place(shown) for shown in group])
            for reason, group in missing_groups(self.lang, self.shown.missing)
        ]

    def _missing_place(self, shown: Shown) -> MissingPlace:
        href = f"province/{shown.place.code}{self.suffix}.html" if self.territory.is_country else ""
        return MissingPlace(shown.place.name, href, last_known(self.lang, shown.last))

    @cached_property
    def map(self) -> Drawing:
        """The map."""
        return self.drawing()

    @property
    def map_omits(self) -> bool:
        """Whether some region has no room for its value."""
        return sum("phone" in label.value_on for label in self.map.labels) < len(self.map.shapes)

    @property
    def trend(self) -> TrendBlock:
        """The section of the trend."""
        return TrendBlock(self)

    @property
    def table(self) -> tabulation.Grid:
        """The table of regencies."""
        if self.territory.is_country:
            return tabulation.country_grid(self)
        return tabulation.regency_grid(self, self.shelf.buttons(self, self.up))

    @property
    def province_table(self) -> tabulation.Grid:
        """The table of provinces, on the national page."""
        return tabulation.province_grid(self, self.suffix, self.shelf.buttons(self, self.up))

    @property
    def quality(self) -> Quality:
        """Rows read and set aside."""
        return self.content.quality

    @cached_property
    def claims(self) -> list[ClaimRow]:
        """Printed figures beside ours."""
        return claim_rows(self.lang, self.content.claims)

    @property
    def downloads(self) -> list[Download]:
        """Files to offer."""
        return self.shelf.downloads(self, self.up)

    @property
    def long_method(self) -> str:
        """The full method, if the release has it."""
        return "" if self.shelf.size(_LONG_METHOD) is None else self.up + _LONG_METHOD
