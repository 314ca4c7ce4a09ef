"""Every mart against examples worked out by hand.

One folder per case, `<mart>/<case>/`: inputs as `<layer>.<table>.csv` (what is left out comes from
`../small_country`), `expected.csv` with the columns that the case is about, `why.md` with the arithmetic and,
where the rest of the table is of no interest, `only.sql` with the condition of the rows that are shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from schemas.catalog import MARTS, table
from tests.warehouse.small_warehouse import COUNTRY, build, empty_warehouse, fill, read_csv, texts
from warehouse.database import Connection

HERE = Path(__file__).parent
CASES = sorted(path.parent for path in HERE.glob("*/*/expected.csv"))


@pytest.fixture(scope="module")
def connection() -> Iterator[Connection]:
    with empty_warehouse() as opened:
        yield opened


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}-{case.name}")
def test_the_mart_gives_what_was_worked_out_by_hand(
    case: Path, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    mart = f"marts.{case.parent.name}"
    expected = read_csv(case / "expected.csv")
    columns = (case / "expected.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
    fill(connection, COUNTRY, case)
    build(connection, [case.parent.name], monkeypatch)
    only = case / "only.sql"
    condition = only.read_text(encoding="utf-8") if only.exists() else "true"
    assert texts(connection, mart, columns, condition) == [tuple(row.values()) for row in expected]
    key = ", ".join(f'"{name}"' for name in table(mart).key)
    twice = connection.execute(f"SELECT {key} FROM {mart} GROUP BY {key} HAVING count(*) > 1").fetchall()
    assert twice == [], "the declared key is not one"


def test_every_mart_has_an_example_and_every_example_a_reason() -> None:
    assert {case.parent.name for case in CASES} == {entry.name for entry in MARTS}
    folders = {path for path in HERE.glob("*/*") if path.is_dir() and path.parent.name != "__pycache__"}
    assert folders == set(CASES), "a case without expected.csv"
    assert [case for case in CASES if not (case / "why.md").exists()] == []
