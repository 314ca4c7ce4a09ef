"""The rules of the data contract, 1.1, for one row at a time; part of the plain-Python night."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

Row = dict[str, Any]
BULAN = [
    *("januari", "februari", "maret", "april", "mei", "juni"),
    *("juli", "agustus", "september", "oktober", "november", "desember"),
]
WORDS = {
    "jenis_kelamin": ("sex", {"L", "P"}),
    "sumber_iuran": (
        "funding",
        {"PEMBERI_KERJA", "MANDIRI", "APBN", "APBD", "DBH_SAWIT", "DANA_DESA", "CSR"},
    ),
    "rentan": ("is_vulnerable", {"Y", "T"}),
    "status": ("status", {"AKTIF", "NONAKTIF"}),
}


def judged(text: dict[str, str], as_of: date, regions: dict[str, str]) -> tuple[Row, list[str], list[str]]:
    """The row with its dates and places, the rules it breaks, and its warnings."""
    row: Row = dict(text) | {
        "start": day_of(text["tgl_mulai"]),
        "end": day_of(text["tgl_akhir"]),
        "born": day_of(text["tgl_lahir"]),
        "residence": regions.get(text["wilayah_domisili"]),
        "workplace": regions.get(text["wilayah_kerja"]),
        "upah": text["upah"].replace(".", ""),
    }
    hard = [
        *_nik(row["nik"], regions),
        *_numbers(row),
        *_programs(row),
        *(f"{name}:unknown" for column, (name, words) in WORDS.items() if row[column] not in words),
        *_wage(row),
        *_membership(row, as_of),
        *_person(row, as_of),
        *_places(row, regions),
    ]
    return row, hard, _warnings(row)


def parsed(text: str, form: str) -> date:
    return datetime.strptime(text, form).replace(tzinfo=UTC).date()


def day_of(text: str) -> date | None:
    match = re.fullmatch(r"(\d{1,2}) (\w+) (\d{4})", text)
    if match:
        text = f"{match[3]}-{BULAN.index(match[2].lower()) + 1:02d}-{int(match[1]):02d}"
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y"):
        try:
            return parsed(text, form)
        except ValueError:
            continue
    return None


def _warnings(row: Row) -> list[str]:
    nik, born, sex = row["nik"], row["born"], row["jenis_kelamin"]
    if not re.fullmatch(r"\d{16}", nik) or not born or sex not in ("L", "P"):
        return []
    day = int(nik[6:8])
    told = f"{day - 40 if day > 40 else day:02d}{nik[8:12]}"
    found = ["birth_date:disagrees_with_nik"] if told != f"{born:%d%m%y}" else []
    return found + (["sex:disagrees_with_nik"] if (day > 40) != (sex == "P") else [])


def _nik(nik: str, regions: dict[str, str]) -> list[str]:
    if not nik:
        return ["nik:missing"]
    if re.fullmatch(r"\d\.\d+E\+\d+", nik):
        return ["nik:scientific_notation"]
    if not nik.isdigit():
        return ["nik:not_digits"]
    if len(nik) != 16:
        return ["nik:wrong_length"]
    found = [] if f"{nik[:2]}.{nik[2:4]}" in regions else ["nik:unknown_region"]
    day = int(nik[6:8])
    told = f"{day - 40 if day > 40 else day:02d}-{nik[8:10]}"
    real = any(day_of(f"{told}-{century}{nik[10:12]}") for century in (19, 20))
    if not (1 <= day <= 31 or 41 <= day <= 71) or not real:
        found.append("nik:impossible_date")
    return found + (["nik:serial_zero"] if nik[12:] == "0000" else [])


def _numbers(row: Row) -> list[str]:
    found = []
    if not re.fullmatch(r"\d{11}", row["kpj"]):
        found.append("kpj:wrong_form" if row["kpj"] else "kpj:missing")
    if row["npp"] and not re.fullmatch(r"\d{8}", row["npp"]):
        found.append("npp:wrong_form")
    if row["segmen"] in ("PU", "JAKON") and not row["npp"]:
        found.append("npp:missing_for_segment")
    if row["segmen"] in ("BPU", "PMI") and row["npp"]:
        found.append("npp:not_allowed_for_segment")
    if row["segmen"] not in ("PU", "BPU", "JAKON", "PMI"):
        found.append("segment:unknown" if row["segmen"] else "segment:missing")
    if row["kbli"] and not re.fullmatch(r"\d{5}", row["kbli"]):
        found.append("activity_code:wrong_form")
    return found


def _programs(row: Row) -> list[str]:
    programs = row["program"].split("|") if row["program"] else []
    if not programs:
        return ["programs:missing"]
    if not set(programs) <= {"JKK", "JKM", "JHT", "JP", "JKP"}:
        return ["programs:unknown"]
    if len(set(programs)) < len(programs):
        return ["programs:repeated"]
    if not {"JKK", "JKM"} <= set(programs):
        return ["programs:without_jkk_jkm"]
    allowed = {"PU": 5, "JAKON": 2}.get(row["segmen"], 3)
    only_employed = {"JP", "JKP"} & set(programs) and row["segmen"] != "PU"
    return ["programs:not_allowed_for_segment"] if only_employed or len(programs) > allowed else []


def _wage(row: Row) -> list[str]:
    if not row["upah"]:
        return ["wage:missing_for_segment"] if row["segmen"] == "PU" else []
    if not re.fullmatch(r"-?\d+", row["upah"]):
        return ["wage:not_a_number"]
    return ["wage:negative"] if int(row["upah"]) < 0 else []


def _membership(row: Row, as_of: date) -> list[str]:
    found = []
    start, end = row["start"], row["end"]
    if start is None:
        found.append("start_date:unreadable" if row["tgl_mulai"] else "start_date:missing")
    elif start > as_of:
        found.append("start_date:after_as_of")
    if start and end and end < start:
        found.append("end_date:before_start")
    if row["status"] == "NONAKTIF" and not row["tgl_akhir"]:
        found.append("end_date:missing_for_status")
    if not re.fullmatch(r"\d{4}(0[1-9]|1[0-2])", row["iuran_terakhir"]):
        found.append("last_paid:unreadable")
    elif row["iuran_terakhir"] > f"{as_of:%Y%m}":
        found.append("last_paid:after_as_of")
    try:
        late = parsed(row["diperbarui"], "%Y-%m-%d %H:%M:%S") > as_of
    except ValueError:
        return [*found, "updated_at:unreadable" if row["diperbarui"] else "updated_at:missing"]
    return [*found, "updated_at:after_as_of"] if late else found


def _person(row: Row, as_of: date) -> list[str]:
    born = row["born"]
    if born is None:
        return ["birth_date:unreadable" if row["tgl_lahir"] else "birth_date:missing"]
    row["age"] = as_of.year - born.year - ((as_of.month, as_of.day) < (born.month, born.day))
    if row["age"] < 15:
        return ["birth_date:too_young"]
    return ["birth_date:too_old"] if row["age"] > 100 else []


def _places(row: Row, regions: dict[str, str]) -> list[str]:
    found = []
    for column, name in (("wilayah_domisili", "residence"), ("wilayah_kerja", "workplace")):
        code = row[column]
        if code and not re.fullmatch(r"\d\d\.\d\d", code):
            found.append(f"{name}:wrong_form")
        elif code and code not in regions:
            found.append(f"{name}:unknown_region")
    if not row["wilayah_domisili"]:
        found.append("residence:missing")
    return found if row["kantor_cabang"] else [*found, "branch_office:missing"]
