"""One data root after two nights, copied for each test that changes it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from flows.settings import Settings
from tests.fixtures.make_data_root import make
from tests.nights import settings_of
from tests.small_nights import small_registers


@pytest.fixture(scope="session")
def registers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Registers of two provinces."""
    return small_registers(tmp_path_factory.mktemp("registers") / "small")


@pytest.fixture(scope="session")
def after_two_nights(tmp_path_factory: pytest.TempPathFactory, registers: Path) -> Path:
    """Member rows with their key, two releases, a row set aside, a rejected file. Not to be changed."""
    root = tmp_path_factory.mktemp("kept") / "data"
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("CAKUPAN_PUBLICATION", "tables")
        make(root, registers)
    return root


@pytest.fixture
def kept(after_two_nights: Path, tmp_path: Path, registers: Path) -> Settings:
    """Settings of a copy that may be changed."""
    root = tmp_path / "data"
    shutil.copytree(after_two_nights, root, symlinks=True)
    return settings_of(root, registers=registers)
