"""Every rule of a member row bites, on its own, on a row that is good in all else."""

from __future__ import annotations

from functools import cache

import pytest

from schemas.sources import PESERTA
from schemas.validation import accept, accept_delivered
from tests.members.rows import CONTEXT, text_frame
from tests.members.test_reading import UNREADABLE
from transforms.member_rows import typed_members

BPU: dict[str, str | None] = {"segment": "BPU", "npp": None, "programs": "JKK|JKM|JHT", "wage": None}
JAKON: dict[str, str | None] = {"segment": "JAKON", "programs": "JKK|JKM", "wage": None}
PMI: dict[str, str | None] = BPU | {"segment": "PMI"}
LEFT: dict[str, str | None] = {"status": "NONAKTIF", "end_date": "2025-01-31"}

#: Rule → cells that break it and no other rule.
BREAKS: list[tuple[str, dict[str, str | None]]] = [
    ("kpj:wrong_form", {"kpj": "1234567890"}),
    ("kpj:wrong_form", {"kpj": "1234567890A"}),
    ("kpj:wrong_form", {"kpj": "١٢٣٤٥٦٧٨٩٠١"}),
    ("npp:wrong_form", {"npp": "123456789"}),
    ("npp:wrong_form", {"npp": "A2345678"}),
    ("activity_code:wrong_form", {"activity_code": "5511"}),
    ("activity_code:wrong_form", {"activity_code": "I5511"}),
    ("nik:impossible_date", {"nik": "5103013201900001", "sex": "L"}),
    ("nik:impossible_date", {"nik": "5103010001900001", "sex": "L"}),
    ("nik:impossible_date", {"nik": "5103014001900001", "sex": "L"}),
    ("nik:impossible_date", {"nik": "5103017201900001"}),
    ("nik:impossible_date", {"nik": "5103014100900001"}),
    ("nik:impossible_date", {"nik": "5103014113900001"}),
    ("nik:impossible_date", {"nik": "5103017104900001"}),
    ("nik:impossible_date", {"nik": "5103016902900001"}),
    ("nik:serial_zero", {"nik": "5103014101900000"}),
    ("npp:missing_for_segment", {"npp": None}),
    ("npp:missing_for_segment", JAKON | {"npp": None}),
    ("npp:not_allowed_for_segment", BPU | {"npp": "12345678"}),
    ("npp:not_allowed_for_segment", PMI | {"npp": "12345678"}),
    ("programs:without_jkk_jkm", {"programs": "JKK|JHT"}),
    ("programs:without_jkk_jkm", BPU | {"programs": "JKM"}),
    ("programs:not_allowed_for_segment", BPU | {"programs": "JKK|JKM|JP"}),
    ("programs:not_allowed_for_segment", PMI | {"programs": "JKK|JKM|JKP"}),
    ("programs:not_allowed_for_segment", JAKON | {"programs": "JKK|JKM|JHT"}),
    ("start_date:after_as_of", {"start_date": "2025-04-01"}),
    ("end_date:before_start", {"start_date": "2024-05-02", "end_date": "2024-05-01"}),
    ("end_date:missing_for_status", {"status": "NONAKTIF"}),
    ("last_paid:after_as_of", {"last_paid": "202504"}),
    ("birth_date:too_young", {"nik": "5103014104100001", "birth_date": "2010-04-01"}),
    ("birth_date:too_old", {"nik": "5103017103240001", "birth_date": "1924-03-31"}),
    ("birth_date:disagrees_with_nik", {"birth_date": "1990-01-02"}),
    ("birth_date:disagrees_with_nik", {"birth_date": "1990-02-01"}),
    ("birth_date:disagrees_with_nik", {"birth_date": "1991-01-01"}),
    ("sex:disagrees_with_nik", {"sex": "L"}),
    ("sex:disagrees_with_nik", {"nik": "5103010101900001"}),
    ("wage:negative", {"wage": "-1"}),
    ("wage:missing_for_segment", {"wage": None}),
    ("updated_at:after_as_of", {"updated_at": "2025-04-01 00:00:00"}),
    *((defect, {column: cell}) for column, cell, defect in UNREADABLE),
]


def rules() -> set[str]:
    """Every rule of the schema, in the words of a report."""
    named = {str(check.name) for check in PESERTA.schema.checks}
    patterned = {
        f"{name}:wrong_form"
        for name, column in PESERTA.schema.columns.items()
        if column.checks and name != "line"
    }
    return named | patterned


def test_every_rule_has_an_example() -> None:
    assert rules() == {rule for rule, _ in BREAKS}


@cache
def told() -> list[set[str]]:
    """What the gate says of every example, judged as one batch: hard rules and warnings."""
    rows = typed_members(text_frame(*(cells for _, cells in BREAKS)), CONTEXT)
    verdict = accept(PESERTA.schema, rows, warnings=PESERTA.warnings)
    found: list[set[str]] = [set() for _ in BREAKS]
    lines = {line: at for at, line in enumerate(rows["line"])}
    for row, reasons in verdict.rejected.iter_rows():
        found[row] |= set(reasons)
    for row, reason in verdict.warned_rows.iter_rows():
        found[lines[verdict.accepted["line"][row]]].add(reason)
    return found


@pytest.mark.parametrize("at", range(len(BREAKS)), ids=[f"{rule} {cells}" for rule, cells in BREAKS])
def test_a_rule_bites_alone(at: int) -> None:
    rule, _ = BREAKS[at]
    beside = told()[at] - {rule}
    assert rule in told()[at]
    # A NIK that names an impossible day cannot agree with a birth date as well; a segment decides nothing.
    allowed = {"birth_date:disagrees_with_nik"} if rule == "nik:impossible_date" else set()
    assert beside <= allowed


@pytest.mark.parametrize("year", ["+99999", "-99999", "-0005", "-5", "+10000", "0000"])
@pytest.mark.parametrize("column", ["birth_date", "start_date", "end_date", "updated_at"])
def test_a_year_that_no_calendar_has_is_one_row_that_cannot_be_read(column: str, year: str) -> None:
    """Polars reads it; what then holds it against other days or shows it would end the night."""
    cell = f"{year}-01-01" + (" 10:00:00" if column == "updated_at" else "")
    verdict = accept_delivered(PESERTA, typed_members(text_frame({column: cell}, {}), CONTEXT))
    assert verdict.rejected.rows() == [(0, [f"{column}:unreadable"])]
    assert verdict.accepted.height == 1


def test_what_is_delivered_is_judged_as_by_a_check_for_every_rule() -> None:
    """The quick way asks once whether a row was read; a bit that it forgot would let rows pass."""
    rows = typed_members(text_frame({}, *(cells for _, cells in BREAKS)), CONTEXT)
    assert rows["defects"].bitwise_or() == (1 << len(PESERTA.defects)) - 1
    for part in (rows, *(rows[at : at + 1] for at in range(0, rows.height, 7))):
        quick = accept_delivered(PESERTA, part)
        thorough = accept(PESERTA.schema, part, warnings=PESERTA.warnings)
        assert quick.accepted.equals(thorough.accepted)
        assert quick.rejected.rows() == thorough.rejected.rows()
        assert quick.warned == thorough.warned
        assert quick.warned_rows.rows() == thorough.warned_rows.rows()


GOOD_ROWS: list[dict[str, str | None]] = [
    {},
    BPU,
    PMI,
    JAKON,
    LEFT,
    BPU | {"wage": "0"},
    BPU | {"programs": "JKK|JKM"},
    JAKON | {"wage": "100"},
    # On the border of each rule.
    {"start_date": "2025-03-31"},
    {"start_date": "2025-03-31", "end_date": "2025-03-31"},
    {"last_paid": "202503"},
    {"updated_at": "2025-03-31 23:59:59"},
    {"nik": "5103017103100001", "birth_date": "2010-03-31"},
    {"nik": "5103014104240001", "birth_date": "1924-04-01"},
    {"nik": "5103016902000001", "birth_date": "2000-02-29"},
    {"nik": "5103013112850001", "birth_date": "1985-12-31", "sex": "L"},
    {"nik": "5103017112859999", "birth_date": "1985-12-31"},
    {"workplace": None, "activity_code": None, "last_paid": None},
]


def test_good_rows_are_accepted_without_a_word() -> None:
    rows = typed_members(text_frame(*GOOD_ROWS), CONTEXT)
    verdict = accept(PESERTA.schema, rows, warnings=PESERTA.warnings)
    assert verdict.rejected.height == 0
    assert verdict.warned == {}
    assert verdict.accepted.equals(rows)


def test_a_mismatch_with_the_nik_is_kept_and_counted() -> None:
    rows = typed_members(text_frame({}, {"sex": "L"}, {"birth_date": "1990-01-03"}), CONTEXT)
    verdict = accept(PESERTA.schema, rows, warnings=PESERTA.warnings)
    assert verdict.accepted.height == 3
    assert verdict.warned == {"birth_date:disagrees_with_nik": 1, "sex:disagrees_with_nik": 1}
    assert sorted(verdict.warned_rows.rows()) == [
        (1, "sex:disagrees_with_nik"),
        (2, "birth_date:disagrees_with_nik"),
    ]


def test_unread_and_missing_are_told_apart_and_all_reasons_together() -> None:
    rows = typed_members(
        text_frame(
            {"wage": None, "sex": "F"},
            {"wage": "?"},
            {"status": "NONAKTIF", "end_date": "kemarin"},
            {"nik": "5103013201900000", "kpj": "1", "start_date": "2026-01-01", "birth_date": "?"},
        ),
        CONTEXT,
    )
    verdict = accept(PESERTA.schema, rows, warnings=PESERTA.warnings)
    assert [sorted(reasons) for reasons in verdict.rejected["reasons"].to_list()] == [
        ["sex:unknown", "wage:missing_for_segment"],
        ["wage:not_a_number"],
        ["end_date:unreadable"],
        [
            "birth_date:unreadable",
            "kpj:wrong_form",
            "nik:impossible_date",
            "nik:serial_zero",
            "sex:disagrees_with_nik",
            "start_date:after_as_of",
        ],
    ]
