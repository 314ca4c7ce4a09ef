"""The one table of what can be planted: the rule it breaks, and what a reader must make of it.

Reasons are `<column>:<defect>` with the English column names; `row:` and `line:` stand for the whole row.
They are what the pipeline must report; a renamed reason is changed here and nowhere else. A rejected file
has no reason: the file itself is the defect.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Outcome = Literal[
    "quarantined",
    "counted_warning",
    "duplicate",
    "superseded",
    "contradiction",
    "identity_conflict",
    "file_rejected",
    "accepted",
    "undecidable",
]
Where = Literal["row", "person", "copy", "text", "file"]


@dataclass(frozen=True)
class Defect:
    """A class of planted defects.

    `where` says how it is planted: `row` an extra row of a person that nobody else is; `person` in the
    rows of a person of the twin; `copy` one more row of a membership of the twin; `text` a line that
    no CSV reader gets whole; `file` an extra small file. `pair`: several lines make one defect, and
    naming one of them finds it.
    """

    name: str
    where: Where
    planted: str
    rule: str
    outcome: Outcome
    reasons: tuple[str, ...] = ()
    why: str = ""
    pair: bool = False


def _row(name: str, planted: str, rule: str, *reasons: str) -> Defect:
    return Defect(name, "row", planted, rule, "quarantined", reasons)


def _person(name: str, planted: str, rule: str, reason: str) -> Defect:
    return Defect(name, "person", planted, rule, "counted_warning", (reason,))


def _legal(name: str, where: Where, planted: str, rule: str) -> Defect:
    return Defect(name, where, planted, rule, "accepted", why="legal: must not be set aside")


def _copy(name: str, planted: str, outcome: Outcome, where: Where = "copy", why: str = "") -> Defect:
    pair = outcome != "superseded"
    return Defect(name, where, planted, _KEY, outcome, (f"row:{outcome}",), why, pair)


def _text(name: str, where: Where, planted: str, rule: str, reason: str) -> Defect:
    return Defect(name, where, planted, rule, "quarantined", (reason,))


def _file(name: str, planted: str, rule: str) -> Defect:
    return Defect(name, "file", planted, rule, "file_rejected")


_NIK = "nik: 16 digits; known region; real date, day 1-31 or 41-71; last four not 0000"
_KPJ = "kpj: 11 digits"
_NPP = "npp: 8 digits; required for PU and JAKON, empty for BPU and PMI"
_PROGRAM = "program: known, no repeats; JKK and JKM always; JP and JKP only PU; JAKON only JKK and JKM"
_DATES = "start <= as-of day; end empty or >= start; NONAKTIF needs an end"
_PAID = "iuran_terakhir <= as-of month"
_AGREES = "must agree with the NIK: warning, kept and counted"
_AGE = "15 to 100 years old on the as-of day"
_PLACE = "known Kemendagri code with a dot, present or former; residence required"
_WAGE = "upah >= 0; required for PU"
_WORDS = "one of the declared words"
_UPDATED = "diperbarui: timestamp <= end of the as-of day"
_FIELDS = "a line has as many fields as the header"
_KEY = "rows with the same nik and kpj, over all files of an as-of day"

_TABLE = (
    _row("nik_missing", "empty", _NIK, "nik:missing"),
    _row("nik_wrong_length", "the last digit cut off", _NIK, "nik:wrong_length"),
    _row("nik_not_digits", "letter O for a zero", _NIK, "nik:not_digits"),
    _row("nik_scientific", "5.10302E+15, as a spreadsheet saves it", _NIK, "nik:scientific_notation"),
    _row("nik_trailing_zeros", "last four digits lost to zeros", _NIK, "nik:serial_zero"),
    _row("nik_rounded", "last ten digits lost to zeros", _NIK, "nik:impossible_date", "nik:serial_zero"),
    _row("nik_unknown_region", "region 99.99", _NIK, "nik:unknown_region"),
    _row("nik_impossible_day", "day 35", _NIK, "nik:impossible_date"),
    _row("nik_impossible_date", "31 February", _NIK, "nik:impossible_date"),
    _row("kpj_missing", "empty", _KPJ, "kpj:missing"),
    _row("kpj_wrong_length", "10 digits", _KPJ, "kpj:wrong_form"),
    _row("kpj_not_digits", "a letter in it", _KPJ, "kpj:wrong_form"),
    _row("npp_missing", "empty for PU", _NPP, "npp:missing_for_segment"),
    _row("npp_not_allowed", "given for BPU", _NPP, "npp:not_allowed_for_segment"),
    _row("npp_wrong_length", "7 digits", _NPP, "npp:wrong_form"),
    _row("segment_unknown", "PPU", _WORDS, "segment:unknown"),
    _row("segment_missing", "empty", _WORDS, "segment:missing"),
    _row("status_unknown", "CUTI", _WORDS, "status:unknown"),
    _row("program_missing", "empty", _PROGRAM, "programs:missing"),
    _row("program_unknown", "JKN among them", _PROGRAM, "programs:unknown"),
    _row("program_repeated", "JHT twice", _PROGRAM, "programs:repeated"),
    _row("program_without_jkm", "JKK|JHT", _PROGRAM, "programs:without_jkk_jkm"),
    _row("program_not_for_segment", "JP for BPU", _PROGRAM, "programs:not_allowed_for_segment"),
    _row("start_missing", "empty", _DATES, "start_date:missing"),
    _row("start_unreadable", "31/02/2024", _DATES, "start_date:unreadable"),
    _row("start_after_as_of", "12 days later", _DATES, "start_date:after_as_of"),
    _row("end_before_start", "the day before", _DATES, "end_date:before_start"),
    _row("end_missing_for_status", "NONAKTIF, no end", _DATES, "end_date:missing_for_status"),
    _row("last_paid_unreadable", "month 13", _PAID, "last_paid:unreadable"),
    _row("last_paid_after_as_of", "next month", _PAID, "last_paid:after_as_of"),
    _row("too_young", "14 years old, NIK agrees", _AGE, "birth_date:too_young"),
    _row("too_old", "101 years old, NIK agrees", _AGE, "birth_date:too_old"),
    _row("birth_date_missing", "empty", _AGE, "birth_date:missing"),
    _row("birth_date_unreadable", "30-02-1990", _AGE, "birth_date:unreadable"),
    _row("sex_unknown", "X", _WORDS, "sex:unknown"),
    _row("residence_missing", "empty", _PLACE, "residence:missing"),
    _row("residence_unknown", "regency 98 of the province", _PLACE, "residence:unknown_region"),
    _row("residence_bps_code", "5103 for 51.03", _PLACE, "residence:wrong_form"),
    _row("residence_lost_zero", "51.1, as a number is saved", _PLACE, "residence:wrong_form"),
    _row("workplace_unknown", "99.01", _PLACE, "workplace:unknown_region"),
    _row("workplace_bps_code", "5171 for 51.71", _PLACE, "workplace:wrong_form"),
    _row("office_missing", "empty", "branch office required", "branch_office:missing"),
    _row("wage_missing", "empty for PU", _WAGE, "wage:missing_for_segment"),
    _row("wage_negative", "-2500000", _WAGE, "wage:negative"),
    _row("wage_not_a_number", "dua juta", _WAGE, "wage:not_a_number"),
    _row("funding_unknown", "HIBAH", _WORDS, "funding:unknown"),
    _row("vulnerable_unknown", "YA", _WORDS, "is_vulnerable:unknown"),
    _row("activity_wrong_length", "4 digits", "kbli: 5 digits, may be empty", "activity_code:wrong_form"),
    _row("updated_missing", "empty", _UPDATED, "updated_at:missing"),
    _row("updated_unreadable", "kemarin", _UPDATED, "updated_at:unreadable"),
    _row("updated_after_as_of", "a month later", _UPDATED, "updated_at:after_as_of"),
    _row(
        "several_rules",
        "three at once",
        "every reason of a row",
        "kpj:missing",
        "sex:unknown",
        "wage:negative",
    ),
    _person(
        "birth_disagrees_with_nik", "NIK with another birth date", _AGREES, "birth_date:disagrees_with_nik"
    ),
    _person("sex_disagrees_with_nik", "NIK of the other sex", _AGREES, "sex:disagrees_with_nik"),
    Defect(
        "nik_of_two_persons",
        "person",
        "two memberships of one NIK with other sex and birth date",
        "NIK quality: one NIK with contradicting persons",
        "identity_conflict",
        ("nik:contradicting_persons",),
        pair=True,
    ),
    Defect(
        "kpj_under_several_nik",
        "person",
        "one KPJ for two persons",
        "one kpj under several nik: kept, counted by NIK",
        "identity_conflict",
        ("kpj:several_nik",),
        pair=True,
    ),
    Defect(
        "nik_last_digit_lost",
        "person",
        "15 digits kept by a spreadsheet, the last one 0",
        _NIK,
        "undecidable",
        why="still a valid NIK of nobody else: no rule can tell; counted as one person, as is right",
    ),
    _legal("nik_former_region", "person", "NIK with a code no longer in use", _NIK),
    _legal("residence_former_code", "person", "residence by its former code", _PLACE),
    _legal("workplace_former_code", "person", "place of work by its former code", _PLACE),
    _copy("duplicate_same_file", "identical row in the same file", "duplicate"),
    _copy("duplicate_other_file", "identical row in another office's file", "duplicate"),
    _copy("older_version", "other residence and wage, updated earlier", "superseded"),
    _copy(
        "contradicting_version",
        "other start, activity and last payment, updated in the same second",
        "contradiction",
        why="which of the two rows is kept is open; they differ in nothing that is published",
    ),
    _text("line_too_short", "text", "ends after the eleventh field", _FIELDS, "line:too_few_fields"),
    _text("line_too_long", "text", "one field more", _FIELDS, "line:too_many_fields"),
    _text(
        "quoting_broken",
        "file",
        "text after a closing quote; a quote never closed on the last line",
        "quoted fields",
        "line:broken_quoting",
    ),
    _copy("line_break_in_quotes", "older rows with a quoted line break: legal", "superseded", "file"),
    _copy("encodings_mixed", "older rows, UTF-8 and Windows-1252 by turns", "superseded", "file"),
    _legal("layout_utf16", "file", "UTF-16, tabs, dates as 31 Maret 2025", "a legal layout"),
    _legal("layout_pipe", "file", "| as delimiter, programs in quotes", "a legal layout"),
    _legal("layout_varied", "file", "two offices of three write other legal layouts", "a legal layout"),
    _file("file_truncated", "gzip cut in the middle", "a whole file"),
    _file("file_wrong_header", "a required column renamed", "declared header"),
    _file("file_wrong_month", "all rows of the month after the one in the name", _UPDATED),
    _file("file_over_tolerance", "more than 5 percent of the rows broken", "tolerance of the source"),
    _file("file_empty", "no bytes", "a header"),
    _file("file_not_csv", "a zip archive named .csv", "text"),
)

#: Every class by name, in the order of the report.
DEFECTS: dict[str, Defect] = {defect.name: defect for defect in _TABLE}
#: Number of a class in frames of planted lines.
CLASS_NUMBER: dict[str, int] = {name: number for number, name in enumerate(DEFECTS)}


def planted_as(where: Where, asked: frozenset[str]) -> tuple[str, ...]:
    """Names of the asked classes that are planted in one way, in the order of the table."""
    return tuple(name for name, defect in DEFECTS.items() if defect.where == where and name in asked)
