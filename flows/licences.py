"""Under which licences the locked dependencies stand, as their distributions say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

LOCK = Path(__file__).parents[1] / "requirements.lock"
_LOCKED = re.compile(r"^(?P<name>[A-Za-z0-9_.-]+)==(?P<version>[^ ;\\]+)(?: ; (?P<marker>[^\\]+))?")
_SEPARATOR = " :: "

#: Distributions that state none, or are installed on some systems or versions of Python only: as their own
#: metadata or licence file says, read once.
STATED_ELSEWHERE = {
    "async-timeout": "Apache-2.0",
    "numpy": "BSD-3-Clause AND 0BSD AND MIT AND Zlib AND CC0-1.0",
    "pendulum": "MIT",
    "polars-hash": "MIT",
    "pywin32": "PSF-2.0",
    "resvg-py": "MIT",
    "tzdata": "Apache-2.0",
    "whenever": "MIT",
}


@dataclass(frozen=True)
class Dependency:
    """One locked distribution; `marker` says where it is installed, empty for everywhere."""

    name: str
    version: str
    marker: str
    licence: str


def dependencies() -> list[Dependency]:
    """Every distribution of the lock file, by name; none where the program is installed without it."""
    if not LOCK.exists():
        return []
    found = (_LOCKED.match(line) for line in LOCK.read_text(encoding="utf-8").splitlines())
    return [
        Dependency(one["name"], one["version"], (one["marker"] or "").strip(), licence_of(one["name"]))
        for one in found
        if one
    ]


def licence_of(name: str) -> str:
    """Return the licence of a distribution: as declared above, or in its metadata; `not stated` otherwise."""
    if name in STATED_ELSEWHERE:
        return STATED_ELSEWHERE[name]
    try:
        return next(stated(name), "not stated")
    except metadata.PackageNotFoundError:
        return "not installed"


def stated(name: str) -> Iterator[str]:
    """What the metadata of a distribution says, the most exact first. Raises PackageNotFoundError."""
    told = metadata.metadata(name)
    if "License-Expression" in told:
        yield told["License-Expression"]
    classified = [line.split(_SEPARATOR) for line in told.get_all("Classifier") or []]
    names = [line[-1] for line in classified if line[0] == "License" and len(line) > 2]
    if names:
        yield " / ".join(names)
    if "License" in told and told["License"].strip():
        yield told["License"].strip().splitlines()[0]
