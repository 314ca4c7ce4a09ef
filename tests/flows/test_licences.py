"""Licences of dependencies: all known, none that forbids giving the program to others."""

from __future__ import annotations

from importlib import metadata

import pytest

from flows.licences import LOCK, STATED_ELSEWHERE, dependencies, licence_of, stated

#: Families under which a package may stand; one of several is enough.
_FREE = (
    "MIT",
    "BSD",
    "Apache",
    "MPL",
    "Mozilla",
    "ISC",
    "PSF",
    "Python Software Foundation",
    "0BSD",
    "Artistic",
)


def test_every_locked_package_is_listed_with_a_licence() -> None:
    found = dependencies()
    pinned = [
        line for line in LOCK.read_text(encoding="utf-8").splitlines() if "==" in line and line[0] not in " #"
    ]
    assert len(found) == len(pinned) > 100
    assert [one.name for one in found if one.licence in ("not stated", "not installed")] == []


def test_every_licence_is_free() -> None:
    foreign = [one for one in dependencies() if not any(word in one.licence for word in _FREE)]
    assert foreign == []


@pytest.mark.parametrize("name", sorted(STATED_ELSEWHERE))
def test_what_is_declared_is_what_an_installed_package_states(name: str) -> None:
    """Other versions may stand under other licences; those that state none were read in their files."""
    try:
        told = list(stated(name))
    except metadata.PackageNotFoundError:
        assert name in {one.name for one in dependencies() if one.marker}
        return
    words = licence_of(name).replace("-2.0", "").split()
    assert told == [] or any(words[0] in text or words[0][:3] in text for text in told)


def test_nothing_is_declared_that_is_not_locked() -> None:
    assert set(STATED_ELSEWHERE) <= {one.name for one in dependencies()}
