"""The score, on ledgers small enough to count by hand."""

from __future__ import annotations

from typing import Any

import polars as pl

from transforms.synthetic.scoring import NOT_PLANTED, score

PLANTED = {"file_name": pl.String, "line": pl.Int64, "defect": pl.String, "group": pl.String}
FOUND = {"file_name": pl.String, "line": pl.Int64, "reasons": pl.List(pl.String), "outcome": pl.String}


def scored(planted: list[tuple[Any, ...]], found: list[tuple[Any, ...]]) -> dict[str, dict[str, Any]]:
    table = score(
        pl.DataFrame(planted, schema=PLANTED, orient="row"), pl.DataFrame(found, schema=FOUND, orient="row")
    )
    return {row["defect"]: row for row in table.to_dicts()}


def test_a_line_counts_under_its_own_reason_only() -> None:
    told = scored(
        [("a", 2, "kpj_missing", None), ("a", 3, "kpj_missing", None), ("a", 4, "wage_negative", None)],
        [
            ("a", 2, ["kpj:missing", "wage:negative"], "quarantined"),
            ("a", 3, ["sex:unknown"], "quarantined"),
            ("a", 9, ["kpj:missing"], "quarantined"),
        ],
    )
    kpj, wage = told["kpj_missing"], told["wage_negative"]
    assert (kpj["planted"], kpj["found"], kpj["other_reason"], kpj["false_alarms"]) == (2, 1, 1, 1)
    assert (kpj["precision"], kpj["recall"]) == (0.5, 0.5)
    assert (wage["found"], wage["collateral"], wage["precision"], wage["recall"]) == (0, 1, None, 0.0)
    assert (told[NOT_PLANTED]["found"], told[NOT_PLANTED]["remark"]) == (1, "kpj:missing")


def test_the_outcome_must_be_right_too() -> None:
    told = scored(
        [("a", 2, "sex_disagrees_with_nik", None)], [("a", 2, ["sex:disagrees_with_nik"], "quarantined")]
    )
    assert told["sex_disagrees_with_nik"]["recall"] == 0


def test_a_pair_is_found_by_naming_either_line() -> None:
    planted = [("a", 2, "duplicate_other_file", "g"), ("b", 7, "duplicate_other_file", "g")]
    for file, line in (("a", 2), ("b", 7)):
        told = scored(planted, [(file, line, ["row:duplicate"], "duplicate")])["duplicate_other_file"]
        assert (told["planted"], told["found"], told["precision"], told["recall"]) == (1, 1, 1.0, 1.0)


def test_all_reasons_of_a_row_are_asked_for() -> None:
    planted = [("a", 2, "several_rules", None)]
    some = scored(planted, [("a", 2, ["kpj:missing", "sex:unknown"], "quarantined")])
    every = scored(planted, [("a", 2, ["sex:unknown", "kpj:missing", "wage:negative"], "quarantined")])
    assert (some["several_rules"]["recall"], every["several_rules"]["recall"]) == (0.0, 1.0)


def test_rows_of_a_file_that_must_be_rejected_are_not_judged() -> None:
    told = scored(
        [("a", None, "file_wrong_month", None)],
        [("a", None, ["too many"], "file_rejected"), ("a", 5, ["updated_at:after_as_of"], "quarantined")],
    )
    assert told["file_wrong_month"]["recall"] == 1
    assert told[NOT_PLANTED]["found"] == 0


def test_a_file_rejected_without_a_cause_is_a_false_alarm() -> None:
    told = scored(
        [("a", 2, "nik_former_region", None), ("b", None, "layout_pipe", None)],
        [("a", None, [], "file_rejected"), ("b", None, [], "file_rejected")],
    )
    assert told["nik_former_region"]["recall"] == 0
    assert told["layout_pipe"]["recall"] == 0
    assert told[NOT_PLANTED]["found"] == 2


def test_what_nobody_can_decide_has_no_score_but_a_remark() -> None:
    told = scored([("a", 2, "nik_last_digit_lost", None)], [])["nik_last_digit_lost"]
    assert (told["precision"], told["recall"]) == (None, None)
    assert "no rule can tell" in told["remark"]


def test_warnings_known_by_file_only_are_compared_by_count() -> None:
    planted = pl.DataFrame(
        [("a", line, "sex_disagrees_with_nik", None) for line in range(2, 6)], schema=PLANTED, orient="row"
    )
    found = pl.DataFrame(
        [("a", None, ["sex:disagrees_with_nik"], "counted_warning", 5)],
        schema={**FOUND, "count": pl.Int64},
        orient="row",
    )
    told = score(planted, found).row(0, named=True)
    assert (told["planted"], told["found"], told["precision"], told["recall"]) == (4, 4, 0.8, 1.0)
    assert "count" in told["remark"]
