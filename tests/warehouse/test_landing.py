"""The landing: which files are seen, what their names say, and their fingerprints."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from schemas.errors import FileRejected, StorageError
from schemas.sources import PENDUDUK_BEKERJA, REKAP
from warehouse.landing import (
    Delivery,
    LandingFile,
    delivery,
    fingerprint,
    is_unchanged,
    landing_files,
    shown_name,
)

PROVINCES = frozenset({"51", "91", "94"})


def named(name: str) -> Delivery:
    return delivery(LandingFile(Path("/landing") / name, 1, 0), PROVINCES)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("rekap_51_20250331.csv", Delivery(REKAP, "51", date(2025, 3, 31), "csv")),
        ("REKAP_51_20250331.CSV", Delivery(REKAP, "51", date(2025, 3, 31), "csv")),
        ("rekap_00_20240229.csv.gz", Delivery(REKAP, "00", date(2024, 2, 29), "csv.gz")),
        ("rekap_91_20250331_second-try.v2.csv.zst", Delivery(REKAP, "91", date(2025, 3, 31), "csv.zst")),
        ("rekap_51_20250331_Revisi ke-2 (final).xlsx", Delivery(REKAP, "51", date(2025, 3, 31), "xlsx")),
        ("rekap_51_20250331_.parquet", Delivery(REKAP, "51", date(2025, 3, 31), "parquet")),
        ("rekap_E04_20250331.csv", Delivery(REKAP, "e04", date(2025, 3, 31), "csv")),
        ("penduduk_bekerja_91_202308.xlsx", Delivery(PENDUDUK_BEKERJA, "91", date(2023, 8, 1), "xlsx")),
    ],
)
def test_what_a_name_says(name: str, expected: Delivery) -> None:
    assert named(name) == expected


@pytest.mark.parametrize(
    "name",
    [
        "data.csv",
        "rekap.csv",
        "rekap_51.csv",
        "rekap-51-20250331.csv",
        "rekap_51_20250331",
        "rekap_51_20250331.xls",
        "rekap_51_20250331.csv.bz2",
        "rekap_51_20250331.json",
        "rekap_51_20250331x.csv",
        "rekap_51_20250331 (1).csv",
        "rekap_5_20250331.csv",
        "rekap_bali_20250331.csv",
        "rekap_51_2025331.csv",
        "kehadiran_51_20250331.csv",
        "rekap_51_20250331.csv\n",
        "rekap_51_20250331_../../etc/passwd.csv".replace("/", "∕"),
        "rekap_51_20250331_" + "a" * 200 + ".csv",
    ],
)
def test_a_name_that_does_not_say_what_the_file_is(name: str) -> None:
    with pytest.raises(FileRejected, match="the file name does not say what the file is") as refused:
        named(name)
    assert "rekap_51_20250331.csv" in refused.value.hint
    assert "\n" not in refused.value.where


@pytest.mark.parametrize("scope", ["99", "10", "52"])
def test_a_scope_that_is_no_province(scope: str) -> None:
    with pytest.raises(FileRejected, match=f"the scope {scope} in the file name is no province"):
        named(f"rekap_{scope}_20250331.csv")


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("rekap_51_20250631.csv", "yyyymmdd"),
        ("rekap_51_20250229.csv", "yyyymmdd"),
        ("rekap_51_20251331.csv", "yyyymmdd"),
        ("rekap_51_00000101.csv", "yyyymmdd"),
        ("rekap_51_202503.csv", "yyyymmdd"),
        ("rekap_51_202511.csv", "yyyymmdd"),  # strptime alone would read 2025-01-01
        ("rekap_51_٢٠٢٥٠٣٣١.csv", "yyyymmdd"),
        ("penduduk_bekerja_51_20250331.csv", "yyyymm"),
        ("penduduk_bekerja_51_202513.csv", "yyyymm"),
        ("penduduk_bekerja_51_202500.csv", "yyyymm"),
    ],
)
def test_a_date_that_does_not_exist_or_has_another_form(name: str, form: str) -> None:
    with pytest.raises(FileRejected, match=f"not a real date of the form {form}\n"):
        named(name)


def test_files_of_one_slot_supersede_each_other() -> None:
    one, other = named("rekap_51_20250331.csv"), named("REKAP_51_20250331_new.xlsx")
    assert one.slot == other.slot == ("rekap", "51", date(2025, 3, 31))
    assert named("rekap_51_20250430.csv").slot != one.slot


def test_names_are_shown_without_what_could_fool_a_terminal() -> None:
    assert shown_name("rekap\x1b[31m_51.csv") == "rekap??31m_51.csv"
    assert shown_name("a\nb\udce9.csv") == "a?b?.csv"
    assert shown_name("Rekap Bali (2).csv") == "Rekap Bali (2).csv"
    assert len(shown_name("x" * 500)) == 200


def test_only_finished_regular_files_are_seen(tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv", ".hidden.csv", "c.csv.part", "d.TMP", "e.crdownload", "f.filepart"):
        (tmp_path / name).write_text(name)
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "folder.csv" / "inside.csv").write_text("x")
    (tmp_path / "link.csv").symlink_to(tmp_path / "a.csv")
    os.mkfifo(tmp_path / "pipe.csv")
    assert [file.name for file in landing_files(tmp_path)] == ["a.csv", "b.csv"]


def test_a_file_is_seen_with_its_size_and_time(tmp_path: Path) -> None:
    path = tmp_path / "rekap_51_20250331.csv"
    path.write_bytes(b"12345")
    os.utime(path, ns=(0, 1_767_571_200_987_654_321))
    (file,) = landing_files(tmp_path)
    assert (file.bytes, file.modified_ns) == (5, 1_767_571_200_987_654_321)
    assert file.delivered_at == datetime(2026, 1, 5, tzinfo=UTC)


def test_a_change_of_size_or_time_or_absence_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"12345")
    (file,) = landing_files(tmp_path)
    assert is_unchanged(file)
    assert not is_unchanged(replace(file, bytes=4))
    assert not is_unchanged(replace(file, modified_ns=file.modified_ns - 1))
    path.unlink()
    assert not is_unchanged(file)


def test_the_fingerprint_is_the_sha256_of_the_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"wilayah\n" * 100_000)
    (file,) = landing_files(tmp_path)
    assert fingerprint(file) == hashlib.sha256(b"wilayah\n" * 100_000).hexdigest()


def test_a_file_that_went_away_has_no_fingerprint(tmp_path: Path) -> None:
    gone = LandingFile(tmp_path / "rekap_51_20250331.csv", 1, 0)
    with pytest.raises(
        FileRejected, match=r"the file cannot be read \(No such file or directory\)"
    ) as refused:
        fingerprint(gone)
    assert refused.value.where == "rekap_51_20250331.csv"
    assert "tried again next run" in refused.value.hint


def test_a_landing_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="the landing cannot be listed") as refused:
        landing_files(tmp_path / "share")
    assert refused.value.where == str(tmp_path / "share")
    assert "CAKUPAN_LANDING" in refused.value.hint


def test_a_file_that_vanishes_while_the_landing_is_listed_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(name)
    scandir = os.scandir

    def slow(folder: Path) -> list[os.DirEntry[str]]:
        entries = list(scandir(folder))
        (tmp_path / "a.csv").unlink()
        return entries

    monkeypatch.setattr(os, "scandir", slow)
    assert [file.name for file in landing_files(tmp_path)] == ["b.csv"]
