"""Names in the landing are words of strangers: none leads anywhere, and none stops the others."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import Run, Write
from tests.nights import ask
from tests.small_nights import deliver, small_registers

SECRET = "wilayah,segmen,peserta_aktif\n51.03,TOTAL,424242\n"
GOOD = "wilayah,segmen,peserta_aktif\n51.03,TOTAL,17\n"
#: A file system takes no name beyond 255 bytes; longer ones are parsed in tests/warehouse/test_landing.py.
HOSTILE = (
    "rekap_51_20250331\n.csv",
    "rekap_51_20250331_" + "a" * 230 + ".csv",
    "rekap_..%2F..%2Fetc_20250331.csv",
    "rekap_51_20250331_$(touch x);'\"--.csv",
    "as_of=2025-03-31",
    "-rf",
)


def test_hostile_names_lead_nowhere_and_stop_nobody(
    data_root: Path, landing: Write, run: Run, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.csv").write_text(SECRET)
    deliver(data_root / "landing", "rekap_91_20230831.csv", "penduduk_bekerja_91_202308.xlsx")
    for name in HOSTILE:
        landing(name, SECRET)
    # Dots are allowed in the free part of a name, and stay there.
    landing("rekap_51_20250228_...csv", GOOD)
    (data_root / "landing" / "rekap_51_20250131.csv").symlink_to(outside / "secret.csv")
    (data_root / "landing" / "rekap_51_20241231.csv").symlink_to("../../outside/secret.csv")
    (data_root / "landing" / "away").symlink_to(outside)
    before = sorted(path.name for path in tmp_path.iterdir())

    report = run(registers=small_registers(tmp_path / "registers"))

    assert report.outcome == "partly_failed"
    assert len(report.problems) == len(HOSTILE)
    for problem in report.problems:
        assert problem.what == "the file name does not say what the file is"
        assert problem.file.isprintable()
        assert len(problem.file) <= 200
    counted = ask(data_root, "SELECT file_name FROM ledger.counted_files ORDER BY ALL")
    assert [name for (name,) in counted] == [
        "penduduk_bekerja_91_202308.xlsx",
        "rekap_51_20250228_...csv",
        "rekap_91_20230831.csv",
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*before, "registers"])
    assert sorted(path.name for path in outside.iterdir()) == ["secret.csv"]
    for path in data_root.rglob("*"):
        if path.is_file() and "landing" not in path.parts:
            assert b"424242" not in path.read_bytes(), path
