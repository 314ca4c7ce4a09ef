"""Twenty people read while ten nights publish: nobody fails, nobody waits, nobody sees a mixture."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from tests.small_nights import EXAMPLES, deliver, run_at, small_registers, stamp
from warehouse.release.shelf import latest_release

READERS, PUBLICATIONS = 20, 10
#: Members of Kaimana as delivered, and of the other six regencies of Papua Barat.
KAIMANA, OTHERS = 25_721, 102_636
_SECONDS = 300

#: One query over several tables: the releases that it sees, the members of a regency and of its province.
QUERY = """
    SELECT
        (SELECT list(DISTINCT release_id) FROM (
            SELECT release_id FROM marts.coverage_by_regency UNION ALL SELECT release_id FROM marts.regions
            UNION ALL SELECT release_id FROM marts.targets UNION ALL SELECT id_rilis FROM id.wilayah)),
        (SELECT active_members FROM marts.coverage_by_regency
         WHERE regency_code = '9102' AND period = DATE '2023-08-01'),
        (SELECT active_members FROM marts.coverage_by_province
         WHERE province_code = '91' AND period = DATE '2023-08-01')
"""

#: A person's program: open the newest release, ask, think, ask again, close; until told to stop, or left alone.
_READER = """
import json, os, random, sys, time
from pathlib import Path
import duckdb
published, stop, answer, seed, query = *map(Path, sys.argv[1:4]), int(sys.argv[4]), sys.argv[5]
pauses, parent = random.Random(seed), os.getppid()
seen = []
while True:
    last = stop.exists() or os.getppid() != parent
    with duckdb.connect(str(published / "latest" / "cakupan.duckdb"), read_only=True,
                        config={"threads": 1}) as reader:
        first = reader.execute(query).fetchall()[0]
        time.sleep(pauses.uniform(0.1, 1.2))
        seen.append([first, reader.execute(query).fetchall()[0]])
    answer.with_suffix(".new").write_text(json.dumps(seen))
    answer.with_suffix(".new").replace(answer)
    if last:
        break
    time.sleep(pauses.uniform(0.1, 1.2))
"""

Pairs = list[tuple[tuple[list[str], int, int], tuple[list[str], int, int]]]


@pytest.fixture
def publish(tmp_path: Path) -> Callable[[int], str]:
    """Run a night that publishes, with so many more members in Kaimana; returns the release."""
    root, registers = tmp_path / "data", small_registers(tmp_path / "registers")
    deliver(root / "landing", "rekap_91_20230831.csv", "penduduk_bekerja_91_202308.xlsx")
    delivered = (EXAMPLES / "rekap_91_20230831.csv").read_text(encoding="utf-8")

    def night(more: int) -> str:
        path = root / "landing" / "rekap_91_20230831.csv"
        path.write_text(
            delivered.replace("25.721", f"{KAIMANA + more:_}".replace("_", ".")), encoding="utf-8"
        )
        stamp(path, 1 + more)
        report = run_at(root, registers=registers, day=5 + more)
        assert report.outcome == "published"
        return str(report.release_id)

    return night


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[], list[subprocess.Popen[bytes]]]]:
    started: list[subprocess.Popen[bytes]] = []

    def readers() -> list[subprocess.Popen[bytes]]:
        for number in range(READERS):
            answer = tmp_path / f"{number}.json"
            arguments = [tmp_path / "data" / "published", tmp_path / "stop", answer, str(number), QUERY]
            started.append(
                subprocess.Popen([sys.executable, "-c", _READER, *arguments], stderr=subprocess.PIPE)
            )
        return started

    yield readers
    for process in started:
        process.kill()
        process.communicate()


def _seen(folder: Path) -> list[Pairs]:
    return [json.loads(path.read_text()) for path in sorted(folder.glob("[0-9]*.json"))]


def _wait_until_all_have_read(folder: Path, release: str) -> None:
    end = time.monotonic() + _SECONDS
    while time.monotonic() < end:
        seen = _seen(folder)
        if len(seen) == READERS and all(reader[-1][1][0] == [release] for reader in seen):
            return
        time.sleep(0.2)
    raise AssertionError(f"not every reader has read {release}")


@pytest.mark.slow
def test_twenty_readers_through_ten_publications(
    publish: Callable[[int], str], start: Callable[[], list[subprocess.Popen[bytes]]], tmp_path: Path
) -> None:
    published = tmp_path / "data" / "published"
    members = {publish(0): KAIMANA}
    first = next(iter(members))
    # One keeps the first release open all the time: no night may wait for this one, or disturb it.
    with duckdb.connect(str(published / "latest" / "cakupan.duckdb"), read_only=True) as patient:
        readers = start()
        _wait_until_all_have_read(tmp_path, first)
        for more in range(1, PUBLICATIONS + 1):
            release = publish(more)
            members[release] = KAIMANA + more
            _wait_until_all_have_read(tmp_path, release)
            assert patient.execute(QUERY).fetchall() == [([first], KAIMANA, KAIMANA + OTHERS)]
    (tmp_path / "stop").touch()
    errors = [process.communicate(timeout=_SECONDS)[1].decode() for process in readers]
    assert errors == [""] * READERS
    assert {process.returncode for process in readers} == {0}

    assert len(members) == PUBLICATIONS + 1
    assert latest_release(published) == release
    for reader in _seen(tmp_path):
        # Who opened a release reads that one to the end, with its own figures; every release was met.
        assert all(before == after for before, after in reader)
        told = {(tuple(releases), one, all_of_it) for pair in reader for releases, one, all_of_it in pair}
        assert told == {((name,), count, count + OTHERS) for name, count in members.items()}
        assert len(reader) > PUBLICATIONS
