"""What was read and what was set aside for the figures of a page, and how printed figures compare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from warehouse.publication.errors import PublicationError
from warehouse.publication.language import Language

_QUALITY = ["run_id", "source", "period", "rows_read", "rows_accepted", "rows_rejected", "reason", "rows"]
_CLAIMS = [
    "claim_id",
    "region_code",
    "as_of",
    "measure",
    "segment",
    "published_value",
    "our_value",
    "difference",
    "tolerance",
    "verdict",
    "explanation_en",
    "explanation_id",
    "source_title",
    "source_url",
    "note",
]
#: A reader looks for trouble first.
_VERDICT_ORDER = ("published figures contradict each other", "impossible", "differs", "ties")
TIES = "ties"


@dataclass(frozen=True)
class SourceRows:
    """Rows of one source and month."""

    source: str
    period: date
    read: int
    accepted: int
    rejected: int


@dataclass(frozen=True)
class QualityRow:
    """A row of `data_quality`: one source, month and reason."""

    source: str
    period: date
    read: int
    accepted: int
    rejected: int
    reason: str | None
    rows: int


@dataclass(frozen=True)
class Quality:
    """Rows behind a page: by source, and by the reason they were set aside for."""

    sources: tuple[SourceRows, ...]
    reasons: tuple[tuple[str, int], ...]
    details: tuple[QualityRow, ...] = ()

    @property
    def read(self) -> int:
        """Rows read."""
        return sum(source.read for source in self.sources)

    @property
    def accepted(self) -> int:
        """Rows accepted."""
        return sum(source.accepted for source in self.sources)

    @property
    def rejected(self) -> int:
        """Rows set aside."""
        return sum(source.rejected for source in self.sources)


@dataclass(frozen=True)
class Claim:
    """A printed figure beside ours."""

    claim_id: str
    region_code: str
    region: str
    as_of: date | None
    segment: str
    measure: str
    published: str | None
    ours: Decimal | None
    difference: Decimal | None
    published_members: int | None
    our_members: int | None
    members_difference: int | None
    tolerance: Decimal | None
    verdict: str
    explanation_id: str
    explanation_en: str
    source_title: str
    source_url: str

    def explanation(self, lang: Language) -> str:
        """Return the arithmetic in words."""
        return self.explanation_id if lang.code == "id" else self.explanation_en

    @property
    def link(self) -> str:
        """The source's address, if it is one that a page may link to."""
        return self.source_url if self.source_url.startswith(("https://", "http://")) else ""


def quality(table: pl.DataFrame | None, until: date | None) -> Quality:
    """Return, per source, the rows of its newest month that is not later than `until`."""
    if table is None or until is None:
        return Quality((), ())
    _require(table, "data_quality", _QUALITY)
    used = table.filter(pl.col("period") <= until)
    used = used.filter(pl.col("period") == pl.col("period").max().over("source"))
    keys = ["source", "period", "run_id"]
    totals = (
        used.unique([*keys, "rows_read"])
        .group_by("source", "period")
        .agg(pl.col("rows_read", "rows_accepted", "rows_rejected").sum())
        .sort("source")
    )
    reasons = (
        used.drop_nulls("reason")
        .group_by("reason")
        .agg(pl.col("rows").sum())
        .sort(["rows", "reason"], descending=[True, False])
    )
    details = used.sort("source", "run_id", "rows", "reason", descending=[False, False, True, False]).select(
        "source", "period", "rows_read", "rows_accepted", "rows_rejected", "reason", "rows"
    )
    return Quality(
        tuple(SourceRows(*row) for row in totals.iter_rows()),
        tuple(reasons.iter_rows()),
        tuple(QualityRow(*row) for row in details.iter_rows()),
    )


def claims(table: pl.DataFrame | None, names: dict[str, str]) -> tuple[Claim, ...]:
    """Return the printed figures about these regions: contradictions first, then the newest."""
    if table is None:
        return ()
    _require(table, "published_figures", _CLAIMS)
    rows = table.filter(pl.col("region_code").is_in(list(names)))
    found = [_claim(row, names) for row in rows.iter_rows(named=True)]
    return tuple(sorted(found, key=_claim_order))


def _claim_order(claim: Claim) -> tuple[int, bool, int, str]:
    order = _VERDICT_ORDER.index(claim.verdict) if claim.verdict in _VERDICT_ORDER else len(_VERDICT_ORDER)
    newest = -(claim.as_of.toordinal() if claim.as_of else 0)
    return order, claim.segment != "TOTAL", newest, claim.claim_id


def _claim(row: dict[str, Any], names: dict[str, str]) -> Claim:
    return Claim(
        claim_id=row["claim_id"],
        region_code=row["region_code"],
        region=names[row["region_code"]],
        as_of=row["as_of"],
        segment=row["segment"],
        measure=row["measure"],
        published=_text(row["published_value"]),
        ours=_decimal(row["our_value"]),
        difference=_decimal(row["difference"]),
        published_members=row.get("published_members"),
        our_members=row.get("our_members"),
        members_difference=row.get("members_difference"),
        tolerance=_decimal(row["tolerance"]),
        verdict=row["verdict"],
        explanation_id=row["explanation_id"],
        explanation_en=row["explanation_en"],
        source_title=row["source_title"],
        source_url=row["source_url"] or "",
    )


def reason_words(lang: Language, reason: str) -> str:
    """Return `column:defect` in words; a reason that no language file knows stays as it is."""
    column, _, defect = reason.partition(":")
    what = lang.texts.get(f"defect.{defect}")
    where = lang.texts.get(f"column.{column}")
    if what is None or (where is None and column != "row"):
        return reason
    return what[:1].upper() + what[1:] if where is None else f"{where}: {what}"


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _decimal(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _require(table: pl.DataFrame, name: str, columns: Sequence[str]) -> None:
    missing = [column for column in columns if column not in table.columns]
    if missing:
        raise PublicationError(
            f"columns are missing: {', '.join(missing)}",
            where=name,
            hint="compare the table with docs/reference and with warehouse/publication/quality.py",
        )
