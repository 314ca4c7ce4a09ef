"""What a twin looks like from outside: the same bytes again, marked, calibrated, alive over the months."""

from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from flows.synth import Twin, synthesise
from schemas.errors import SettingsError
from tests.synthetic.conftest import EVERYTHING
from tests.synthetic.naive_night import Night, people
from transforms.synthetic.parameters import Parameters, defect_classes

NEWEST = date(2025, 3, 31)
SMALL = replace(EVERYTHING, rows=600, provinces=("65", "76"), months=2)


def digests(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_same_seed_gives_the_same_bytes_by_any_number_of_workers(tmp_path: Path) -> None:
    synthesise(SMALL, tmp_path / "one", workers=1)
    synthesise(SMALL, tmp_path / "two", workers=2)
    synthesise(replace(SMALL, seed=8), tmp_path / "other", workers=1)
    assert digests(tmp_path / "one") == digests(tmp_path / "two")
    assert digests(tmp_path / "one") != digests(tmp_path / "other")


def test_planting_changes_no_right_answer(tmp_path: Path) -> None:
    for name in ("none", "all"):
        synthesise(replace(SMALL, defects=defect_classes(name)), tmp_path / name, workers=1)
    clean, dirty = (
        pl.read_parquet(tmp_path / name / "truth" / "coverage.parquet") for name in ("none", "all")
    )
    assert clean.equals(dirty)
    assert pl.read_parquet(tmp_path / "none" / "truth" / "planted" / "*.parquet").height == 0
    assert not list((tmp_path / "none" / "landing").glob("*x[0-9]*"))


def test_every_file_and_every_row_says_that_it_is_synthetic(twin: Twin, night: Night) -> None:
    names = [path.name for path in (twin.folder / "landing").iterdir()]
    assert all("_SYNTHETIC." in name for name in names)
    assert len(names) == twin.files
    assert all(row["kantor_cabang"].startswith("SINTETIS") for row in night.kept[NEWEST])
    assert "SYNTHETIC" in json.loads((twin.folder / "truth" / "truth.json").read_text())["notice"]


def test_the_newest_month_has_the_printed_figures_of_bali(coverage: pl.DataFrame) -> None:
    headline = coverage.filter((pl.col("as_of") == NEWEST) & (pl.col("numerator_id") == "workers_residence"))
    printed = dict(headline.select("region_code", pl.col("coverage_pct").cast(pl.String)).rows())
    assert (printed["5103"], printed["5106"], printed["51"]) == ("58.68", "35.52", "50.88")
    bali = headline.filter(pl.col("region_code").str.starts_with("51") & (pl.col("level") == "regency"))
    assert bali["coverage_pct"].max() == bali.filter(pl.col("region_code") == "5103")["coverage_pct"].item()
    assert bali["coverage_pct"].min() == bali.filter(pl.col("region_code") == "5106")["coverage_pct"].item()


def test_clean_rows_of_the_newest_month_are_as_many_as_asked(twin: Twin) -> None:
    balance = pl.read_parquet(twin.folder / "truth" / "balance.parquet")
    assert balance["rows"].to_list()[-1] == EVERYTHING.rows


def test_people_move_lapse_return_and_switch(night: Night) -> None:
    first, second, third = (people(rows, as_of) for as_of, rows in sorted(night.kept.items()))
    stay = first.keys() & third.keys()
    assert any(first[nik][-1]["residence"] != third[nik][-1]["residence"] for nik in stay)
    assert (first.keys() - second.keys()) & third.keys()
    assert first.keys() - third.keys()
    assert third.keys() - second.keys() - first.keys()
    assert any({r["segmen"] for r in first[nik]}.isdisjoint(r["segmen"] for r in third[nik]) for nik in stay)


def test_workers_of_a_budget_all_leave_in_the_month_after_it_ends(twin: Twin, night: Night) -> None:
    drops = pl.read_parquet(twin.folder / "truth" / "budget_drops.parquet")
    assert drops.height > 0
    months = sorted(night.kept)
    for as_of, regency, funding, last_day, persons in drops.filter(pl.col("as_of") > months[0]).rows():
        before = night.kept[months[months.index(as_of) - 1]]
        gone = {
            row["kpj"]
            for row in night.kept[as_of]
            if (row["residence"], row["sumber_iuran"], row["end"]) == (regency, funding, last_day)
            and row["status"] == "NONAKTIF"
        }
        assert len(gone) == persons
        assert all(row["status"] == "AKTIF" for row in before if row["kpj"] in gone)


def test_exits_are_recorded_late_and_statuses_forgotten(night: Night) -> None:
    months = sorted(night.kept)
    active_before = {row["kpj"] for row in night.kept[months[0]] if row["status"] == "AKTIF"}
    ended = [row for row in night.kept[months[1]] if row["status"] == "NONAKTIF" and row["end"]]
    assert any(row["end"] < months[0].replace(day=1) and row["kpj"] in active_before for row in ended)
    newest = night.kept[NEWEST]
    assert any(row["status"] == "AKTIF" and row["end"] and row["end"] < NEWEST for row in newest)
    assert not any(row["status"] == "AKTIF" and row["end"] == NEWEST for row in newest)


def test_a_few_employers_have_many_workers(night: Night) -> None:
    sizes: dict[str, int] = {}
    for row in night.kept[NEWEST]:
        if row["npp"]:
            sizes[row["npp"]] = sizes.get(row["npp"], 0) + 1
    ordered = sorted(sizes.values(), reverse=True)
    assert sum(ordered[: len(ordered) // 10]) > 0.2 * sum(ordered)
    assert ordered[-1] == 1


def test_some_people_cross_provinces(night: Night) -> None:
    offices = {}
    for row in night.kept[NEWEST]:
        offices.setdefault(row["nik"], set()).add(row["_file"].split("_")[1][:2])
    assert any(len(codes) > 1 for codes in offices.values())


def test_a_gzip_file_is_one_member(twin: Twin) -> None:
    path = twin.folder / "landing" / "peserta_51a_20250331_SYNTHETIC.csv.gz"
    assert path.read_bytes().count(b"\x1f\x8b\x08\x00\x00\x00\x00\x00") == 1
    assert gzip.decompress(path.read_bytes()).startswith(b"nik,kpj,npp")


def test_a_twin_is_not_mixed_with_other_files(twin: Twin) -> None:
    with pytest.raises(SettingsError, match="not empty"):
        synthesise(SMALL, twin.folder, workers=1)


def test_without_rekap_every_regency_delivers_rows(tmp_path: Path) -> None:
    synthesise(Parameters(rows=800, provinces=("51",), rekap=False), tmp_path, workers=1)
    truth = pl.read_parquet(tmp_path / "truth" / "coverage.parquet")
    assert set(truth["status"]) == {"complete", "no_survey"}
    assert not list((tmp_path / "landing").glob("rekap*"))
