"""One call makes everything that people open from the tables of a release."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import polars as pl

from warehouse.publication.cards import landscape, portrait
from warehouse.publication.charts import newsroom_chart
from warehouse.publication.content import Content, content
from warehouse.publication.facts import ReleaseFacts
from warehouse.publication.figures import Territory, country
from warehouse.publication.files import (
    CHARTS,
    Shelf,
    card_name,
    chart_name,
    page_name,
    report_name,
    workbook_name,
)
from warehouse.publication.html import render_page
from warehouse.publication.language import CODES, language
from warehouse.publication.pages import Page
from warehouse.publication.rendered import Record, digest, program
from warehouse.publication.reports import report
from warehouse.publication.views import View
from warehouse.publication.workbooks import workbook

Tables = Mapping[str, pl.DataFrame]


def render_publication(
    tables: Tables, release: ReleaseFacts, folder: Path, previous: Path | None = None
) -> list[Path]:
    """Write pages, workbooks, reports, cards and charts into a release folder; return their paths.

    `tables` are the published tables by name (publication.md, section 3); `folder` already holds the data
    files that pages offer for download. Files of `previous`, an earlier release, are taken over where
    nothing they depend on changed. Same input, same bytes. Raises PublicationError where a page would
    have to be guessed: a missing outline, name, text or font.
    """
    return publish(tables, release, folder, previous).close()


def publish(tables: Tables, release: ReleaseFacts, folder: Path, previous: Path | None = None) -> Record:
    """Write everything and return the record of it, which also knows what was made anew."""
    land = country(tables)
    record = Record(folder, previous)
    shelf = Shelf(folder, release.file_sizes)
    codes = kemendagri_codes(tables.get("regions"))
    sources = [_Source(content(tables, land, t), release) for t in (*land.provinces, land.nation)]
    for source in sources:
        if not has_figures(source.content.territory):
            continue  # a workbook, a report or a card of nothing helps nobody; its page says that there is nothing
        for name, make in source.files(codes):
            record.write(name, digest(source.inputs, name), make)
    for source in sources:
        for name, inputs, make in source.pages(shelf):
            record.write(name, inputs, make)
    return record


def has_figures(territory: Territory) -> bool:
    """Whether anything at all is known of a territory or of a part of it, in any month."""
    return any(figure.has_data for place in (territory.whole, *territory.parts) for figure in place.figures)


@dataclass(frozen=True)
class _Source:
    """A territory on its way into files."""

    content: Content
    facts: ReleaseFacts

    @cached_property
    def inputs(self) -> str:
        """A digest of all that the files of this territory show, apart from when they were made."""
        f = self.facts
        lasting = (f.is_synthetic, f.publisher, f.source, f.licence, f.licence_url, f.site_url, f.clock)
        everything = repr(self.content.country) if self.content.territory.is_country else ""
        return digest(program(), repr(self.content), everything, repr(lasting))

    def files(self, kemendagri: Mapping[str, str]) -> Iterator[tuple[str, Callable[[], bytes]]]:
        """Yield the name and the maker of every file but the pages; they are in Indonesian."""
        view = View(self.content, self.facts, language("id"))
        code = self.content.territory.whole.code
        own = {c: k for c, k in kemendagri.items() if view.territory.is_country or c[:2] == code}
        yield workbook_name(code), partial(workbook, view, own)
        yield report_name(code), partial(report, view)
        yield card_name(code), partial(portrait, view)
        yield card_name(code, "_og"), partial(landscape, view)
        for chart in CHARTS:
            yield chart_name(code, chart), partial(newsroom_chart, view, chart)

    def pages(self, shelf: Shelf) -> Iterator[tuple[str, str, Callable[[], bytes]]]:
        """Yield name, inputs and maker of the page in each language: pages say when they were made."""
        for code in CODES:
            page = Page(self.content, self.facts, language(code), shelf)
            inputs = digest(self.inputs, code, repr(self.facts), repr(page.downloads), page.long_method)
            yield page_name(page.territory.whole.code, code), inputs, partial(render_page, page)


def kemendagri_codes(regions: pl.DataFrame | None) -> dict[str, str]:
    """Return BPS code → Kemendagri code, which officials know; empty without the table of regions."""
    columns = ["region_code_bps", "region_code_kemendagri"]
    if regions is None or not set(columns) <= set(regions.columns):
        return {}
    return dict(regions.select(columns).drop_nulls().iter_rows())
