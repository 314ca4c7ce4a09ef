"""Stage `land`: what waits in the landing, by content and by the rules under which it would be read."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

import polars as pl

from flows.night import Night
from flows.stages.retention import settle_days_without_rows
from schemas.errors import FileRejected
from schemas.sources import Source
from warehouse import ledger
from warehouse.landing import Delivery, LandingFile, delivery, fingerprint, is_unchanged, landing_files
from warehouse.staged import FileRecord, is_staged, staged_folder, staged_record

#: Files whose digests are taken at once.
_READ_AT_ONCE = 2
#: Readings of files that were refused by their name alone; such a file is looked at again every night.
BY_NAME = "name"


@dataclass(frozen=True)
class Waiting:
    """A file to read: what its name says, its digest, and the rules it will be read under."""

    file: LandingFile
    delivery: Delivery
    sha256: str
    file_id: str
    reading: str


@dataclass
class Survey:
    """What stands in the landing. `renewed`: known files that were delivered again after another one."""

    waiting: list[Waiting] = field(default_factory=list)
    renewed: list[FileRecord] = field(default_factory=list)
    refused: list[FileRecord] = field(default_factory=list)
    unreadable: list[FileRejected] = field(default_factory=list)
    unchanged: int = 0
    unfinished: int = 0

    def told(self) -> str:
        """Say in one line what was found."""
        parts = [f"{len(self.waiting)} to read", f"{self.unchanged} unchanged"]
        if self.renewed:
            parts.append(f"{len(self.renewed)} delivered again")
        if self.unfinished:
            parts.append(f"{self.unfinished} still being written")
        if self.refused or self.unreadable:
            parts.append(f"{len(self.refused) + len(self.unreadable)} refused")
        return ", ".join(parts)


def survey(night: Night) -> Survey:
    """Look at every file of the landing; nothing is read but bytes that were never seen before."""
    found = Survey()
    _ = night.registers  # before any work, but in a run that is entered: a broken register is told
    digests = ledger.known_digests(night.connection)
    known = ledger.known_readings(night.connection)
    seen: list[tuple[LandingFile, str]] = []
    named: list[tuple[LandingFile, Delivery]] = []
    for file in settled(night, found):
        try:
            told = delivery(file, night.provinces)
            _not_of_the_future(told, night.today, file.name)
        except FileRejected as refusal:
            _refuse_by_name(night, file, refusal, found, known)
            seen.append((file, ledger.NOT_READ))
            continue
        named.append((file, told))
    listed: list[Waiting] = []
    contents = _fingerprints([file for file, _ in named], digests)
    for at, ((file, told), sha256) in enumerate(zip(named, contents, strict=True), 1):
        night.steps.progress(at, len(named), file.name)
        if isinstance(sha256, FileRejected):
            found.unreadable.append(sha256)
            continue
        seen.append((file, sha256))
        listed.append(Waiting(file, told, sha256, _file_id(told, sha256), _reading(night, told)))
    ledger.remember_digests(night.connection, seen)
    _sort_in(night, listed, found, known)
    return found


def _fingerprints(
    files: list[LandingFile], known: Mapping[tuple[str, int, int], str]
) -> Iterator[str | FileRejected]:
    """Yield the digest of each file, or why the system would not give it; several files are read at once."""

    def content(file: LandingFile) -> str | FileRejected:
        try:
            return known.get((file.name, file.bytes, file.modified_ns)) or fingerprint(file)
        except FileRejected as refusal:
            return refusal

    with ThreadPoolExecutor(_READ_AT_ONCE) as threads:
        yield from threads.map(content, files)


def settled(night: Night, found: Survey) -> list[LandingFile]:
    """Files that are not being written: a fresh one is looked at twice, with a pause between."""
    files = landing_files(night.paths.landing)
    pause = night.settings.settle_seconds
    fresh_after = (night.started.timestamp() - pause) * 1_000_000_000
    fresh = [file for file in files if file.modified_ns > fresh_after]
    if not fresh or not pause:
        return files
    time.sleep(pause)
    growing = {file.path for file in fresh if not is_unchanged(file)}
    found.unfinished = len(growing)
    return [file for file in files if file.path not in growing]


def _not_of_the_future(told: Delivery, today: date, name: str) -> None:
    if told.as_of > today:
        raise FileRejected(
            f"the day in the file name ({told.as_of}) is in the future",
            where=name,
            hint="Correct the date in the file name; it is looked at again every night.",
        )


def _refuse_by_name(
    night: Night, file: LandingFile, refusal: FileRejected, found: Survey, known: dict[tuple[str, str], str]
) -> None:
    identity = f"{file.path.name}\0{file.bytes}\0{file.modified_ns}"
    sha256 = hashlib.sha256(identity.encode(errors="surrogateescape")).hexdigest()
    if (sha256[:16], BY_NAME) in known:
        found.unchanged += 1
        return
    found.refused.append(
        FileRecord(
            file_id=sha256[:16],
            sha256=sha256,
            reading=BY_NAME,
            file_name=file.name,
            source=None,
            scope=None,
            as_of=None,
            bytes=file.bytes,
            delivered_at=file.delivered_at,
            read_at=night.started,
            state="rejected",
            rejection=refusal.what,
            hint=refusal.hint,
        )
    )


def _file_id(told: Delivery, sha256: str) -> str:
    """A file is its bytes in its slot: the same bytes for another day are another delivery."""
    source, scope, as_of = told.slot
    return hashlib.sha256(f"{source} {scope} {as_of} {sha256}".encode()).hexdigest()[:16]


def _reading(night: Night, told: Delivery) -> str:
    """Digest of the rules a file is read under; when they change, the file is read again."""
    registers = night.registers
    applicable = corrections_of(registers.corrections, told)
    rules = (
        _declared(told.source),
        registers.digests["regions"],
        sorted(registers.definitions["definition_id"].to_list()),
        applicable.rows(),
    )
    return hashlib.sha256(repr(rules).encode()).hexdigest()[:12]


def _declared(source: Source) -> str:
    columns = [(c.name, c.header, c.aliases, c.kind, c.optional, c.words, c.default) for c in source.columns]
    judged_by = (source.tolerance, source.summed, source.total_words, sorted(source.warnings))
    return repr((source.reading_version, columns, source.ignored_headers, source.code_forms, judged_by))


def corrections_of(corrections: pl.DataFrame, told: Delivery) -> pl.DataFrame:
    """Return the declared corrections of one delivery."""
    if corrections.is_empty():  # asked for every file of the landing, every night
        return corrections
    source, scope, as_of = told.slot
    return corrections.filter(
        (pl.col("source") == source) & (pl.col("scope") == scope) & (pl.col("as_of") == as_of)
    )


def _sort_in(night: Night, listed: list[Waiting], found: Survey, known: dict[tuple[str, str], str]) -> None:
    """Tell new files from known ones, and known ones that are back after another version of their slot."""
    counted = ledger.counted_deliveries(night.connection)
    contested = _contested(listed, counted)
    not_staged: list[Waiting] = []
    for item in _one_per_content(listed, contested):
        state = known.get((item.file_id, item.reading))
        file_id, since = counted.get(item.delivery.slot, (None, item.file.delivered_at))
        folder = staged_folder(night.paths.staged, item.delivery, item.file_id, item.reading)
        if state is None:
            found.waiting.append(item)
        elif state == "accepted" and item.delivery.slot in contested and item.file.delivered_at > since:
            _come_back(night, item, folder, found)
        elif state == "accepted" and item.file_id == file_id and not is_staged(folder):
            not_staged.append(item)
    refused = settle_days_without_rows(night, found, listed, not_staged)
    found.unchanged += len(listed) - len(found.waiting) - refused


def _contested(
    listed: list[Waiting], counted: dict[tuple[str, str, date], tuple[str, datetime]]
) -> set[tuple[str, str, date]]:
    """Slots for which there is more than one content, here or in the ledger: the newest delivery counts."""
    contents = {slot: {file_id} for slot, (file_id, _) in counted.items()}
    for item in listed:
        contents.setdefault(item.delivery.slot, set()).add(item.file_id)
    return {slot for slot, rivals in contents.items() if len(rivals) > 1}


def _one_per_content(listed: list[Waiting], contested: set[tuple[str, str, date]]) -> list[Waiting]:
    """Of copies in one slot the first delivered; where the newest delivery counts, the last."""
    chosen: dict[str, Waiting] = {}
    for item in sorted(listed, key=lambda item: (item.file.delivered_at, item.file.name)):
        if item.file_id not in chosen or item.delivery.slot in contested:
            chosen[item.file_id] = item
    return sorted(chosen.values(), key=lambda item: item.file.name)


def _come_back(night: Night, item: Waiting, folder: Path, found: Survey) -> None:
    """Take up a file that is back: known bytes, delivered after those that count now.

    It is read again where its staged rows were pruned.
    """
    record = staged_record(folder)
    if record is None:
        found.waiting.append(item)
    else:
        found.renewed.append(replace(record, delivered_at=item.file.delivered_at, read_at=night.started))
