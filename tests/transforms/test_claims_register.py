"""The register of published figures as it is. Expected values: facts collected by hand."""

from __future__ import annotations

import polars as pl
import pytest

from schemas.registers import Registers, load_registers
from schemas.tables.marts import ClaimContradictions, ClaimRepairs
from schemas.tables.staging import ClaimVerdicts
from transforms.claims import claim_contradictions, claim_repairs, claim_verdicts

NO_BASES = pl.DataFrame(
    schema={
        "region_code": pl.String,
        "denominator_id": pl.String,
        "round": pl.Date,
        "workers": pl.Int64,
        "origin": pl.String,
    }
)


@pytest.fixture(scope="module")
def registers() -> Registers:
    return load_registers()


@pytest.fixture(scope="module")
def verdicts(registers: Registers) -> pl.DataFrame:
    return claim_verdicts(registers.published_figures)


def test_exactly_the_known_statements_do_not_tie(verdicts: pl.DataFrame) -> None:
    wrong = verdicts.filter(arithmetic="does_not_tie")
    assert dict(wrong.select("claim_id", pl.col("computed_pct").cast(pl.String)).rows()) == {
        "bali-20250331-total": "49.90",
        "bali-20231130-bpu": "21.43",
        "kabupaten-manokwari-selatan-20230831-total": "55.37",
        "papua-barat-20240630-bpu": "63.48",
    }


def test_every_claim_has_one_verdict(registers: Registers, verdicts: pl.DataFrame) -> None:
    assert set(verdicts["claim_id"]) == set(registers.published_figures["claim_id"])
    ClaimVerdicts.to_schema().validate(verdicts)


def test_the_six_other_regencies_of_papua_barat_tie(verdicts: pl.DataFrame) -> None:
    table = verdicts.filter(pl.col("claim_id").str.contains(r"^kabupaten-.*-20230831-total$"))
    tying = table.filter(arithmetic="ties")["claim_id"].str.extract(r"^kabupaten-(.*)-20230831-total$")
    assert sorted(tying) == [
        "fakfak",
        "kaimana",
        "manokwari",
        "pegunungan-arfak",
        "teluk-bintuni",
        "teluk-wondama",
    ]


def test_the_31st_of_june_is_impossible(registers: Registers, verdicts: pl.DataFrame) -> None:
    impossible = registers.published_figures.filter(as_of_printed="31 Juni 2025")["claim_id"].to_list()
    assert verdicts.filter(arithmetic="impossible")["claim_id"].to_list() == impossible


def test_bali_march_2025_has_its_exchanged_digits_as_best_hypothesis(registers: Registers) -> None:
    repairs = claim_repairs(registers.published_figures, NO_BASES)
    ClaimRepairs.to_schema().validate(repairs)
    [first] = repairs.filter(claim_id="bali-20250331-total", rank=1).rows(named=True)
    assert first["repair_kind"] == "neighbouring_digits_exchanged"
    assert (first["number"], first["hypothesis"]) == ("denominator", "1837899")


def test_the_known_contradictions_are_found(registers: Registers) -> None:
    regencies = registers.regions.filter(pl.col("kind") != "provinsi").select(
        province_code="province_code_bps", regency_code="region_code_bps"
    )
    found = claim_contradictions(registers.published_figures, regencies)
    ClaimContradictions.to_schema().validate(found)
    known = found.select("contradiction_kind", "region_code", "difference").rows()
    # Papua Barat 128,358 against 128,357; Papua Barat Daya 77,500 against 70,306; NTB 30.7 against 32; Papua
    # Tengah 27.40 against 33.85; East Java 4,583,246 against 4,336,959.
    assert sorted(known) == [
        ("regencies_do_not_add_up", "91", "1"),
        ("regencies_do_not_add_up", "92", "7194"),
        ("same_place_and_day_two_values", "35", "246287"),
        ("same_place_and_day_two_values", "52", "1.3"),
        ("same_place_and_day_two_values", "96", "6.45"),
    ]
