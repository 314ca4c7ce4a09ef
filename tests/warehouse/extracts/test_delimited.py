"""Delimited text: rows with their lines, lines that are no rows with reasons, totals taken out."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemas.errors import FileRejected
from schemas.sources import PENDUDUK_BEKERJA
from tests.warehouse.extracts.readings import Outcome, read_bytes, read_text
from warehouse.extracts.account import LineAccount

HEADER = "wilayah,segmen,peserta_aktif\n"


def lines_of(told: Outcome) -> dict[int, list[str]]:
    """Line → the three required cells."""
    return {line: list(row.values())[:3] for line, row in told.rows.items()}


def test_a_plain_file(tmp_path: Path) -> None:
    told = read_text(tmp_path, HEADER + "51.03,PU,10\n51.04,BPU,20\n")
    assert lines_of(told) == {2: ["51.03", "PU", "10"], 3: ["51.04", "BPU", "20"]}
    assert told.account == LineAccount(lines=3, header=1, rows=2)
    assert told.received == {2: "51.03,PU,10", 3: "51.04,BPU,20"}


def test_blank_lines_anywhere_keep_the_line_numbers_right(tmp_path: Path) -> None:
    told = read_text(tmp_path, "\n  \n" + HEADER + "\n51.03,PU,10\n\t\n,,\n ; ,\n51.04,BPU,20\n\n\n")
    assert lines_of(told) == {5: ["51.03", "PU", "10"], 9: ["51.04", "BPU", "20"]}
    assert told.broken == {8: ["line:too_few_fields"]}
    assert told.account == LineAccount(lines=11, header=1, blank=7, rows=3)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("odd", ["", "x\n"])
def test_a_line_of_delimiters_only_is_blank_whatever_stands_near(
    delimiter: str, odd: str, tmp_path: Path
) -> None:
    # Spreadsheet programs write the empty rows below a table like this.
    text = (HEADER + "51.03,PU,10\n,,\n , ,\n").replace(",", delimiter) + odd
    told = read_text(tmp_path, text)
    assert lines_of(told) == {2: ["51.03", "PU", "10"]}
    assert told.account.blank == 2
    assert list(told.broken) == ([5] if odd else [])


def test_ragged_lines_are_set_aside_and_never_filled(tmp_path: Path) -> None:
    told = read_text(tmp_path, HEADER + "51.03,PU\n51.04,BPU,20,\n51.05\n51.06,PU,30\n51.07,PU,40,50,60\n")
    assert lines_of(told) == {5: ["51.06", "PU", "30"]}
    assert told.broken == {
        2: ["line:too_few_fields"],
        3: ["line:too_many_fields"],
        4: ["line:too_few_fields"],
        6: ["line:too_many_fields"],
    }
    assert told.received[3] == "51.04,BPU,20,"


def test_a_short_and_a_long_line_do_not_make_up_for_each_other(tmp_path: Path) -> None:
    # As many delimiters as two regular lines have.
    told = read_text(tmp_path, HEADER + "51.03,PU\n51.04,BPU,20,30\n")
    assert told.rows == {}
    assert told.broken == {2: ["line:too_few_fields"], 3: ["line:too_many_fields"]}


def test_quoted_fields_may_hold_delimiters_quotes_and_line_breaks(tmp_path: Path) -> None:
    header = "wilayah;nama;segmen;peserta_aktif\n"
    first = '51.03;"Badung; ""the"" south\nof the island";PU;"1.234"'
    told = read_text(tmp_path, f'{header}{first}\n51.04;"";BPU;5\n')
    assert lines_of(told) == {2: ["51.03", "PU", "1.234"], 4: ["51.04", "BPU", "5"]}
    assert told.account == LineAccount(lines=4, header=1, continued=1, rows=2)
    assert told.received[2] == first


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('51.03,"PU,10', "line:broken_quoting"),
        ('51.03,"PU"x,10', "line:broken_quoting"),
        ('51.03,"PU" ,10', "line:broken_quoting"),
        ('"51.03,PU,10', "line:broken_quoting"),
        ('"51.03","PU"', "line:too_few_fields"),
        ('"51.03","PU","10",""', "line:too_many_fields"),
        ('"51.03,PU,10"', "line:too_few_fields"),
    ],
)
def test_a_broken_quote_costs_its_own_line_only(line: str, reason: str, tmp_path: Path) -> None:
    told = read_text(tmp_path, HEADER + f"51.01,PU,1\n{line}\n51.02,BPU,2\n" + "51.05,PU,3\n" * 30)
    assert told.broken == {3: [reason]}
    assert told.received[3] == line
    assert list(told.rows) == [2, *range(4, 35)]


def test_quotes_that_close_too_late_are_broken_where_they_open(tmp_path: Path) -> None:
    told = read_text(tmp_path, HEADER + '51.01,PU,"1\n' + "51.05,PU,3\n" * 20 + '51.02,PU,"2\n51.03,PU,4\n')
    assert told.broken == {2: ["line:broken_quoting"], 23: ["line:broken_quoting"]}
    assert list(told.rows) == [*range(3, 23), 24]


def test_lines_swallowed_by_a_quote_are_kept_with_the_row(tmp_path: Path) -> None:
    told = read_text(tmp_path, HEADER + '51.01,PU,"1\n51.02,PU,2\n51.03,PU,3"\n')
    # One record, as CSV says; no number, so the gate sets it aside, with all that was received.
    assert lines_of(told) == {2: ["51.01", "PU", "1\n51.02,PU,2\n51.03,PU,3"]}
    assert told.received[2] == '51.01,PU,"1\n51.02,PU,2\n51.03,PU,3"'
    assert told.account.continued == 2


def test_a_quote_inside_a_field_is_a_character(tmp_path: Path) -> None:
    told = read_text(
        tmp_path, 'wilayah,nama,segmen,peserta_aktif\n51.03,5" pipe,PU,1\n51.04,6" pipe 2",PU,2\n'
    )
    assert told.broken == {2: ["line:broken_quoting"]}
    assert lines_of(told) == {3: ["51.04", "PU", "2"]}


@pytest.mark.parametrize("mark", ["\u2028", "\u0085", "\x0b", "\x0c", "\x1e"])
def test_only_a_line_feed_ends_a_line(mark: str, tmp_path: Path) -> None:
    told = read_text(
        tmp_path, f'wilayah,nama,segmen,peserta_aktif\n51.03,a{mark}b,PU,1\n51.04,"c{mark}d",BPU,2\n'
    )
    assert lines_of(told) == {2: ["51.03", "PU", "1"], 3: ["51.04", "BPU", "2"]}
    assert told.account.lines == 3


def test_a_file_in_two_encodings(tmp_path: Path) -> None:
    header = b"wilayah;nama wilayah;segmen;peserta_aktif\n"
    told = read_bytes(tmp_path, header + "51.03;Café;PU;1\n".encode() + "51.04;Café;BPU;2\n".encode("cp1252"))
    assert lines_of(told) == {2: ["51.03", "PU", "1"], 3: ["51.04", "BPU", "2"]}
    assert told.received == {2: "51.03;Café;PU;1", 3: "51.04;Café;BPU;2"}
    assert told.lines_recoded == 1


@pytest.mark.parametrize("word", ["JUMLAH", " Total ", "jumlah total", "Grand Total"])
@pytest.mark.parametrize("odd", ["", "51.09\n"])
def test_total_rows_are_taken_out_wherever_they_say_so(word: str, odd: str, tmp_path: Path) -> None:
    text = f"No,Kode,Nama,penduduk bekerja\n1,51.03,Badung,10\n2,51.04,Gianyar,20\n,,{word},30\n{odd}"
    told = read_text(tmp_path, text, PENDUDUK_BEKERJA)
    assert list(told.rows) == [2, 3]
    assert told.totals == ["30"]
    assert told.account.total_row == 1
    assert list(told.broken) == ([5] if odd else [])


def test_the_segment_total_is_a_row_and_no_total(tmp_path: Path) -> None:
    told = read_text(tmp_path, HEADER + "51.03,TOTAL,10\nTotal,TOTAL,10\n")
    assert lines_of(told) == {2: ["51.03", "TOTAL", "10"]}
    assert told.totals == ["10"]


@pytest.mark.parametrize(
    "content", [b"\n\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\r\n  \r\n", b"\xff\xfe", b"\xff\xfe\n\x00"]
)
def test_a_file_without_any_text_has_no_header(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(FileRejected, match="the file holds no header"):
        read_bytes(tmp_path, content)


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\n\n"])
def test_a_header_alone_is_a_file_without_rows(end: str, tmp_path: Path) -> None:
    told = read_text(tmp_path, HEADER.strip() + end)
    assert told.rows == {}
    assert told.account == LineAccount(lines=1 + (end == "\n\n"), header=1, blank=int(end == "\n\n"))


def test_a_body_with_another_delimiter_than_its_header_has_no_row(tmp_path: Path) -> None:
    told = read_text(tmp_path, HEADER + "51.03;PU;10\n51.04;BPU;20\n")
    assert told.rows == {}
    assert told.broken == {2: ["line:too_few_fields"], 3: ["line:too_few_fields"]}


def test_cells_that_look_like_other_types_stay_text(tmp_path: Path) -> None:
    told = read_text(tmp_path, HEADER + "0051.10,null,1e5\n51.10,NA,007\ntrue,NaN,2025-03-31\n")
    assert lines_of(told) == {
        2: ["0051.10", "null", "1e5"],
        3: ["51.10", "NA", "007"],
        4: ["true", "NaN", "2025-03-31"],
    }
