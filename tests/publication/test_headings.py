from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from tests.publication.publication_tables import month_end
from warehouse.publication.figures import Figure, Place, Territory
from warehouse.publication.headings import (
    ends_sentence,
    headline,
    lede,
    newer_month,
    ranking_heading,
    trend_heading,
)
from warehouse.publication.language import language
from warehouse.publication.snapshot import Snapshot, snapshot

ID, EN = language("id"), language("en")
MARCH, APRIL = date(2025, 3, 1), date(2025, 4, 1)


def figure(pct: str | None, target: str | None = "60", month: date = MARCH, **changes: object) -> Figure:
    value = None if pct is None else Decimal(pct)
    goal = None if target is None or value is None else Decimal(target)
    gap = None if goal is None or value is None else goal - value
    made = Figure(
        period=month, as_of=month_end(month),
        members=None if value is None else int(value * 10), base=None if value is None else 1000, pct=value,
        target=goal, target_id=None, gap=gap, needed=None if gap is None else max(0, int(gap * 10)), change=None,
        rank=None, status="final", obs="A", coverage_status="complete" if value is not None else "no_membership",
        numerator_id="workers_residence", denominator_id="eligible_workers", target_year=2025,
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


def place(code: str, name: str, *figures: Figure) -> Place:
    return Place(code, name, f"Kabupaten {name}", figures, {f.period: f for f in figures})


def shown(whole: str | None, *parts: str | None, target: str | None = "60", **changes: object) -> Snapshot:
    names = ("Badung", "Denpasar", "Gianyar", "Tabanan", "Bangli", "Buleleng")
    places = [
        place(f"510{i}", name, figure(pct, target))
        for i, (name, pct) in enumerate(zip(names, parts, strict=False))
    ]
    own = figure(whole, target, **changes)
    return snapshot(Territory(place("51", "Bali", own), tuple(places)))


def said(pct: str | None, **changes: object) -> tuple[str, str]:
    snap = shown(pct, **changes)
    return tuple(str(headline(lang, snap.territory, snap.figure)) for lang in (ID, EN))  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("pct", "indonesian", "english"),
    [
        ("48.33", "48 dari setiap 100 pekerja di\u00a0Bali terlindungi Jamsostek",
         "48 of every 100 workers in\u00a0Bali are covered by Jamsostek"),
        ("48.99", "48 dari setiap 100 pekerja di\u00a0Bali terlindungi Jamsostek",
         "48 of every 100 workers in\u00a0Bali are covered by Jamsostek"),
        ("0.99", "Kurang dari 1 di antara 100 pekerja di\u00a0Bali terlindungi Jamsostek",
         "Fewer than 1 in 100 workers in\u00a0Bali are covered by Jamsostek"),
        ("100.00", "100 dari setiap 100 pekerja di\u00a0Bali terlindungi Jamsostek",
         "100 of every 100 workers in\u00a0Bali are covered by Jamsostek"),
        ("100.01", "Peserta aktif di Bali lebih banyak daripada penduduk bekerja",
         "Bali counts more active members than people in work"),
        (None, "Belum ada angka cakupan untuk Bali", "No coverage figure for Bali yet"),
    ],
)  # fmt: skip
def test_headline_counts_people_and_rounds_down(pct: str | None, indonesian: str, english: str) -> None:
    assert said(pct) == (indonesian, english)


def test_the_sentence_of_a_map_names_everybody_at_the_ends() -> None:
    tied = shown(None, "60.00", "60.00", "45.00", "30.00", "30.00")
    assert (
        ends_sentence(ID, tied) == "Tertinggi Badung dan Denpasar 60,00; terendah Tabanan dan Bangli 30,00."
    )
    assert (
        ends_sentence(EN, shown(None, "50", "50"))
        == ranking_heading(EN, shown(None, "50", "50", target=None)) + "."
    )
    assert (
        ends_sentence(ID, shown(None, "60.00", "45.00")) == "Tertinggi Badung 60,00; terendah Denpasar 45,00."
    )


def test_headline_sets_the_number_apart() -> None:
    snap = shown("48.33")
    assert headline(ID, snap.territory, snap.figure).number == "48"


def test_headline_says_why_there_is_no_percentage() -> None:
    snap = shown(None, "57.91", None, coverage_status="incomplete")
    told = str(headline(ID, snap.territory, snap.figure))
    assert told == "Angka Bali ditahan sampai semua kabupaten/kota melapor"
    assert said(None, members=935079, coverage_status="no_survey")[1] == (
        "935,079 active members in Bali; coverage cannot be computed yet"
    )


def test_headline_names_the_labour_force_when_that_is_the_base() -> None:
    assert "angkatan kerja" in said("40.00", denominator_id="labour_force_sakernas")[0]


def test_lede_gives_count_base_and_target() -> None:
    assert (
        lede(ID, shown("48.33"))
        == "483 dari 1.000 penduduk bekerja menjadi peserta aktif. Target 2025 adalah 60 persen."
    )
    assert lede(EN, shown("48.33", target=None)) == (
        "483 of 1,000 people in work are active members. No target of Bali for 2025 was found."
    )


def test_lede_of_a_percentage_without_counts_says_so() -> None:
    assert lede(ID, shown("52.33", members=None, base=None)).startswith(
        "Yang diketahui hanya cakupannya, 52,33 persen"
    )


def test_lede_of_parts_without_the_whole() -> None:
    assert lede(ID, shown(None, "57.91", None, coverage_status="incomplete")).startswith(
        "1 dari 2 kabupaten/kota punya angka"
    )
    assert lede(EN, shown(None, None, None)).startswith("There are no data yet")


@pytest.mark.parametrize(
    ("parts", "target", "indonesian", "english"),
    [
        (("57.91", "56.22", "36.14"), "67.28", "Badung tertinggi, Gianyar terendah; belum ada yang mencapai target",
         "Badung highest, Gianyar lowest; none has reached its target yet"),
        (("70.00", "68.00"), "67.28", "Badung tertinggi, Denpasar terendah; semua mencapai target",
         "Badung highest, Denpasar lowest; all have reached their target"),
        (("70.00", None, "36.14"), "67.28", "Badung tertinggi, Gianyar terendah; 1 dari 2 mencapai target",
         "Badung highest, Gianyar lowest; 1 of 2 at target"),
        (("60.00", "60.00", "30.00"), "70", "Badung dan Denpasar tertinggi, Gianyar terendah; belum ada yang mencapai target",
         "Badung and Denpasar highest, Gianyar lowest; none has reached its target yet"),
        (("60.00", "30.00", "30.00", "30.00", "30.00"), None, "Badung tertinggi, 4 kabupaten/kota terendah",
         "Badung highest, 4 regencies lowest"),
        (("60.00", "30.00", "30.00", "30.00"), None, "Badung tertinggi, Denpasar, Gianyar, dan Tabanan terendah",
         "Badung highest, Denpasar, Gianyar and Tabanan lowest"),
        (("50.00", "50.00"), "67.28", "2 kabupaten/kota sama: 50,00 persen; belum ada yang mencapai target",
         "2 regencies are equal: 50.00 percent; none has reached its target yet"),
        (("57.91", None), "67.28", "Baru Badung yang punya angka: 57,91 persen", "Only Badung has a figure so far: 57.91 percent"),
        (("57.91",), "67.28", "Badung: 57,91 persen", "Badung: 57.91 percent"),
        ((None, None), "67.28", "Belum ada angka menurut kabupaten/kota", "No figures by regency yet"),
    ],
)  # fmt: skip
def test_ranking_heading(
    parts: tuple[str | None, ...], target: str | None, indonesian: str, english: str
) -> None:
    snap = shown("48.33", *parts, target=target)
    assert (ranking_heading(ID, snap), ranking_heading(EN, snap)) == (indonesian, english)


def test_ranking_across_definitions_claims_no_order() -> None:
    other = figure("30.00", denominator_id="employed_sakernas")
    parts = (place("5101", "Badung", figure("50.00")), place("5102", "Bangli", other))
    snap = snapshot(Territory(place("51", "Bali", figure("40.00")), parts))
    assert ranking_heading(ID, snap) == (
        "2 kabupaten/kota punya angka, dengan definisi yang berbeda; belum ada yang mencapai target"
    )


def test_a_gap_of_zero_points_is_no_target_reached_while_people_are_missing() -> None:
    almost = figure("67.28", "67.28", needed=3)
    assert not almost.is_reached
    assert figure("67.28", "67.28").is_reached


@pytest.mark.parametrize(
    ("changes", "indonesian"),
    [
        (["1", "2"], "Semua kabupaten/kota naik dibanding setahun lalu"),
        (["-1", "-2"], "Semua kabupaten/kota turun dibanding setahun lalu"),
        (["0", "0"], "Semua kabupaten/kota sama dengan setahun lalu"),
        (["1", None], "1 kabupaten/kota yang dapat dibandingkan semuanya naik dalam setahun"),
        (["1", "-1", "0"], "1 dari 3 kabupaten/kota naik dibanding setahun lalu, 1 turun"),
        (["1", "0"], "1 dari 2 kabupaten/kota naik dibanding setahun lalu, sisanya tetap"),
        (["-1", "0"], "1 dari 2 kabupaten/kota turun dibanding setahun lalu, sisanya tetap"),
        ([None, None], "Cakupan dari bulan ke bulan"),
    ],
)
def test_trend_heading_counts_only_what_can_be_compared(changes: list[str | None], indonesian: str) -> None:
    values = [None if change is None else Decimal(change) for change in changes]
    assert trend_heading(ID, values, 14, "regencies") == indonesian


def test_trend_heading_of_the_first_month() -> None:
    assert trend_heading(EN, [], 1, "regencies") == "No trend to see yet"


def test_the_map_is_told_in_words() -> None:
    assert (
        ends_sentence(ID, shown("48.33", "57.91", "36.14"))
        == "Tertinggi Badung 57,91; terendah Denpasar 36,14."
    )
    assert ends_sentence(EN, shown("48.33", "57.91", None)) == "Only Badung has a figure: 57.91 percent."
    assert ends_sentence(EN, shown("48.33")) == "No figures yet."


def test_a_newer_incomplete_month_is_told_and_the_complete_one_shown() -> None:
    whole = place("51", "Bali", figure("48.00"), figure(None, month=APRIL, coverage_status="incomplete"))
    parts = (
        place("5101", "Badung", figure("57.00"), figure("58.00", month=APRIL)),
        place("5102", "Bangli", figure("36.00"), figure(None, month=APRIL)),
    )
    snap = snapshot(Territory(whole, parts))
    assert snap.figure is not None
    assert (snap.figure.period, snap.parts_as_of) == (MARCH, date(2025, 4, 30))
    assert newer_month(ID, snap) == (
        "April 2025 belum lengkap: 1 dari 2 kabupaten/kota melapor. Angka Bali ditahan sampai semuanya masuk."
    )
    assert [(s.place.name, s.last.pct if s.last else None) for s in snap.missing] == [
        ("Bangli", Decimal("36.00"))
    ]


def test_the_country_shows_each_province_at_its_own_newest_month() -> None:
    parts = (place("51", "Bali", figure("48.00")), place("52", "NTB", figure("30.00", month=APRIL)))
    snap = snapshot(Territory(place("00", "Indonesia", figure("40.00")), parts))
    assert [s.figure.period for s in snap.parts if s.figure] == [MARCH, APRIL]
    assert not snap.has_one_day
