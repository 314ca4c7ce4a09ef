"""Press notes: the sentences for every kind of month, by hand, and the refusal of every number that does not tie."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from flows.press_note import check_note
from schemas.errors import NoteRefused
from tests.note.months import BALI, CASES, GROWN
from warehouse.note.facts import Figure, NoteFacts
from warehouse.note.reading import read_note
from warehouse.note.wording import TEXTS
from warehouse.note.writing import write_note

SOURCE = {
    "id": "Sumber: Cakupan, rilis 2025-03-31-0123abcd.",
    "en": "Source: Cakupan, release 2025-03-31-0123abcd.",
}


def _note(facts: NoteFacts, language: str) -> list[str]:
    note = write_note(facts, language)
    check_note(note, facts, language)
    *lines, source = note.splitlines()
    assert source == SOURCE[language]
    return lines


def test_the_sentences_of_a_whole_month_in_indonesian() -> None:
    assert _note(BALI, "id") == [
        (
            "Cakupan Jamsostek Bali per 31 Maret 2025 mencapai 50,88 persen, sekitar 935.079 peserta"
            " dari 1.837.899 penduduk bekerja."
        ),
        (
            "Tertinggi Kabupaten Gianyar, 65,00 persen (130 dari 200);"
            " terendah Kabupaten Bangli, 35,50 persen (35.500 dari 100.000)."
        ),
        "Target 2025 sebesar 67,28 persen (Kemendagri): masih kurang 16,40 poin, setara 301.460 peserta.",
        "Sejak 28 Februari 2025 (52,51 persen) turun 1,63 poin, karena peserta berkurang 30.000.",
    ]


def test_the_sentences_of_a_whole_month_in_english() -> None:
    assert _note(BALI, "en") == [
        (
            "Jamsostek coverage of Bali on 31 March 2025 was 50.88 percent, about 935,079 members"
            " of 1,837,899 people in work."
        ),
        (
            "Highest is Kabupaten Gianyar, 65.00 percent (130 of 200);"
            " lowest is Kabupaten Bangli, 35.50 percent (35,500 of 100,000)."
        ),
        "The 2025 target of 67.28 percent (Kemendagri): 16.40 points are missing, or 301,460 members.",
        "Since 28 February 2025 (52.51 percent) down 1.63 points, because of 30,000 fewer members.",
    ]


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("case", CASES)
def test_every_kind_of_month_has_its_sentence(case: str, language: str) -> None:
    facts, *expected = CASES[case]
    sentence = expected[language == "en"]
    lines = _note(facts, language)
    assert [line for line in lines if line.endswith(sentence)], lines
    if facts.figure is None:
        assert lines == [sentence], "nothing more is said of a month without a figure"


def test_invented_figures_say_so_first() -> None:
    facts = replace(BALI, release_id="2025-03-31-0123abcd-SYNTHETIC")
    notices = {"id": "DATA SINTETIS, bukan angka resmi.", "en": "SYNTHETIC DATA, not official figures."}
    for language, notice in notices.items():
        note = write_note(facts, language)
        check_note(note, facts, language)
        assert note.splitlines()[0] == notice


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("facts", [BALI, GROWN, CASES["tie at the top"][0], CASES["withheld"][0]])
def test_no_digit_can_be_changed_without_a_refusal(facts: NoteFacts, language: str) -> None:
    note = write_note(facts, language)
    places = [found.start() for found in re.finditer(r"\d", note)]
    for at in places:
        wrong = note[:at] + str((int(note[at]) + 1) % 10) + note[at + 1 :]
        with pytest.raises(NoteRefused):
            check_note(wrong, facts, language)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (replace(BALI, figure=Figure("Bali", 935_079, 1_873_899, Decimal("50.88"))), "does not tie"),
        (replace(BALI, target=replace(BALI.target, gap_points=Decimal("16.41"))), "16.40 points, written 16.41"),  # type: ignore[type-var]
        (replace(BALI, target=replace(BALI.target, members_needed=301_459)), "301460 members are needed"),  # type: ignore[type-var]
        (replace(BALI, change=replace(BALI.change, points=Decimal("1.63"))), "do not make 50.88"),  # type: ignore[type-var]
        (replace(BALI, change=replace(BALI.change, members=-29_000)), "previous: "),  # type: ignore[type-var]
        (replace(GROWN, change=replace(GROWN.change, base_effect=Decimal("-17.30"))), "add up to 7.70"),  # type: ignore[type-var]
    ],
)  # fmt: skip
def test_a_release_whose_numbers_do_not_tie_gets_no_note(wrong: NoteFacts, told: str) -> None:
    with pytest.raises(NoteRefused, match=re.escape(told)) as refused:
        check_note(write_note(wrong, "id"), wrong, "id")
    assert "hint:" in str(refused.value)


def test_a_number_that_belongs_to_no_sentence_is_refused() -> None:
    with pytest.raises(NoteRefused, match="no known role \\(7\\)"):
        check_note(write_note(BALI, "id") + "\nTambahan 7 orang", BALI, "id")


def test_the_numbers_are_read_with_their_roles() -> None:
    read = read_note(write_note(BALI, "en"), "en")
    assert read.unread == ""
    assert read.values[:4] == (
        ("as_of", date(2025, 3, 31)),
        ("pct", Decimal("50.88")),
        ("members", Decimal(935_079)),
        ("base", Decimal(1_837_899)),
    )
    assert read.all("part_pct") == [Decimal("65.00"), Decimal("35.50")]
    assert read.all("members_direction") == ["fewer"]


def test_both_languages_have_the_same_texts() -> None:
    assert set(TEXTS["id"]) == set(TEXTS["en"])
    for key, text in TEXTS["id"].items():
        assert set(re.findall(r"{(\w+)}", text)) == set(re.findall(r"{(\w+)}", TEXTS["en"][key])), key
