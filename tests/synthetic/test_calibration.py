"""Sizes that are decided before anybody is made."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import SettingsError
from transforms.synthetic.calibration import apportion, percent_hundredths
from transforms.synthetic.parameters import Parameters, defect_classes
from transforms.synthetic.plan import plan
from transforms.synthetic.territory import Territory


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=40).filter(any))
def test_parts_add_up_and_stay_within_one_of_their_share(total: int, weights: list[int]) -> None:
    parts = apportion(total, np.array(weights))
    assert parts.sum() == total
    assert (np.abs(parts - np.array(weights) * (total / sum(weights))) <= 1.001).all()


@pytest.mark.parametrize("rows", [None, 1_000_000, 100_000, 20_000, 2_000, 8_000_000])
def test_bali_has_its_printed_figures_at_every_size(rows: int | None, regencies: Territory) -> None:
    planned = plan(Parameters(rows=rows, provinces=("51",)), regencies)
    places = regencies.regencies_of("51")
    printed = percent_hundredths(planned.workers[places], planned.base[places])
    by_code = dict(zip([regencies.bps[place] for place in places], printed.tolist(), strict=True))
    assert by_code["5103"] == 5868 == max(by_code.values())
    assert by_code["5106"] == 3552 == min(by_code.values())
    total = percent_hundredths(planned.workers[places].sum(), planned.base[places].sum())
    assert total == 5088
    if rows is None:
        assert (planned.base.sum(), planned.workers.sum()) == (1_837_899, 935_079)
    else:
        assert planned.clean_rows == rows


def test_the_nation_at_its_real_size_needs_about_45_million_rows(regencies: Territory) -> None:
    planned = plan(Parameters(), regencies)
    assert 40_000_000 < planned.clean_rows < 50_000_000
    assert 95_000_000 < planned.base.sum() < 110_000_000
    assert len(planned.provinces) == 38
    above = planned.workers > planned.base
    assert [regencies.bps[place] for place in np.flatnonzero(above)] == ["9102"]


def test_every_province_has_offices_and_one_regency_of_the_larger_ones_counts(regencies: Territory) -> None:
    planned = plan(Parameters(rows=100_000), regencies)
    assert {office.province for office in planned.offices} == set(regencies.provinces)
    assert len({office.code for office in planned.offices}) == len(planned.offices)
    assert (planned.office_of >= 0).all()
    assert (planned.persons[list(planned.counted_only)] == 0).all()
    larger = [code for code in regencies.provinces if len(regencies.regencies_of(code)) >= 4]
    assert len(planned.counted_only) == len(larger)


def test_unknown_provinces_and_defects_are_refused(regencies: Territory) -> None:
    with pytest.raises(SettingsError, match="unknown province: 99"):
        plan(Parameters(rows=100, provinces=("99",)), regencies)
    with pytest.raises(SettingsError, match="unknown defect class: typo"):
        Parameters(rows=100, defects=defect_classes("typo"))
    with pytest.raises(SettingsError, match="too many rows"):
        plan(Parameters(rows=200_000_000, provinces=("65",)), regencies)
