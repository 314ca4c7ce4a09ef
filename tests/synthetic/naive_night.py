"""A night in plain Python, written from the data contract alone: the oracle for the twin's truth.

It shares no code with the pipeline or with the twin, reads row by row, and knows nothing of what is planted.
"""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from tests.synthetic.naive_rules import Row, judged, parsed

COLUMNS = [
    *("nik", "kpj", "npp", "segmen", "status", "program", "tgl_mulai", "tgl_akhir", "iuran_terakhir"),
    *("tgl_lahir", "jenis_kelamin", "wilayah_domisili", "wilayah_kerja", "kantor_cabang", "upah"),
    *("sumber_iuran", "rentan", "kbli", "diperbarui"),
]
TOLERANCE = 0.05


@dataclass
class Night:
    """Rows that count, by as-of day, and everything that was reported."""

    regions: dict[str, str]
    kept: dict[date, list[Row]] = field(default_factory=lambda: defaultdict(list))
    found: list[dict[str, Any]] = field(default_factory=list)
    accounts: dict[str, dict[str, int]] = field(default_factory=dict)

    def report(self, file: str, line: int | None, outcome: str, *reasons: str) -> None:
        self.found.append({"file_name": file, "line": line, "reasons": list(reasons), "outcome": outcome})


def run(landing: Path, regions: dict[str, str]) -> Night:
    """`regions`: Kemendagri code, present or former → BPS code."""
    night = Night(regions)
    by_day: dict[date, list[Row]] = defaultdict(list)
    for path in sorted(landing.glob("peserta_*")):
        as_of = parsed(path.name.split("_")[2], "%Y%m%d")
        rows = _accepted_rows(night, path, as_of)
        by_day[as_of] += rows
    for as_of, rows in by_day.items():
        night.kept[as_of] = _merged(night, rows)
        _identity_conflicts(night, night.kept[as_of])
    return night


def _accepted_rows(night: Night, path: Path, as_of: date) -> list[Row]:
    raw = path.read_bytes()
    try:
        raw = gzip.decompress(raw) if path.name.endswith(".gz") else raw
    except (EOFError, zlib.error, OSError):
        night.report(path.name, None, "file_rejected")
        return []
    if not raw or raw.startswith(b"PK"):
        night.report(path.name, None, "file_rejected")
        return []
    records, broken, lines = _records(raw)
    if records is None:
        night.report(path.name, None, "file_rejected")
        return []
    rows, bad = [], [(line, [reason], {}) for line, reason in broken]
    warned = []
    for line, text in records:
        row, hard, soft = judged(text, as_of, night.regions)
        row |= {"_file": path.name, "_line": line}
        if hard:
            bad.append((line, hard + soft, row))
            continue
        rows.append(row)
        if soft:
            warned.append((line, soft))
    if len(bad) > TOLERANCE * (len(rows) + len(bad)):
        night.report(path.name, None, "file_rejected")
        return []
    for line, reasons, _ in bad:
        night.report(path.name, line, "quarantined", *reasons)
    for line, reasons in warned:
        night.report(path.name, line, "counted_warning", *reasons)
    night.accounts[path.name] = {"lines": lines, "rows": len(rows) + len(bad), "quarantined": len(bad)}
    return rows


def _records(raw: bytes) -> tuple[list[tuple[int, dict[str, str]]] | None, list[tuple[int, str]], int]:
    if raw.startswith(b"\xff\xfe"):
        lines = raw.decode("utf-16").split("\n")
    else:
        lines = [_decoded(line) for line in raw.removeprefix(b"\xef\xbb\xbf").split(b"\n")]
    lines = [line.removesuffix("\r") for line in lines[:-1]]
    delimiter = max(",;\t|", key=lines[0].count)
    names = [name.strip().lower() for name in lines[0].split(delimiter)]
    if names != COLUMNS:
        return None, [], len(lines)
    records, broken, at = [], [], 1
    while at < len(lines):
        line, number = lines[at], at + 1
        at += 1
        if not line:
            continue
        text, more = line, at
        while text.count('"') % 2 and more < len(lines):
            text += "\n" + lines[more]
            more += 1
        if text.count('"') % 2:
            broken.append((number, "line:broken_quoting"))
            continue
        try:
            fields = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
        except csv.Error:
            broken.append((number, "line:broken_quoting"))
            continue
        at = more
        if len(fields) != len(COLUMNS):
            few = len(fields) < len(COLUMNS)
            broken.append((number, "line:too_few_fields" if few else "line:too_many_fields"))
            continue
        records.append((number, dict(zip(COLUMNS, fields, strict=True))))
    return records, broken, len(lines)


def _decoded(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("cp1252")


def _merged(night: Night, rows: list[Row]) -> list[Row]:
    """Rows of one person and KPJ: the newest counts; the others are duplicates, superseded, contradicting."""
    grouped: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row["nik"], row["kpj"]].append(row)
    kept = []
    for same in grouped.values():
        newest = max(row["diperbarui"] for row in same)
        first = next(row for row in same if row["diperbarui"] == newest)
        kept.append(first)
        for row in same:
            if row is first:
                continue
            if row["diperbarui"] < newest:
                outcome = "superseded"
            else:
                outcome = "duplicate" if _values(row) == _values(first) else "contradiction"
            night.report(row["_file"], row["_line"], outcome, f"row:{outcome}")
    return kept


def _values(row: Row) -> tuple[Any, ...]:
    dates = (row["start"], row["end"], row["born"])
    return *dates, *(row[column] for column in COLUMNS if not column.startswith("tgl_"))


def _identity_conflicts(night: Night, rows: list[Row]) -> None:
    by_kpj, by_nik = defaultdict(list), defaultdict(list)
    for row in rows:
        by_kpj[row["kpj"]].append(row)
        by_nik[row["nik"]].append(row)
    for same in by_kpj.values():
        if len({row["nik"] for row in same}) > 1:
            for row in same:
                night.report(row["_file"], row["_line"], "identity_conflict", "kpj:several_nik")
    for same in by_nik.values():
        if len({(row["jenis_kelamin"], row["born"]) for row in same}) > 1:
            for row in same:
                night.report(row["_file"], row["_line"], "identity_conflict", "nik:contradicting_persons")


def people(rows: list[Row], as_of: date) -> dict[str, list[Row]]:
    """Active memberships by person, the most recently updated one last."""
    active = [
        row
        for row in rows
        if row["status"] == "AKTIF" and row["start"] <= as_of and (row["end"] is None or row["end"] > as_of)
    ]
    persons: dict[str, list[Row]] = defaultdict(list)
    for row in sorted(active, key=lambda row: row["diperbarui"]):
        persons[row["nik"]].append(row)
    return persons
