"""Errors that a person meets, each with the exit code of the command that ends with it.

An error says what is wrong, where, and what to do. It never quotes a row's values: texts end up in
logs, in Prefect's database and in mail.
"""

from __future__ import annotations

from typing import ClassVar


class CakupanError(Exception):
    """Something a person can put right. Subclasses declare the exit code and its meaning."""

    exit_code: ClassVar[int] = 1
    meaning: ClassVar[str] = "An unexpected error: a defect of the program."
    remedy: ClassVar[str] = "Report it with the text of the error; nothing published was changed."

    def __init__(self, what: str, *, where: str = "", hint: str = "") -> None:
        self.what = what
        self.where = where
        self.hint = hint
        super().__init__(what)

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        hint = f"\nhint: {self.hint}" if self.hint else ""
        return f"{place}{self.what}{hint}"


class SettingsError(CakupanError):
    """A setting is missing or wrong."""

    exit_code = 3
    meaning = "A setting, or the data root, cannot be used."
    remedy = "Read the message; see the settings page, or run `cakupan docs settings`."


class RegisterError(CakupanError):
    """A register in the repository contradicts its own rules; names file and line."""

    exit_code = 4
    meaning = "A register (regions, targets, published figures, definitions, corrections) is not valid."
    remedy = "Correct the named line of the named CSV file."


class PartlyFailed(CakupanError):
    """The night published, but some files were rejected."""

    exit_code = 5
    meaning = "Published, but at least one file in the landing was rejected."
    remedy = "`cakupan status` names each file, what is wrong and what to ask the sender for."


class ChecksFailed(CakupanError):
    """A check of severity `error` returned rows; nothing was published."""

    exit_code = 6
    meaning = "A check of the result failed: nothing was published, the last release stays public."
    remedy = "`cakupan check` names each check and the offending keys."


class AlreadyRunning(CakupanError):
    """Another run holds the lock of this data root."""

    exit_code = 7
    meaning = "Another run is at work on the same data root."
    remedy = "Wait for it; the lock frees itself when that process ends, however it ends."


class StorageError(CakupanError):
    """The disk is full, read-only, or a stored file is damaged."""

    exit_code = 8
    meaning = "The data root cannot be read or written (disk full, permission, damaged file)."
    remedy = "Free space or repair the permission, then run again: nothing is half done."


class NothingPublished(CakupanError):
    """A command asks for a release, and there is none."""

    exit_code = 9
    meaning = "There is no release yet."
    remedy = "Put files into the landing and run `cakupan run`, or try `cakupan demo`."


class QueryRefused(CakupanError):
    """A query is not a single reading statement, or DuckDB could not run it."""

    exit_code = 10
    meaning = "The query could not be run: it is not valid, or it tries to write or to read other files."
    remedy = "Use one SELECT over the published tables; `cakupan docs tables` lists them."


class ClaimsUnsettled(CakupanError):
    """`cakupan claims --strict` found printed figures that do not tie."""

    exit_code = 11
    meaning = "Printed figures do not tie (only with `--strict`)."
    remedy = "Read the arithmetic and the hypotheses; ask the source. Nothing is corrected by itself."


class FileRejected(CakupanError):
    """One landing file cannot be used; the other files go on. Ends no command by itself."""

    exit_code = PartlyFailed.exit_code
    meaning = PartlyFailed.meaning
    remedy = PartlyFailed.remedy


class FileUnreadable(FileRejected):
    """The operating system would not give a file: nothing is known of its content, so it is tried again."""


class PublicationError(CakupanError):
    """A page, sheet or picture cannot be made from what was given; the last release stays public."""

    exit_code = 19
    meaning = "The release could not be rendered: a boundary, a name, a text or a font is missing."
    remedy = "Mend the file that the message names; the last release stays public until then."


class ContractBroken(CakupanError):
    """A query, a model or a staged file does not have the declared columns: our own defect."""

    exit_code = 12
    meaning = "A query or a staged file does not have the columns that the catalog declares."
    remedy = "A defect of the program, or a model changed without its query: compare the named table."


class NeedsRepair(CakupanError):
    """`cakupan doctor` found something that a person must put right."""

    exit_code = 13
    meaning = "Something must be put right (only from `cakupan doctor`)."
    remedy = "The list names each finding with its remedy; then run `cakupan doctor` again."


class DrillFailed(CakupanError):
    """A planted failure was not met by its defence: our own defect."""

    exit_code = 14
    meaning = "A planted failure got past its defence (only from `cakupan drill`)."
    remedy = "A defect of the program: report the line of the drill. Your own data were not touched."


class DrillNotHeld(CakupanError):
    """A drill needs something of the machine that it does not have; the others held."""

    exit_code = 20
    meaning = "A drill could not be held on this machine, the others held (only from `cakupan drill`)."
    remedy = "The table says what is missing, for example the right to mount; hold it where that is there."


class TookTooLong(CakupanError):
    """A stage or a query was stopped at its time limit."""

    exit_code = 15
    meaning = "A stage or a query took longer than its limit and was stopped; nothing is half done."
    remedy = "Run again: it goes on where it ended. See CAKUPAN_STEP_SECONDS and CAKUPAN_QUERY_SECONDS."


class NightMissing(CakupanError):
    """`cakupan status --exit-code` found no successful night in the time it is due."""

    exit_code = 16
    meaning = "No night has succeeded within CAKUPAN_OVERDUE_HOURS (only from `cakupan status --exit-code`)."
    remedy = (
        "Is `cakupan serve` running, and what does `cakupan status` say of the last runs? Run `cakupan run`."
    )


class ServiceEnded(CakupanError):
    """A process of `cakupan serve` does not start, or ends again and again."""

    exit_code = 17
    meaning = "The Prefect server or the serving process does not stay up (only from `cakupan serve`)."
    remedy = "Read the message above it; `cakupan doctor` looks at port, permissions and disk."


class NoteRefused(CakupanError):
    """A number of a press note does not tie with the others or with the release."""

    exit_code = 18
    meaning = "A press note was not given out: one of its numbers does not tie (only from `cakupan note`)."
    remedy = "A rule of the note or the release is wrong: run `cakupan check`, then report it with the text."


class ProcessEnded(CakupanError):
    """A process that worked for the run was ended from outside."""

    exit_code = 21
    meaning = "A process that read or counted for the run was ended from outside, perhaps for lack of memory."
    remedy = "Run again: it goes on where it ended. With little memory, set CAKUPAN_PROCESSES=1."


#: Every exit code with its meaning, in order; the reference page and the tests read it from here.
EXIT_CODES: dict[int, type[CakupanError]] = {
    error.exit_code: error
    for error in (
        CakupanError,
        SettingsError,
        RegisterError,
        PartlyFailed,
        ChecksFailed,
        AlreadyRunning,
        StorageError,
        NothingPublished,
        QueryRefused,
        ClaimsUnsettled,
        ContractBroken,
        NeedsRepair,
        DrillFailed,
        TookTooLong,
        NightMissing,
        ServiceEnded,
        NoteRefused,
        PublicationError,
        DrillNotHeld,
        ProcessEnded,
    )
}
