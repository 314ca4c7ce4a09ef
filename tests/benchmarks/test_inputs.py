"""What is measured must be given to all alike: the same rows, cut or changed as the name says."""

from pathlib import Path

import pytest

from benchmarks.history import file_name, raised
from benchmarks.inputs import landing_in_files

HEADER = b"nik,kpj\n"


@pytest.fixture
def twin(tmp_path: Path) -> Path:
    landing = tmp_path / "twin" / "landing"
    landing.mkdir(parents=True)
    (landing / "peserta_11a_20250331_SYNTHETIC.csv").write_bytes(HEADER + b"1,1\n2,2\n3,3\n")
    (landing / "peserta_12a_20250331_SYNTHETIC.csv").write_bytes(HEADER + b"4,4\n5,5\n")
    (landing / "penduduk_bekerja_11_202408_SYNTHETIC.csv").write_bytes(b"base\n")
    (landing / "rekap_11_20250331_SYNTHETIC.csv").write_bytes(b"counts\n")
    return tmp_path / "twin"


@pytest.mark.parametrize("count", [1, 2, 5])
def test_files_are_cut_without_losing_a_row(twin: Path, tmp_path: Path, count: int) -> None:
    landing = landing_in_files(twin, count, tmp_path / "landing")
    files = sorted(landing.glob("peserta_*"))
    assert len(files) == count
    lines = [path.read_bytes().splitlines(keepends=True) for path in files]
    assert all(file[0] == HEADER for file in lines)
    dealt = [file[1:] for file in lines]
    assert sorted(row for file in dealt for row in file) == [b"1,1\n", b"2,2\n", b"3,3\n", b"4,4\n", b"5,5\n"]
    assert max(map(len, dealt)) - min(map(len, dealt)) <= 1
    assert (landing / "penduduk_bekerja_11_202408_SYNTHETIC.csv").exists()
    assert not list(landing.glob("rekap*"))


@pytest.mark.parametrize(
    ("back", "name"),
    [
        (0, "peserta_51a_20250331_SYNTHETIC.csv"),
        (1, "peserta_51a_20250228_SYNTHETIC.csv"),
        (3, "peserta_51a_20241231_SYNTHETIC.csv"),
        (35, "peserta_51a_20220430_SYNTHETIC.csv"),
    ],
)
def test_months_of_the_past_end_with_their_last_day(back: int, name: str) -> None:
    assert file_name("51a", back) == name


def test_a_changed_row_differs_by_one_rupiah_where_a_wage_is_stated() -> None:
    row = b"1,2,3,4,5,6,7,8,9,10,11,12,13,14,%s,15,16,17,18\n"
    assert raised(row % b"2500000") == row % b"2500001"
    assert raised(row % b"") == row % b""
