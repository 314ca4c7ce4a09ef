"""Files that are judged together: each has its own rows, reasons and end, as if it had been alone."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flows.stages import judging, members
from flows.stages.loading import Loaded
from tests.conftest import Write
from tests.members.nights import count_landing, counts_of, put_key
from tests.members.rows import csv_file
from tests.members.test_nights import person
from tests.nights import ask

FEBRUARY = {"updated_at": "2025-02-01 00:00:00", "last_paid": "202502"}
#: Every file breaks other rules, on other lines; one is of another day, one has one row.
FILES = {
    "peserta_51a01_20250331.csv": csv_file(
        *(person(at) for at in range(1, 45)), person(45, nik="5.10302E+15"), person(46, sex="L")
    ),
    "peserta_51b01_20250331.csv": csv_file(
        person(1, wage="-1"), *(person(at) for at in range(50, 95)), person(95, birth_date="1991-01-01")
    ),
    "peserta_51c01_20250228.csv": csv_file(
        *(person(at, **FEBRUARY) for at in range(1, 30)), person(30, segment="TOTAL", **FEBRUARY)
    ),
    "peserta_51d01_20250331.csv": csv_file(person(200)),
    "peserta_51e01_20250331.csv": csv_file(*(person(at) for at in range(300, 340))) + "too,few\n",
}


def read(root: Path, files: dict[str, str | bytes]) -> Loaded:
    """Read and count these files on a data root of their own."""
    (root / "landing").mkdir(parents=True)
    put_key(root)
    for name, content in files.items():
        path = root / "landing" / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return count_landing(root)[1]


def left_by(root: Path) -> dict[str, Any]:
    """Everything that reading leaves: rows of every file, rows set aside, warnings, accounts, counts."""
    aside = {path.name: pl.read_parquet(path).rows() for path in sorted(root.glob("quarantine/*/*.parquet"))}
    ledger = ask(
        root,
        """SELECT file_name, state, lines, rows_accepted, rows_quarantined, reason, rows, is_warning
           FROM ledger.files LEFT JOIN ledger.rejections USING (file_id, reading) ORDER BY ALL""",
    )
    return {"rows": rows_of(root), "aside": aside, "ledger": ledger, "counts": counts_of(root)}


def rows_of(root: Path) -> dict[str, list[tuple[Any, ...]]]:
    """File name → its staged rows by line, whatever parts they stand in."""
    found = {}
    for file_id, name in ask(root, "SELECT file_id, file_name FROM ledger.files WHERE state = 'accepted'"):
        parts = sorted(root.glob(f"staged/peserta/*/{file_id}-*/rows-*.parquet"))
        found[name] = pl.concat(pl.read_parquet(part) for part in parts).sort("line").rows()
    return found


def test_together_and_alone_leave_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lots: list[int] = []
    judge: Callable[..., Any] = judging.judge
    monkeypatch.setattr(
        judging, "judge", lambda parts, *words: (lots.append(len(parts)), judge(parts, *words))[1]
    )
    read(tmp_path / "together", dict(FILES))
    assert sorted(lots) == [1, 2, 2]  # the file of another day stands between two lots
    lots.clear()
    monkeypatch.setattr(judging, "LOT_ROWS", 1)
    read(tmp_path / "alone", dict(FILES))
    assert lots == [1] * len(FILES)
    assert left_by(tmp_path / "together") == left_by(tmp_path / "alone")
    assert {name: len(found) for name, found in rows_of(tmp_path / "together").items()} == {
        "peserta_51a01_20250331.csv": 45,
        "peserta_51b01_20250331.csv": 46,
        "peserta_51c01_20250228.csv": 29,
        "peserta_51d01_20250331.csv": 1,
        "peserta_51e01_20250331.csv": 40,
    }
    told = ask(
        tmp_path / "together",
        "SELECT file_name, reason FROM ledger.rejections JOIN ledger.files USING (file_id, reading) ORDER BY ALL",
    )
    assert told == [
        ("peserta_51a01_20250331.csv", "nik:scientific_notation"),
        ("peserta_51a01_20250331.csv", "sex:disagrees_with_nik"),
        ("peserta_51b01_20250331.csv", "birth_date:disagrees_with_nik"),
        ("peserta_51b01_20250331.csv", "wage:negative"),
        ("peserta_51c01_20250228.csv", "segment:unknown"),
        ("peserta_51e01_20250331.csv", "line:too_few_fields"),
    ]


def test_a_file_that_is_refused_takes_no_other_with_it(tmp_path: Path) -> None:
    whole = csv_file(*(person(at) for at in range(400, 460)))
    bad: dict[str, str | bytes] = {
        "peserta_51a02_20250331.csv.gz": gzip.compress(whole.encode())[:-30],
        "peserta_51b02_20250331.csv": csv_file(person(1, sex="X"), person(2)),
        "peserta_51c02_20250331.csv": csv_file(),
    }
    done = read(tmp_path / "data", dict(FILES) | bad)
    assert {problem.file for problem in done.problems} == set(bad)
    assert (done.files, done.rows_accepted) == (len(FILES) + len(bad), 161)
    good = rows_of(tmp_path / "data")
    read(tmp_path / "without", dict(FILES))
    assert good == rows_of(tmp_path / "without")
    assert not list((tmp_path / "data" / "staged").rglob(".*"))


def test_a_file_that_changes_while_it_is_read_is_left_for_the_next_run(
    data_root: Path, landing: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_key(data_root)
    for name, content in FILES.items():
        landing(name, content)
    changed = "peserta_51b01_20250331.csv"
    read_batches = members.read_batches

    def with_a_late_byte(file: Any, *words: Any) -> Any:
        reading = read_batches(file, *words)
        if file.name == changed:
            with file.path.open("a") as stream:
                stream.write("\n")
        return reading

    monkeypatch.setattr(members, "read_batches", with_a_late_byte)
    _, done, _ = count_landing(data_root)
    assert (done.left_for_later, done.problems) == (1, ())
    assert set(rows_of(data_root)) == set(FILES) - {changed}
    monkeypatch.undo()
    _, again, _ = count_landing(data_root)
    assert (again.files, again.rows_accepted) == (1, 46)
