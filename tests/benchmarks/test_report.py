"""The report says what was measured and whether it is what was asked for."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from benchmarks import report
from benchmarks.measuring import Measured
from benchmarks.results import Line, Results, kept
from benchmarks.targets import findings

TEN = 10_000_000


def took(wall: float, *, peak: float = 100.0, exit_code: int = 0) -> Measured:
    return Measured(wall, wall * 2, peak, exit_code, peak)


def line(subject: str, size: int, *runs: Measured, difference: str | None = None) -> Line:
    return Line(subject, size, size, 1, 1, runs, difference)


def results(
    *lines: Line, kind: str = "contenders", limit: float | None = None, started: str = "1"
) -> Results:
    return Results(kind, "command", "synth", limit, machine="machine", started=started, lines=list(lines))


def verdicts(*measured: Results) -> dict[str, str]:
    return {found.asked: found.verdict for found in findings(measured)}


def verdict_about(words: str, *measured: Results) -> str:
    (found,) = [verdict for asked, verdict in verdicts(*measured).items() if words in asked]
    return found


@pytest.mark.parametrize(
    ("night", "rival", "other", "words", "verdict"),
    [
        (13.0, "polars", 10.0, "to tables: ≤ 1.3 × polars", "met"),
        (13.1, "polars", 10.0, "to tables: ≤ 1.3 × polars", "**not met**"),
        (6.0, "duckdb", 10.0, "to tables: ≤ 0.6 × duckdb", "met"),
        (6.1, "duckdb", 10.0, "to tables: ≤ 0.6 × duckdb", "**not met**"),
        (10.0, "dbt", 30.0, "to tables: dbt takes ≥ 3", "met"),
        (10.0, "dbt", 29.0, "to tables: dbt takes ≥ 3", "**not met**"),
        (10.0, "pandas", 100.0, "to tables: pandas takes ≥ 10", "met"),
        (10.0, "pandas", 99.0, "to tables: pandas takes ≥ 10", "**not met**"),
    ],
)
def test_a_ratio_is_held_against_its_target(
    night: float, rival: str, other: float, words: str, verdict: str
) -> None:
    measured = results(line("cakupan", TEN, took(night)), line(rival, TEN, took(other)))
    assert verdict_about(words, measured) == verdict


def test_a_ratio_on_fewer_rows_decides_nothing() -> None:
    measured = results(line("cakupan", 1000, took(1)), line("polars", 1000, took(10)))
    assert verdict_about("to tables: ≤ 1.3 × polars", measured) == "not measured there"


def test_a_ratio_is_never_made_of_two_commands() -> None:
    ours, theirs = results(line("cakupan", TEN, took(1))), results(line("polars", TEN, took(10)))
    assert verdict_about("to tables: ≤ 1.3 × polars", ours, theirs) == "not measured"


def test_a_program_that_failed_was_not_faster() -> None:
    measured = results(line("cakupan", TEN, took(1, exit_code=1)), line("polars", TEN, took(10)))
    assert verdict_about("to tables: ≤ 1.3 × polars", measured) == "not measured"


@pytest.mark.parametrize(
    ("run", "limit", "verdict"),
    [
        (took(500, peak=4000), 4, "met"),
        (took(500, peak=4097), 4, "**not met**"),
        (took(500, exit_code=1), 4, "**not met**"),
        (took(500, peak=4000), None, "not measured"),
        (took(500, peak=4000), 8, "not measured"),
    ],
)
def test_national_size_needs_a_limit_that_held(run: Measured, limit: float | None, verdict: str) -> None:
    measured = results(line("cakupan", 45_000_000, run), limit=limit)
    assert verdict_about("within 4 GiB", measured) == verdict


@pytest.mark.parametrize(("wall", "verdict"), [(45.0, "met"), (45.1, "**not met**")])
def test_time_may_grow_as_the_rows_do(wall: float, verdict: str) -> None:
    measured = results(line("cakupan", TEN, took(10)), line("cakupan", 45_000_000, took(wall)))
    assert verdict_about("grows no faster", measured) == verdict


@pytest.mark.parametrize(
    ("changed", "idle", "expected"),
    [(29.9, 1.9, ("met", "met")), (30.0, 2.0, ("**not met**", "**not met**"))],
)
def test_nights_with_a_past_are_held_against_their_targets(
    changed: float, idle: float, expected: tuple[str, str]
) -> None:
    measured = results(
        line("that file alone", 0, took(10)),
        line("nothing new", 36, took(idle)),
        line("one office changed", 36, took(changed)),
        kind="history",
    )
    assert (verdict_about("one office", measured), verdict_about("nothing new", measured)) == expected


def test_without_measurements_nothing_is_met() -> None:
    assert set(verdicts().values()) == {"not measured"}


def test_results_come_back_from_their_files_as_they_were(tmp_path: Path) -> None:
    first = results(line("cakupan", 1, took(2), took(1)), started="2026-01-01T00:00:00+00:00")
    second = results(line("polars", 1, took(3), difference="x"), started="2026-01-02T00:00:00+00:00", limit=4)
    for result in (second, first):
        result.keep(tmp_path)
    assert kept(tmp_path) == [first, second]


def test_the_run_that_took_least_is_shown_unless_it_failed() -> None:
    assert line("cakupan", 1, took(3), took(2), took(1, exit_code=1)).best == took(2)


def test_the_page_shows_every_line_and_what_is_wrong_with_it(tmp_path: Path) -> None:
    measured = results(
        line("cakupan", TEN, took(10)),
        line("pandas", TEN, took(120), difference="persons 1 against 2"),
        line("dbt", TEN, took(1, exit_code=9)),
    )
    report.write(tmp_path, [measured])
    page = (tmp_path / "benchmarks.md").read_text(encoding="utf-8")
    assert (
        "| pandas | 120.0 | 240.0 | 1 | 100 | 100 | 12.00 | 12.00 | **differs**: persons 1 against 2 |"
        in page
    )
    assert "failed (exit code 9)" in page
    assert "Not measured yet." in page


def test_a_size_that_was_measured_again_is_shown_once(tmp_path: Path) -> None:
    old, new = (results(line("cakupan", TEN, took(wall)), started=str(wall)) for wall in (11.5, 12.5))
    report.write(tmp_path, [old, new])
    page = (tmp_path / "benchmarks.md").read_text(encoding="utf-8")
    assert "| 12.5 |" in page
    assert "| 11.5 |" not in page


def test_a_later_run_of_fewer_programs_stands_beside_the_comparison(tmp_path: Path) -> None:
    both = results(line("cakupan", TEN, took(11.5)), line("polars", TEN, took(9.5)), started="1")
    alone = results(line("cakupan", TEN, took(12.5)), started="2")
    report.write(tmp_path, [both, alone])
    page = (tmp_path / "benchmarks.md").read_text(encoding="utf-8")
    assert "| cakupan | 11.5 |" in page
    assert "| cakupan | 12.5 |" in page


def test_pictures_are_drawings_with_a_bar_for_every_line(tmp_path: Path) -> None:
    nights = [line("that file alone", 0, took(1)), line("nothing new", 36, took(2))]
    report.write(
        tmp_path,
        [results(line("cakupan", TEN, took(1)), line("<x>", TEN, took(2))), results(*nights, kind="history")],
    )
    bars = {
        path.name: [
            bar.get("width")
            for bar in ET.fromstring(path.read_text(encoding="utf-8")).iter()
            if "rect" in bar.tag
        ]
        for path in (tmp_path / "pictures").iterdir()
    }
    # The background, then wall time and memory of two programs; the longest of a group fills the width.
    assert bars["benchmarks-contenders.svg"] == ["100%", "230.0", "460.0", "460.0", "460.0"]
    assert bars["benchmarks-history.svg"] == ["100%", "460.0"]
    assert bars["benchmarks-files.svg"] == ["100%"]
