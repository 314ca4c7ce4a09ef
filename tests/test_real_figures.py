"""The published numbers, reproduced from the landing to the published file. Worked out on paper beforehand."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from flows.night import Report
from tests.real_release import real_night

#: Papua Barat, 31 August 2023: members, base, percent.
PAPUA_BARAT = {
    "Kaimana": (25_721, 20_390, "126.15"),
    "Teluk Wondama": (14_446, 15_283, "94.52"),
    "Manokwari": (51_495, 59_824, "86.08"),
    "Fak Fak": (20_755, 27_062, "76.69"),
    "Teluk Bintuni": (9_616, 17_193, "55.93"),
    "Manokwari Selatan": (2_842, 5_133, "55.37"),
    "Pegunungan Arfak": (3_482, 10_337, "33.68"),
}
#: Every printed statement with members, base and percent: as printed, then ours and the verdict.
CONTRADICT = "published figures contradict each other"
STATEMENTS = {
    "bali-20231130-bpu": (298_595, 1_393_042, "21.44", "21.43", CONTRADICT),
    "bali-20231130-pu": (538_504, 1_214_028, "44", "44.36", "ties"),
    "bali-20250331-total": (935_079, 1_873_899, "50.88", "49.90", CONTRADICT),
    # Members over building projects, on a day that does not exist: we have no such figure.
    "indonesia-undated-jakon-nusantarainfo": (7_455, 60_656, "12.29", None, "impossible"),
    "jawa-timur-20231231-total-pustaka-jc": (4_336_959, 14_531_668, "29.84", "29.84", "ties"),
    "kabupaten-fakfak-20230831-total": (20_755, 27_062, "76.69", "76.69", "ties"),
    "kabupaten-gianyar-20250930-total": (130_300, 198_628, "65.60", "65.60", "ties"),
    "kabupaten-kaimana-20230831-total": (25_721, 20_390, "126.15", "126.15", "ties"),
    "kabupaten-manokwari-20230831-total": (51_495, 59_824, "86.08", "86.08", "ties"),
    "kabupaten-manokwari-selatan-20230831-total": (2_842, 5_133, "55.39", "55.37", CONTRADICT),
    "kabupaten-pegunungan-arfak-20230831-total": (3_482, 10_337, "33.68", "33.68", "ties"),
    "kabupaten-teluk-bintuni-20230831-total": (9_616, 17_193, "55.93", "55.93", "ties"),
    "kabupaten-teluk-wondama-20230831-total": (14_446, 15_283, "94.52", "94.52", "ties"),
    "nusa-tenggara-barat-20250630-total-mpp-mataram": (555_276, 1_808_432, "30.7", "30.70", "ties"),
    "papua-20240826-total": (141_984, 240_009, "59.16", "59.16", "ties"),
    "papua-barat-20230831-total": (128_358, 155_222, "82.69", "82.69", "ties"),
    "papua-barat-20240630-bpu": (97_212, 153_131, "65", "63.48", CONTRADICT),
    "papua-tengah-20250731-total-tomei-peserta": (72_146, 263_264, "27.40", "27.40", "ties"),
    # No day is known: nothing of ours can be put beside it.
    "papua-barat-undated-bpu": (77_750, 170_616, "45.57", None, "not compared"),
    "papua-barat-undated-pu": (73_621, 104_508, "70.45", None, "not compared"),
}


@pytest.fixture(scope="session")
def night(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Report]:
    return real_night(tmp_path_factory.getbasetemp())


@pytest.fixture(scope="module")
def published(night: tuple[Path, Report]) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(night[0] / "published" / "latest" / "cakupan.duckdb"), read_only=True) as opened:
        yield opened


def test_every_example_is_read_whole(night: tuple[Path, Report]) -> None:
    report = night[1]
    assert (report.outcome, report.exit_code, report.problems) == ("published", 0, ())
    # 35 files: 110 rows of regions; titles, totals and footnotes are accounted for and no rows.
    assert (report.files_read, report.rows_accepted, report.rows_set_aside) == (35, 110, 0)
    assert {finding.check.check_id: finding.rows for finding in report.findings if finding.rows} == {
        "coverage_above_100": 2
    }


def test_papua_barat_august_2023(published: duckdb.DuckDBPyConnection) -> None:
    query = """SELECT regency_name, coverage_pct FROM marts.coverage_by_regency
        WHERE period = '2023-08-01' AND province_code = '91'"""
    assert dict(published.execute(query).fetchall()) == {
        name: Decimal(pct) for name, (_, _, pct) in PAPUA_BARAT.items()
    }
    whole = """SELECT regency_name, active_members, working_population, rank_in_province, coverage_status
        FROM marts.coverage_by_regency WHERE period = '2023-08-01' AND province_code = '91'
        ORDER BY rank_in_province"""
    assert published.execute(whole).fetchall() == [
        (name, members, base, rank, "above_100" if members > base else "complete")
        for rank, (name, (members, base, _)) in enumerate(PAPUA_BARAT.items(), 1)
    ]


def test_the_province_is_the_ratio_of_sums_and_one_below_the_printed_count(
    published: duckdb.DuckDBPyConnection,
) -> None:
    query = """SELECT active_members, working_population, coverage_pct::VARCHAR, parts_with_data,
            members_basis, base_basis, as_of::VARCHAR
        FROM marts.coverage_by_province WHERE period = '2023-08-01' AND province_code = '91'"""
    assert published.execute(query).fetchall() == [
        (128_357, 155_222, "82.69", 7, "sum_of_parts", "sum_of_parts", "2023-08-31")
    ]
    claim = """SELECT published_members, our_members, members_difference FROM marts.published_figures
        WHERE claim_id = 'papua-barat-20230831-total'"""
    assert published.execute(claim).fetchall() == [(128_358, 128_357, 1)]


def test_papua_barat_december_2025_counts_pu_and_bpu(published: duckdb.DuckDBPyConnection) -> None:
    """8,575 + 20,222 = 28,797 of 35,162 in Fak Fak; the province 43,493 + 95,942 = 139,435 of 239,563."""
    query = """SELECT numerator_id, active_members, working_population, coverage_pct::VARCHAR, base_round::VARCHAR
        FROM marts.coverage_by_definition
        WHERE period = '2025-12-01' AND region_code IN ('91', '9101') ORDER BY region_code"""
    assert published.execute(query).fetchall() == [
        ("workers_residence_pu_bpu", 139_435, 239_563, "58.20", "2024-06-01"),
        ("workers_residence_pu_bpu", 28_797, 35_162, "81.90", "2024-06-01"),
    ]


def test_a_province_that_reports_its_total_gets_no_regencies(published: duckdb.DuckDBPyConnection) -> None:
    query = """SELECT active_members, working_population, coverage_pct::VARCHAR, parts_expected, parts_with_data,
            coverage_status, target_id, target_pct::VARCHAR, gap_points::VARCHAR, members_needed
        FROM marts.coverage_by_province WHERE period = '2025-03-01' AND province_code = '51'"""
    # 0.6728 x 1,873,899 = 1,260,759.2, so 1,260,760 - 935,079 = 325,681 people are missing to the target.
    assert published.execute(query).fetchall() == [
        (935_079, 1_873_899, "49.90", 9, 0, "complete", "51-2025-kemendagri", "67.28", "17.38", 325_681)
    ]
    regencies = """SELECT count(*), count(active_members), count(coverage_pct), count(members_needed)
        FROM marts.coverage_by_regency WHERE period = '2025-03-01' AND province_code = '51'"""
    assert published.execute(regencies).fetchall() == [(9, 0, 0, 0)]


def test_both_targets_of_bali_are_held_against(published: duckdb.DuckDBPyConnection) -> None:
    query = """SELECT target_id, gap_points::VARCHAR, members_needed, is_current FROM marts.target_gap
        WHERE region_code = '51' AND period = '2025-03-01' ORDER BY target_id"""
    # 0.6769 x 1,873,899 = 1,268,442.2: 1,268,443 - 935,079 = 333,364.
    assert published.execute(query).fetchall() == [
        ("51-2025-kemendagri", "17.38", 325_681, True),
        ("51-2025-rpjmn-sekda", "17.79", 333_364, False),
    ]


def test_bali_in_march_2025_is_best_explained_by_two_exchanged_digits(
    published: duckdb.DuckDBPyConnection,
) -> None:
    """935,079 / 1,837,899 = 50.878 percent, printed 50.88; as printed, 1,873,899 gives 49.90."""
    query = """SELECT repair_kind, number, as_printed, hypothesis, pct_if_so::VARCHAR FROM marts.claim_repairs
        WHERE claim_id = 'bali-20250331-total' AND rank = 1"""
    assert published.execute(query).fetchall() == [
        ("neighbouring_digits_exchanged", "denominator", "1873899", "1837899", "50.88")
    ]


@pytest.mark.parametrize("claim_id", STATEMENTS)
def test_every_statement_with_three_numbers(claim_id: str, published: duckdb.DuckDBPyConnection) -> None:
    query = """SELECT published_members, published_base, published_value, our_value::VARCHAR, verdict
        FROM marts.published_figures WHERE claim_id = ?"""
    assert published.execute(query, [claim_id]).fetchall() == [STATEMENTS[claim_id]]


def test_these_are_all_statements_with_three_numbers(published: duckdb.DuckDBPyConnection) -> None:
    query = """SELECT claim_id FROM marts.published_figures
        WHERE published_members IS NOT NULL AND published_base IS NOT NULL AND published_value IS NOT NULL"""
    assert {claim_id for (claim_id,) in published.execute(query).fetchall()} == set(STATEMENTS)


def test_statements_without_counts_that_differ_from_ours(published: duckdb.DuckDBPyConnection) -> None:
    """Printed 33.85 and 32 percent for days on which the counts give 27.40 and 30.70."""
    query = """SELECT claim_id, our_value::VARCHAR, difference::VARCHAR FROM marts.published_figures
        WHERE verdict = 'differs' ORDER BY claim_id"""
    assert published.execute(query).fetchall() == [
        ("nusa-tenggara-barat-20250630-total-antara", "30.70", "1.30"),
        ("papua-tengah-20250731-total-tomei-ucj", "27.40", "6.45"),
    ]


def test_the_country_is_what_was_reported_for_it(published: duckdb.DuckDBPyConnection) -> None:
    query = """SELECT active_members, working_population, coverage_pct::VARCHAR, parts_expected, coverage_status
        FROM marts.coverage_nationwide WHERE period IN ('2025-05-01', '2025-06-01') ORDER BY period"""
    # 39,350,000 / 101,810,000 = 38.650 percent; nobody reported for May.
    assert published.execute(query).fetchall() == [
        (None, None, None, 38, "no_membership"),
        (39_350_000, 101_810_000, "38.65", 38, "complete"),
    ]


def test_every_regency_stands_in_every_month(published: duckdb.DuckDBPyConnection) -> None:
    """December 2019 to December 2025 are 73 months; 514 regencies, 38 provinces."""
    for name, rows in (("coverage_by_regency", 73 * 514), ("coverage_by_province", 73 * 38)):
        assert published.execute(f"SELECT count(*), count(DISTINCT period) FROM marts.{name}").fetchall() == [
            (rows, 73)
        ]


def test_a_missing_number_is_nowhere_zero(published: duckdb.DuckDBPyConnection) -> None:
    for name in ("coverage_by_regency", "coverage_by_province", "coverage_nationwide"):
        query = f"""SELECT count(*) FROM marts.{name} WHERE coverage_pct IS NULL
            AND (gap_points IS NOT NULL OR members_needed IS NOT NULL OR obs_status <> 'O')"""
        assert published.execute(query).fetchall() == [(0,)], name
