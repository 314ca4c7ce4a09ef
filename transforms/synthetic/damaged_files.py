"""Extra small files, each with one defect of the file itself, from an office code of its own.

Whatever a reader makes of them, no right answer changes: every row in them is an older version of a row
that is delivered elsewhere, or belongs to nobody and breaks a rule.
"""

from __future__ import annotations

import codecs
import gzip
import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import polars as pl

from transforms.synthetic.copies import older, texts
from transforms.synthetic.defects import CLASS_NUMBER, planted_as
from transforms.synthetic.memberships import memberships
from transforms.synthetic.mutations import mutated
from transforms.synthetic.plan import Plan
from transforms.synthetic.planting import untouched
from transforms.synthetic.snapshots import snapshot
from transforms.synthetic.vocabulary import MONTHS

#: Enough that two broken lines stay below the tolerance of 5 percent.
ROWS = 60
_OLDEST = 100
_ALONE = -1
_ENTRY = {"line": pl.Int64, "defect": pl.Int64, "group": pl.Int64, "extra": pl.Boolean}


@dataclass(frozen=True)
class DamagedFile:
    """One extra file. `planted`: physical line (null for the file itself), class number, group, extra."""

    defect: str
    scope: str
    extension: str
    content: bytes
    rows: int
    header: int
    continued: int
    planted: pl.DataFrame


@dataclass(frozen=True)
class _Draft:
    extension: str
    content: bytes
    rows: int = 0
    continued: int = 0
    #: Physical lines of the class itself, and of ordinary older versions among them.
    own: tuple[int, ...] = ()
    superseded: tuple[int, ...] = ()
    whole_file: bool = True


def sample_rows(plan: Plan) -> pl.DataFrame:
    """Untouched active rows of codes of the newest month, for the extra files; the first chunk's."""
    if not plan.chunks:
        return pl.DataFrame()
    chunk, newest = plan.chunks[0], plan.months.months - 1
    rows = snapshot(plan, memberships(plan, chunk), newest)
    return rows.filter(pl.Series(untouched(plan, chunk, rows)) & (pl.col("status") == 0)).head(ROWS * 12)


def damaged_files(plan: Plan, sample: pl.DataFrame) -> list[DamagedFile]:
    """Make the asked files from `sample`: untouched rows of codes of the newest month, any number > 0."""
    made: list[DamagedFile] = []
    names = planted_as("file", plan.parameters.defects - {"layout_varied"})
    if not sample.height:
        return made
    as_of = plan.months.as_of(plan.months.months - 1)
    for order, name in enumerate(names):
        places = [(order * ROWS + row) % sample.height for row in range(ROWS)]
        rows = texts(
            plan, older(plan, sample[places], pl.Series(range(_OLDEST, _OLDEST + ROWS)) + order * ROWS)
        )
        draft = _MAKERS[name](rows, as_of)
        scope = f"{plan.provinces[0]}x{order + 1}"
        header, planted = int(draft.rows > 0), _planted(name, draft)
        made.append(
            DamagedFile(
                name, scope, draft.extension, draft.content, draft.rows, header, draft.continued, planted
            )
        )
    return made


def _planted(name: str, draft: _Draft) -> pl.DataFrame:
    entries: list[tuple[int | None, int, int, bool]] = []
    if draft.whole_file:
        entries.append((None, CLASS_NUMBER[name], _ALONE, True))
    entries += [(line, CLASS_NUMBER[name], _ALONE, True) for line in draft.own]
    entries += [(line, CLASS_NUMBER["older_version"], _ALONE, True) for line in draft.superseded]
    return pl.DataFrame(entries, schema=_ENTRY, orient="row")


def _csv(rows: pl.DataFrame, delimiter: str = ",") -> str:
    return rows.write_csv(separator=delimiter)


def _all_older(count: int) -> tuple[int, ...]:
    return tuple(range(2, count + 2))


def _quoting(rows: pl.DataFrame, _: date) -> _Draft:
    lines = _csv(rows).splitlines()
    lines[10] = lines[10].replace("SINTETIS", '"SINTETIS"', 1)
    lines[-1] = lines[-1].replace("SINTETIS", '"SINTETIS', 1)
    own = (11, len(lines))
    rest = tuple(line for line in _all_older(rows.height) if line not in own)
    return _Draft("csv", _joined(lines), rows.height, 0, own, rest, whole_file=False)


def _line_breaks(rows: pl.DataFrame, _: date) -> _Draft:
    """Every record takes two lines; the first one counts."""
    broken = rows.with_columns(kantor_cabang=pl.col("kantor_cabang") + "\nloket 2")
    own = tuple(range(2, 2 + 2 * rows.height, 2))
    return _Draft("csv", _csv(broken).encode(), rows.height, rows.height, own, whole_file=False)


def _encodings(rows: pl.DataFrame, _: date) -> _Draft:
    lines = _csv(rows.with_columns(kantor_cabang=pl.lit("SINTETIS – loket"))).splitlines()
    parts = [line.encode("utf-8" if order % 2 == 0 else "cp1252") + b"\n" for order, line in enumerate(lines)]
    content = codecs.BOM_UTF8 + b"".join(parts)
    return _Draft("csv", content, rows.height, 0, _all_older(rows.height), whole_file=False)


def _utf16(rows: pl.DataFrame, _: date) -> _Draft:
    dates = [_in_words(column) for column in ("tgl_mulai", "tgl_akhir", "tgl_lahir")]
    text = _csv(rows.with_columns(dates), "\t").replace("\n", "\r\n")
    content = codecs.BOM_UTF16_LE + text.encode("utf-16-le")
    return _Draft("csv", content, rows.height, superseded=_all_older(rows.height))


def _pipe(rows: pl.DataFrame, _: date) -> _Draft:
    content = _csv(rows, "|").encode()
    return _Draft("csv", content, rows.height, superseded=_all_older(rows.height))


def _truncated(rows: pl.DataFrame, _: date) -> _Draft:
    packed = gzip.compress(_csv(rows).encode(), mtime=0)
    return _Draft("csv.gz", packed[: len(packed) * 2 // 3])


def _wrong_header(rows: pl.DataFrame, _: date) -> _Draft:
    return _Draft("csv", _csv(rows.rename({"nik": "identitas"})).encode(), rows.height)


def _wrong_month(rows: pl.DataFrame, as_of: date) -> _Draft:
    later = _broken(_broken(rows, "updated_after_as_of", as_of), "last_paid_after_as_of", as_of)
    return _Draft("csv", _csv(later).encode(), rows.height)


def _over_tolerance(rows: pl.DataFrame, as_of: date) -> _Draft:
    broken = [_broken(rows[:3], "nik_wrong_length", as_of), _broken(rows[3:6], "segment_unknown", as_of)]
    return _Draft("csv", _csv(pl.concat([*broken, rows[6:]])).encode(), rows.height)


def _empty(_: pl.DataFrame, __: date) -> _Draft:
    return _Draft("csv", b"")


def _not_csv(rows: pl.DataFrame, _: date) -> _Draft:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo("SYNTHETIC.csv"), _csv(rows))
    return _Draft("csv", buffer.getvalue())


def _broken(rows: pl.DataFrame, name: str, as_of: date) -> pl.DataFrame:
    return mutated(rows, pl.Series([name] * rows.height), as_of)


def _joined(lines: list[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()


def _in_words(column: str) -> pl.Expr:
    day = pl.col(column).str.to_date("%Y-%m-%d")
    month = day.dt.month().cast(pl.Int64).replace_strict(dict(enumerate(MONTHS, 1)), return_dtype=pl.String)
    return (day.dt.day().cast(pl.String) + " " + month + " " + day.dt.year().cast(pl.String)).alias(column)


_MAKERS: dict[str, Callable[[pl.DataFrame, date], _Draft]] = {
    "quoting_broken": _quoting,
    "line_break_in_quotes": _line_breaks,
    "encodings_mixed": _encodings,
    "layout_utf16": _utf16,
    "layout_pipe": _pipe,
    "file_truncated": _truncated,
    "file_wrong_header": _wrong_header,
    "file_wrong_month": _wrong_month,
    "file_over_tolerance": _over_tolerance,
    "file_empty": _empty,
    "file_not_csv": _not_csv,
}
