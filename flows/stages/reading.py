"""Stage `read`: one file from bytes to accepted rows, rows set aside, and an account of every line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import polars as pl

from flows.stages.given import Given
from flows.stages.outcome import FileOutcome, accepted_record, hold_against_tolerance, rejected_record
from flows.stages.survey import Waiting, corrections_of
from schemas.catalog import table
from schemas.errors import FileRejected, FileUnreadable
from schemas.sources import Source
from schemas.validation import accept_delivered, conform
from transforms.accepted_rows import bases, membership_counts
from transforms.corrections import StaleCorrection, corrected_rows
from transforms.totals import total_disagrees
from transforms.typed_rows import Context, typed_rows
from warehouse.extracts.account import Batch, Reading
from warehouse.extracts.reading import read_batches
from warehouse.landing import is_unchanged, unreadable
from warehouse.load import STAGING_TABLE
from warehouse.quarantine import quarantine_file, set_aside
from warehouse.staged import FileRecord, stage, staged_folder, staged_record

_SHAPES = {"rekap": membership_counts, "penduduk_bekerja": bases}
_ROLE = {"rekap": "numerator", "penduduk_bekerja": "denominator"}


@dataclass
class Judged:
    """Rows of one file after the gate."""

    accepted: pl.DataFrame
    aside: pl.DataFrame
    warned: Counter[str]
    corrected_lines: tuple[int, ...]


def read_counts(given: Given, items: Sequence[Waiting]) -> Iterator[tuple[Waiting, FileOutcome]]:
    """Read, judge and stage files of counts (`rekap`, `penduduk_bekerja`); yields each with what became of it."""
    for item in items:
        try:
            outcome: FileOutcome = read_file(given, item)
        except FileUnreadable as refusal:
            outcome = refusal
        yield item, outcome


def read_file(given: Given, item: Waiting) -> FileRecord | None:
    """Read, judge and stage one file; returns its record, accepted or rejected.

    None when the file changed while it was read: it is left for the next run. A file that was staged
    before a run was killed is not read again. Raises FileUnreadable: then nothing is recorded.
    """
    folder = staged_folder(given.staged, item.delivery, item.file_id, item.reading)
    before = staged_record(folder)
    if before is not None:
        return replace(before, delivered_at=item.file.delivered_at, file_name=item.file.name)
    try:
        reading = read_batches(item.file, item.delivery)
        judged = _judge(given, item, reading)
        if not is_unchanged(item.file):
            return None
        kept = quarantine_file(given.quarantine, item.delivery, item.file_id, item.reading)
        set_aside(kept, judged.aside)
        _hold_against_totals(item, judged, reading)
        hold_against_tolerance(item, judged.accepted.height, judged.aside)
    except OSError as error:
        raise unreadable(item.file.name, error) from None
    except FileUnreadable:
        raise
    except FileRejected as refusal:
        return rejected_record(given.read_at, item, refusal) if is_unchanged(item.file) else None
    record = accepted_record(
        given.read_at,
        item,
        reading.account,
        judged.accepted.height,
        judged.aside,
        judged.warned,
        judged.corrected_lines,
    )
    stage(folder, _staged_rows(item, judged.accepted), record)
    return record


def _judge(given: Given, item: Waiting, reading: Reading) -> Judged:
    """Judge the rows of all batches together: keys must be unique over the whole file."""
    source = item.delivery.source
    batches = list(reading.batches)
    text = pl.concat([batch.rows for batch in batches]) if batches else _no_rows(source)
    context = Context(
        scope=item.delivery.scope,
        as_of=item.delivery.as_of,
        regions=given.region_codes(source),
        definitions=frozenset(given.registers.definition_ids(_ROLE[source.name])),
    )
    corrections = corrections_of(given.registers.corrections, item.delivery)
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
    verdict = accept_delivered(source, typed_rows(source, text, context))
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
        here = {*batch.rows["line"], *batch.broken["line"]}
        lines = [line for line in everything["line"] if line in here]
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


def _staged_rows(item: Waiting, accepted: pl.DataFrame) -> pl.DataFrame:
    source = item.delivery.source.name
    rows = _SHAPES[source](accepted, item.file_id, item.delivery.as_of)
    return conform(table(STAGING_TABLE[source]).model, rows)
