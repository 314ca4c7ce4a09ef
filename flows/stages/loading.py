"""Stage `read`: each file is read, staged and loaded on its own, so one bad file stops no other."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from flows.night import Night, Problem
from flows.rotation import rekey_staged
from flows.stages.dividing import read_files
from flows.stages.given import Given
from flows.stages.survey import Survey
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
    given = Given(night.paths.staged, night.paths.quarantine, night.registers, night.started)
    if any(item.delivery.source is PESERTA for item in found.waiting):  # others need no key
        # Before a row is staged under keys that the rows of before do not stand under.
        rekey_staged(night.paths.staged, night.keys)
        given = replace(given, keys=night.keys)
    for at, (item, read) in enumerate(read_files(given, found.waiting, night.processes), 1):
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
