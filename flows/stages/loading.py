"""Stage `read`: each file is read, staged and loaded on its own, so one bad file stops no other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from flows.night import Night, Problem
from flows.rotation import rekey_staged
from flows.stages.members import read_members
from flows.stages.outcome import FileOutcome
from flows.stages.reading import read_file
from flows.stages.survey import Survey, Waiting
from schemas.errors import FileUnreadable
from schemas.sources import PESERTA
from warehouse import ledger
from warehouse.landing import LandingFile
from warehouse.load import load_file, load_reference
from warehouse.staged import FileRecord, staged_path


@dataclass
class Loaded:
    """What came of the files that waited. `problems`: files that were refused in this run."""

    files: int = 0
    rows_accepted: int = 0
    rows_set_aside: int = 0
    left_for_later: int = 0
    problems: tuple[Problem, ...] = field(default=())

    def told(self) -> str:
        """Say in one line what was read."""
        parts = [
            f"{self.files} files",
            f"{self.rows_accepted} rows accepted",
            f"{self.rows_set_aside} set aside",
        ]
        if self.problems:
            parts.append(f"{len(self.problems)} files rejected")
        if self.left_for_later:
            parts.append(f"{self.left_for_later} left for the next run")
        return ", ".join(parts)


def read_and_load(night: Night, found: Survey) -> Loaded:
    """Load the registers, then every waiting file: staged first, then one transaction per file."""
    load_reference(night.connection, night.registers.frames())
    done = Loaded()
    problems = [Problem(refusal.where, refusal.what, refusal.hint) for refusal in found.unreadable]
    for record in (*found.refused, *found.renewed):
        _load(night, record)
        problems += _problem(record)
    if any(item.delivery.source is PESERTA for item in found.waiting):
        # Before a row is staged under keys that the rows of before do not stand under.
        rekey_staged(night.paths.staged, night.keys)
    for at, (item, read) in enumerate(_read(night, found.waiting), 1):
        night.steps.progress(at, len(found.waiting), item.file.name)
        if isinstance(read, FileUnreadable):
            done.left_for_later += 1
            problems.append(Problem(read.where, read.what, read.hint))
            continue
        if read is None:
            done.left_for_later += 1
            problems += _gone(item.file)
            continue
        _load(night, read)
        done.files += 1
        done.rows_accepted += read.rows_accepted
        done.rows_set_aside += read.rows_quarantined
        problems += _problem(read)
    done.problems = tuple(problems)
    return done


def _read(night: Night, waiting: Sequence[Waiting]) -> Iterator[tuple[Waiting, FileOutcome]]:
    """Read every file; yields each with what became of it, as soon as that is known."""
    for item in waiting:
        if item.delivery.source is PESERTA:
            continue
        try:
            read: FileOutcome = read_file(night, item)
        except FileUnreadable as refusal:
            read = refusal
        yield item, read
    members = [item for item in waiting if item.delivery.source is PESERTA]
    if members:  # a landing without member rows needs no key
        yield from read_members(night, members)


def _load(night: Night, record: FileRecord) -> None:
    folder = staged_path(night.paths.staged, record) if record.state == "accepted" else None
    load_file(night.connection, record, folder)


def _problem(record: FileRecord) -> list[Problem]:
    if record.state != "rejected":
        return []
    return [Problem(record.file_name, record.rejection or "", record.hint or "")]


def _gone(file: LandingFile) -> list[Problem]:
    """A file that was in the landing and is not any more; one that still changes is no problem."""
    if file.path.exists():
        return []
    return [
        Problem(
            file.name,
            "the file disappeared during the run",
            "Was it moved or renamed? Let offices write under another name (.part) and rename at the end.",
        )
    ]


def problems(night: Night, found: Survey) -> tuple[Problem, ...]:
    """Every file of the landing that is not used at the moment, from this run or an earlier one."""
    known = [
        Problem(file["file_name"], file["rejection"], file["hint"])
        for file in ledger.rejected_files(night.connection)
    ]
    return (*known, *(Problem(refusal.where, refusal.what, refusal.hint) for refusal in found.unreadable))
