"""Twenty people read while ten releases are published: nobody fails, nobody waits, nobody sees a mixture."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.real_release import real_night
from warehouse.release.shelf import latest_release, switch_latest

READERS, PUBLICATIONS = 20, 10
#: So many more readings between two publications.
SOME = 5
TABLES = ("coverage_by_province", "coverage_nationwide", "regions", "targets")

#: A person's program: open the newest release, ask twice over several tables, close, again, until told.
_READER = """
import json, sys, time
from pathlib import Path
import duckdb
published, stop, answer = map(Path, sys.argv[1:])
tables = "coverage_by_province coverage_nationwide regions targets".split()
releases = " UNION ALL ".join(f"SELECT release_id FROM marts.{name}" for name in tables)
query = f"SELECT list(DISTINCT release_id) FROM ({releases} UNION ALL SELECT id_rilis FROM id.wilayah)"
seen = []
while True:
    last = stop.exists()
    with duckdb.connect(str(published / "latest" / "cakupan.duckdb"), read_only=True,
                        config={"threads": 1}) as reader:
        first = reader.execute(query).fetchall()[0][0]
        time.sleep(0.02)
        seen.append([first, reader.execute(query).fetchall()[0][0]])
    answer.with_suffix(".new").write_text(json.dumps(seen))
    answer.with_suffix(".new").replace(answer)
    if last:
        break
"""


@pytest.fixture
def shelf(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shelf with two prepared releases that differ in their id."""
    root, _ = real_night(tmp_path_factory.getbasetemp())
    published = tmp_path / "published"
    for name in ("release-1", "release-2"):
        (published / name).mkdir(parents=True)
        copy = published / name / "cakupan.duckdb"
        shutil.copyfile(root / "published" / "latest" / "cakupan.duckdb", copy)
        with duckdb.connect(str(copy)) as database:
            for table in TABLES:
                database.execute(f"UPDATE marts.{table} SET release_id = '{name}'")
    switch_latest(published, "release-1")
    return published


@pytest.fixture
def readers(shelf: Path, tmp_path: Path) -> Iterator[list[subprocess.Popen[bytes]]]:
    stop = tmp_path / "stop"
    started = [
        subprocess.Popen(
            [sys.executable, "-c", _READER, str(shelf), str(stop), str(tmp_path / f"{number}.json")],
            stderr=subprocess.PIPE,
        )
        for number in range(READERS)
    ]
    yield started
    stop.touch()
    for process in started:
        process.kill()
        process.communicate()


def _seen(folder: Path) -> list[list[list[list[str]]]]:
    return [json.loads(path.read_text()) for path in sorted(folder.glob("[0-9]*.json"))]


@pytest.mark.slow
def test_twenty_readers_through_ten_publications(
    shelf: Path, readers: list[subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    until = time.monotonic() + 120
    while len(_seen(tmp_path)) < READERS and time.monotonic() < until:
        time.sleep(0.1)
    assert len(_seen(tmp_path)) == READERS, "every reader has read before the first publication"
    for number in range(PUBLICATIONS):
        before = sum(map(len, _seen(tmp_path)))
        switch_latest(shelf, "release-1" if number % 2 else "release-2")
        # Some readers are in the middle of a query, some between two openings: all must read on.
        while sum(map(len, _seen(tmp_path))) < before + SOME and time.monotonic() < until:
            time.sleep(0.05)
    (tmp_path / "stop").touch()
    errors = [process.communicate(timeout=120)[1].decode() for process in readers]
    assert errors == [""] * READERS
    assert {process.returncode for process in readers} == {0}
    pairs = [tuple(map(tuple, pair)) for reader in _seen(tmp_path) for pair in reader]
    assert len(pairs) >= READERS + SOME * PUBLICATIONS
    assert set(pairs) == {(("release-1",), ("release-1",)), (("release-2",), ("release-2",))}
    assert latest_release(shelf) == "release-1"
