"""Stage `read`: one file from bytes to accepted rows, rows set aside, and an account of every line."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import polars as pl

from flows.night import Night
from flows.stages.survey import Waiting, corrections_of
from schemas.catalog import table
from schemas.errors import FileRejected
from schemas.sources import Source
from schemas.validation import accept, conform
from transforms.accepted_rows import bases, membership_counts
from transforms.corrections import StaleCorrection, corrected_rows
from transforms.regions import region_codes
from transforms.totals import total_disagrees
from transforms.typed_rows import Context, typed_rows
from warehouse.extracts.account import Batch, Reading
from warehouse.extracts.reading import read_batches
from warehouse.landing import is_unchanged, unreadable
from warehouse.load import STAGING_TABLE
from warehouse.quarantine import quarantine_file, set_aside
from warehouse.staged import FileRecord, Reason, stage, staged_folder, staged_record

_SHAPES = {"rekap": membership_counts, "penduduk_bekerja": bases}
_ROLE = {"rekap": "numerator", "penduduk_bekerja": "denominator"}


@dataclass
class Judged:
    """Rows of one file after the gate."""

    accepted: pl.DataFrame
    aside: pl.DataFrame
    warned: Counter[str]
    corrected_lines: tuple[int, ...]


def read_file(night: Night, item: Waiting) -> FileRecord | None:
    """Read, judge and stage one file; returns its record, accepted or rejected.

    None when the file changed while it was read: it is left for the next run. A file that was staged
    before a run was killed is not read again.
    """
    folder = staged_folder(night.paths.staged, item.delivery, item.file_id, item.reading)
    before = staged_record(folder)
    if before is not None:
        return before
    try:
        reading = read_batches(item.file, item.delivery)
        judged = _judge(night, item, reading)
        if not is_unchanged(item.file):
            return None
        kept = quarantine_file(night.paths.quarantine, item.delivery, item.file_id, item.reading)
        set_aside(kept, judged.aside)
        _hold_against_totals(item, judged, reading)
        _hold_against_tolerance(item, judged)
    except OSError as error:
        return _rejected(night, item, unreadable(item.file.name, error))
    except FileRejected as refusal:
        return _rejected(night, item, refusal) if is_unchanged(item.file) else None
    record = _record(night, item, reading, judged)
    stage(folder, _staged_rows(item, judged.accepted), record)
    return record


def _judge(night: Night, item: Waiting, reading: Reading) -> Judged:
    """Judge the rows of all batches together: keys must be unique over the whole file."""
    source = item.delivery.source
    batches = list(reading.batches)
    text = pl.concat([batch.rows for batch in batches]) if batches else _no_rows(source)
    context = Context(
        scope=item.delivery.scope,
        as_of=item.delivery.as_of,
        regions=region_codes(night.registers.regions, source.code_forms),
        definitions=frozenset(night.registers.definition_ids(_ROLE[source.name])),
    )
    corrections = corrections_of(night.registers.corrections, item.delivery)
    corrected: tuple[int, ...] = ()
    if corrections.height:
        try:
            done = corrected_rows(source, text, typed_rows(source, text, context), corrections)
        except StaleCorrection as stale:
            raise FileRejected(
                f"a declared correction no longer fits: {stale}",
                where=item.file.name,
                hint="If the sender repaired the value, remove the line from registers/corrections.csv.",
            ) from None
        text, corrected = done.rows, done.lines
    verdict = accept(source.schema, typed_rows(source, text, context), warnings=source.warnings)
    return Judged(
        verdict.accepted, _aside(item, batches, text, verdict.rejected), Counter(verdict.warned), corrected
    )


def _no_rows(source: Source) -> pl.DataFrame:
    return pl.DataFrame(schema={"line": pl.Int64, **{column.name: pl.String for column in source.columns}})


def _aside(item: Waiting, batches: list[Batch], text: pl.DataFrame, rejected: pl.DataFrame) -> pl.DataFrame:
    """Rows set aside with line, reasons and the line as received."""
    told = rejected.select(text["line"].gather(rejected["row"]).alias("line"), "reasons")
    everything = pl.concat([told, *(batch.broken for batch in batches)])
    received: dict[int, str] = {}
    for batch in batches:
        lines = [
            line for line in everything["line"] if line in set(batch.rows["line"]) | set(batch.broken["line"])
        ]
        received.update(zip(lines, batch.received(lines), strict=True))
    return everything.with_columns(
        pl.lit(item.file.name).alias("file_name"),
        pl.col("line").replace_strict(received, default=None, return_dtype=pl.String).alias("received"),
    )


def _hold_against_totals(item: Waiting, judged: Judged, reading: Reading) -> None:
    complaint = (
        None
        if judged.aside.height
        else total_disagrees(item.delivery.source, judged.accepted, reading.totals)
    )
    if complaint:
        raise FileRejected(
            complaint,
            where=f"{item.file.name}, total row",
            hint="A row is missing, doubled or mistyped: ask the sender which number is right.",
        )


def _hold_against_tolerance(item: Waiting, judged: Judged) -> None:
    rows = judged.accepted.height + judged.aside.height
    share = judged.aside.height / rows if rows else 0.0
    if not rows:
        raise FileRejected(
            "the file holds a header and no row",
            where=item.file.name,
            hint="Ask the sender to deliver it again.",
        )
    if share > item.delivery.source.tolerance:
        common = Counter(reasons[0] for reasons in judged.aside["reasons"].to_list()).most_common(3)
        told = ", ".join(f"{reason} ({count})" for reason, count in common)
        first = min(judged.aside["line"].to_list())
        raise FileRejected(
            f"{judged.aside.height} of {rows} rows break rules, more than the "
            f"{item.delivery.source.tolerance:.0%} that is tolerated: {told}",
            where=f"{item.file.name}, first at line {first}",
            hint="The layout or the codes of the file have probably changed: ask the sender.",
        )


def _staged_rows(item: Waiting, accepted: pl.DataFrame) -> pl.DataFrame:
    source = item.delivery.source.name
    rows = _SHAPES[source](accepted, item.file_id, item.delivery.as_of)
    return conform(table(STAGING_TABLE[source]).model, rows)


def _record(night: Night, item: Waiting, reading: Reading, judged: Judged) -> FileRecord:
    account = reading.account
    source, scope, as_of = item.delivery.slot
    return FileRecord(
        file_id=item.file_id,
        sha256=item.sha256,
        reading=item.reading,
        file_name=item.file.name,
        source=source,
        scope=scope,
        as_of=as_of,
        bytes=item.file.bytes,
        delivered_at=item.file.delivered_at,
        read_at=night.started,
        state="accepted",
        lines=account.lines,
        lines_header=account.header,
        lines_blank=account.blank,
        lines_total_row=account.total_row,
        lines_note=account.note,
        lines_continued=account.continued,
        rows_accepted=judged.accepted.height,
        rows_quarantined=judged.aside.height,
        rows_corrected=len(judged.corrected_lines),
        reasons=_reasons(judged),
    )


def _reasons(judged: Judged) -> tuple[Reason, ...]:
    """Rows per reason; a row counts once under its first reason, so that first reasons add up to the rows."""
    listed = judged.aside["reasons"].to_list()
    first = Counter(reasons[0] for reasons in listed)
    every = Counter(reason for reasons in listed for reason in reasons)
    hard = (Reason(reason, count, first[reason]) for reason, count in sorted(every.items()))
    soft = (Reason(rule, count, 0, is_warning=True) for rule, count in sorted(judged.warned.items()))
    return (*hard, *soft)


def _rejected(night: Night, item: Waiting, refusal: FileRejected) -> FileRecord:
    source, scope, as_of = item.delivery.slot
    return FileRecord(
        file_id=item.file_id,
        sha256=item.sha256,
        reading=item.reading,
        file_name=item.file.name,
        source=source,
        scope=scope,
        as_of=as_of,
        bytes=item.file.bytes,
        delivered_at=item.file.delivered_at,
        read_at=night.started,
        state="rejected",
        rejection=refusal.what
        if refusal.where in ("", item.file.name)
        else f"{refusal.what} ({refusal.where})",
        hint=refusal.hint,
    )
