from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from tests.publication.test_headings import figure, place
from warehouse.publication.figures import Figure
from warehouse.publication.trends import MONTHS, Trend, trend


def month(number: int, pct: str | None, **changes: object) -> Figure:
    made = figure(pct, month=date(2024 + (number - 1) // 12, (number - 1) % 12 + 1, 1))
    return replace(made, **changes)  # type: ignore[arg-type]


def line_of(*figures: Figure) -> Trend:
    found = trend(place("51", "Bali", *figures), ())
    assert found is not None
    return found


def test_months_in_a_row_are_joined() -> None:
    line = line_of(month(1, "40"), month(2, "50"), month(3, "60")).whole
    assert line is not None
    assert (line.solid.count("M"), line.gaps, line.dots, line.breaks) == (1, "", "", ())


def test_a_missing_month_is_dotted_and_never_joined() -> None:
    for gap in ((), (month(2, None),)):
        line = line_of(month(1, "40"), *gap, month(3, "60"), month(4, "61")).whole
        assert line is not None
        assert (line.gaps.count("M"), line.solid.count("M"), line.dots.count("M")) == (1, 1, 1)


def test_a_new_base_cuts_the_line() -> None:
    other = {"denominator_id": "employed_sakernas"}
    for mark in (other, {"obs": "B"}):
        line = line_of(
            month(1, "40"), month(2, "41"), month(3, "60", **mark), month(4, "61", **mark | {"obs": "A"})
        ).whole
        assert line is not None
        assert (line.breaks, line.solid.count("M"), line.gaps) == ((2,), 2, "")


def test_a_single_month_is_a_dot_and_no_trend() -> None:
    found = line_of(month(1, "40"))
    assert not found.is_drawable
    assert found.whole is not None
    assert found.whole.dots


def test_the_target_is_drawn_in_steps_and_survives_a_withheld_month() -> None:
    steps = [month(1, "40", target=Decimal(50)), month(2, None), month(3, "42", target=Decimal(60))]
    line = line_of(*steps).whole
    assert line is not None
    assert line.target.count("V") == 1
    assert line.target.count("M") == 1


def test_no_target_no_line() -> None:
    line = line_of(month(1, "40", target=None), month(2, "41", target=None)).whole
    assert line is not None
    assert line.target == ""


def test_only_the_newest_months_are_drawn() -> None:
    found = line_of(*(month(n, "40") for n in range(1, 50)))
    assert len(found.months) == MONTHS
    assert found.months[-1] == date(2028, 1, 1)


def test_nothing_known_no_trend() -> None:
    assert trend(place("51", "Bali", month(1, None)), ()) is None


def test_small_charts_need_two_months_and_stand_in_order_of_coverage() -> None:
    parts = [
        place("1", "Low", month(1, "20"), month(2, "21")),
        place("2", "High", month(1, "60"), month(2, "61")),
        place("3", "Once", month(2, "90")),
    ]
    found = trend(place("51", "Bali"), parts)
    assert found is not None
    assert [panel.place.name for panel in found.panels] == ["High", "Low"]
    assert found.whole is None
