"""The small deliveries as offices lay them out: `rekap` as CSV, bases as CSV or XLSX."""

from __future__ import annotations

import io
from datetime import date, datetime

import polars as pl
import xlsxwriter  # type: ignore[import-untyped]

from warehouse.synthetic.files import Lines

_MADE = datetime(2025, 1, 1)  # noqa: DTZ001 (the property of a workbook has no time zone)


def rekap(rows: pl.DataFrame) -> tuple[bytes, Lines]:
    """A `rekap` with semicolons and dots between thousands."""
    header = "Wilayah;Segmen;Peserta_Aktif;Peserta_Nonaktif\n"
    lines = [
        f"{code};{segment};{_dots(active)};{_dots(left)}\n" for code, segment, active, left in rows.rows()
    ]
    return (header + "".join(lines)).encode(), Lines(rows=rows.height, header=1)


def bases(rows: pl.DataFrame, form: str, province: str, base_round: date) -> tuple[bytes, Lines]:
    """Bases of one province and round as `xlsx` or `csv`, with a total row."""
    if form == "csv":
        return _base_csv(rows), Lines(rows=rows.height, header=1, total_row=1)
    # Sheet rows: two titles, a blank, a header of two, rows, the total, a blank, a footnote.
    lines = Lines(rows=rows.height, header=2, blank=2, total_row=1, note=3)
    return _base_xlsx(rows, province, base_round), lines


def _base_csv(rows: pl.DataFrame) -> bytes:
    """Bases as CSV with a total row at the end."""
    header = "Kode Wilayah,Kabupaten/Kota,Penduduk Bekerja,Formal,Informal\n"
    lines = [f"{row[0]},{row[1]},{','.join(str(count) for count in row[2:])}\n" for row in rows.rows()]
    total = ",".join(str(rows[column].sum()) for column in rows.columns[2:])
    return (header + "".join(lines) + f"Jumlah,,{total}\n").encode()


def _base_xlsx(rows: pl.DataFrame, province: str, base_round: date) -> bytes:
    """Bases as a workbook: titles, a header of two rows, dots in numbers, a total, footnotes."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"title": "DATA SINTETIS - SYNTHETIC", "created": _MADE})
    sheet = book.add_worksheet("Tabel 1")
    sheet.write(0, 0, f"SINTETIS (SYNTHETIC): Penduduk Bekerja menurut Kabupaten/Kota, Provinsi {province}")
    sheet.write(1, 0, f"Agustus {base_round.year} (orang), seluruh angka rekaan")
    for column, (upper, lower) in enumerate(
        [
            ("Kode", "Wilayah"),
            ("Kabupaten/Kota", ""),
            ("Penduduk", "Bekerja"),
            ("Formal", ""),
            ("Informal", ""),
        ]
    ):
        sheet.write(3, column, upper)
        sheet.write(4, column, lower)
    at = 5
    for at, row in enumerate(rows.rows(), 5):
        _write_row(sheet, at, [row[0], row[1], *(_dots(count) for count in row[2:])])
    totals = [_dots(int(rows[column].sum())) for column in rows.columns[2:]]
    _write_row(sheet, at + 1, ["Jumlah", "", *totals])
    sheet.write(at + 3, 0, "Catatan: data sintetis untuk uji coba; bukan angka resmi.")
    book.close()
    return buffer.getvalue()


def _write_row(sheet: xlsxwriter.worksheet.Worksheet, at: int, cells: list[str]) -> None:
    for column, cell in enumerate(cells):
        sheet.write_string(at, column, cell)


def _dots(count: int) -> str:
    return f"{count:,}".replace(",", ".")
