"""Deliveries that replace each other, come back, are copied or corrected: what counts, and what is kept."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flows import clock
from flows.stages import survey as surveying
from schemas.registers import PACKAGED
from tests.conftest import DELIVERY_DAY, Write
from tests.nights import Reader, reading

HEADER = "wilayah,segmen,peserta_aktif\n"
FIRST = HEADER + "51.03,TOTAL,100\n51.04,TOTAL,200\n"
SECOND = HEADER + "51.03,TOTAL,101\n51.04,TOTAL,200\n"
NAME = "rekap_51_20250331.csv"

#: One row of five is wrong, which the source tolerates.
ONE_BAD = HEADER + "51.01,TOTAL,1\n51.02,TOTAL,2\n51.03,TOTAL,3O\n51.04,TOTAL,4\n51.05,TOTAL,5\n"
ALL_GOOD = ONE_BAD.replace("3O", "30")


def members(reader: Reader) -> dict[str, int]:
    """What counts now: region → active members."""
    return dict(reader.ask("SELECT region_code, active_members FROM staging.membership_counts"))


def files(reader: Reader) -> list[tuple[Any, ...]]:
    """Every reading in the ledger, in the order in which they were made."""
    return reader.ask(
        """SELECT file_name, state, rows_accepted, rows_quarantined, rows_corrected
           FROM ledger.files ORDER BY read_at"""
    )


def quarantined(reader: Reader) -> list[list[tuple[Any, ...]]]:
    """Rows of every file of the quarantine: line, reasons, as received."""
    return [
        pl.read_parquet(path).select("line", "reasons", "received").rows()
        for path in sorted(reader.night.paths.quarantine.glob("rekap/*.parquet"))
    ]


def test_a_newer_version_supersedes_and_both_stay_in_the_ledger(reader: Reader, landing: Write) -> None:
    landing(NAME, FIRST)
    reader.read()
    assert members(reader) == {"5103": 100, "5104": 200}
    landing(NAME, SECOND, at=1)
    found, read = reader.read()
    assert (len(found.waiting), read.rows_accepted) == (1, 2)
    assert members(reader) == {"5103": 101, "5104": 200}
    assert files(reader) == [(NAME, "accepted", 2, 0, 0)] * 2
    assert reader.ask("SELECT count(*), bool_and(is_revised) FROM ledger.counted_files") == [(1, True)]


def test_an_older_version_that_arrives_later_changes_nothing(reader: Reader, landing: Write) -> None:
    landing(NAME, SECOND, at=5)
    reader.read()
    landing("rekap_51_20250331_old.csv", FIRST, at=1)
    found, _ = reader.read()
    assert len(found.waiting) == 1
    assert members(reader)["5103"] == 101
    assert len(files(reader)) == 2


def test_the_same_bytes_again_are_nothing_to_do(reader: Reader, landing: Write) -> None:
    landing(NAME, FIRST)
    reader.read()
    landing(NAME, FIRST, at=9)
    landing("rekap_51_20250331_copy.csv", FIRST, at=10)
    found, read = reader.read()
    assert (found.waiting, found.renewed, found.unchanged, read.files) == ([], [], 2, 0)
    assert len(files(reader)) == 1


def test_two_copies_in_one_night_are_one_file(reader: Reader, landing: Write) -> None:
    landing("rekap_51_20250331_a.csv", FIRST, at=3)
    landing("rekap_51_20250331_b.csv", FIRST, at=1)
    found, read = reader.read()
    assert (read.files, read.rows_accepted, found.unchanged) == (1, 2, 1)
    assert reader.ask("SELECT file_name, epoch(delivered_at) FROM ledger.files") == [
        ("rekap_51_20250331_b.csv", DELIVERY_DAY.timestamp() + 60)
    ]


def test_the_same_bytes_for_another_day_are_another_delivery(reader: Reader, landing: Write) -> None:
    landing(NAME, FIRST)
    landing("rekap_51_20250430.csv", FIRST)
    _, read = reader.read()
    assert read.files == 2
    assert reader.ask("SELECT count(*) FROM staging.membership_counts") == [(4,)]


@pytest.mark.parametrize("name", [NAME, "rekap_51_20250331_again.csv"])
def test_old_bytes_delivered_again_count_again(name: str, reader: Reader, landing: Write) -> None:
    landing(NAME, FIRST)
    reader.read()
    landing(NAME, SECOND, at=1)
    reader.read()
    landing(name, FIRST, at=2)
    found, read = reader.read()
    assert (found.waiting, len(found.renewed), read.files) == ([], 1, 0)
    assert members(reader)["5103"] == 100
    # And that is where it stays.
    found, _ = reader.read()
    assert (found.waiting, found.renewed) == ([], [])
    assert members(reader)["5103"] == 100


def test_the_order_of_arrival_does_not_matter(data_root: Path, landing: Write) -> None:
    """Three deliveries of one slot, the last a copy of the first, one file or several a night."""
    deliveries = [
        ("rekap_51_20250331_a.csv", FIRST, 1),
        ("rekap_51_20250331_b.csv", SECOND, 2),
        ("rekap_51_20250331_c.csv", FIRST, 3),
    ]
    expected = {"5103": 100, "5104": 200}
    first, second, third = deliveries
    orders = [
        [[first], [second], [third]],
        [[third], [second], [first]],
        [[second], [third], [first]],
        [[second, third], [first]],
        [[first, second], [third]],
        [deliveries],
    ]
    for at, order in enumerate(orders):
        root = data_root / str(at)
        (root / "landing").mkdir(parents=True)
        with reading(root) as reader:
            for arriving in order:
                for name, text, minute in arriving:
                    shutil.move(landing(name, text, at=minute), root / "landing" / name)
                reader.read()
            assert members(reader) == expected, [[name for name, *_ in arriving] for arriving in order]
            found, _ = reader.read()
            assert (found.waiting, found.renewed) == ([], [])


def test_a_corrected_file_brings_its_row_back_and_the_history_stays(reader: Reader, landing: Write) -> None:
    landing(NAME, ONE_BAD)
    _, read = reader.read()
    assert (read.rows_accepted, read.rows_set_aside, read.problems) == (4, 1, ())
    assert "5103" not in members(reader)
    landing(NAME, ALL_GOOD, at=1)
    reader.read()
    assert members(reader) == {"5101": 1, "5102": 2, "5103": 30, "5104": 4, "5105": 5}
    assert files(reader) == [(NAME, "accepted", 4, 1, 0), (NAME, "accepted", 5, 0, 0)]
    assert reader.ask("SELECT reason, rows FROM ledger.rejections") == [("active_members:not_a_number", 1)]
    assert quarantined(reader) == [[(4, ["active_members:not_a_number"], "51.03,TOTAL,3O")]]


def test_a_rejected_file_that_was_corrected_is_no_problem_any_more(reader: Reader, landing: Write) -> None:
    landing(NAME, "wilayah,anggota\n51.03,1\n")
    assert [problem.file for problem in reader.read()[1].problems] == [NAME]
    assert [problem.file for problem in reader.problems()] == [NAME]
    # Still there the next night: nothing new to tell, and still listed.
    assert reader.read()[1].problems == ()
    assert [problem.file for problem in reader.problems()] == [NAME]
    landing(NAME, FIRST, at=1)
    assert reader.read()[1].problems == ()
    assert reader.problems() == ()
    assert files(reader) == [(NAME, "rejected", 0, 0, 0), (NAME, "accepted", 2, 0, 0)]


def test_good_bytes_that_come_back_after_a_bad_version_are_no_problem(reader: Reader, landing: Write) -> None:
    for at, text in enumerate((FIRST, "wilayah,anggota\n51.03,1\n", FIRST)):
        landing(NAME, text, at=at)
        reader.read()
    assert reader.problems() == ()
    assert members(reader) == {"5103": 100, "5104": 200}


def test_a_rejected_version_leaves_the_one_before_in_place(reader: Reader, landing: Write) -> None:
    landing(NAME, FIRST)
    reader.read()
    landing(NAME, HEADER + "x,y\n", at=1)
    _, read = reader.read()
    assert len(read.problems) == 1
    assert members(reader) == {"5103": 100, "5104": 200}


def registers(folder: Path, *corrections: str) -> Path:
    """The packaged registers with declared corrections of Bali, March 2025."""
    folder.mkdir(exist_ok=True)
    for path in PACKAGED.glob("*.csv"):
        shutil.copy(path, folder)
    header = (PACKAGED / "corrections.csv").read_text().splitlines()[0]
    lines = [f"{line},the digit was a letter,Kanwil Banuspa,2025-04-10" for line in corrections]
    (folder / "corrections.csv").write_text("\n".join([header, *lines]) + "\n")
    return folder


LETTER = "badung-letter,rekap,51,2025-03-31,5103,TOTAL,peserta_aktif,3O,30"


def test_a_declared_correction_brings_the_row_back(reader: Reader, landing: Write, tmp_path: Path) -> None:
    landing(NAME, ONE_BAD)
    reader.read()
    found, read = reader.read(registers(tmp_path / "registers", LETTER))
    assert (len(found.waiting), read.rows_accepted, read.rows_set_aside) == (1, 5, 0)
    assert members(reader)["5103"] == 30
    # Both readings of the one file are in the ledger, with what was set aside the first time.
    assert files(reader) == [(NAME, "accepted", 4, 1, 0), (NAME, "accepted", 5, 0, 1)]
    assert reader.ask("SELECT count(DISTINCT file_id), count(DISTINCT reading) FROM ledger.files") == [(1, 2)]
    assert quarantined(reader) == [[(4, ["active_members:not_a_number"], "51.03,TOTAL,3O")]]
    # Under the same registers there is nothing left to do.
    found, _ = reader.read(tmp_path / "registers")
    assert found.waiting == []


def test_a_correction_of_another_delivery_reads_nothing_again(
    reader: Reader, landing: Write, tmp_path: Path
) -> None:
    landing(NAME, ONE_BAD)
    reader.read()
    other = LETTER.replace("2025-03-31", "2025-04-30")
    found, _ = reader.read(registers(tmp_path / "registers", other))
    assert (found.waiting, found.unchanged) == ([], 1)


def test_a_stale_correction_rejects_the_file_until_it_is_removed(
    reader: Reader, landing: Write, tmp_path: Path
) -> None:
    folder = registers(tmp_path / "registers", LETTER)
    landing(NAME, ONE_BAD)
    reader.read(folder)
    landing(NAME, ALL_GOOD.replace(",5\n", ",6\n"), at=1)  # the sender repaired the value
    _, read = reader.read(folder)
    (problem,) = read.problems
    assert problem.file == NAME
    assert problem.what == (
        "a declared correction no longer fits: badung-letter: expected one row with the declared value, "
        "found 1 row(s) of that key or another value"
    )
    assert "corrections.csv" in problem.hint
    assert members(reader)["5105"] == 5  # the version before still counts
    _, read = reader.read(registers(tmp_path / "registers"))
    assert read.problems == ()
    assert members(reader) == {"5101": 1, "5102": 2, "5103": 30, "5104": 4, "5105": 6}
    assert [state for _, state, *_ in files(reader)] == ["accepted", "rejected", "accepted"]


def test_a_changed_register_of_regions_reads_every_file_again(
    reader: Reader, landing: Write, tmp_path: Path
) -> None:
    landing(NAME, FIRST)
    reader.read()
    folder = registers(tmp_path / "registers")
    path = folder / "regions.csv"
    path.write_text(path.read_text().replace("Kabupaten Badung,Badung", "Kabupaten Badung,BADUNG"))
    found, read = reader.read(folder)
    assert (len(found.waiting), read.rows_accepted) == (1, 2)
    assert members(reader) == {"5103": 100, "5104": 200}


def test_an_unchanged_file_is_not_even_read_for_its_fingerprint(
    reader: Reader, landing: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    landing(NAME, FIRST)
    reader.read()

    def forbidden(*_: object) -> str:
        raise AssertionError("the file was read again")

    monkeypatch.setattr(surveying, "fingerprint", forbidden)
    found, _ = reader.read()
    assert found.unchanged == 1
    landing(NAME, FIRST, at=1)
    with pytest.raises(AssertionError, match="read again"):
        reader.read()


def test_a_file_of_the_future_is_read_with_its_true_digest_when_its_day_comes(
    reader: Reader, landing: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    landing(NAME, FIRST)
    march, april = (
        int(DELIVERY_DAY.replace(year=2025, month=month, day=31 - month).timestamp()) for month in (3, 4)
    )
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(march))  # 28 March
    assert clock.now().day == 28
    _, read = reader.read()
    assert [problem.what for problem in read.problems] == [
        "the day in the file name (2025-03-31) is in the future"
    ]
    assert members(reader) == {}
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(april))
    _, read = reader.read()
    assert read.problems == ()
    assert members(reader) == {"5103": 100, "5104": 200}
    digests = reader.ask("SELECT sha256 FROM ledger.files WHERE state = 'accepted'")
    assert [len(sha256) for (sha256,) in digests] == [64]
    assert reader.problems() == ()


def test_a_file_that_still_grows_is_left_for_the_next_run(
    data_root: Path, landing: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = landing(NAME, HEADER)
    os.utime(path)  # changed just now
    waited: list[float] = []

    def another_row(seconds: float) -> None:
        waited.append(seconds)
        with path.open("a") as stream:
            stream.write("51.03,TOTAL,100\n")

    with reading(data_root, settle_seconds=30) as reader:
        monkeypatch.setattr(time, "sleep", another_row)
        found, read = reader.read()
        assert waited == [30]
        assert (found.unfinished, found.waiting, read.files, read.problems) == (1, [], 0, ())
        assert "1 still being written" in found.told()
        monkeypatch.setattr(time, "sleep", waited.append)
        found, read = reader.read()
        assert (found.unfinished, read.rows_accepted) == (0, 1)


def test_settled_files_are_not_waited_for(
    data_root: Path, landing: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    landing(NAME, FIRST)
    monkeypatch.setattr(time, "sleep", lambda _: pytest.fail("nothing is fresh"))
    with reading(data_root, settle_seconds=30) as reader:
        assert len(reader.read()[0].waiting) == 1


def test_unfinished_names_are_left_alone(reader: Reader, landing: Write) -> None:
    landing(NAME + ".part", FIRST)
    landing("." + NAME, FIRST)
    found, read = reader.read()
    assert (found.waiting, found.refused, read.problems) == ([], [], ())


def test_names_that_are_no_utf8_are_refused_and_do_not_stop_the_others(
    reader: Reader, landing: Write
) -> None:
    strange = os.fsdecode(b"rekap_51_20250331_\xff\xe9.csv")
    path = landing(NAME, FIRST)
    (path.parent / strange).write_text(FIRST)
    _, read = reader.read()
    assert [problem.file for problem in read.problems] == ["rekap_51_20250331_??.csv"]
    assert members(reader) == {"5103": 100, "5104": 200}
    found, read = reader.read()
    assert (found.unchanged, found.refused, read.problems) == (2, [], ())
    assert [problem.file for problem in reader.problems()] == ["rekap_51_20250331_??.csv"]
