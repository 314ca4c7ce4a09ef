"""How regions are called: in full, as people say it, and in a file name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

_KINDS = {"kabupaten": "Kabupaten", "kota": "Kota"}
_PREFIX = re.compile(r"^(?:Kabupaten Administrasi|Kota Administrasi|Kabupaten|Kota) (?=\S)")
_SPOKEN_PROVINCES = (("Daerah Khusus Ibukota ", "DKI "), ("Daerah Istimewa ", "DI "))


def full_name(name: str, kind: str | None) -> str:
    """Return `Kabupaten Badung`: the kind belongs to the name, 26 names are both kabupaten and kota."""
    prefix = _KINDS.get(kind or "")
    if prefix is None or name.startswith(f"{prefix} "):
        return name
    return f"{prefix} {name}"


def short_names(full: Sequence[str]) -> dict[str, str]:
    """Return full name → name as spoken; the kind stays where two of them would be called the same."""
    bare = {name: _PREFIX.sub("", name) for name in full}
    times = Counter(bare.values())
    return {name: bare[name] if times[bare[name]] == 1 else table_name(name) for name in full}


def table_name(full: str) -> str:
    """Return `Kab. Badung`, as tables print it."""
    return re.sub(r"^Kabupaten (?:Administrasi )?", "Kab. ", full)


def short_province(name: str) -> str:
    """Return `DKI Jakarta` for the long official name."""
    for long, short in _SPOKEN_PROVINCES:
        if name.startswith(long):
            return short + name.removeprefix(long)
    return name


def file_label(name: str) -> str:
    """Return a name that is safe in the name of a downloaded file."""
    return re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-") or "wilayah"
