"""Input of what is measured: a synthetic twin in the plain layout, and the side files that scripts need."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import polars as pl

from schemas.registers import PACKAGED
from transforms.synthetic.defects import DEFECTS

ROOT = Path(__file__).parent.parent
#: Defects of rows and copies. Broken lines, encodings and damaged files are left out: no script reads them.
PLANTED = ",".join(name for name, defect in DEFECTS.items() if defect.where in ("row", "person", "copy"))


#: A twin of an earlier day than the command knows.
_EARLIER = """
import sys; from datetime import date; from pathlib import Path
from flows.synth import synthesise; from transforms.synthetic.parameters import Parameters
synthesise(Parameters(rows=int(sys.argv[1]), as_of=date.fromisoformat(sys.argv[2]), rekap=False), Path(sys.argv[3]),
           compressed=False)
"""


def earlier_twin(folder: Path, rows: int, as_of: date) -> Path:
    """Make a clean twin of the whole country on another day when it is not there."""
    if not (folder / "truth" / "truth.json").exists():
        shutil.rmtree(folder, ignore_errors=True)
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-c", _EARLIER, str(rows), as_of.isoformat(), str(folder)]
        subprocess.run(command, check=True, cwd=ROOT, env=environment)
    return folder


def twin(folder: Path, rows: int, provinces: str = "all", defects: str = PLANTED, seed: int = 7) -> str:
    """Make a twin with `cakupan synth` when it is not there; returns the command."""
    command = ["synth", "--rows", str(rows), "--provinces", provinces, "--plain", "--seed", str(seed),
               "--defects", defects, "--out", str(folder)]  # fmt: skip
    if not (folder / "truth" / "truth.json").exists():
        shutil.rmtree(folder, ignore_errors=True)
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        code = "from flows.cli import main; main()"
        subprocess.run([sys.executable, "-c", code, *command], check=True, cwd=ROOT, env=environment,
                       stderr=subprocess.DEVNULL)  # fmt: skip
    # The list of planted classes is long, and it is what PLANTED says.
    told = ["…" if part == PLANTED else part for part in command[:-1]]
    return " ".join(["cakupan", *told, "DIR"])


def landing_of(twin_folder: Path, into: Path) -> Path:
    """The twin's member rows and bases, without the counts of offices that no script reads."""
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir(parents=True)
    for path in sorted((twin_folder / "landing").iterdir()):
        if not path.name.startswith("rekap"):
            os.link(path, into / path.name)
    return into


def landing_in_files(twin_folder: Path, files: int, into: Path) -> Path:
    """The same member rows cut into so many files of offices, and the bases as they are."""
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir(parents=True)
    delivered = sorted((twin_folder / "landing").iterdir())
    for path in delivered:
        if path.name.startswith("penduduk"):
            os.link(path, into / path.name)
    members = [path for path in delivered if path.name.startswith("peserta")]
    header, rows = header_and_rows(members)
    day = members[0].name.split("_")[2]
    for at in range(files):
        # Codes of branch offices: a letter and two digits.
        name = f"peserta_{chr(ord('a') + at // 100)}{at % 100:02}_{day}_SYNTHETIC.csv"
        # Dealt out in turn: planted defects stand close together, and a small file would be over its tolerance.
        (into / name).write_bytes(b"".join([header, *rows[at::files]]))
    return into


def header_and_rows(paths: list[Path]) -> tuple[bytes, list[bytes]]:
    """Return the header and all other lines of files in the plain layout."""
    lines = [path.read_bytes().splitlines(keepends=True) for path in paths]
    return lines[0][0], [line for file in lines for line in file[1:]]


def side_files(twin_folder: Path, into: Path) -> Path:
    """Register, base and key for the scripts; made outside the measured time, in their favour."""
    into.mkdir(parents=True, exist_ok=True)
    shutil.copy(PACKAGED / "regions.csv", into / "regions.csv")
    (into / "key.txt").write_text(secrets.token_hex(32) + "\n", encoding="ascii")
    pl.read_parquet(twin_folder / "truth" / "coverage.parquet").filter(pl.col("level") == "regency").select(
        pl.col("region_code").alias("regency"), pl.col("working_population").alias("workers")
    ).unique().sort("regency").write_csv(into / "base.csv")
    return into


def size_of(landing: Path) -> tuple[int, int]:
    """(files, bytes) of member rows."""
    files = list(landing.glob("peserta_*"))
    return len(files), sum(path.stat().st_size for path in files)
