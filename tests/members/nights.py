"""Nights of member rows in small: the stages up to the counts, and what they leave."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from flows.nightly import writing
from flows.stages.counting import TABLES, Counted, count_members
from flows.stages.loading import Loaded, read_and_load
from flows.stages.retention import reduce_to_counts
from flows.stages.survey import Survey, survey
from flows.steps import InProcess
from tests.nights import ask, settings_of

KEY = "0123456789abcdef" * 4


def put_key(root: Path, text: str = KEY + "\n", mode: int = 0o600) -> Path:
    """Write the key file of a data root."""
    path = root / "pseudonym.key"
    path.write_text(text, encoding="ascii")
    path.chmod(mode)
    return path


def count_landing(root: Path, **overrides: Any) -> tuple[Survey, Loaded, Counted]:
    """Run the stages up to the counts, and the retention."""
    with writing(settings_of(root, **overrides), InProcess(quiet=True)) as night:
        found = survey(night)
        read = read_and_load(night, found)
        counted = count_members(night)
        reduce_to_counts(night)
        return found, read, counted


def counts_of(root: Path, but: tuple[str, ...] = ("inputs",)) -> dict[str, list[tuple[Any, ...]]]:
    """Every table of counts, in a settled order, without the digest of the files they were made from."""
    return {
        name: ask(root, f"SELECT * EXCLUDE ({', '.join(but)}) FROM staging.{name} ORDER BY ALL")
        if name == "balance"
        else ask(root, f"SELECT * FROM staging.{name} ORDER BY ALL")
        for name in TABLES
    }


def change(root: Path, statement: str) -> None:
    """Change the working warehouse of a data root by hand."""
    with duckdb.connect(str(root / "warehouse.duckdb")) as connection:
        connection.execute(statement)


def persons_by_day(root: Path) -> dict[str, int]:
    """As-of day → persons."""
    return dict(ask(root, "SELECT as_of::VARCHAR, persons FROM staging.balance ORDER BY as_of"))


def staged_files(root: Path) -> list[str]:
    """Folders of staged member files, by day and id."""
    return sorted(str(path.relative_to(root / "staged")) for path in (root / "staged/peserta").glob("*/*"))
