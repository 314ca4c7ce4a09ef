"""A benchmark of different answers is worth nothing: differences must be found."""

from datetime import date

import polars as pl
import pytest

from benchmarks.answers import Answer, rejected_by_column


def answer(members: int, **counts: int) -> Answer:
    cells = {"as_of": [date(2025, 3, 31)], "regency": ["5103"], "numerator": ["workers_residence"]}
    return Answer(pl.DataFrame({**cells, "active_members": [members]}), counts)


@pytest.mark.parametrize(
    ("other", "told"),
    [
        (answer(2, persons=1), "1 of 1 cells"),
        (answer(1, persons=2), "persons 2 against 1"),
        (answer(1), "persons None against 1"),
        (Answer(answer(1).cells.clear(), {"persons": 1}), "1 of 1 cells"),
    ],
)
def test_another_answer_is_told(other: Answer, told: str) -> None:
    difference = other.differs_from(answer(1, persons=1))
    assert difference is not None
    assert told in difference


def test_the_same_answer_is_no_difference() -> None:
    assert answer(1, persons=1).differs_from(answer(1, persons=1)) is None


def test_refused_rows_count_once_for_each_column_at_fault() -> None:
    """Header and column name are one column, a warning refuses nothing, two reasons of a column are one."""
    reasons = [
        ["nik:wrong_length", "nik:not_digits", "sex:disagrees_with_nik"],
        ["wilayah_domisili:missing", "nik:missing"],
        ["residence:unknown_region"],
    ]
    assert rejected_by_column(reasons) == {
        "rejected": 3,
        "rejected for nik": 2,
        "rejected for residence": 2,
    }
