"""Member rows in small: a good one as an office writes it, frames of text, and frames of staged rows."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import Any

import polars as pl

from schemas.sources import PESERTA
from schemas.tables.member_rows import StagedMemberships
from transforms.member_forms import MemberContext
from transforms.member_rows import typed_members

TODAY = date(2025, 3, 31)
#: A Kemendagri code with another BPS code, and a former one, as in Papua.
PLACES = {"51.03": 5103, "51.71": 5171, "91.01": 9601, "94.01": 9601}
CONTEXT = MemberContext(TODAY, PLACES, frozenset({5103, 5171, 9101, 9401}))

#: A woman born on 1 January 1990, by our names of the columns.
GOOD: dict[str, str | None] = {
    "nik": "5103014101900001",
    "kpj": "12345678901",
    "npp": "12345678",
    "segment": "PU",
    "status": "AKTIF",
    "programs": "JKK|JKM|JHT|JP|JKP",
    "start_date": "2020-02-03",
    "end_date": None,
    "last_paid": "202503",
    "birth_date": "1990-01-01",
    "sex": "P",
    "residence": "51.03",
    "workplace": "51.71",
    "branch_office": "51A01",
    "wage": "3500000",
    "funding": "PEMBERI_KERJA",
    "is_vulnerable": "T",
    "activity_code": "55110",
    "updated_at": "2025-03-30 08:15:00",
}
HEADERS = {column.name: column.header for column in PESERTA.columns}


def text_frame(*rows: dict[str, str | None]) -> pl.DataFrame:
    """Rows of text as a reader hands them over, from line 2 on; each is the good one with other cells."""
    schema = {"line": pl.Int64, **{column.name: pl.String for column in PESERTA.columns}}
    return pl.DataFrame(
        [{"line": 2 + at} | GOOD | row for at, row in enumerate(rows)], schema=schema, orient="row"
    )


def typed(*rows: dict[str, str | None], context: MemberContext = CONTEXT) -> list[dict[str, Any]]:
    """Typed rows, with the names of their defects."""
    found = typed_members(text_frame(*rows), context)
    return [row | {"defects": names_of(row["defects"])} for row in found.iter_rows(named=True)]


def names_of(bits: int) -> list[str]:
    return [name for bit, name in enumerate(PESERTA.defects) if bits >> bit & 1]


def csv_file(*rows: dict[str, str | None], header: bool = True) -> str:
    """A delivery of an office; each row is the good one with other cells."""
    lines = [",".join(HEADERS.values())] if header else []
    lines += [",".join((GOOD | row)[name] or "" for name in HEADERS) for row in rows]
    return "\n".join(lines) + "\n"


def _number(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def staged(*rows: dict[str, Any]) -> pl.DataFrame:
    """Staged rows from a few words: `person`, `membership` and what differs from a woman in Badung.

    The digests follow from what a row says, as in the pipeline; `file` and `line` are no part of it.
    """
    made = []
    for at, row in enumerate(rows):
        said = {
            "updated_at": datetime(2025, 3, 1),
            "is_active": True,
            "segment": "PU",
            "residence": 5103,
            "workplace": 5103,
            "sex": "P",
            "age_group": "35-44",
            "funding": "PEMBERI_KERJA",
            "is_vulnerable": False,
            "branch_office": "51A01",
        } | {name: value for name, value in row.items() if name not in _OUTSIDE}
        made.append(
            said
            | {
                "person_high": _number(f"high {row['person']}"),
                "person_low": _number(f"low {row['person']}"),
                "membership": _number(f"membership {row['membership']}"),
                "content": _number(f"content {sorted(said.items(), key=str)} {row.get('unkept')}"),
                "identity": _number(f"identity {said['sex']} {row.get('born')}"),
                "line": row.get("line", 2 + at),
                "file": row.get("file", 0),
            }
        )
    return pl.DataFrame(made, schema={**StagedMemberships.polars_schema(), "file": pl.UInt16}, orient="row")


_OUTSIDE = {"person", "membership", "unkept", "born", "line", "file"}
