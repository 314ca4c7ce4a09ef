"""Make a synthetic twin: a landing to run the pipeline on, and the right answers beside it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING

import polars as pl

from flows.synth.chunks import Made, Packed, chunks_made, layout_of
from schemas.errors import SettingsError
from schemas.registers import PACKAGED
from transforms.synthetic import counted_deliveries, ledger
from transforms.synthetic.coverage import coverage
from transforms.synthetic.damaged_files import damaged_files, sample_rows
from transforms.synthetic.parameters import Parameters
from transforms.synthetic.plan import Plan, plan
from transforms.synthetic.scoring import score
from transforms.synthetic.summary import summary
from transforms.synthetic.territory import Territory
from transforms.synthetic.truth import Counts, added, with_recounts, with_words
from transforms.synthetic.vocabulary import COLUMNS
from warehouse.synthetic import files, layouts, tables, truth_files
from warehouse.synthetic.files import GrowingFile, Lines, Written

if TYPE_CHECKING:
    from pathlib import Path

Say = Callable[[str], None]


@dataclass(frozen=True)
class Twin:
    """A finished twin: where it is, its size, and what is planted (entries by class)."""

    folder: Path
    lines: int
    files: int
    planted: dict[str, int]


@dataclass
class _Work:
    """A twin in the making."""

    plan: Plan
    landing: Path
    truth: Path
    compressed: bool
    written: list[dict[str, object]] = field(default_factory=list)
    counted: list[Counts] = field(default_factory=list)
    #: Blocks for offices of later provinces, by office and month.
    waiting: dict[tuple[int, int], list[Packed]] = field(default_factory=lambda: defaultdict(list))

    def as_of(self, month: int) -> date:
        """Day that a month's files describe."""
        return self.plan.months.as_of(month)

    def note(self, done: Written, source: str, scope: str, as_of: date) -> None:
        """Remember a finished file."""
        kinds = asdict(done.lines)
        self.written.append(
            {
                "file_name": done.file_name,
                "source": source,
                "scope": scope,
                "as_of": as_of,
                "sha256": done.sha256,
                "bytes": done.bytes,
                "lines": done.lines.all,
                **kinds,
            }
        )


def synthesise(
    parameters: Parameters,
    out: Path,
    *,
    workers: int = 2,
    compressed: bool = True,
    say: Say = lambda _: None,
) -> Twin:
    """Write `out/landing` and `out/truth`. The bytes depend on `parameters` and `compressed` only.

    Memory is bounded by the chunks at work: one for each worker and one waiting. Raises SettingsError
    when `out` already holds a landing or a truth: a twin must not be mixed with other files.
    """
    planned = plan(parameters, territory())
    work = _Work(planned, _new_folder(out / "landing"), _new_folder(out / "truth"), compressed)
    truth_files.write_notice(out)
    with chunks_made(planned, compressed, workers) as made:
        for province in planned.provinces:
            _write_province(work, province, made)
            say(f"province {province} is written ({len(work.written)} files)")
    _write_damaged(work)
    recounted = counted_deliveries.recounts(planned)
    _write_counted(work, recounted)
    return _write_truth(work, recounted, out)


def territory() -> Territory:
    """Regencies of the packaged registers, with their population."""
    names = ("regions", "region_population_area")
    regions, population = (pl.read_csv(PACKAGED / f"{name}.csv", infer_schema=False) for name in names)
    return Territory.of(regions, population)


def score_folder(out: Path, found: pl.DataFrame) -> pl.DataFrame:
    """Hold what the pipeline reported against the truth of a twin (see `transforms.synthetic.scoring`)."""
    return score(truth_files.planted(out / "truth").collect(), found)


def _new_folder(folder: Path) -> Path:
    if folder.exists() and any(folder.iterdir()):
        raise SettingsError(
            "the folder is not empty", where=str(folder), hint="Choose another folder, or remove this one."
        )
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _write_province(work: _Work, province: str, made: Iterator[Made]) -> None:
    """Write the office files of one province, all months side by side, chunk after chunk."""
    growing = _open_files(work, province)
    placed = [_append(work, growing, block) for slot in growing for block in work.waiting.pop(slot, [])]
    counted: list[Counts] = []
    mine = sum(work.plan.territory.bps[chunk.regency][:2] == province for chunk in work.plan.chunks)
    for found, parts in islice(made, mine):
        counted += found
        for packed in parts:
            slot = (packed.office, packed.month)
            if slot in growing:
                placed.append(_append(work, growing, packed))
            else:
                work.waiting[slot].append(packed)
    for (place, month), file in growing.items():
        work.note(file.close(), "peserta", work.plan.offices[place].code, work.as_of(month))
        if layout_of(work.plan, place, work.compressed) not in (layouts.PLAIN, layouts.PLAIN_TEXT):
            placed.append(ledger.file_entry("layout_varied", file.name, work.as_of(month)))
    work.counted += [added(counted)] if counted else []
    truth_files.write_table(work.truth, f"planted/{province}", ledger.entries(placed))


def _open_files(work: _Work, province: str) -> dict[tuple[int, int], GrowingFile]:
    """The province's files by office and month, each with its header."""
    growing = {}
    for place, office in enumerate(work.plan.offices):
        if office.province != province:
            continue
        layout = layout_of(work.plan, place, work.compressed)
        for month in range(work.plan.months.months):
            name = ledger.file_name("peserta", office.code, work.as_of(month), layout.extension)
            growing[place, month] = GrowingFile(work.landing, name)
            growing[place, month].append(layouts.header(COLUMNS, layout))
    return growing


def _append(work: _Work, growing: dict[tuple[int, int], GrowingFile], packed: Packed) -> ledger.Placed:
    """Append a block; returns what is planted in it, at its lines of the file."""
    file = growing[packed.office, packed.month]
    first_line = file.lines.all + 1
    file.append(packed.piece)
    return ledger.Placed(packed.planted, file.name, work.as_of(packed.month), first_line)


def _write_damaged(work: _Work) -> None:
    """Write the extra files whose defect is the file itself."""
    as_of = work.as_of(work.plan.months.months - 1)
    placed = []
    for extra in damaged_files(work.plan, sample_rows(work.plan)):
        name = ledger.file_name("peserta", extra.scope, as_of, extra.extension)
        lines = Lines(rows=extra.rows, header=extra.header, continued=extra.continued)
        work.note(files.write_whole(work.landing, name, extra.content, lines), "peserta", extra.scope, as_of)
        placed.append(ledger.Placed(extra.planted, name, as_of, 0))
    truth_files.write_table(work.truth, "planted/extra_files", ledger.entries(placed))


def _write_counted(work: _Work, recounted: pl.DataFrame) -> None:
    """Write what is delivered as counts: `rekap` of each month, bases of each round."""
    for order, province in enumerate(work.plan.provinces):
        for month in range(work.plan.months.months):
            rows = counted_deliveries.rekap_table(work.plan, province, month, recounted)
            if rows.height:
                content, lines = tables.rekap(rows)
                _write_small(work, "rekap", province, work.as_of(month), "csv", content, lines)
        for base_round in counted_deliveries.base_rounds(work.plan):
            rows = counted_deliveries.base_table(work.plan, province, base_round)
            form = "xlsx" if order % 2 == 0 else "csv"
            content, lines = tables.bases(rows, form, province, base_round)
            _write_small(work, "penduduk_bekerja", province, base_round, form, content, lines)


def _write_small(
    work: _Work, source: str, scope: str, as_of: date, extension: str, content: bytes, lines: Lines
) -> None:
    name = ledger.file_name(source, scope, as_of, extension)
    work.note(files.write_whole(work.landing, name, content, lines), source, scope, as_of)


def _write_truth(work: _Work, recounted: pl.DataFrame, out: Path) -> Twin:
    """Write the right answers, the accounts of the files and the summary."""
    whole = with_recounts(added(work.counted), recounted)
    named = with_words(work.plan, whole)
    planted = truth_files.planted(work.truth)
    accounts = ledger.accounts(pl.DataFrame(work.written), planted)
    by_class = ledger.planted_by_class(planted)
    every = {**named, "coverage": coverage(work.plan, whole), "accounts": accounts}
    for name, table in every.items():
        truth_files.write_table(work.truth, name, table)
    truth_files.write_summary(work.truth, summary(work.plan, named["balance"], accounts, by_class))
    return Twin(out, int(accounts["lines"].sum()), accounts.height, by_class)
