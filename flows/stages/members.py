"""Stage `read`, for `peserta`: batches of text to accepted, pseudonymous rows. No batch waits for another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import polars as pl

from flows.keys import keys_mark
from flows.night import Night
from flows.stages.outcome import accepted_record, hold_against_tolerance, rejected_record
from flows.stages.survey import Waiting
from schemas.errors import FileRejected, FileUnreadable
from schemas.sources import PESERTA
from schemas.validation import accept
from transforms.member_rows import MemberContext, member_context, typed_members
from transforms.pseudonyms import staged_memberships
from warehouse.extracts.account import Batch
from warehouse.extracts.reading import read_batches
from warehouse.landing import is_unchanged, unreadable
from warehouse.members import MemberStage
from warehouse.quarantine import SCHEMA as ASIDE
from warehouse.quarantine import quarantine_file, set_aside
from warehouse.staged import FileRecord, staged_folder, staged_record

#: Batches worked on at once: two keep two cores busy while one is read.
AT_ONCE = 2


@dataclass(frozen=True)
class JudgedBatch:
    """One batch after the gate: pseudonymous rows, rows set aside as received, rows kept with a warning."""

    staged: pl.DataFrame
    aside: pl.DataFrame
    warned: pl.DataFrame
    warnings: dict[str, int]


@dataclass
class _Sums:
    accepted: int = 0
    aside: list[pl.DataFrame] = field(default_factory=list)
    warnings: Counter[str] = field(default_factory=Counter)


def read_members(night: Night, item: Waiting) -> FileRecord | None:
    """Read, judge, pseudonymise and stage one `peserta` file; returns its record, accepted or rejected.

    None when the file changed while it was read. Nothing personal is written but what is set aside.
    Raises FileUnreadable: then nothing is recorded.
    """
    folder = staged_folder(night.paths.staged, item.delivery, item.file_id, item.reading)
    before = staged_record(folder)
    if before is not None:
        return replace(before, delivered_at=item.file.delivered_at, file_name=item.file.name)
    stage = MemberStage(folder, keys_mark(night.keys))
    sums = _Sums()
    try:
        reading = read_batches(item.file, item.delivery)
        context = member_context(night.registers.regions, item.delivery.as_of)
        for judged in _judged(reading.batches, item, context, night.keys):
            stage.add(judged.staged, judged.warned)
            sums.accepted += judged.staged.height
            sums.warnings.update(judged.warnings)
            if judged.aside.height:
                sums.aside.append(judged.aside)
        if not is_unchanged(item.file):
            stage.discard()
            return None
        aside = pl.concat(sums.aside) if sums.aside else pl.DataFrame(schema=ASIDE)
        set_aside(quarantine_file(night.paths.quarantine, item.delivery, item.file_id, item.reading), aside)
        hold_against_tolerance(item, sums.accepted, aside)
    except OSError as error:
        stage.discard()
        raise unreadable(item.file.name, error) from None
    except FileUnreadable:
        stage.discard()
        raise
    except FileRejected as refusal:
        stage.discard()
        return rejected_record(night, item, refusal) if is_unchanged(item.file) else None
    record = accepted_record(night, item, reading.account, sums.accepted, aside, sums.warnings)
    stage.finish(record)
    return record


def _judged(
    batches: Iterator[Batch], item: Waiting, context: MemberContext, keys: tuple[str, ...]
) -> Iterator[JudgedBatch]:
    """Judge batches in their order, a few at once: Polars releases Python's lock."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        ahead: list[Future[JudgedBatch]] = []
        for batch in batches:
            ahead.append(pool.submit(judged_batch, batch, item.file.name, context, keys))
            if len(ahead) > AT_ONCE:
                yield ahead.pop(0).result()
        for waiting in ahead:
            yield waiting.result()


def judged_batch(batch: Batch, file_name: str, context: MemberContext, keys: tuple[str, ...]) -> JudgedBatch:
    """One batch from text to pseudonymous rows; every rule on every row, every reason kept."""
    typed = typed_members(batch.rows, context)
    met = typed.select(pl.col("defects").bitwise_or()).item() or 0
    verdict = accept(PESERTA.schema_for(met), typed, warnings=PESERTA.warnings)
    told = verdict.rejected.select(
        batch.rows["line"].gather(verdict.rejected["row"]).alias("line"), "reasons"
    )
    aside = pl.concat([told, batch.broken])
    lines = aside["line"].to_list()
    return JudgedBatch(
        staged=staged_memberships(verdict.accepted, keys),
        aside=aside.with_columns(
            pl.lit(file_name).alias("file_name"),
            pl.Series("received", batch.received(lines) if lines else [], dtype=pl.String),
        ).select(list(ASIDE)),
        warned=_warned(verdict.accepted, verdict.warned_rows),
        warnings=verdict.warned,
    )


def _warned(accepted: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """Line, branch office and reason of accepted rows that break a warning rule."""
    return accepted.select(
        pl.col("line", "branch_office").gather(told["row"]), reason=told["reason"]
    ).with_columns(pl.col("line").cast(pl.UInt32))
