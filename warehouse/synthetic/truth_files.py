"""The truth ledger beside the landing: Parquet tables and `truth.json`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from pathlib import Path

_NOTICE = "SYNTHETIC: every person, employer and number is invented. SINTETIS: bukan data nyata."


def write_table(folder: Path, name: str, rows: pl.DataFrame) -> None:
    """Write one table of the truth; it says itself that it is synthetic."""
    path = folder / f"{name}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    rows.write_parquet(path, compression="zstd", metadata={"notice": _NOTICE})


def write_summary(folder: Path, summary: dict[str, Any]) -> None:
    """Write `truth.json`."""
    text = json.dumps({"notice": _NOTICE, **summary}, indent=2, ensure_ascii=False, default=str)
    (folder / "truth.json").write_text(text + "\n", encoding="utf-8")


def write_notice(folder: Path) -> None:
    """Write the note that stands outside the landing and says what the folder is."""
    (folder / "README.txt").write_text(
        f"{_NOTICE}\nlanding/  what the offices deliver\ntruth/    right answers, and every planted defect\n",
        encoding="utf-8",
    )


def planted(folder: Path) -> pl.LazyFrame:
    """Every planted defect: `file_name`, `line`, `defect`, `reasons`, `outcome`, `group`."""
    return pl.scan_parquet(folder / "planted" / "*.parquet")
