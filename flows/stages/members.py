"""Stage `read`, for `peserta`: files to accepted, pseudonymous rows. No file waits for another's judgement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import polars as pl

from flows.keys import keys_mark
from flows.stages.given import Given
from flows.stages.judging import JudgedBatch, judged_batches
from flows.stages.outcome import FileOutcome, accepted_record, hold_against_tolerance, rejected_record
from flows.stages.survey import Waiting
from schemas.errors import FileRejected, FileUnreadable
from transforms.member_forms import MemberContext, member_context
from warehouse.extracts.account import Batch, LineAccount
from warehouse.extracts.reading import read_batches
from warehouse.landing import is_unchanged, unreadable
from warehouse.members import MemberStage
from warehouse.quarantine import SCHEMA as ASIDE
from warehouse.quarantine import quarantine_file, set_aside
from warehouse.staged import FileRecord, staged_folder, staged_record


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


def read_members(
    given: Given, items: Sequence[Waiting], at_once: int = 0
) -> Iterator[tuple[Waiting, FileOutcome]]:
    """Read, judge, pseudonymise and stage `peserta` files; yields each with what became of it.

    Nothing personal is written but what is set aside. Small files are judged together, so a file's outcome
    may come after the next files were read. `at_once`: lots judged beside the one that is read.
    """
    at_work: list[_FileAtWork] = []
    try:
        for file, judged in judged_batches(_batches(given, items, at_work), given.keys, at_once):
            if judged is not None:
                file.add(judged)
                continue
            outcome = _outcome(given, file)
            at_work.remove(file)
            yield file.item, outcome
    finally:
        for file in at_work:
            file.stage.discard()


def _batches(
    given: Given, items: Sequence[Waiting], at_work: list[_FileAtWork]
) -> Iterator[tuple[_FileAtWork, Batch | None]]:
    """Yield the batches of all files, one file after the other; None marks the end of each."""
    contexts: dict[date, MemberContext] = {}
    for item in items:
        as_of = item.delivery.as_of
        if as_of not in contexts:
            contexts[as_of] = member_context(given.registers.regions, as_of)
        folder = staged_folder(given.staged, item.delivery, item.file_id, item.reading)
        stage = MemberStage(folder, keys_mark(given.keys))
        file = _FileAtWork(item, contexts[as_of], stage, staged_record(folder))
        at_work.append(file)
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


def _outcome(given: Given, file: _FileAtWork) -> FileOutcome:
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
        set_aside(quarantine_file(given.quarantine, item.delivery, item.file_id, item.reading), aside)
        hold_against_tolerance(item, file.accepted, aside)
    except FileRejected as refusal:
        file.stage.discard()
        return rejected_record(given.read_at, item, refusal)
    record = accepted_record(given.read_at, item, file.account, file.accepted, aside, file.warnings)
    file.stage.finish(record)
    return record
