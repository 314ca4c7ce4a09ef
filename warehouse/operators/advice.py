"""What needs a person: files, checks and rows, each with what to do, the most urgent first."""

from __future__ import annotations

from dataclasses import dataclass

from warehouse.checks import declared_checks
from warehouse.operators.facts import Finding, SetAside
from warehouse.operators.wording import Telling
from warehouse.publication.quality import reason_words

_HINT = "\nhint: "


@dataclass(frozen=True)
class Advice:
    """One thing to do. `says` and `do` that come from the program are in English, whatever the page is in."""

    title: str
    what: str
    says: str
    do: str
    urgent: bool
    do_is_english: bool = False


def advice(page: Telling) -> tuple[Advice, ...]:
    """Return everything that needs a person."""
    refused = page.told.refused if page.now.refused is None else page.now.refused
    return (
        *_stopped(page),
        *(_finding(page, one) for one in page.told.findings if one.severity == "error"),
        *(
            Advice(file.file, page.lang.t("op.todo.refused"), file.what, file.hint, True, True)
            for file in sorted(refused, key=lambda file: file.file)
        ),
        *(_finding(page, one) for one in page.told.findings if one.severity != "error"),
        *(_set_aside(page, one) for one in page.told.set_aside),
    )


def _stopped(page: Telling) -> list[Advice]:
    """A last run that ended in an error: its message, and the hint that stands in it."""
    run = page.told.runs[-1] if page.told.runs else None
    if run is None or run.outcome != "failed":
        return []
    says, _, hint = (run.message or "").partition(_HINT)
    todo = hint or page.lang.t("op.todo.stopped_do")
    return [Advice(page.moment(run.started_at), page.lang.t("op.todo.stopped"), says, todo, True, bool(hint))]


def _finding(page: Telling, found: Finding) -> Advice:
    urgent = found.severity == "error"
    kind = "check_error" if urgent else "check_warning"
    declared = {check.check_id: check.meaning for check in declared_checks()}
    meaning = page.lang.known(f"op.check.{found.check_id}", declared.get(found.check_id, found.check_id))
    count = page.lang.tn(f"op.todo.{kind}", found.rows)
    return Advice(meaning, f"{count} ({found.check_id})", "", page.lang.t(f"op.todo.{kind}_do"), urgent)


def _set_aside(page: Telling, file: SetAside) -> Advice:
    lang = page.lang
    what = lang.t(
        "op.todo.set_aside",
        n=lang.integer(file.rows_set_aside),
        total=lang.integer(file.rows_set_aside + file.rows_accepted),
        share=page.share(file.rows_set_aside, file.rows_accepted),
    )
    reason = lang.t("op.todo.set_aside_reason", reason=reason_words(lang, file.reason))
    todo = lang.t("op.todo.set_aside_do", source=file.source, office=page.office(file.scope))
    return Advice(file.file_name, f"{what}. {reason}", "", todo, urgent=False)
