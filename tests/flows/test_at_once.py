"""Several starts on one data root: one release for one state of the inputs, an answer for everybody."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.small_nights import deliver, small_registers

CAKUPAN = Path(sys.executable).with_name("cakupan")


def test_five_runs_by_hand_at_once_give_one_release_and_four_answers(data_root: Path, tmp_path: Path) -> None:
    deliver(data_root / "landing", "rekap_51_20250331.csv", "penduduk_bekerja_51_202503.csv")
    environment = {
        "CAKUPAN_REGISTERS": str(small_registers(tmp_path / "registers")),
        "CAKUPAN_PUBLICATION": "tables",
        "CAKUPAN_SETTLE_SECONDS": "0",
    }
    started = [
        subprocess.Popen(
            [CAKUPAN, "--data-root", data_root, "run"], env=environment, stderr=subprocess.PIPE, text=True
        )
        for _ in range(5)
    ]
    ends = [(run.communicate(timeout=180)[1], run.returncode) for run in started]
    published = [told for told, code in ends if code == 0 and "Published" in told]
    others = [(told, code) for told, code in ends if "Published" not in told]
    assert (len(published), len(others)) == (1, 4), ends
    for told, code in others:
        assert (code, True) in ((7, "another run is at work (process " in told), (0, "Nothing to do" in told))
    assert len(json.loads((data_root / "published" / "releases.json").read_text())) == 1
    assert [path.name for path in (data_root / "published").glob(".*")] == []
