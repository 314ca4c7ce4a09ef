"""Member rows are kept for some months; older days are reduced to their counts.

A day without rows stays as it was counted. It is counted anew only as a whole: when something of it
changed and every one of its files is there to be read again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import TYPE_CHECKING

from schemas.errors import FileRejected
from schemas.sources import PESERTA
from warehouse import ledger
from warehouse.members import MemberFile, counted_inputs, inputs_digest, member_files, remove_day, staged_days

if TYPE_CHECKING:
    from flows.night import Night
    from flows.stages.survey import Survey, Waiting


def first_kept_month(newest: date, months: int) -> date:
    """First day of the oldest month whose member rows are kept, when `newest` is the newest day counted."""
    whole = newest.year * 12 + newest.month - months
    return date(whole // 12, whole % 12 + 1, 1)


def kept_since(night: Night) -> date:
    """First day whose member rows are kept; with nothing counted yet, all are."""
    counted = counted_inputs(night.connection)
    return first_kept_month(max(counted), night.settings.keep_member_months) if counted else date.min


def reduce_to_counts(night: Night) -> int:
    """Remove the member rows of days beyond the retention; returns how many days.

    A day goes only when its counts are those of the files that count for it.
    """
    counted = counted_inputs(night.connection)
    since = kept_since(night)
    files = member_files(night.connection, night.paths.staged)
    done = [
        as_of
        for as_of in staged_days(night.paths.staged)
        if as_of < since and as_of in counted and counted[as_of] == inputs_digest(files.get(as_of, []))
    ]
    for as_of in done:
        remove_day(night.paths.staged, as_of)
    return len(done)


def settle_days_without_rows(
    night: Night, found: Survey, listed: list[Waiting], not_staged: list[Waiting]
) -> int:
    """Decide on counted files without rows (`not_staged`), and on changes to their days.

    Such a file waits to be read again, but not when its rows were given up after counting; then it does when
    something of its day changed. Where a file of the day is not in the landing any more, the change is
    refused: a day must not be counted from a part of its files. Returns how many files were refused.
    """
    refused = 0
    if _changed_days(found):
        refused = _without_changes_to(_lost_files(night, found, listed), night, found)
    since = kept_since(night)
    changed = _changed_days(found)
    for item in not_staged:
        given_up = item.delivery.source is PESERTA and item.delivery.as_of < since
        if not given_up or item.delivery.as_of in changed:
            found.waiting.append(item)
    return refused


def _changed_days(found: Survey) -> set[date | None]:
    """Days of which member rows are new, read under other rules, or back."""
    waiting = {item.delivery.as_of for item in found.waiting if item.delivery.source is PESERTA}
    return waiting | {record.as_of for record in found.renewed if record.source == PESERTA.name}


def _lost_files(night: Night, found: Survey, listed: list[Waiting]) -> dict[date, list[MemberFile]]:
    """Counted day → its files that have no rows, are not in the landing, and are not replaced tonight."""
    counting = ledger.counted_deliveries(night.connection)
    at_hand = {item.file_id for item in listed}
    for item in found.waiting:
        file_id, since = counting.get(item.delivery.slot, (item.file_id, item.file.delivered_at))
        if item.file.delivered_at > since:
            at_hand.add(file_id)
    counted = counted_inputs(night.connection)
    gone = {
        as_of: [file for file in files if not file.folder.is_dir() and file.file_id not in at_hand]
        for as_of, files in member_files(night.connection, night.paths.staged).items()
    }
    return {as_of: files for as_of, files in gone.items() if files and as_of in counted}


def _without_changes_to(lost: Mapping[date, list[MemberFile]], night: Night, found: Survey) -> int:
    """Take changes to days that cannot be counted anew out of what was found; returns how many there were."""
    counting = {file_id for file_id, _ in ledger.counted_deliveries(night.connection).values()}
    stuck = [
        item for item in found.waiting if item.delivery.source is PESERTA and item.delivery.as_of in lost
    ]
    found.waiting = [item for item in found.waiting if item not in stuck]
    back = [record for record in found.renewed if record.source == PESERTA.name and record.as_of in lost]
    found.renewed = [record for record in found.renewed if record not in back]
    # A file that counts already and would only be read under newer rules: its counts stand, nothing is wrong.
    refusals = [
        _cannot_recount(item.file.name, item.delivery.as_of, lost[item.delivery.as_of])
        for item in stuck
        if item.file_id not in counting
    ]
    refusals += [
        _cannot_recount(record.file_name, record.as_of, lost[record.as_of]) for record in back if record.as_of
    ]
    found.unreadable += refusals
    return len(refusals)


def _cannot_recount(name: str, as_of: date, lost: Collection[MemberFile]) -> FileRejected:
    listed = sorted(file.file_name for file in lost)
    return FileRejected(
        f"the rows of {as_of} were reduced to counts, and {len(lost)} of its files are not in the landing",
        where=name,
        hint=f"To count that day anew, put back: {', '.join(listed[:5])}{' …' if len(listed) > 5 else ''}. "
        "Until then its counts stand as they are.",
    )
