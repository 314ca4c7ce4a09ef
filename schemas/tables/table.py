"""The base of every model: strict columns in a fixed order, described once in the vocabulary."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Annotated, Any

import pandera.polars as pa
import polars as pl

#: The published percent: rounded once, half up, in SQL (schemas/vocabulary.csv: coverage_pct).
Percent = Annotated[pl.Decimal, 6, 2]
#: A percent of a printed statement: may be far above 100 when the statement is wrong.
WidePercent = Annotated[pl.Decimal, 9, 2]
#: Half the last printed digit of a percent, in points.
Tolerance = Annotated[pl.Decimal, 9, 4]
#: A moment as an office writes it: local time, to the second.
LocalMoment = Annotated[pl.Datetime, "ms", None]
UtcMoment = Annotated[pl.Datetime, "us", "UTC"]

REGION_CODE = r"^\d{2}(\d{2})?$"
REGENCY_CODE = r"^\d{4}$"
PROVINCE_CODE = r"^\d{2}$"
SEGMENTS = ("PU", "BPU", "JAKON", "PMI")
TOTAL = "TOTAL"
LEVELS = ("regency", "province", "nation")


@dataclass(frozen=True)
class Words:
    """What a column means, in both languages, with its unit (empty where it has none)."""

    unit: str
    english: str
    indonesian: str


@cache
def vocabulary() -> dict[str, Words]:
    """Every column name of the project with its one description.

    A name means the same thing in every table; a test refuses a column without an entry and an entry
    without a column.
    """
    text = resources.files("schemas").joinpath("vocabulary.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {row["name"]: Words(row["unit"], row["description_en"], row["description_id"]) for row in rows}


class Table(pa.DataFrameModel):
    """A table of the project. The subclass' docstring says what one row is."""

    @classmethod
    def to_schema(cls) -> pa.DataFrameSchema:
        """Return the Pandera schema with descriptions and units filled in from the vocabulary."""
        schema = super().to_schema()
        for name, column in schema.columns.items():
            words = vocabulary().get(name)
            if words is not None:
                column.title = name
                column.description = words.english
                column.metadata = {"unit": words.unit, "description_id": words.indonesian}
        return schema

    @classmethod
    def polars_schema(cls) -> dict[str, Any]:
        """Column name → Polars type, in the declared order."""
        return {name: column.dtype.type for name, column in cls.to_schema().columns.items()}

    class Config:
        """Exactly these columns; order and types are part of the contract."""

        strict = True
        ordered = True
        coerce = False
