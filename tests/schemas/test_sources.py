"""Every rule of an extract bites: each has an example row that breaks this rule and no other."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from schemas.registers import load_registers
from schemas.sources import DEFECTS_OF_KIND, PENDUDUK_BEKERJA, REKAP, SOURCES, Source
from schemas.validation import accept
from transforms.regions import region_codes
from transforms.typed_rows import Context, typed_rows

COUNTED = {source.name: source for source in (REKAP, PENDUDUK_BEKERJA)}

#: How a report names a check of Pandera; a check that is not here has no example yet.
PLAIN = {
    "str_matches": "wrong_form",
    "isin": "not_in_list",
    "greater_than_or_equal_to": "too_small",
}

#: Good rows that differ in one part of the key each, and in every value.
GOOD: dict[str, list[dict[str, Any]]] = {
    "rekap": [
        {
            "line": 2 + at,
            "region_code": code,
            "segment": segment,
            "active_members": 10 + at,
            "inactive_members": None,
            "numerator_id": numerator,
            "defects": 0,
        }
        for at, (code, segment, numerator) in enumerate(
            [
                ("5103", "PU", "workers_residence"),
                ("5104", "PU", "workers_residence"),
                ("5103", "BPU", "workers_residence"),
                ("5103", "PU", "memberships_residence"),
            ]
        )
    ],
    "penduduk_bekerja": [
        {
            "line": 2 + at,
            "region_code": code,
            "workers": 100 + at,
            "formal_workers": 40,
            "informal_workers": 60,
            "rse_pct": 5.5,
            "denominator_id": denominator,
            "defects": 0,
        }
        for at, (code, denominator) in enumerate(
            [("5103", "eligible_workers"), ("5104", "eligible_workers"), ("5103", "employed_sakernas")]
        )
    ],
}

#: Rule of the model → what makes the second row break it. Bits of reading are made by TEXTS below.
BREAKS: dict[str, dict[str, dict[str, Any]]] = {
    "rekap": {
        "line:missing": {"line": None},
        "line:too_small": {"line": 0},
        "region_code:wrong_form": {"region_code": "51.04"},
        "segment:not_in_list": {"segment": "PBI"},
        "active_members:too_small": {"active_members": -1},
        "inactive_members:too_small": {"inactive_members": -1},
        "row:duplicate_key": {"region_code": "5103"},
        "defects:missing": {"defects": None},
    },
    "penduduk_bekerja": {
        "line:missing": {"line": None},
        "line:too_small": {"line": 0},
        "region_code:wrong_form": {"region_code": "51.04"},
        "workers:too_small": {"workers": 0, "formal_workers": None, "informal_workers": None},
        "workers:less_than_its_parts": {"workers": 99},
        "formal_workers:too_small": {"formal_workers": -1},
        "informal_workers:too_small": {"informal_workers": -1},
        "rse_pct:too_small": {"rse_pct": -0.1},
        "row:duplicate_key": {"region_code": "5103"},
        "defects:missing": {"defects": None},
    },
}

#: Defect of reading → the text that has it, as a cell of an otherwise good row of Bali (or of `scope`).
TEXTS: dict[str, dict[str, tuple[str, str]]] = {
    "rekap": {
        "region_code:missing": ("51", "-"),
        "region_code:wrong_form": ("51", "510.3"),
        "region_code:unknown": ("51", "51.99"),
        "region_code:outside_scope": ("51", "52.01"),
        "region_code:other_territory": ("94", "94"),
        "segment:missing": ("51", "NA"),
        "segment:unknown": ("51", "PBI"),
        "active_members:missing": ("51", "…"),
        "active_members:percent_where_count": ("51", "58,68"),
        "active_members:not_whole": ("51", "1.873,5"),
        "active_members:not_a_number": ("51", "935O79"),
        "inactive_members:percent_where_count": ("51", "58.68 %"),
        "inactive_members:not_whole": ("51", "12345,678"),
        "inactive_members:not_a_number": ("51", "-5"),
        "numerator_id:unknown": ("51", "workers_by_moon"),
    },
    "penduduk_bekerja": {
        "region_code:missing": ("51", ""),
        "region_code:wrong_form": ("51", "Badung"),
        "region_code:unknown": ("51", "5199"),
        "region_code:outside_scope": ("51", "00"),
        "region_code:other_territory": ("91", "91"),
        "workers:missing": ("51", "–"),
        "workers:percent_where_count": ("51", "3,2"),
        "workers:not_whole": ("51", "1.000.000,25"),
        "workers:not_a_number": ("51", "1 873 899"),
        "formal_workers:percent_where_count": ("51", "40%"),
        "formal_workers:not_whole": ("51", "0,375"),
        "formal_workers:not_a_number": ("51", "40 orang"),
        "informal_workers:percent_where_count": ("51", "60,0"),
        "informal_workers:not_whole": ("51", "1500,125"),
        "informal_workers:not_a_number": ("51", "1.87.3"),
        "rse_pct:not_a_number": ("51", "kecil"),
        "denominator_id:unknown": ("51", "workers_residence"),
    },
}

TEXT_OF_GOOD_ROWS = {
    "rekap": {
        "line": 2,
        "region_code": "51.03",
        "segment": "PU",
        "active_members": "10",
        "inactive_members": None,
        "numerator_id": None,
    },
    "penduduk_bekerja": {
        "line": 2,
        "region_code": "51.03",
        "workers": "100",
        "formal_workers": "40",
        "informal_workers": "60",
        "rse_pct": "5,5",
        "denominator_id": None,
    },
}

#: Before Papua (2022-07-25) and Papua Barat (2022-12-08) were split.
BEFORE_THE_SPLITS = date(2021, 12, 31)


def rules_of_model(source: Source) -> list[str]:
    """Every rule that the model of a source declares, as a report names it."""
    schema = source.model.to_schema()
    rules = [check.name for check in schema.checks]
    for name, column in schema.columns.items():
        rules += [f"{name}:missing"] * (not column.nullable) + [f"{name}:duplicate_key"] * column.unique
        rules += [f"{name}:{PLAIN[check.name]}" for check in column.checks]
    return rules


RULES = [(name, rule) for name, source in COUNTED.items() for rule in rules_of_model(source)]
DEFECTS = [(name, defect) for name, source in COUNTED.items() for defect in source.defects]


def typed(source: Source, rows: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=source.model.polars_schema(), orient="row")


@pytest.fixture(scope="module")
def context() -> dict[str, Any]:
    registers = load_registers()
    return {
        "regions": region_codes(registers.regions, ("bps", "kemendagri")),
        "rekap": frozenset(registers.definition_ids("numerator")),
        "penduduk_bekerja": frozenset(registers.definition_ids("denominator")),
    }


@pytest.mark.parametrize("name", COUNTED)
def test_good_rows_pass_every_rule(name: str) -> None:
    rows = typed(COUNTED[name], GOOD[name])
    verdict = accept(COUNTED[name].schema, rows)
    assert verdict.accepted.equals(rows)
    assert verdict.rejected.height == 0


@pytest.mark.parametrize("name", COUNTED)
def test_every_example_has_its_rule_and_every_rule_its_example(name: str) -> None:
    assert set(BREAKS[name]) == set(rules_of_model(COUNTED[name]))
    assert set(TEXTS[name]) == set(COUNTED[name].defects)


@pytest.mark.parametrize(("name", "rule"), RULES)
def test_each_rule_of_the_model_bites(name: str, rule: str) -> None:
    first, second, *others = GOOD[name]
    rows = typed(COUNTED[name], [first, second | BREAKS[name][rule], *others])
    verdict = accept(COUNTED[name].schema, rows)
    both = rule == "row:duplicate_key"
    broken = [0, 1] if both else [1]
    assert verdict.rejected.rows() == [(row, [rule]) for row in broken]
    assert verdict.accepted.equals(rows[[row for row in range(rows.height) if row not in broken]])


@pytest.mark.parametrize(("name", "rule"), DEFECTS)
def test_each_defect_of_reading_is_found_in_text_and_set_aside(
    name: str, rule: str, context: dict[str, Any]
) -> None:
    source = COUNTED[name]
    scope, text = TEXTS[name][rule]
    row = TEXT_OF_GOOD_ROWS[name] | {rule.split(":", maxsplit=1)[0]: text}
    if scope != "51" and not rule.startswith("region_code"):
        row["region_code"] = scope
    schema = {"line": pl.Int64, **{column.name: pl.String for column in source.columns}}
    frame = pl.DataFrame([row], schema=schema, orient="row")
    rows = typed_rows(source, frame, Context(scope, BEFORE_THE_SPLITS, context["regions"], context[name]))
    assert rows["defects"].to_list() == [1 << source.defects.index(rule)]
    verdict = accept(source.schema, rows)
    assert verdict.accepted.height == 0
    assert verdict.rejected["reasons"].to_list() == [[rule]]


@pytest.mark.parametrize(("name", "defect"), DEFECTS)
def test_each_bit_of_defects_is_a_rule_of_its_own(name: str, defect: str) -> None:
    source = COUNTED[name]
    bit = 1 << source.defects.index(defect)
    first, second, *others = GOOD[name]
    rows = typed(source, [first, second | {"defects": bit}, *others])
    assert accept(source.schema, rows).rejected.rows() == [(1, [defect])]


@pytest.mark.parametrize("source", SOURCES.values(), ids=lambda source: source.name)
def test_the_bits_of_all_defects_fit_into_the_column(source: Source) -> None:
    width = {pl.UInt32: 32, pl.UInt64: 64}[source.model.polars_schema()["defects"]]
    assert len(source.defects) == len(set(source.defects)) <= width


@pytest.mark.parametrize("source", COUNTED.values(), ids=lambda source: source.name)
def test_a_source_is_declared_without_contradiction(source: Source) -> None:
    names = [column.name for column in source.columns]
    headers = [header for column in source.columns for header in (column.header, *column.aliases)]
    assert list(source.model.polars_schema()) == ["line", *names, "defects"]
    assert len(set(headers)) == len(headers)
    assert not set(headers) & set(source.ignored_headers)
    assert source.summed in ("", *names)
    assert 0 <= source.tolerance < 1
    assert all(column.default is None or column.optional for column in source.columns)


def test_asking_for_a_schema_twice_does_not_add_its_rules_twice() -> None:
    assert len(REKAP.model.to_schema().checks) == 1
    assert len(REKAP.schema.checks) == 1 + len(REKAP.defects)
    assert len(REKAP.model.to_schema().checks) == 1


def test_every_kind_of_column_knows_that_a_value_may_be_missing() -> None:
    assert all(defects[0] == "missing" for defects in DEFECTS_OF_KIND.values())
