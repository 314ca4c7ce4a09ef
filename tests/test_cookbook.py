"""The cookbook's questions, asked of a release of the examples: the answers are those of the page."""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.real_release import real_night

PAGE = Path(__file__).parent.parent / "docs" / "guides" / "cookbook.md"
_QUESTION = re.compile(
    r"^## (?P<number>\d+)\. (?P<english>[^·\n]+\?) · (?P<indonesian>[^\n]+\?)\n\n"
    r"```sql\n(?P<sql>.+?)```\n\n(?P<answer>(?:\|[^\n]*\n)+)\nWatch: (?P<watch>[^\n]+)",
    re.MULTILINE | re.DOTALL,
)
RECIPES = [found.groupdict() for found in _QUESTION.finditer(PAGE.read_text(encoding="utf-8"))]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    root, _ = real_night(tmp_path_factory.getbasetemp())
    return duckdb.connect(str(root / "published" / "latest" / "cakupan.duckdb"), read_only=True)


def _as_printed(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, datetime.date) else str(value)


def test_the_cookbook_has_fifteen_questions_and_every_heading_is_one_of_them() -> None:
    assert [recipe["number"] for recipe in RECIPES] == [str(number) for number in range(1, 16)]
    assert PAGE.read_text(encoding="utf-8").count("\n## ") == 15


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe["number"])
def test_the_answer_of_the_page_is_the_answer_of_the_release(
    recipe: dict[str, str], database: duckdb.DuckDBPyConnection
) -> None:
    cursor = database.execute(recipe["sql"])
    head, _, *rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in recipe["answer"].splitlines()
    ]
    assert [column[0] for column in cursor.description or []] == head
    assert [[_as_printed(value) for value in row] for row in cursor.fetchall()] == rows
