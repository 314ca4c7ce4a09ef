"""Region codes: both systems, present and former, and nothing guessed from digits."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from schemas.registers import load_registers
from transforms.regions import RegionCodes, level, region_codes

REGIONS = load_registers().regions
REGENCIES = REGIONS.filter(pl.col("kind") != "provinsi")
BOTH = region_codes(REGIONS, ("bps", "kemendagri"))


def pairs(issuer: str) -> list[tuple[str, str]]:
    return list(zip(REGENCIES[f"region_code_{issuer}"], REGENCIES["region_code_bps"], strict=True))


def test_all_regencies_are_known_in_both_systems() -> None:
    assert len(REGENCIES) == 514
    for issuer in ("bps", "kemendagri"):
        assert all(BOTH.codes[code] == bps for code, bps in pairs(issuer))
    assert len({BOTH.codes[code] for code, _ in pairs("kemendagri")}) == 514


@pytest.mark.parametrize(
    ("kemendagri", "bps", "without_the_dot"),
    [
        ("51.03", "5103", "5103"),  # Badung: the same digits
        ("92.08", "9102", None),  # Kaimana: 9208 is nobody's code
        ("92.02", "9105", "9202"),  # Manokwari, not Sorong
        ("93.01", "9501", None),  # Merauke
    ],
)
def test_codes_of_hand(kemendagri: str, bps: str, without_the_dot: str | None) -> None:
    assert BOTH.codes[kemendagri] == bps
    assert BOTH.codes.get(kemendagri.replace(".", "")) == without_the_dot


def test_169_codes_mean_another_regency_once_the_dot_is_dropped() -> None:
    in_force = set(REGENCIES["region_code_bps"])
    bare = [(code.replace(".", ""), bps) for code, bps in pairs("kemendagri")]
    assert sum(code != bps for code, bps in bare) == 199
    collisions = [(code, bps) for code, bps in bare if code != bps and code in in_force]
    assert len(collisions) == 169
    # Four digits are a BPS code, whoever may have meant something else.
    assert all(BOTH.codes[code] == code != bps for code, bps in collisions)


def test_a_source_that_declares_one_system_does_not_know_the_other() -> None:
    kemendagri = region_codes(REGIONS, ("kemendagri",))
    bps = region_codes(REGIONS, ("bps",))
    assert "51.03" in kemendagri.codes
    assert "5103" not in kemendagri.codes
    assert "5103" in bps.codes
    assert "51.03" not in bps.codes
    assert pl.Series(["5103", "51.03"]).str.contains(kemendagri.form).to_list() == [False, True]
    assert pl.Series(["5103", "51.03"]).str.contains(bps.form).to_list() == [True, False]


def test_two_digits_are_a_province_of_bps_in_every_source() -> None:
    # Kemendagri's 91 is Papua and its 92 is Papua Barat; in BPS 91 is Papua Barat and 94 is Papua.
    for forms in (("bps",), ("kemendagri",), ("bps", "kemendagri")):
        codes = region_codes(REGIONS, forms).codes
        assert (codes["91"], codes["94"], codes["00"]) == ("91", "94", "00")
        assert sum(len(code) == 2 for code in codes) == 39


def test_former_codes_lead_to_the_code_in_force() -> None:
    # Merauke went from Papua to Papua Selatan; Sorong city from Papua Barat to Papua Barat Daya.
    assert [BOTH.codes[code] for code in ("9401", "91.01", "9171", "92.71")] == [
        "9501",
        "9501",
        "9271",
        "9271",
    ]
    former = REGENCIES.filter(pl.col("region_code_bps_previous").is_not_null())
    assert former.height == 26
    for row in former.iter_rows(named=True):
        assert BOTH.codes[row["region_code_bps_previous"]] == row["region_code_bps"]
        assert BOTH.codes[row["region_code_kemendagri_previous"]] == row["region_code_bps"]


@pytest.mark.parametrize("text", ["510", "51030", "51.3", "51.030", "51-03", "5 103", "", "Badung", "51.03 "])
def test_other_forms_are_no_codes(text: str) -> None:
    assert text not in BOTH.codes
    assert not pl.Series([text]).str.contains(BOTH.form).item()


def test_provinces_that_were_split_and_when() -> None:
    assert BOTH.split_on == {"94": date(2022, 7, 25), "91": date(2022, 12, 8)}


def test_regencies_belong_to_their_former_province_until_they_left_it() -> None:
    day_before, day = date(2022, 7, 24), date(2022, 7, 25)
    assert len(BOTH.formerly_in("94", day_before)) == 20
    assert "9501" in BOTH.formerly_in("94", day_before)
    assert BOTH.formerly_in("94", day) == []
    assert len(BOTH.formerly_in("91", date(2022, 12, 7))) == 6
    assert BOTH.formerly_in("51", day_before) == []


def test_a_regency_that_only_changed_its_code_was_always_here() -> None:
    renumbered = REGIONS.with_columns(
        pl.when(pl.col("region_code_bps") == "5103")
        .then(pl.lit("5109"))
        .otherwise(pl.col("region_code_bps_previous"))
        .alias("region_code_bps_previous")
    )
    codes = region_codes(renumbered, ("bps",))
    assert codes.codes["5109"] == "5103"
    assert "51" not in codes.split_on
    assert "5103" not in codes.moved


def test_levels() -> None:
    frame = pl.DataFrame({"code": ["00", "51", "5103", None]})
    assert frame.select(level(pl.col("code"))).to_series().to_list() == [
        "nation",
        "province",
        "regency",
        None,
    ]


def test_what_is_known_of_codes_is_a_value() -> None:
    assert RegionCodes({}, "", {}, {}) == RegionCodes({}, "", {}, {})
