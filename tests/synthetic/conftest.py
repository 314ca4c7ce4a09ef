"""Twins that many tests look at, made once."""

from __future__ import annotations

import polars as pl
import pytest

from flows.synth import Twin, synthesise, territory
from tests.synthetic import naive_night
from transforms.synthetic.parameters import Parameters, defect_classes
from transforms.synthetic.territory import Territory

#: Bali and a small province: several offices, people who cross, a rekap each.
EVERYTHING = Parameters(rows=6_000, provinces=("51", "65"), months=3, seed=7, defects=defect_classes("all"))


@pytest.fixture(scope="session")
def regencies() -> Territory:
    return territory()


@pytest.fixture(scope="session")
def twin(tmp_path_factory: pytest.TempPathFactory) -> Twin:
    return synthesise(EVERYTHING, tmp_path_factory.mktemp("twin"), workers=1)


@pytest.fixture(scope="session")
def night(twin: Twin, regencies: Territory) -> naive_night.Night:
    codes = dict(zip(regencies.kemendagri, regencies.bps, strict=True))
    former = {old: new for old, new in zip(regencies.former, regencies.bps, strict=True) if old}
    return naive_night.run(twin.folder / "landing", codes | former)


@pytest.fixture(scope="session")
def coverage(twin: Twin) -> pl.DataFrame:
    return pl.read_parquet(twin.folder / "truth" / "coverage.parquet")


@pytest.fixture(scope="session")
def planted(twin: Twin) -> pl.DataFrame:
    return pl.read_parquet(twin.folder / "truth" / "planted" / "*.parquet")
