"""The gate: rows in = accepted + rejected, every reason told, no way around it, no value in a message."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pandera.polars as pa
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.errors import ContractBroken
from schemas.tables.table import Table
from schemas.validation import accept, broken_rules, conform


class Stalls(Table):
    """One row per market stall: a small table with every sort of rule."""

    stall: str = pa.Field(unique=True)
    goods: str = pa.Field(nullable=True, isin=["rice", "fish"])
    price: pl.Int64 = pa.Field(ge=1)

    @pa.dataframe_check(name="price:fish_is_dear", n_failure_cases=1)
    def _fish_is_dear(cls, data: pa.PolarsData) -> pl.LazyFrame:  # noqa: N805 (Pandera's classmethod)
        return data.lazyframe.select((pl.col("goods") != "fish") | (pl.col("price") >= 10))


SCHEMA = Stalls.to_schema()


def stalls(*rows: tuple[Any, ...]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=Stalls.polars_schema(), orient="row")


GOOD = stalls(("a", "rice", 5), ("b", "fish", 12), ("c", None, 1))


def test_good_rows_come_back_as_they_are() -> None:
    verdict = accept(SCHEMA, GOOD)
    assert verdict.accepted.equals(GOOD)
    assert verdict.rejected.rows() == []
    assert verdict.warned == {}
    assert conform(Stalls, GOOD).equals(GOOD)


def test_a_row_is_told_every_reason_and_its_neighbours_none() -> None:
    rows = stalls(("a", "rice", 5), ("b", "salt", 0), ("c", "fish", 3), ("d", "rice", 7))
    verdict = accept(SCHEMA, rows)
    assert verdict.rejected.rows() == [
        (1, ["goods:not_in_list", "price:too_small"]),
        (2, ["price:fish_is_dear"]),
    ]
    assert verdict.accepted["stall"].to_list() == ["a", "d"]


def test_all_rows_of_a_doubled_key_are_set_aside() -> None:
    verdict = accept(SCHEMA, stalls(("a", "rice", 5), ("b", "rice", 5), ("a", "rice", 6)))
    assert verdict.rejected.rows() == [(0, ["stall:duplicate_key"]), (2, ["stall:duplicate_key"])]


def test_a_missing_value_is_told_as_missing() -> None:
    verdict = accept(SCHEMA, stalls((None, "rice", 5), ("b", "rice", None)))
    assert verdict.rejected.rows() == [(0, ["stall:missing"]), (1, ["price:missing"])]


def test_a_warning_is_counted_and_the_row_is_kept() -> None:
    rows = stalls(("a", "fish", 3), ("b", "salt", 20), ("c", "fish", 0))
    verdict = accept(SCHEMA, rows, warnings=frozenset({"price:fish_is_dear"}))
    assert verdict.accepted["stall"].to_list() == ["a"]
    # The warning of the rejected row is one of its reasons, after the rules that rejected it.
    assert verdict.rejected.rows() == [
        (1, ["goods:not_in_list"]),
        (2, ["price:too_small", "price:fish_is_dear"]),
    ]
    assert verdict.warned == {"price:fish_is_dear": 1}


def test_a_warning_about_rejected_rows_alone_is_no_warning() -> None:
    verdict = accept(SCHEMA, stalls(("c", "fish", 0)), warnings=frozenset({"price:fish_is_dear"}))
    assert verdict.warned == {}


def test_a_table_that_only_warns_rejects_nothing() -> None:
    verdict = accept(SCHEMA, stalls(("a", "fish", 3)), warnings=frozenset({"price:fish_is_dear"}))
    assert verdict.accepted.height == 1
    assert verdict.rejected.height == 0
    assert verdict.warned == {"price:fish_is_dear": 1}


def test_no_row_is_a_verdict_too() -> None:
    verdict = accept(SCHEMA, stalls())
    assert (verdict.accepted.height, verdict.rejected.height) == (0, 0)


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b", "c", "d", None]),
            st.sampled_from(["rice", "fish", "salt", None]),
            st.sampled_from([0, 1, 10, None]),
        ),
        max_size=12,
    )
)
def test_rows_in_are_accepted_or_rejected_and_no_row_is_both(rows: list[tuple[Any, ...]]) -> None:
    frame = stalls(*rows)
    verdict = accept(SCHEMA, frame)
    rejected = verdict.rejected["row"].to_list()
    assert len(set(rejected)) == len(rejected)
    assert verdict.accepted.rows() == [row for at, row in enumerate(rows) if at not in rejected]
    assert all(verdict.rejected["reasons"].list.len() >= 1)
    # Judged one by one, but for the key, which is a matter of all rows.
    for at, (stall, goods, price) in enumerate(rows):
        alone = (
            (stall is None)
            or (sum(other[0] == stall for other in rows) > 1)
            or (goods == "salt")
            or (price is None or price < 1)
            or (goods == "fish" and price < 10)
        )
        assert (at in rejected) == alone


def test_a_lazy_frame_is_refused() -> None:
    with pytest.raises(ContractBroken, match="eager frame, got LazyFrame"):
        accept(SCHEMA, GOOD.lazy())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rows", "rule"),
    [
        pytest.param(GOOD.drop("price"), "COLUMN_NOT_IN_DATAFRAME", id="a column is missing"),
        pytest.param(
            GOOD.with_columns(pl.lit("secret").alias("owner")), "column_in_schema", id="one too many"
        ),
        pytest.param(GOOD.select("goods", "stall", "price"), "column_ordered", id="another order"),
        pytest.param(GOOD.with_columns(pl.col("price").cast(pl.Int32)), "dtype", id="another type"),
        pytest.param(
            GOOD.with_columns(pl.lit("secret").alias("price")), "dtype", id="text where numbers belong"
        ),
    ],
)
def test_another_shape_is_our_defect_and_told_without_values(rows: pl.DataFrame, rule: str) -> None:
    for gate in (lambda: accept(SCHEMA, rows), lambda: conform(Stalls, rows)):
        with pytest.raises(ContractBroken) as refused:
            gate()
        assert rule in str(refused.value)
        assert str(refused.value).startswith("Stalls: ")
        assert "secret" not in str(refused.value)
        assert refused.value.__cause__ is None
        assert refused.value.__suppress_context__


def test_a_check_that_fails_itself_is_our_defect() -> None:
    class Broken(Table):
        stall: str

        @pa.dataframe_check(name="stall:odd", n_failure_cases=1)
        def _odd(cls, data: pa.PolarsData) -> pl.LazyFrame:  # noqa: N805 (Pandera's classmethod)
            return data.lazyframe.select(pl.col("no_such_column") == 1)

    with pytest.raises(ContractBroken, match="stall:odd"):
        accept(Broken.to_schema(), pl.DataFrame({"stall": ["secret"]}))


def test_rows_of_our_own_that_break_a_rule_are_told_by_rule_and_number() -> None:
    with pytest.raises(ContractBroken) as refused:
        conform(Stalls, stalls(("secret", "salt", 0), ("b", "salt", 1)))
    assert refused.value.what == (
        "rows break the rules of Stalls: goods:not_in_list (2 rows), price:too_small (1 rows)"
    )


def test_broken_rules_are_series_over_all_rows() -> None:
    failed = broken_rules(SCHEMA, stalls(("a", "salt", 1), ("b", "rice", 0)))
    assert {rule: flags.to_list() for rule, flags in failed.items()} == {
        "goods:not_in_list": [True, False],
        "price:too_small": [False, True],
    }


_SWITCHED_OFF = """
import polars as pl
from pandera.config import CONFIG
from schemas.sources import REKAP
from schemas.validation import accept
assert not CONFIG.validation_enabled and CONFIG.validation_depth.name == "SCHEMA_ONLY", CONFIG
row = dict(line=2, region_code="5103", segment="PU", active_members=-1, inactive_members=None,
           numerator_id="workers_residence", defects=1)
rows = pl.DataFrame([row, row | dict(region_code="5104")], schema=REKAP.model.polars_schema())
print(accept(REKAP.schema, rows).rejected["reasons"].to_list())
"""


def test_the_environment_cannot_switch_the_rules_off() -> None:
    switches = {"PANDERA_VALIDATION_ENABLED": "false", "PANDERA_VALIDATION_DEPTH": "SCHEMA_ONLY"}
    told = subprocess.run(
        [sys.executable, "-c", _SWITCHED_OFF],
        env={**os.environ, **switches},
        capture_output=True,
        text=True,
        check=False,
    )
    reasons = ["active_members:too_small", "region_code:missing"]
    assert (told.stdout.strip(), told.stderr) == (str([reasons, reasons]), "")
