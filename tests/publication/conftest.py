from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from tests.publication.publication_tables import facts
from tests.publication.scenarios import SCENARIOS
from warehouse.publication.content import content
from warehouse.publication.figures import country
from warehouse.publication.files import Shelf, page_name
from warehouse.publication.html import render_page
from warehouse.publication.language import CODES, language
from warehouse.publication.pages import Page
from warehouse.publication.publish import publish

Releases = Callable[[str], Path]
#: What the core has put into the folder before pages are made.
DATA = ("coverage_by_regency.csv", "coverage_latest.csv", "cakupan.duckdb", "README.txt")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "browser: needs Chromium, chromedriver, axe-core and poppler-utils")


def write_pages(tables: dict[str, pl.DataFrame], folder: Path, **changes: object) -> Path:
    """Write the pages alone: a tenth of the time of a whole release."""
    (folder / "province").mkdir(parents=True)
    land = country(tables)
    for territory in (land.nation, *land.provinces):
        made = content(tables, land, territory)
        for code in CODES:
            page = Page(made, facts(**changes), language(code), Shelf(folder, dict.fromkeys(DATA, 30_000)))
            (folder / page_name(territory.whole.code, code)).write_bytes(render_page(page))
    return folder


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Releases:
    """The pages of a scenario, rendered once."""
    root = tmp_path_factory.mktemp("pages")
    return cache(lambda name: write_pages(SCENARIOS[name](), root / name))


@pytest.fixture(scope="session")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Releases:
    """The whole release of a scenario, rendered once."""
    root = tmp_path_factory.mktemp("releases")

    def render(name: str) -> Path:
        folder = root / name
        folder.mkdir()
        for file in DATA:
            (folder / file).write_bytes(b"x" * 30_000)
        publish(SCENARIOS[name](), facts(), folder).close()
        return folder

    return cache(render)
