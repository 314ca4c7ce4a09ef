"""What was rendered from which inputs, so that a night renders only what changed.

`rendered.json` lists every file with a digest of all it depends on (numbers, texts, templates, fonts,
outlines, libraries) and of its bytes. A file of the release before is taken over when its inputs are the
same and its bytes are still those: it then names the release in which its content last changed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path

RECORD = "rendered.json"
_PACKAGE = Path(__file__).parent
_LIBRARIES = ("jinja2", "xlsxwriter", "typst", "resvg-py")


def digest(*parts: str) -> str:
    """Return one digest of several texts."""
    found = hashlib.sha256()
    for part in parts:
        found.update(part.encode("utf-8", "surrogatepass") + b"\0")
    return found.hexdigest()


@cache
def program() -> str:
    """Return a digest of everything but the numbers: code, templates, texts, fonts, outlines, libraries."""
    found = hashlib.sha256("".join(f"{name}{version(name)}" for name in _LIBRARIES).encode())
    for path in sorted(_PACKAGE.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            found.update(str(path.relative_to(_PACKAGE)).encode() + path.read_bytes())
    return found.hexdigest()


@dataclass(frozen=True)
class Rendered:
    """A file's inputs and bytes, as digests."""

    inputs: str
    sha256: str


@dataclass
class Record:
    """Writes files into a release, or takes them over from the release before."""

    folder: Path
    previous: Path | None
    files: dict[str, Rendered] = field(default_factory=dict)
    #: Names of the files that were made in this call.
    made: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._before = _read(self.previous)

    def write(self, name: str, inputs: str, make: Callable[[], bytes]) -> None:
        """Write a file; `make` is only called when its inputs changed."""
        content = self._unchanged(name, inputs)
        if content is None:
            content = make()
            self.made.append(name)
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        self.files[name] = Rendered(inputs, hashlib.sha256(content).hexdigest())

    def _unchanged(self, name: str, inputs: str) -> bytes | None:
        known = self._before.get(name)
        if self.previous is None or known is None or known.inputs != inputs:
            return None
        path = self.previous / name
        content = path.read_bytes() if path.is_file() else b""
        return content if hashlib.sha256(content).hexdigest() == known.sha256 else None

    def close(self) -> list[Path]:
        """Write the record itself; return every file written."""
        lines = {name: [self.files[name].inputs, self.files[name].sha256] for name in sorted(self.files)}
        text = json.dumps({"columns": ["inputs", "sha256"], "files": lines}, indent=1)
        (self.folder / RECORD).write_text(text + "\n", encoding="utf-8")
        return [self.folder / name for name in sorted([*self.files, RECORD])]


def _read(previous: Path | None) -> dict[str, Rendered]:
    """Return the record of a release; one that is missing or damaged only means rendering everything."""
    if previous is None:
        return {}
    try:
        found = json.loads((previous / RECORD).read_text(encoding="utf-8"))
        return {name: Rendered(*pair) for name, pair in found["files"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
