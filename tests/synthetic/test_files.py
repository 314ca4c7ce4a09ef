"""Writing: pieces that any process may pack, layouts that any reader must take."""

from __future__ import annotations

import gzip
import io
import zlib
from datetime import date, datetime
from pathlib import Path

import fastexcel
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from flows.synth import Twin
from warehouse.synthetic import layouts, tables
from warehouse.synthetic.checksums import crc32_of_both
from warehouse.synthetic.files import GrowingFile, Lines, packed


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_the_check_sum_of_two_texts_is_the_one_of_their_join(first: bytes, second: bytes) -> None:
    told = crc32_of_both(zlib.crc32(first), zlib.crc32(second), len(second))
    assert told == zlib.crc32(first + second)


def test_a_file_grows_by_pieces_and_has_its_name_when_whole(tmp_path: Path) -> None:
    file = GrowingFile(tmp_path, "peserta_51a_20250331_SYNTHETIC.csv.gz")
    for text in (b"header\n", b"1\n2\n", b"", b"3\n"):
        file.append(packed(text, Lines(rows=text.count(b"\n")), compressed=True))
    assert [path.suffix for path in tmp_path.iterdir()] == [".part"]
    written = file.close()
    path = tmp_path / written.file_name
    assert gzip.decompress(path.read_bytes()) == b"header\n1\n2\n3\n"
    assert (written.bytes, written.lines.all) == (path.stat().st_size, 4)
    assert pl.read_csv(path)["header"].to_list() == [1, 2, 3]


def block(layout: layouts.Layout) -> bytes:
    rows = pl.DataFrame(
        {
            "upah": [2_996_000, None],
            "kantor_cabang": ["SINTETIS–51C", "SINTETIS-51A"],
            "tgl_mulai": [date(2024, 2, 3), None],
            "diperbarui": [datetime(2025, 3, 1, 9, 5, 7)] * 2,
        }
    )
    head = layouts.header(("upah", "kantor_cabang", "tgl_mulai", "diperbarui"), layout)
    body = layouts.block(rows, [["x"], ["1", "2", "3", "4", "5"]], layout)
    assert (head.lines.all + body.lines.all) == 5 + int(layout.blank_lines)
    return head.stored + body.stored


def test_layouts_are_written_as_declared() -> None:
    plain, semicolon, tabs = (
        layouts.layout_of(ordinal, varied=True, compressed=False) for ordinal in range(3)
    )
    assert block(plain).decode().splitlines() == [
        "upah,kantor_cabang,tgl_mulai,diperbarui",
        "2996000,SINTETIS–51C,2024-02-03,2025-03-01 09:05:07",
        ",SINTETIS-51A,,2025-03-01 09:05:07",
        "x",
        "1,2,3,4,5",
    ]
    assert (
        block(semicolon)
        == (
            "\ufeffupah;kantor_cabang;tgl_mulai;diperbarui\r\n"
            "2.996.000;SINTETIS–51C;03/02/2024;2025-03-01 09:05:07\r\n"
            ";SINTETIS-51A;;2025-03-01 09:05:07\r\nx\r\n1;2;3;4;5\r\n\r\n"
        ).encode()
    )
    assert block(tabs).startswith(b" UPAH \t KANTOR_CABANG \t")
    assert b"SINTETIS\x9651C\t03-02-2024" in block(tabs)


def test_a_workbook_of_bases_has_titles_two_header_rows_and_a_total() -> None:
    rows = pl.DataFrame(
        {
            "code": ["5101"],
            "name": ["Jembrana"],
            "workers": [135_292],
            "formal": [60_000],
            "informal": [75_292],
        }
    )
    content, lines = tables.bases(rows, "xlsx", "51", date(2024, 8, 1))
    assert tables.bases(rows, "xlsx", "51", date(2024, 8, 1))[0] == content
    sheet = fastexcel.read_excel(content).load_sheet(0, header_row=None).to_polars()
    assert sheet.height == lines.all
    assert sheet.row(5) == ("5101", "Jembrana", "135.292", "60.000", "75.292")
    assert sheet.row(6)[0] == "Jumlah"
    assert "SINTETIS" in str(sheet.row(0)[0])


def test_small_deliveries_say_what_the_plan_says(twin: Twin) -> None:
    truth = pl.read_parquet(twin.folder / "truth" / "coverage.parquet").filter(
        (pl.col("numerator_id") == "workers_residence") & (pl.col("as_of") == date(2025, 3, 31))
    )
    rekap = pl.read_csv(
        twin.folder / "landing" / "rekap_51_20250331_SYNTHETIC.csv", separator=";", infer_schema=False
    )
    told = rekap["Peserta_Aktif"].str.replace_all(".", "", literal=True).cast(pl.Int64).sum()
    assert truth.filter(pl.col("members_source") == "rekap")["active_members"].to_list()[0] == told
    bases = pl.read_csv(io.BytesIO(_bases_of_province_65(twin)))
    regencies = truth.filter(pl.col("region_code").str.contains(r"^65\d\d$"))
    assert bases["Penduduk Bekerja"].to_list()[:-1] == regencies["working_population"].to_list()
    assert bases["Penduduk Bekerja"][-1] == regencies["working_population"].sum()


def _bases_of_province_65(twin: Twin) -> bytes:
    return (twin.folder / "landing" / "penduduk_bekerja_65_202408_SYNTHETIC.csv").read_bytes()
