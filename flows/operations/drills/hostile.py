"""A landing that means harm: names that would lead elsewhere, files that unfold beyond reason."""

from __future__ import annotations

import gzip
import io
import os
import zipfile
from pathlib import Path

import zstandard

from flows.operations.drills import deliveries
from flows.operations.drills.scratch import Scratch, expect

#: Never in honest files: it shows when a file outside the landing was read.
_FOREIGN_MEMBERS = 987_654
_UNFOLDED = 300 * 1024 * 1024
#: As long as file systems allow; the rest of 300 characters is refused by them.
_LONG = "rekap_91_20231031_" + "x" * 233 + ".csv"
#: Names that a sender may give, as bytes: of other places, of other lines, of the terminal, of no encoding.
_NAMES = (
    b"..rekap_91_20231031.csv",
    b"rekap_91_20231031_...csv",
    b"rekap_91_..%2f..%2fpublished%2flatest.csv",
    b"..\\..\\rekap_91_20231031.csv",
    b"C:\\rekap_91_20231031.csv",
    b"~root_91_20231031.csv",
    b"rekap_91_20231031\nCAKUPAN_DATA_ROOT=elsewhere\n.csv",
    b"rekap_91_20231031_\x1b[2J\x07.csv",
    b"rekap_91_20231031_\xff\xfe.csv",
    b"rekap_91_20231031';DROP TABLE ledger.files;--.csv",
    b"$(touch elsewhere)_91_20231031.csv",
    b"-rf",
    _LONG.encode(),
)


def names(scratch: Scratch) -> str:
    """Names and links that lead out of the landing, lines and signs of the terminal in names, a pipe."""
    outside = scratch.folder / "outside"
    outside.mkdir()
    foreign = deliveries.counted(2).replace(";2014\n", f";{_FOREIGN_MEMBERS}\n", 1)
    (outside / "rekap_91_20231031.csv").write_text(foreign, encoding="utf-8")
    scratch.deliver_month(0)
    landing = os.fsencode(scratch.landing)
    for name in _NAMES:
        Path(os.fsdecode(landing + b"/" + name)).write_text(deliveries.counted(2), encoding="utf-8")
    (scratch.landing / "rekap_91_20231031.csv").symlink_to(outside / "rekap_91_20231031.csv")
    (scratch.landing / "rekap_91_20231130.csv").symlink_to("../outside/rekap_91_20231031.csv")
    (scratch.landing / "peserta_51_20230930.csv").symlink_to("/etc/passwd")
    (scratch.landing / "rekap_91_20231231.csv").mkdir()
    os.mkfifo(scratch.landing / "rekap_91_20240131.csv")  # reading it would wait for ever
    before = _around(scratch)
    report = scratch.night()
    expect(report.outcome == "partly_failed", f"it ended {report.outcome}")
    expect(_around(scratch) == before, "something was written or removed outside the data root")
    counted = scratch.ask("SELECT max(active_members), max(as_of)::VARCHAR FROM staging.membership_counts")
    expect(counted[0][0] < _FOREIGN_MEMBERS, "a file outside the landing was read")
    told = [text for problem in report.problems for text in (problem.file, problem.what, problem.hint)]
    told += scratch.command("status").stdout.splitlines()
    expect(all(map(str.isprintable, told)), "a message holds control characters of a name")
    stored = scratch.ask("SELECT file_name FROM ledger.files UNION ALL SELECT file_name FROM ledger.landing")
    expect(all(name.isprintable() and len(name) <= 200 for (name,) in stored), "the ledger holds such a name")
    scratch.hold_together()
    refused = scratch.ask("SELECT count(*) FROM ledger.files WHERE state = 'rejected'")[0][0]
    expect(scratch.latest() is not None, "the good files were not published")
    return f"{refused} names refused and shown clean, links, folder and pipe left alone, good files published"


def _around(scratch: Scratch) -> list[str]:
    """Everything in the scratch folder that is not the data root."""
    found = scratch.folder.rglob("*")
    return sorted(os.fsdecode(os.fsencode(path)) for path in found if not path.is_relative_to(scratch.root))


def bombs(scratch: Scratch) -> str:
    """Small files that unfold to hundreds of megabytes, in every packed form that is accepted."""
    scratch.deliver_month(0)
    line = b"91.01;TOTAL;1\n"
    text = b"wilayah;segmen;peserta_aktif\n" + line * (_UNFOLDED // len(line))
    member = deliveries.member(deliveries.last_day(1), 1, code="51.01").encode() + b"\n"
    members = deliveries.MEMBER_HEADER.encode() + b"\n" + member * (_UNFOLDED // len(member))
    packed = {
        "rekap_91_20230930.csv.gz": gzip.compress(text, 9),
        "rekap_91_20231031.csv.zst": zstandard.ZstdCompressor(19).compress(text),
        "rekap_91_20231130.xlsx": _book(b"<x>" + b" " * _UNFOLDED + b"</x>"),
        "peserta_51_20230930.csv.gz": gzip.compress(members, 9),
    }
    for name, content in packed.items():
        scratch.deliver(name, content, minute=1)
    report = scratch.night(memory_limit="1GB")
    told = {problem.file: problem.what for problem in report.problems}
    expect(told.keys() == packed.keys(), f"refused were {sorted(told)}")
    unpacked = sorted(name for name, what in told.items() if "not unpacked" not in what)
    expect(not unpacked, f"unpacked all the same: {[told[name] for name in unpacked]}")
    expect(report.outcome == "partly_failed", f"the good files ended {report.outcome}")
    size = sum(map(len, packed.values())) // 1024
    return f"{len(packed)} files of {size} KB refused, not unpacked to {4 * _UNFOLDED >> 20} MB; the others published"


def _book(sheet: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as book:
        book.writestr("[Content_Types].xml", "<Types/>")
        book.writestr("xl/worksheets/sheet1.xml", sheet)
    return stream.getvalue()
