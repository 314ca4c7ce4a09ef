"""Input of the contenders: a synthetic twin in the plain layout, and the side files that scripts need."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
from pathlib import Path

import polars as pl

from schemas.registers import PACKAGED
from transforms.synthetic.defects import DEFECTS

ROOT = Path(__file__).parent.parent
#: Defects of rows and copies. Broken lines, encodings and damaged files are left out: no script reads them.
PLANTED = ",".join(name for name, defect in DEFECTS.items() if defect.where in ("row", "person", "copy"))


def twin(
    folder: Path, rows: int, months: int = 1, provinces: str = "all", defects: str = PLANTED
) -> list[str]:
    """Make a twin with `cakupan synth` when it is not there; returns the command."""
    command = ["synth", "--rows", str(rows), "--provinces", provinces, "--months", str(months), "--plain",
               "--defects", defects, "--out", str(folder)]  # fmt: skip
    if not (folder / "truth" / "truth.json").exists():
        shutil.rmtree(folder, ignore_errors=True)
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        code = "from flows.cli import main; main()"
        subprocess.run([sys.executable, "-c", code, *command], check=True, cwd=ROOT, env=environment,
                       stderr=subprocess.DEVNULL)  # fmt: skip
    return command


def landing_of(twin_folder: Path, into: Path) -> Path:
    """The twin's member rows and bases, without the counts of offices that no script reads."""
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir(parents=True)
    for path in sorted((twin_folder / "landing").iterdir()):
        if not path.name.startswith("rekap"):
            os.link(path, into / path.name)
    return into


def side_files(twin_folder: Path, into: Path) -> Path:
    """Register, base and key for the scripts; made outside the measured time, in their favour."""
    into.mkdir(parents=True, exist_ok=True)
    shutil.copy(PACKAGED / "regions.csv", into / "regions.csv")
    (into / "key.txt").write_text(secrets.token_hex(32) + "\n", encoding="ascii")
    coverage = pl.read_parquet(twin_folder / "truth" / "coverage.parquet")
    regency = next(name for name in coverage.columns if name in ("regency_code", "region_code"))
    workers = next(name for name in coverage.columns if "working" in name or name == "workers")
    coverage.select(pl.col(regency).alias("regency"), pl.col(workers).alias("workers")).filter(
        pl.col("regency").str.len_chars() == 4
    ).unique().sort("regency").write_csv(into / "base.csv")
    return into


def size_of(landing: Path) -> tuple[int, int]:
    """(files, bytes) of member rows."""
    files = list(landing.glob("peserta_*"))
    return len(files), sum(path.stat().st_size for path in files)
