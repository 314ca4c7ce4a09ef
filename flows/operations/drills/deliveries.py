"""Small deliveries of two provinces, made from nothing but a month's number: what offices counted, people."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

#: Regencies of Bali (Kemendagri codes) and of Papua Barat.
_BALI = ("51.01", "51.02", "51.03", "51.04", "51.05", "51.06", "51.07", "51.08", "51.71")
_PAPUA_BARAT = ("92.02", "92.03", "92.06", "92.07", "92.08", "92.11", "92.12")
_FIRST = 2023 * 12 + 7
_PEOPLE = 24
#: Months before this one are over whenever a drill is held; later deliveries are of another office.
_MONTHS = 30

BASE = "penduduk_bekerja_91_202306.csv"
MEMBER_HEADER = (
    "nik,kpj,npp,segmen,status,program,tgl_mulai,tgl_akhir,iuran_terakhir,tgl_lahir,jenis_kelamin,"
    "wilayah_domisili,wilayah_kerja,kantor_cabang,upah,sumber_iuran,rentan,kbli,diperbarui"
)


def last_day(number: int) -> date:
    """Last day of the n-th month; the first is August 2023."""
    year, month = divmod(_FIRST + number, 12)
    return date(year, month + 1, monthrange(year, month + 1)[1])


def month(number: int) -> dict[str, str]:
    """File name → content of the deliveries of the n-th month; after the last, what Bali counted itself."""
    if number >= _MONTHS:
        day = last_day(number - _MONTHS)
        return {f"rekap_51_{day:%Y%m%d}.csv": counted(number, _BALI)}
    day = last_day(number)
    files = {
        f"rekap_91_{day:%Y%m%d}.csv": counted(number),
        f"peserta_51_{day:%Y%m%d}.csv": members(day, number),
    }
    return ({BASE: base()} | files) if number == 0 else files


def counted(number: int, places: tuple[str, ...] = _PAPUA_BARAT) -> str:
    """Members as an office counted them, of Papua Barat unless told; every month a few more."""
    lines = [f"{code};TOTAL;{2000 + 100 * at + 7 * number}" for at, code in enumerate(places)]
    return "\n".join(["wilayah;segmen;peserta_aktif", *lines]) + "\n"


def base() -> str:
    """People in work in Papua Barat and Bali."""
    lines = [f"{code};{20_000 + 1000 * at}" for at, code in enumerate(_PAPUA_BARAT)]
    return "\n".join(["wilayah;penduduk_bekerja", *lines]) + "\n"


def members(day: date, number: int) -> str:
    """Member rows of Bali: invented people, one membership each."""
    lines = [member(day, at, code=_BALI[at % len(_BALI)]) for at in range(1, _PEOPLE + number + 1)]
    return "\n".join([MEMBER_HEADER, *lines]) + "\n"


def another_office(number: int) -> str:
    """Member rows of a branch office of Bali for the n-th month: people whom no other file has."""
    day = last_day(number)
    lines = [member(day, 9000 + at, code=_BALI[0]) for at in range(5)]
    return "\n".join([MEMBER_HEADER, *lines]) + "\n"


def member(day: date, at: int, *, code: str) -> str:
    """One member row of an invented man born on 1 January 1990."""
    place = code.replace(".", "")
    return (
        f"{place}01010190{at:04},{20_000_000_000 + at},12345678,PU,AKTIF,JKK|JKM|JHT|JP,2020-02-03,,"
        f"{day:%Y%m},1990-01-01,L,{code},{code},51A01,3500000,PEMBERI_KERJA,T,55110,{day} 08:15:00"
    )
