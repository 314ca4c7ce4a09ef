"""A cost is only worth telling beside what was made: differences and missed limits must be found."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.measuring import Measured
from benchmarks.publication import Run, costs, identical, table, weights, with_one_change
from tests.publication.publication_tables import cells, tables


def releases(root: Path) -> Path:
    for name in ("one", "two", "same"):
        (root / name / "province").mkdir(parents=True)
        (root / name / "province" / "51.html").write_bytes(b"page")
    return root


def test_a_file_that_differs_or_is_missing_is_found(tmp_path: Path) -> None:
    root = releases(tmp_path)
    assert [is_met for _, _, is_met in identical(root)] == [True, True]
    (root / "two" / "province" / "51.html").write_bytes(b"Page")
    (root / "same" / "province" / "51.html").unlink()
    assert [(told, is_met) for _, told, is_met in identical(root)] == [("1 of 1", False), ("1 of 1", False)]


@pytest.mark.parametrize(("size", "is_met"), [(150_000, True), (150_001, False)])
def test_a_page_that_is_too_large_is_found(size: int, is_met: bool, tmp_path: Path) -> None:
    folder = releases(tmp_path) / "one"
    (folder / "province" / "51.html").write_bytes(b"x" * size)
    for name in ("index.html", "en.html"):
        (folder / name).write_bytes(b"x" * (1_000_000 + 1 - is_met))
    assert [found for _, _, found in weights(folder)] == [is_met, is_met, True]


@pytest.mark.parametrize(
    ("wall", "peak_mb", "met"),
    [(60.0, 1536.0, [True, True]), (60.1, 1536.0, [False, True]), (1, 1537, [True, False])],
)
def test_limits_of_time_and_memory(wall: float, peak_mb: float, met: list[bool]) -> None:
    assert [found for _, _, found in costs(Run("", Measured(wall, 1, peak_mb, 0), 1, 0))] == met


def test_one_regency_changes_in_the_newest_month_only() -> None:
    before = tables(cells(["75"], 2))
    after = with_one_change(before)["coverage_by_regency"]["active_members"]
    difference = (after - before["coverage_by_regency"]["active_members"]).to_list()
    assert sorted(difference) == [0] * (len(difference) - 1) + [5]


def test_a_missed_limit_stands_out_in_the_table(tmp_path: Path) -> None:
    text = table([Run("anew", Measured(61, 1, 1, 0), 3, 4)], [("wall time", "61.0 s", False)], tmp_path, 36)
    assert "| anew | 61.0 | 1.0 | 1 | 3 | 4 |" in text
    assert "| wall time | 61.0 s | **no** |" in text
