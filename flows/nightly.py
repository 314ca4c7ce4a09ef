"""The night, from landing to release, as a table of contents. Runs in this process or as a Prefect flow."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import datetime

from flows import clock, talk
from flows.lock import one_writer
from flows.night import Night, Outcome, Report
from flows.permissions import owner_only
from flows.processes import Processes
from flows.settings import Settings
from flows.stages import counting, loading, operating, publishing, retention, statements
from flows.stages.survey import Survey, survey
from flows.steps import Steps
from schemas.errors import CakupanError
from warehouse import glance, ledger
from warehouse.build import build_marts
from warehouse.checks import Finding, run_checks
from warehouse.database import open_warehouse
from warehouse.metrics import NAME, write_metrics
from warehouse.staged import emptied, remove_unfinished

#: The stages in their order, as they are named in logs, in the ledger and in Prefect.
STAGES = ("land", "read", "count", "claims", "build", "check", "publish")


def run_night(settings: Settings, steps: Steps) -> Report:
    """Run one night: one writer, one release per state of the inputs.

    Raises AlreadyRunning, RegisterError, StorageError, TookTooLong or SettingsError; a rejected file or a
    failed check is told by the report's outcome.
    """
    with writing(settings, steps) as night:
        return nightly(night)


@contextlib.contextmanager
def writing(settings: Settings, steps: Steps) -> Iterator[Night]:
    """Be the one writer of the data root, with everything open."""
    started = clock.now()
    settings.paths.prepare()
    with (
        owner_only(),
        one_writer(settings.paths.lock, started),
        opened(settings, started, steps) as night,
    ):
        yield night


def nightly(night: Night) -> Report:
    """The stages in their order. Each commits on its own, so a killed run goes on where it ended."""
    step = night.step
    found = step("land", lambda: survey(night), Survey.told)
    read = step("read", lambda: loading.read_and_load(night, found), loading.Loaded.told)
    night.steps.show("arrived", lambda: glance.arrived(night.connection, night.started))
    step("count", lambda: counting.count_members(night), counting.Counted.told)
    report = build_and_publish(night, found, read)
    if report.outcome != "checks_failed":  # then somebody looks for the cause, perhaps in these rows
        retention.reduce_to_counts(night)
    return report


def build_and_publish(night: Night, found: Survey, read: loading.Loaded) -> Report:
    """The stages after reading; none of them when the release of these inputs stands on the shelf."""
    step = night.step
    problems = night.unused = loading.problems(night, found)
    state = publishing.input_state(night)
    if publishing.is_in_place(night, state):
        return _report(night, "nothing_new", read)
    step("claims", lambda: statements.check_statements(night), _told_statements)
    step("build", lambda: build_marts(night.connection, state[:12]), _told_marts)
    findings = step("check", lambda: run_checks(night.connection), _told_findings)
    ledger.record_checks(night.connection, night.run_id, findings)
    if any(finding.stops_release for finding in findings):
        return _report(night, "checks_failed", read, findings)
    facts = step(
        "publish",
        lambda: publishing.publish(night, state, findings, problems),
        lambda facts: facts.release_id,
    )
    night.steps.show("coverage", lambda: glance.coverage(night.connection))
    return _report(night, "partly_failed" if read.problems else "published", read, findings, facts.release_id)


@contextlib.contextmanager
def opened(settings: Settings, started: datetime, steps: Steps) -> Iterator[Night]:
    """Open the warehouse for a run and write its end into the ledger, whatever the end is."""
    for folder in (settings.paths.staged, settings.paths.quarantine, settings.paths.published):
        remove_unfinished(folder)
    with (
        emptied(settings.paths.spill),
        open_warehouse(settings.paths.warehouse, settings.limits, started) as connection,
        contextlib.closing(Processes(settings.processes)) as processes,
    ):
        night = Night(settings, started, connection, steps, processes)
        ledger.open_run(connection, night.run_id, started)
        try:
            yield night
        except BaseException as failure:
            told = str(failure) if isinstance(failure, CakupanError) else type(failure).__name__
            code = failure.exit_code if isinstance(failure, CakupanError) else 1
            with contextlib.suppress(Exception):  # the failure itself is what must reach the person
                _record_steps(night)
                ledger.close_run(
                    connection, night.run_id, clock.now(), outcome="failed", exit_code=code, message=told
                )
            raise
        finally:
            _tell(night)


def _tell(night: Night) -> None:
    """Tell monitors and operators. A night does not fail because it could not be told, but says so.

    What is not replaced grows old, which monitors see, and the page says of itself.
    """
    tellings: dict[str, Callable[[], None]] = {
        NAME: lambda: write_metrics(night.connection, night.paths.published),
        "operators' page": lambda: operating.draw_page(night),
    }
    for what, tell in tellings.items():
        try:
            tell()
        except Exception as failure:  # noqa: BLE001 (its text may be a library's)
            text = f"the {what} could not be written ({type(failure).__name__})"
            talk.say("warning", "not_told", text, label="warning")


def _report(
    night: Night,
    outcome: Outcome,
    read: loading.Loaded,
    findings: list[Finding] | None = None,
    release_id: str | None = None,
) -> Report:
    """Close the run in the ledger and return its report."""
    if release_id is None and outcome == "nothing_new":
        last = ledger.last_release(night.connection)
        release_id = last["release_id"] if last else None
    if outcome == "nothing_new" and read.problems:
        outcome = "partly_failed"
    report = Report(
        run_id=night.run_id,
        outcome=outcome,
        release_id=release_id,
        files_read=read.files,
        rows_accepted=read.rows_accepted,
        rows_set_aside=read.rows_set_aside,
        problems=read.problems,
        findings=tuple(findings or ()),
        steps=tuple(night.steps.done),
    )
    _record_steps(night)
    ledger.close_run(
        night.connection,
        night.run_id,
        clock.now(),
        outcome=outcome,
        exit_code=report.exit_code,
        release_id=release_id,
        files_waiting=read.files,
        files_rejected=len(read.problems),
        message=f"{read.rows_accepted} rows accepted, {read.rows_set_aside} set aside",
    )
    return report


def _record_steps(night: Night) -> None:
    for done in night.steps.done:
        ledger.record_step(night.connection, night.run_id, done.name, done.seconds, done.message)


def _told_statements(verdicts: dict[str, int]) -> str:
    return ", ".join(f"{count} {verdict.replace('_', ' ')}" for verdict, count in verdicts.items())


def _told_marts(counts: dict[str, int]) -> str:
    return f"{len(counts)} tables, {sum(counts.values())} rows"


def _told_findings(findings: list[Finding]) -> str:
    failed = [finding for finding in findings if finding.stops_release]
    warned = [finding for finding in findings if finding.rows and not finding.stops_release]
    passed = len(findings) - len(failed) - len(warned)
    told = f"{passed} passed, {len(warned)} with warnings, {len(failed)} failed"
    return told + (f": {', '.join(finding.check.check_id for finding in failed)}" if failed else "")
