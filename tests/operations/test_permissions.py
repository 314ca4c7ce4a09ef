"""Least permissions: every file that is written is for its owner alone, a release for all to read.

Everything runs with the mask that takes nothing away, so what is closed was closed on purpose.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.nightly import writing
from flows.operations.backup import backup
from flows.operations.prune import prune
from flows.operations.rebuild import rebuild
from flows.rotation import rotate_keys
from flows.settings import Settings
from flows.steps import InProcess
from tests.fixtures.make_data_root import make
from tests.nights import settings_of

#: What lies in the landing belongs to those who deliver.
_NOT_OURS = "landing"


@pytest.fixture(autouse=True)
def _no_mask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def _too_open(root: Path) -> list[str]:
    """Files and folders of a data root that others may do more with than they need to."""
    found = []
    for path in sorted(root.rglob("*")):
        place = path.relative_to(root)
        if path.is_symlink() or place.parts[0] == _NOT_OURS:
            continue
        mode = stat.S_IMODE(path.stat().st_mode)
        allowed = 0o755 if path.is_dir() else 0o644
        if place.parts[0] != "published":
            allowed &= 0o700
        if mode & ~allowed:
            found.append(f"{place} {mode:o}")
    return found


def _too_closed(published: Path) -> list[str]:
    """What is published and cannot be read by all."""
    needed = {True: 0o555, False: 0o444}
    return [
        str(path)
        for path in published.rglob("*")
        if stat.S_IMODE(path.stat().st_mode) & needed[path.is_dir()] != needed[path.is_dir()]
    ]


@pytest.fixture
def open_minded(tmp_path: Path, registers: Path) -> Settings:
    """A data root after two nights under that mask."""
    make(tmp_path / "data", registers)
    return settings_of(tmp_path / "data", registers=registers, keep_staged_days=0, keep_releases=2)


def test_after_nights_and_everything_a_person_may_start(open_minded: Settings, tmp_path: Path) -> None:
    root = open_minded.paths.root
    assert _too_open(root) == []
    assert _too_closed(open_minded.paths.published) == []
    rotate_keys(open_minded)
    prune(open_minded)
    rebuild(open_minded, InProcess(quiet=True))
    assert _too_open(root) == []
    assert _too_closed(open_minded.paths.published) == []
    made = backup(open_minded, tmp_path / "copies")
    assert (tmp_path / "copies").stat().st_mode & 0o077 == 0
    assert made.folder.stat().st_mode & 0o077 == 0


def test_while_a_run_is_at_work(open_minded: Settings) -> None:
    with writing(open_minded, InProcess(quiet=True)) as night:
        night.connection.execute("CREATE TABLE ledger.at_work AS SELECT range FROM range(100000)")
        log = open_minded.paths.warehouse.with_name("warehouse.duckdb.wal")
        assert log.exists()
        assert _too_open(open_minded.paths.root) == []
        night.connection.execute("DROP TABLE ledger.at_work")
