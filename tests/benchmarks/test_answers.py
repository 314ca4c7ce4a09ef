"""A benchmark of different answers is worth nothing: differences must be found."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from benchmarks.answers import Answer
from benchmarks.measuring import measured


def answer(members: int, rejected: int = 0) -> Answer:
    cells = {"as_of": [date(2025, 3, 31)], "regency": ["5103"], "numerator": ["workers_residence"]}
    return Answer(pl.DataFrame({**cells, "active_members": [members]}), rejected)


@pytest.mark.parametrize("other", [answer(2), answer(1, rejected=1), Answer(answer(1).cells.clear(), 0)])
def test_another_answer_is_told(other: Answer) -> None:
    assert other.differs_from(answer(1))


def test_the_same_answer_is_no_difference() -> None:
    assert answer(1).differs_from(answer(1)) is None


def test_a_process_is_measured_as_a_whole(tmp_path: Path) -> None:
    took = measured(["/bin/sh", "-c", "exit 3"], {}, tmp_path / "log", None)
    assert took.exit_code == 3
    assert took.peak_mb > 0
