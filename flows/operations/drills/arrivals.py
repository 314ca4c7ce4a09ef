"""Deliveries as they should not be: half written, twice, in another order, of the wrong month, ten thousand."""

from __future__ import annotations

import gzip
import os
import threading
from pathlib import Path

import polars as pl

from flows.operations.drills import deliveries
from flows.operations.drills.scratch import Scratch, expect
from schemas.registers import PACKAGED, load_registers
from schemas.tables.table import SEGMENTS


def half_written(scratch: Scratch) -> str:
    """A file under an unfinished name, one that grows while it is looked at, one that was cut off."""
    scratch.deliver_month(0)
    release = scratch.night().release_id
    whole = deliveries.counted(5)
    scratch.deliver("rekap_91_20230930.csv.part", whole[:40])
    report = scratch.night()
    expect((report.outcome, report.release_id) == ("nothing_new", release), "a .part file was read")
    growing = scratch.landing / "rekap_91_20231031.csv"
    growing.write_text(whole[:40], encoding="utf-8")
    stop = threading.Event()
    writer = threading.Thread(target=_keep_writing, args=(growing, stop))
    writer.start()
    try:
        report = scratch.night(settle_seconds=0.5)
    finally:
        stop.set()
        writer.join()
    expect((report.outcome, report.files_read) == ("nothing_new", 0), "a file was read while it grew")
    growing.unlink()
    scratch.deliver("rekap_91_20231130.csv.gz", gzip.compress(whole.encode())[:-20])
    scratch.deliver_month(1)
    report = scratch.night()
    expect(report.outcome == "partly_failed", f"the night with a cut-off file ended {report.outcome}")
    expect(
        [problem.file for problem in report.problems] == ["rekap_91_20231130.csv.gz"], "another file failed"
    )
    return "unfinished name and growing file wait; the cut-off one is refused by name, the others published"


def _keep_writing(path: os.PathLike[str], stop: threading.Event) -> None:
    with open(path, "a", encoding="utf-8") as stream:  # noqa: PTH123
        while not stop.wait(0.01):
            stream.write("9")
            stream.flush()


def same_file_twice(scratch: Scratch) -> str:
    """The same bytes again, under the same and under another name: nothing to do, nothing counted twice."""
    scratch.deliver_month(0)
    first = scratch.night()
    figures = scratch.figures()
    scratch.deliver_month(0)
    scratch.deliver("rekap_91_20230831_kedua.csv", deliveries.counted(0), minute=9)
    again = scratch.night()
    expect(
        (again.outcome, again.release_id) == ("nothing_new", first.release_id), f"it ended {again.outcome}"
    )
    expect(scratch.figures() == figures, "figures changed")
    return "one release, every figure as before"


def another_order(scratch: Scratch) -> str:
    """The same files in one night, and one by one in reverse: the same figures under the same id."""
    at_once = scratch.beside("at_once")
    for number in range(3):
        at_once.deliver_month(number)
    expected = at_once.night().release_id
    for number in reversed(range(3)):
        scratch.deliver_month(number)
        scratch.night()
    expect(scratch.latest() == expected, "another release came of it")
    ours, theirs = scratch.figures(revisions=False), at_once.figures(revisions=False)
    expect(ours == theirs, "figures differ")
    return f"{expected} both ways, figures equal byte by byte"


def wrong_month(scratch: Scratch) -> str:
    """A day in the future, a date that does not exist, last month's bytes under this month's name."""
    scratch.deliver_month(0)
    scratch.night()
    scratch.deliver("rekap_91_20990131.csv", deliveries.counted(1))
    scratch.deliver("rekap_91_20230230.csv", deliveries.counted(1))
    scratch.deliver("rekap_91_20230930.csv", deliveries.counted(0), minute=1)
    report = scratch.night()
    refused = {problem.file for problem in report.problems}
    expect(refused == {"rekap_91_20990131.csv", "rekap_91_20230230.csv"}, f"refused were {sorted(refused)}")
    warned = {finding.check.check_id for finding in report.findings if finding.rows}
    expect("same_content_for_two_days" in warned, "the same content for two days was not told")
    return "future and impossible dates are refused by name; equal bytes for two days are told and published"


def many_files(scratch: Scratch, count: int) -> str:
    """A landing of so many files, one row each: all are read once, and the night after looks at them only."""
    deliver_single_rows(scratch, PACKAGED, count)
    report = scratch.night(registers=PACKAGED)
    failed = [finding.check.check_id for finding in report.findings if finding.stops_release]
    expect(report.outcome == "published", f"it ended {report.outcome} {failed} {report.problems[:1]}")
    expect(report.rows_accepted == count, f"{report.rows_accepted} rows of {count} files were accepted")
    again = scratch.night(registers=PACKAGED)
    expect((again.outcome, again.files_read) == ("nothing_new", 0), "files were read again that were known")
    return f"{count} files read and published; the night after reads none"


def deliver_single_rows(scratch: Scratch, registers: Path, count: int) -> None:
    """Deliver so many files of one row, each of a region and segment of its own in every month."""
    regions = load_registers(registers).regions
    codes = regions.filter(pl.col("kind") != "provinsi")["region_code_bps"].to_list()
    places = [(code, segment) for segment in SEGMENTS for code in codes]
    for at in range(count):
        month, place = divmod(at, len(places))
        code, segment = places[place]
        scope = f"{place // 2600 + 10}{chr(ord('a') + place // 100 % 26)}{place % 100:02}"
        name = f"rekap_{scope}_{deliveries.last_day(month):%Y%m%d}.csv"
        scratch.deliver(name, f"wilayah,segmen,peserta_aktif\n{code},{segment},{100 + at}\n")
