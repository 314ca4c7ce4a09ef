"""What became of one file: too many rows set aside, or a record for the ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import polars as pl

from flows.stages.survey import Waiting
from schemas.errors import FileRejected, FileUnreadable
from warehouse.extracts.account import LineAccount
from warehouse.staged import FileRecord, Reason

#: A file's record, accepted or rejected; why the system would not give it; None when it changed while it was
#: read. Without a record the file is left for the next run.
FileOutcome = FileRecord | FileUnreadable | None


def hold_against_tolerance(item: Waiting, accepted: int, aside: pl.DataFrame) -> None:
    """Raise FileRejected for a file without rows, or with more rows set aside than its source tolerates."""
    rows = accepted + aside.height
    if not rows:
        raise FileRejected(
            "the file holds a header and no row",
            where=item.file.name,
            hint="Ask the sender to deliver it again.",
        )
    if aside.height / rows > item.delivery.source.tolerance:
        common = Counter(reasons[0] for reasons in aside["reasons"].to_list()).most_common(3)
        told = ", ".join(f"{reason} ({count})" for reason, count in common)
        first = min(aside["line"].to_list())
        raise FileRejected(
            f"{aside.height} of {rows} rows break rules, more than the "
            f"{item.delivery.source.tolerance:.0%} that is tolerated: {told}",
            where=f"{item.file.name}, first at line {first}",
            hint="The layout or the codes of the file have probably changed: ask the sender.",
        )


def accepted_record(
    read_at: datetime,
    item: Waiting,
    account: LineAccount,
    accepted: int,
    aside: pl.DataFrame,
    warned: Mapping[str, int],
    corrected_lines: tuple[int, ...] = (),
) -> FileRecord:
    """Return the record of a file that is used."""
    return FileRecord(
        **_known(read_at, item),
        state="accepted",
        lines=account.lines,
        lines_header=account.header,
        lines_blank=account.blank,
        lines_total_row=account.total_row,
        lines_note=account.note,
        lines_continued=account.continued,
        rows_accepted=accepted,
        rows_quarantined=aside.height,
        rows_corrected=len(corrected_lines),
        reasons=_reasons(aside, warned),
    )


def _reasons(aside: pl.DataFrame, warned: Mapping[str, int]) -> tuple[Reason, ...]:
    """Rows per reason; a row counts once under its first reason, so that first reasons add up to the rows."""
    listed = aside["reasons"].to_list()
    first = Counter(reasons[0] for reasons in listed)
    every = Counter(reason for reasons in listed for reason in reasons)
    hard = (Reason(reason, count, first[reason]) for reason, count in sorted(every.items()))
    soft = (Reason(rule, count, 0, is_warning=True) for rule, count in sorted(warned.items()))
    return (*hard, *soft)


def rejected_record(read_at: datetime, item: Waiting, refusal: FileRejected) -> FileRecord:
    """Return the record of a file that is not used, with what is wrong and what to do."""
    place = "" if refusal.where in ("", item.file.name) else f" ({refusal.where})"
    return FileRecord(
        **_known(read_at, item), state="rejected", rejection=f"{refusal.what}{place}", hint=refusal.hint
    )


def _known(read_at: datetime, item: Waiting) -> dict[str, Any]:
    """What is known of a file before it is read."""
    source, scope, as_of = item.delivery.slot
    return {
        "file_id": item.file_id,
        "sha256": item.sha256,
        "reading": item.reading,
        "file_name": item.file.name,
        "source": source,
        "scope": scope,
        "as_of": as_of,
        "bytes": item.file.bytes,
        "delivered_at": item.file.delivered_at,
        "read_at": read_at,
    }
