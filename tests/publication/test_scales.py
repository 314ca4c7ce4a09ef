from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.publication.scales import bar_axis, class_edges, class_of, columns, line_axis

BALI = [Decimal(x) for x in ["57.91", "56.22", "50.63", "47.46", "46.28", "44.17", "42.74", "38.87", "36.14"]]
percents = st.lists(st.decimals(0, 400, places=2), min_size=1, max_size=60)


def test_classes_are_round_and_even() -> None:
    assert class_edges(BALI, Decimal("67.28")) == (40, 45, 50, 55)


def test_the_target_becomes_an_edge_once_somebody_reaches_it() -> None:
    assert class_edges([*BALI, Decimal("126.15")], Decimal("67.28"))[-1] == Decimal("67.28")
    assert class_edges(BALI, Decimal("67.28"))[-1] != Decimal("67.28")


def test_the_highest_class_is_open() -> None:
    assert class_of(Decimal("126.15"), class_edges(BALI, None)) == 5
    assert class_of(None, class_edges(BALI, None)) == 0


@given(percents, st.none() | st.decimals(1, 100, places=2))
def test_every_value_has_a_class(values: list[Decimal], target: Decimal | None) -> None:
    edges = class_edges(values, target)
    assert list(edges) == sorted(set(edges))
    assert all(1 <= class_of(value, edges) <= 5 for value in values)
    if target is not None:
        for value in values:
            assert (value >= target) == (class_of(value, edges) == len(edges) + 1) or target not in edges


@given(percents)
def test_no_bar_is_ever_clipped(values: list[Decimal]) -> None:
    axis = bar_axis(values)
    assert all(0 <= axis.share(value) <= 100 for value in values)
    assert axis.low == 0


@given(percents)
def test_every_line_stays_on_its_axis(values: list[Decimal]) -> None:
    axis = line_axis(values)
    assert all(0 <= axis.share(value) <= 100 for value in values)
    assert axis.high > axis.low >= 0
    assert len(axis.ticks) <= 12


@pytest.mark.parametrize("count", range(4, 61))
def test_no_small_chart_stands_alone(count: int) -> None:
    assert count % columns(count) != 1


def test_nine_small_charts_stand_three_by_three() -> None:
    assert columns(9) == 3
