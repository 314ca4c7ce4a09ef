"""What every format of a territory says: the same texts and numbers for page, card, sheet and report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import pairwise

from warehouse.publication import headings
from warehouse.publication.content import Content
from warehouse.publication.facts import ReleaseFacts
from warehouse.publication.figures import Territory
from warehouse.publication.language import Language
from warehouse.publication.maps import DESKTOP, PHONE, WIDE, Drawing, Frame, Region, draw
from warehouse.publication.methods import Answer, answers
from warehouse.publication.names import file_label
from warehouse.publication.outlines import require_outlines
from warehouse.publication.snapshot import Shown, Snapshot


@dataclass(frozen=True)
class Notice:
    """A line that must not get lost: it stands on every page, in print and inside every picture."""

    kind: str
    text: str


@dataclass(frozen=True)
class View:
    """A territory's content in one language."""

    content: Content
    facts: ReleaseFacts
    lang: Language

    @property
    def territory(self) -> Territory:
        """The territory shown."""
        return self.content.territory

    @property
    def shown(self) -> Snapshot:
        """The months that are shown."""
        return self.content.shown

    @property
    def level(self) -> str:
        """What the parts are: `regencies` or `provinces`."""
        return "provinces" if self.territory.is_country else "regencies"

    @property
    def place_name(self) -> str:
        """The place as spoken."""
        return self.territory.whole.name

    @property
    def full_name(self) -> str:
        """The place with its kind."""
        if self.territory.is_country:
            return self.place_name
        return self.lang.t("place.province", name=self.place_name)

    @cached_property
    def headline(self) -> headings.Headline:
        """The first sentence."""
        return headings.headline(self.lang, self.territory, self.shown.figure)

    @cached_property
    def lede(self) -> str:
        """The sentence below it."""
        return headings.lede(self.lang, self.shown)

    @property
    def newer(self) -> str:
        """The sentence on a later, incomplete month."""
        return headings.newer_month(self.lang, self.shown)

    @cached_property
    def ranking_heading(self) -> str:
        """Highest, lowest, and how many are at the target."""
        return headings.ranking_heading(self.lang, self.shown)

    @property
    def ranking_subtitle(self) -> str:
        """What the ranking measures, of when, and what its columns are; empty without a ranking."""
        shown, t = self.shown, self.lang.t
        if not shown.known:
            return ""
        if self.territory.is_country:
            return t("ranking.subtitle.provinces")
        key = "ranking.subtitle.regencies" if shown.targets else "ranking.subtitle.plain"
        passed = any(s.figure and s.figure.gap is not None and s.figure.gap < 0 for s in shown.known)
        told = [t(key, day=self.lang.day(shown.parts_as_of))]
        return " ".join(told + [t("ranking.subtitle.above")] * passed)

    @property
    def day_words(self) -> str:
        """`Keadaan 31 Maret 2025`, or that there is no data."""
        figure = self.shown.figure
        day = figure.as_of if figure and figure.has_data else self.shown.as_of
        return self.lang.t("page.as_of", day=self.lang.day(day)) if day else self.lang.t("page.no_day")

    @property
    def eyebrow(self) -> str:
        """What, where and when, above the headline."""
        return self.lang.t("page.eyebrow", place=self.full_name, day=self.day_words)

    @property
    def title(self) -> str:
        """The page's title in the browser."""
        return self.lang.t("page.title", place=self.full_name, day=self.day_words)

    @property
    def notices(self) -> list[Notice]:
        """Synthetic, late and provisional, each only where it is so."""
        found = []
        if self.facts.is_synthetic:
            found.append(Notice("synthetic", self.lang.t("notice.synthetic")))
        if self.facts.late and self.facts.data_as_of:
            day = self.lang.day(self.facts.data_as_of)
            found.append(Notice("late", self.lang.t("notice.late", day=day)))
        if self.shown.is_provisional:
            found.append(Notice("provisional", self.lang.t("notice.provisional")))
        return found

    @property
    def lasting_notices(self) -> list[Notice]:
        """The notices for files that stay as they are until their numbers change: being late is not one."""
        return [notice for notice in self.notices if notice.kind != "late"]

    @property
    def method(self) -> list[Answer]:
        """The questions that readers ask, answered."""
        return answers(self.lang, self.shown, self.content.definitions, self.content.other_targets)

    @property
    def citation(self) -> str:
        """How to cite this page."""
        parts = {"publisher": self.facts.publisher, "place": self.full_name, "day": self.day_words}
        text = self.lang.t("downloads.citation", **parts, release=self.facts.release_id)
        return f"{text} {self.facts.site_url}".strip()

    @property
    def source_line(self) -> str:
        """The source, for pictures that travel without the page."""
        return self.lang.t("card.source", source=self.facts.source.in_language(self.lang.code))

    @property
    def summary(self) -> str:
        """One message to forward: place, day, coverage, target, highest and lowest."""
        return " ".join(part for part in self._summary_parts() if part)

    def _summary_parts(self) -> list[str]:
        lang, figure, known = self.lang, self.shown.figure, self.shown.known
        if figure is None or figure.pct is None:
            parts = [f"{self.headline}.", self.lede]
        else:
            words = {"place": self.place_name, "day": lang.day(figure.as_of), "pct": lang.decimal(figure.pct)}
            key = "summary.with_target" if figure.target is not None else "summary.plain"
            parts = [lang.t(key, **words, target=lang.decimal(figure.target))]
        if len(known) > 1:
            parts.append(headings.ends_sentence(lang, self.shown))
        return [*parts, *(f"[{notice.text}]" for notice in self.lasting_notices), self.facts.site_url]

    def saved_as(self, extension: str) -> str:
        """Return a file name that still says place and month when it is forwarded."""
        day = self.shown.as_of
        month = f"-{day:%Y-%m}" if day else ""
        return f"Cakupan-Jamsostek-{file_label(self.place_name)}{month}.{extension}"

    def map_region(self, shown: Shown) -> Region:
        """Return what the map says about a regency."""
        lang, figure = self.lang, shown.figure
        if shown.pct is None or figure is None:
            why = headings.why_missing(lang, shown)
            text = lang.decimal(None) if self.shown.known else ""
            return Region(shown.place.name, f"{shown.place.full}: {why}", None, text)
        words = lang.percent(shown.pct)
        marks = [lang.t("note.provisional")] if figure.is_provisional else []
        return Region(
            shown.place.name,
            ", ".join([f"{shown.place.full}: {words}", *marks]),
            shown.pct,
            lang.decimal(shown.pct),
        )

    def drawing(self, frames: Mapping[str, Frame] | None = None) -> Drawing:
        """Return the map of the regencies: for a page, or as fine as it is for other frames."""
        regions = {
            shown.place.code: self.map_region(shown)
            for _, snap in self.content.regencies
            for shown in snap.parts
        }
        name = "indonesia" if self.territory.is_country else f"province_{self.territory.whole.code}"
        outlines = require_outlines(name, regions, fine=frames is not None)
        fitting = (
            {"desktop": WIDE, "phone": WIDE}
            if self.territory.is_country
            else {"desktop": DESKTOP, "phone": PHONE}
        )
        chosen = frames or fitting
        return draw(outlines, regions, self.content.edges, chosen, with_labels=not self.territory.is_country)

    @property
    def map_label(self) -> str:
        """The map's finding in words."""
        return self.lang.t(
            "map.label", place=self.place_name, finding=headings.ends_sentence(self.lang, self.shown)
        )

    @property
    def map_subtitle(self) -> str:
        """What the map shows, and of when."""
        if not any(snap.known for _, snap in self.content.regencies):
            return self.lang.t("map.subtitle.empty")
        if self.territory.is_country:
            return self.lang.t("map.subtitle.country")
        return self.lang.t("map.subtitle.regencies", day=self.lang.day(self.shown.parts_as_of))

    @property
    def legend(self) -> list[tuple[int, str]]:
        """The colour classes with their words; 0 is "no data"."""
        edges, lang = self.content.edges, self.lang
        items: list[tuple[int, str]] = []
        if edges:
            words = [_plain(lang, edge) for edge in edges]
            items = [(1, f"< {words[0]}")]
            items += [(i + 2, f"{a}–{b}") for i, (a, b) in enumerate(pairwise(words))]
            last = f"≥ {words[-1]}"
            is_target = edges[-1] == self.content.common_target
            items.append((len(edges) + 1, lang.t("map.at_target", edge=last) if is_target else last))
        if any(snap.missing for _, snap in self.content.regencies):
            items.append((0, lang.t("map.no_data")))
        return items

    @property
    def trend_heading(self) -> str:
        """How many rose within a year."""
        changes = [s.figure.change for s in self.shown.known if s.figure]
        months = len(self.content.trend.months) if self.content.trend else 0
        return headings.trend_heading(self.lang, changes, months, self.level)


def _plain(lang: Language, edge: Decimal) -> str:
    return lang.decimal(edge if edge % 1 else edge.quantize(Decimal(1)))
