"""The landing: which files wait there, what their names say, and their fingerprints.

Names are data: they are parsed, never joined into a path, and shown only in a cleaned form.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from schemas.errors import FileRejected, FileUnreadable, StorageError
from schemas.sources import SOURCES, Source

if TYPE_CHECKING:
    from pathlib import Path

EXTENSIONS = ("csv", "csv.gz", "csv.zst", "parquet", "xlsx")
UNFINISHED = (".part", ".tmp", ".crdownload", ".filepart")
_LONGEST_NAME = 200
_NAME = re.compile(
    r"(?P<source>[a-z_]+?)_(?P<scope>\d{2}|\d{2}[a-z][0-9]{0,2}|[a-z]\d{2})_(?P<as_of>\d{8}|\d{6})"
    r"(?:_[\w.() -]*?)?\.(?P<extension>csv|csv\.gz|csv\.zst|parquet|xlsx)",
    re.IGNORECASE,
)
_SHOWN = re.compile(r"[^\w.() -]")


@dataclass(frozen=True)
class LandingFile:
    """A file seen in the landing: where it is and how it looked when it was seen."""

    path: Path
    bytes: int
    modified_ns: int

    @property
    def name(self) -> str:
        """The name, cleaned for showing: no control characters, at most 200 characters."""
        return shown_name(self.path.name)

    @property
    def delivered_at(self) -> datetime:
        """When the file was last changed, to the second (UTC)."""
        return datetime.fromtimestamp(self.modified_ns // 1_000_000_000, tz=UTC)


@dataclass(frozen=True)
class Delivery:
    """What a file name says: the kind of delivery, what it covers, and the day it describes."""

    source: Source
    scope: str
    as_of: date
    extension: str

    @property
    def slot(self) -> tuple[str, str, date]:
        """Files of one slot supersede each other."""
        return (self.source.name, self.scope, self.as_of)


def shown_name(name: str) -> str:
    """Return a file name that is safe to print and to store."""
    return _SHOWN.sub("?", name)[:_LONGEST_NAME]


def landing_files(landing: Path) -> list[LandingFile]:
    """Every finished regular file directly in the landing, by name.

    Left out: hidden files, folders, links (they may point anywhere) and names of files that are
    still being written. Raises StorageError when the folder cannot be listed.
    """
    try:
        entries = sorted(os.scandir(landing), key=lambda entry: entry.name)
    except OSError as error:
        raise StorageError(
            f"the landing cannot be listed ({error.strerror})",
            where=str(landing),
            hint="Is the share mounted, and may this user read it? Set CAKUPAN_LANDING if it moved.",
        ) from None
    files = []
    for entry in entries:
        if entry.name.startswith(".") or entry.name.lower().endswith(UNFINISHED):
            continue
        try:
            seen = entry.stat(follow_symlinks=False)
        except OSError:
            continue  # it went away between listing and looking: not there, so nothing to read
        if stat.S_ISREG(seen.st_mode):
            files.append(LandingFile(landing / entry.name, seen.st_size, seen.st_mtime_ns))
    return files


def is_unchanged(file: LandingFile) -> bool:
    """Whether the file still has the size and time it had when it was listed."""
    try:
        now = file.path.stat(follow_symlinks=False)
    except OSError:
        return False
    return (now.st_size, now.st_mtime_ns) == (file.bytes, file.modified_ns)


def delivery(file: LandingFile, provinces: frozenset[str]) -> Delivery:
    """Return what the file name says.

    Raises FileRejected when the name does not follow `<source>_<scope>_<as of>[_<anything>].<ext>`.
    """
    match = _NAME.fullmatch(file.path.name) if len(file.path.name) <= _LONGEST_NAME else None
    source = SOURCES.get(match["source"].lower()) if match else None
    if match is None or source is None:
        known = ", ".join(SOURCES)
        raise FileRejected(
            "the file name does not say what the file is",
            where=file.name,
            hint=f"Name it <source>_<scope>_<as of>.<ext>, for example rekap_51_20250331.csv "
            f"(sources: {known}; endings: {', '.join(EXTENSIONS)}).",
        )
    scope = match["scope"].lower()
    if scope.isdigit() and scope != "00" and scope not in provinces:
        raise FileRejected(
            f"the scope {scope} in the file name is no province",
            where=file.name,
            hint="Use 00 for the country, the two-digit BPS code of a province, or a branch-office code.",
        )
    return Delivery(source, scope, _as_of(match["as_of"], source, file.name), match["extension"].lower())


def _as_of(text: str, source: Source, name: str) -> date:
    try:
        day = datetime.strptime(text, source.as_of_form).replace(tzinfo=UTC).date()
        if day.strftime(source.as_of_form) == text:
            return day
    except ValueError:
        pass
    form = "yyyymmdd" if source.as_of_form == "%Y%m%d" else "yyyymm"
    raise FileRejected(
        f"the date in the file name is not a real date of the form {form}",
        where=name,
        hint=f"{source.name} files carry {form}.",
    )


def fingerprint(file: LandingFile) -> str:
    """Return the SHA-256 of the file's bytes, in hexadecimal. Raises FileUnreadable."""
    try:
        with file.path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise unreadable(file.name, error) from None


def unreadable(name: str, error: OSError) -> FileUnreadable:
    """Return the error for a file that the operating system will not give us."""
    return FileUnreadable(
        f"the file cannot be read ({error.strerror or type(error).__name__})",
        where=name,
        hint="Was it removed during the run, or is the permission missing? It is tried again next run.",
    )
