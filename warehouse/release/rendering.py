"""The part of a release that people open, rendered from the very tables that are published."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from schemas.catalog import PUBLISHED
from warehouse.publication import Checks
from warehouse.publication import ReleaseFacts as PageFacts
from warehouse.publication.publish import render_publication
from warehouse.release.facts import ReleaseFacts


def render(facts: ReleaseFacts, folder: Path, previous: Path | None) -> None:
    """Write pages, workbooks, reports and pictures into a release folder that already holds its tables.

    The tables are read back from the Parquet of the release, so that every format shows the same values.
    Files of `previous` are taken over where nothing they depend on changed.
    Raises PublicationError where a page would have to be guessed.
    """
    tables = {entry.name: pl.read_parquet(folder / f"{entry.name}.parquet") for entry in PUBLISHED}
    render_publication(tables, page_facts(facts), folder, previous)


def page_facts(facts: ReleaseFacts) -> PageFacts:
    """What pages say about a release besides its figures."""
    return PageFacts(
        release_id=facts.release_id,
        published_at=facts.published_at,
        data_as_of=facts.data_as_of,
        next_run_at=facts.next_run_at,
        is_synthetic=facts.is_synthetic,
        checks=Checks(passed=facts.checks_passed, warnings=facts.checks_warned, failed=0),
    )
