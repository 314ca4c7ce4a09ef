"""One description per column name: none missing, none left over, none without its translation."""

from __future__ import annotations

import csv
from importlib import resources

import pytest

from schemas.catalog import CATALOG, RELEASE_COLUMN, TableEntry
from schemas.sources import SOURCES
from schemas.tables.table import vocabulary

COLUMNS = {column for entry in CATALOG for column in entry.model.polars_schema()}
EXTRACT_COLUMNS = {column for source in SOURCES.values() for column in source.model.polars_schema()}


@pytest.mark.parametrize("entry", CATALOG, ids=lambda entry: entry.full_name)
def test_every_column_of_a_table_is_described_in_both_languages(entry: TableEntry) -> None:
    for name, column in entry.model.to_schema().columns.items():
        words = vocabulary()[name]
        assert words.english
        assert words.indonesian
        assert words.english != words.indonesian
        assert column.description == words.english
        assert column.metadata == {"unit": words.unit, "description_id": words.indonesian}


@pytest.mark.parametrize("source", SOURCES.values(), ids=lambda source: source.name)
def test_every_column_of_an_extract_is_described(source) -> None:  # type: ignore[no-untyped-def]
    assert set(source.model.polars_schema()) <= set(vocabulary())


def test_every_word_is_used_by_some_table() -> None:
    assert set(vocabulary()) - COLUMNS - EXTRACT_COLUMNS - {RELEASE_COLUMN} == set()


def test_the_columns_of_revisions_are_described_too() -> None:
    # Made while a release is built, so no mart brings them in by the way.
    revisions = next(entry for entry in CATALOG if entry.name == "revisions")
    assert set(revisions.model.polars_schema()) <= set(vocabulary())
    assert {"table", "key", "column", "old", "new"} <= set(vocabulary())


def test_no_word_stands_twice() -> None:
    text = resources.files("schemas").joinpath("vocabulary.csv").read_text(encoding="utf-8")
    names = [row["name"] for row in csv.DictReader(text.splitlines())]
    assert len(names) == len(set(names))
