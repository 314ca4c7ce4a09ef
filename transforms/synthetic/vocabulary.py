"""The words of a `peserta` extract and their positions, which stand for them in the frames of codes."""

from __future__ import annotations

from schemas.sources import PESERTA
from schemas.tables.member_rows import FUNDING, PRIMARY_ORDER
from schemas.tables.table import SEGMENTS

PU, BPU, JAKON, PMI = (SEGMENTS.index(word) for word in ("PU", "BPU", "JAKON", "PMI"))
#: Positions of segments in the order that decides a person's primary segment.
PRIMARY = tuple(SEGMENTS.index(word) for word in PRIMARY_ORDER)
EMPLOYER, SELF, APBN, APBD, DBH_SAWIT, DANA_DESA, CSR = (
    FUNDING.index(word)
    for word in ("PEMBERI_KERJA", "MANDIRI", "APBN", "APBD", "DBH_SAWIT", "DANA_DESA", "CSR")
)

#: Combinations of programmes that members have; the first two stand for BPU and PMI too.
PROGRAMMES = ("JKK|JKM", "JKK|JKM|JHT", "JKK|JKM|JHT|JP", "JKK|JKM|JHT|JP|JKP")

STATUS = ("AKTIF", "NONAKTIF")
VULNERABLE = ("T", "Y")

#: KBLI 2020 classes by segment; -1 stands for an empty cell.
_EMPLOYED = (
    "10710 14111 15201 22199 26120 29300 35101 46411 47111 47222 49213 52101 55110 55120 56101 "
    "62019 64121 68110 70209 78200 80100 84111 85210 86101 96111"
)
_OWN_ACCOUNT = (
    "01111 01122 01134 01262 01411 03111 03122 13122 16293 47811 47892 49424 49429 "
    "56103 74201 90001 95290 97000"
)
_CONSTRUCTION = "41011 41019 42101 42201 43211 43302 43901"
KBLI = tuple(f"{_EMPLOYED} {_OWN_ACCOUNT} {_CONSTRUCTION}".split())

MONTHS = (
    *("Januari", "Februari", "Maret", "April", "Mei", "Juni"),
    *("Juli", "Agustus", "September", "Oktober", "November", "Desember"),
)
KBLI_OF_SEGMENT = {
    PU: (0, len(_EMPLOYED.split())),
    BPU: (len(_EMPLOYED.split()), len(_OWN_ACCOUNT.split())),
    JAKON: (len(_EMPLOYED.split()) + len(_OWN_ACCOUNT.split()), len(_CONSTRUCTION.split())),
}

#: Headers of the extract, in the declared order.
COLUMNS = tuple(column.header for column in PESERTA.columns)
