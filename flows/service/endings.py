"""How a run ends in Prefect: its last state, with words that a person can act on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prefect import State
from prefect.states import Cancelled, Completed, Failed

from schemas.errors import AlreadyRunning, CakupanError

if TYPE_CHECKING:
    from flows.night import Problem, Report

#: Names of states of ours; notices hang on them.
PARTLY_FAILED = "PartlyFailed"
CHECKS_FAILED = "ChecksFailed"
#: Refused files and failed checks that are named in a message; `cakupan status` names all.
_NAMED = 10


def state_of(report: Report) -> State[None]:
    """Return the last state of a night that came to its end."""
    if report.outcome == "checks_failed":
        return Failed(name=CHECKS_FAILED, message=_checks(report))
    if report.outcome == "partly_failed":
        return Completed(name=PARTLY_FAILED, message=_refused(report))
    if report.outcome == "nothing_new":
        return Completed(message=f"Nothing to do: {report.release_id} is up to date.")
    return Completed(message=f"Published {report.release_id}: {_read(report)}.")


def state_of_failure(failure: CakupanError) -> State[None]:
    """Return the last state of a run that ended in an error; one that came second did not fail."""
    if isinstance(failure, AlreadyRunning):
        return Cancelled(message=f"Not needed: {failure.what}. That run reads everything that waits.")
    return Failed(message=str(failure))


def _read(report: Report) -> str:
    return (
        f"{report.files_read} files, {report.rows_accepted} rows accepted, {report.rows_set_aside} set aside"
    )


def _refused(report: Report) -> str:
    told = [_problem(problem) for problem in report.problems[:_NAMED]]
    return "\n".join(
        [
            f"{report.release_id} stands, but {len(report.problems)} file(s) were refused.",
            *told,
            *_more(report),
        ]
    )


def _problem(problem: Problem) -> str:
    return f"- {problem.file}: {problem.what}\n  hint: {problem.hint}"


def _more(report: Report) -> list[str]:
    rest = len(report.problems) - _NAMED
    return [f"… and {rest} more: `cakupan status` names them."] if rest > 0 else []


def _checks(report: Report) -> str:
    failed = [finding for finding in report.findings if finding.stops_release]
    told = [f"- {one.check.check_id}: {one.rows} row(s). {one.check.meaning}" for one in failed[:_NAMED]]
    hint = "hint: `cakupan check` names the offending keys; the last release stays public."
    return "\n".join([f"Nothing published: {len(failed)} check(s) failed.", *told, hint])
