"""Stage `read`, for `peserta`: files to accepted, pseudonymous rows. No file waits for another's judgement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import polars as pl

from flows.keys import keys_mark
from flows.night import Night
from flows.stages.judging import JudgedBatch, judged_batches
from flows.stages.outcome import FileOutcome, accepted_record, hold_against_tolerance, rejected_record
from flows.stages.survey import Waiting
from schemas.errors import FileRejected, FileUnreadable
from transforms.member_rows import MemberContext, member_context
from warehouse.extracts.account import Batch, LineAccount
from warehouse.extracts.reading import read_batches
from warehouse.landing import is_unchanged, unreadable
from warehouse.members import MemberStage
from warehouse.quarantine import SCHEMA as ASIDE
from warehouse.quarantine import quarantine_file, set_aside
from warehouse.staged import FileRecord, staged_folder, staged_record

#: Bytes of member files from which on they are read in several processes.
MANY_BYTES = 48 * 1024 * 1024
#: Bytes that one process reads in one go, about the rows of one lot.
_UNIT_BYTES = 24 * 1024 * 1024
#: Lots judged at once where one process reads everything: two keep two cores busy while a third is read.
_LOTS_AT_ONCE = 2


@dataclass
class _FileAtWork:
    """A file between its first byte and its record: what has become of its rows so far."""

    item: Waiting
    context: MemberContext
    stage: MemberStage
    #: Record of an earlier run that staged the file and was killed before it loaded it.
    before: FileRecord | None = None
    account: LineAccount = field(default_factory=LineAccount)
    accepted: int = 0
    aside: list[pl.DataFrame] = field(default_factory=list)
    warnings: Counter[str] = field(default_factory=Counter)
    refusal: FileRejected | None = None

    @property
    def name(self) -> str:
        """Name of the file in the landing."""
        return self.item.file.name

    def add(self, judged: JudgedBatch) -> None:
        """Stage the rows of a batch and remember the others."""
        if self.refusal is not None:
            return
        self.stage.add(judged.staged, judged.warned)
        self.accepted += judged.staged.height
        self.warnings.update(judged.warnings)
        if judged.aside.height:
            self.aside.append(judged.aside)


def read_members(night: Night, items: Sequence[Waiting]) -> Iterator[tuple[Waiting, FileOutcome]]:
    """Read, judge, pseudonymise and stage `peserta` files; yields each with what became of it.

    Nothing personal is written but what is set aside. Small files are judged together, so a file's outcome
    may come after the next files were read. Many rows in several files are read in several processes.
    """
    contexts: dict[date, MemberContext] = {}
    files: list[_FileAtWork] = []
    for item in items:
        as_of = item.delivery.as_of
        if as_of not in contexts:
            contexts[as_of] = member_context(night.registers.regions, as_of)
        folder = staged_folder(night.paths.staged, item.delivery, item.file_id, item.reading)
        stage = MemberStage(folder, keys_mark(night.keys))
        files.append(_FileAtWork(item, contexts[as_of], stage, staged_record(folder)))
    at_work = {file.item.file_id: file for file in files}
    try:
        for file in _read(night, files):
            outcome = _outcome(night, file)
            del at_work[file.item.file_id]
            yield file.item, outcome
    finally:
        for file in at_work.values():
            file.stage.discard()


def _read(night: Night, files: list[_FileAtWork]) -> Iterator[_FileAtWork]:
    """Yield every file when the last of its rows has been judged."""
    units = _units(files)
    if night.processes.most > 1 and _is_worth_processes([_bytes(unit) for unit in units]):
        for unit in night.processes.results(_read_unit, [(unit, night.keys) for unit in units]):
            yield from unit
    else:
        yield from _read_here(files, night.keys, _LOTS_AT_ONCE)


def _units(files: list[_FileAtWork]) -> list[list[_FileAtWork]]:
    """Files that one process reads in one go: small ones of a day together. The largest unit comes first."""
    units: list[list[_FileAtWork]] = []
    for file in files:
        if units and units[-1][0].context is file.context and _bytes(units[-1]) < _UNIT_BYTES:
            units[-1].append(file)
        else:
            units.append([file])
    return sorted(units, key=_bytes, reverse=True)


def _bytes(unit: list[_FileAtWork]) -> int:
    return sum(file.item.file.bytes for file in unit)


def _is_worth_processes(units: list[int]) -> bool:
    """Whether starting processes, a second's work, pays: many bytes, and not nearly all of them in one unit."""
    return sum(units) >= MANY_BYTES and units[0] <= sum(units) / 2


def _read_unit(files: list[_FileAtWork], keys: tuple[str, ...]) -> list[_FileAtWork]:
    """Read files in a process of their own; they go back to the run with what became of their rows."""
    return list(_read_here(files, keys, 0))


def _read_here(files: list[_FileAtWork], keys: tuple[str, ...], at_once: int) -> Iterator[_FileAtWork]:
    for file, judged in judged_batches(_batches(files), keys, at_once):
        if judged is None:
            yield file
        else:
            file.add(judged)


def _batches(files: list[_FileAtWork]) -> Iterator[tuple[_FileAtWork, Batch | None]]:
    """Yield the batches of all files, one file after the other; None marks the end of each."""
    for file in files:
        if file.before is None:
            yield from _batches_of(file)
        yield file, None


def _batches_of(file: _FileAtWork) -> Iterator[tuple[_FileAtWork, Batch]]:
    """Yield the batches of one file; what the file is refused for is kept in it."""
    try:
        reading = read_batches(file.item.file, file.item.delivery)
        file.account = reading.account
        for batch in reading.batches:
            yield file, batch
    except OSError as error:
        file.refusal = unreadable(file.name, error)
    except FileRejected as refusal:
        file.refusal = refusal


def _outcome(night: Night, file: _FileAtWork) -> FileOutcome:
    """Return the record of a file whose rows have all been judged, or why it has none."""
    item = file.item
    if file.before is not None:
        file.stage.discard()
        return replace(file.before, delivered_at=item.file.delivered_at, file_name=item.file.name)
    if isinstance(file.refusal, FileUnreadable) or not is_unchanged(item.file):
        file.stage.discard()
        return file.refusal if isinstance(file.refusal, FileUnreadable) else None
    aside = pl.concat(file.aside) if file.aside else pl.DataFrame(schema=ASIDE)
    try:
        if file.refusal is not None:
            raise file.refusal
        set_aside(quarantine_file(night.paths.quarantine, item.delivery, item.file_id, item.reading), aside)
        hold_against_tolerance(item, file.accepted, aside)
    except FileRejected as refusal:
        file.stage.discard()
        return rejected_record(night, item, refusal)
    record = accepted_record(night, item, file.account, file.accepted, aside, file.warnings)
    file.stage.finish(record)
    return record
