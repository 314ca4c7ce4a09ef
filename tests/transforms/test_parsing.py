"""Indonesian numbers: what is read, what is missing, and what is never guessed."""

from __future__ import annotations

import re

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.sources import MISSING_MARKS
from transforms.parsing import cleaned, is_decimal, is_percent, parse_count, parse_percent


def evaluated(text: str | None, expression: pl.Expr) -> object:
    frame = pl.DataFrame({"text": [text]}, schema={"text": pl.String})
    return frame.select(expression).item()


TEXT = cleaned("text")


@pytest.mark.parametrize("mark", [*MISSING_MARKS, " - ", "\u00a0", "\ufeff", "\t–\r", None])
def test_marks_for_no_value_are_missing(mark: str | None) -> None:
    assert evaluated(mark, TEXT) is None
    assert evaluated(mark, parse_count(TEXT)) is None
    assert evaluated(mark, parse_percent(TEXT)) is None


@pytest.mark.parametrize("text", ["0", "--", "n.a.", "nihil", ".", "?"])
def test_other_texts_are_not_missing(text: str) -> None:
    assert evaluated(text, TEXT) == text


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("1873899", 1873899),
        ("1.873.899", 1873899),
        ("873.899", 873899),
        ("0", 0),
        ("007", 7),
        (" 12 ", 12),
        ("12\u00a0", 12),
        ("935079.0", 935079),  # a spreadsheet's whole number
        ("5.00", 5),
        ("1.000", 1000),  # three digits after the dot are a group of thousands
        ("9223372036854775807", 9223372036854775807),
    ],
)
def test_counts(text: str, count: int) -> None:
    assert evaluated(text, parse_count(TEXT)) == count


@pytest.mark.parametrize(
    "text",
    [
        "58,68",
        "58.68",
        "58.68 %",
        "0.375",  # a ratio, not three hundred and seventy-five
        "00.375",
        "1.87.899",
        "1.8738.99",
        ".873",
        "1.873.",
        "1,873,899",  # English grouping is not guessed
        "1 873 899",
        "-5",
        "+5",
        "5e3",
        "1.873.899,00",
        "935O79",
        "lima",
        "0x1F",
        "9223372036854775808",
        "٥٣",
        "½",
    ],
)
def test_what_is_no_count_is_never_made_one(text: str) -> None:
    assert evaluated(text, parse_count(TEXT)) is None


@given(st.integers(0, 2**62))
def test_a_number_with_dots_and_one_without_are_the_same(number: int) -> None:
    for text in (str(number), f"{number:,}".replace(",", ".")):
        assert evaluated(text, parse_count(TEXT)) == number


@given(st.text(alphabet="0123456789., %-", max_size=12))
def test_a_count_that_is_read_can_be_written_back(text: str) -> None:
    count = evaluated(text, parse_count(TEXT))
    if count is not None:
        written = text.strip().lstrip("0")
        plain = str(count).lstrip("0")
        grouped = f"{count:,}".replace(",", ".")
        assert written in (plain, grouped) or re.fullmatch(rf"{plain}\.0+", written)


@pytest.mark.parametrize(
    ("text", "percent"),
    [
        ("58,68", 58.68),
        ("58.68", 58.68),
        ("58.68 %", 58.68),
        ("58,68%", 58.68),
        ("7", 7.0),
        ("126,15", 126.15),
        ("0,5 %", 0.5),
        ("12,345", 12.345),
    ],
)
def test_percents(text: str, percent: float) -> None:
    assert evaluated(text, parse_percent(TEXT)) == percent


@pytest.mark.parametrize("text", ["1.234,5", "58,68,1", "%", "-3", "3 persen", "1234", "58 . 68"])
def test_what_is_no_percent_is_never_made_one(text: str) -> None:
    assert evaluated(text, parse_percent(TEXT)) is None


@pytest.mark.parametrize("text", ["58,68", "58.68", "58.68 %", "7 %", "3,2", "60,0"])
def test_a_share_in_the_place_of_a_count_is_recognised(text: str) -> None:
    assert evaluated(text, is_percent(TEXT)) is True


@pytest.mark.parametrize("text", ["5.0", "1.873", "1873", "1.873,5", "12345,6", "abc"])
def test_what_is_no_share_is_not_called_one(text: str) -> None:
    assert evaluated(text, is_percent(TEXT)) is False


@pytest.mark.parametrize(
    ("text", "decimal"), [("1.873,5", True), ("0,375", True), ("12", True), ("1.2.3", False), ("a", False)]
)
def test_numbers_with_decimals(text: str, decimal: bool) -> None:
    assert evaluated(text, is_decimal(TEXT)) is decimal
