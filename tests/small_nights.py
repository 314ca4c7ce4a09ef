"""Nights on two provinces of the real examples: a second or two, where the whole country takes many."""

from __future__ import annotations

import csv
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from flows.night import Report
from schemas.registers import PACKAGED
from tests.nights import run_quietly

EXAMPLES = Path(__file__).parents[1] / "examples" / "landing"
PROVINCES = ("51", "91")
#: 5 January 2026, 00:00 UTC: after every day of the examples.
EPOCH = 1_767_571_200
#: Column and the values of it that are kept; the text is compared from its start.
_KEPT = {
    "regions": ("province_code_bps", PROVINCES),
    "targets": ("region_code", PROVINCES),
    # A statement takes a twentieth of a second when hypotheses about it are sought.
    "published_figures": ("as_of", ("2023-08-31",)),
}


_EVER_NEW = ("cakupan.duckdb", "metrics.prom")


def small_registers(folder: Path) -> Path:
    """Write the registers with two provinces, and what was printed of August 2023, to a folder."""
    folder.mkdir(parents=True)
    for path in PACKAGED.glob("*.csv"):
        column, kept = _KEPT.get(path.stem, (None, ()))
        with path.open(encoding="utf-8", newline="") as stream:
            reader = csv.DictReader(stream)
            rows = [row for row in reader if column is None or row[column].startswith(kept)]
        with (folder / path.name).open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, reader.fieldnames or [], lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    return folder


def deliver(landing: Path, *names: str, day: int = 1) -> None:
    """Copy examples into a landing, delivered on the n-th of January 2026 at noon."""
    landing.mkdir(parents=True, exist_ok=True)
    for name in names:
        shutil.copyfile(EXAMPLES / name, landing / name)
        stamp(landing / name, day)


def stamp(path: Path, day: int) -> None:
    """Let a file be delivered on the n-th of January 2026 at noon."""
    moment = EPOCH + (day - 5) * 86_400 + 43_200
    os.utime(path, (moment, moment))


def run_at(root: Path, *, day: int = 5, **overrides: Any) -> Report:
    """Run a night whose clock stands still at midnight of the n-th of January 2026."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SOURCE_DATE_EPOCH", str(EPOCH + (day - 5) * 86_400))
        return run_quietly(root, **{"publication": "tables", **overrides})


def comparable(published: Path) -> dict[str, bytes | str]:
    """Every byte below a shelf but those of `cakupan.duckdb`, which are never the same twice.

    Its digest stands in SHA256SUMS, and the digest of that in releases.json: they are left out as well, and
    so are the metrics of the last run, which tell how long it took.
    """
    found: dict[str, bytes | str] = {}
    for path in sorted(published.rglob("*")):
        name = str(path.relative_to(published))
        if path.is_symlink():
            found[name] = str(path.readlink())
        elif path.name == "SHA256SUMS":
            lines = path.read_text(encoding="utf-8").splitlines()
            found[name] = "\n".join(line for line in lines if not line.endswith("  cakupan.duckdb"))
        elif path.name == "releases.json":
            lines = path.read_text(encoding="utf-8").splitlines()
            found[name] = "\n".join(line for line in lines if '"sha256"' not in line)
        elif path.is_file() and path.name not in _EVER_NEW:
            found[name] = path.read_bytes()
    return found
