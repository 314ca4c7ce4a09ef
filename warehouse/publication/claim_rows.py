"""Printed figures beside ours, as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from warehouse.publication.language import Language
from warehouse.publication.quality import TIES, Claim


@dataclass(frozen=True)
class ClaimRow:
    """One printed figure: what was printed, what we have, how far apart, and why."""

    title: str
    verdict: str
    ties: bool
    printed: str
    ours: str
    difference: str
    explanation: str
    source: str
    link: str


def claim_rows(lang: Language, claims: Sequence[Claim]) -> list[ClaimRow]:
    """Return the rows in the order of the claims."""
    return [_row(lang, claim) for claim in claims]


def _row(lang: Language, claim: Claim) -> ClaimRow:
    if claim.published is not None:
        printed = lang.t("number.percent", n=lang.printed(claim.published))
        ours, difference = lang.percent(claim.ours), lang.decimal(claim.difference, signed=True)
    else:
        printed, ours = lang.integer(claim.published_members), lang.integer(claim.our_members)
        difference = _signed(lang, claim.members_difference)
    return ClaimRow(
        title(lang, claim),
        lang.known(f"verdict.{claim.verdict}", claim.verdict),
        claim.verdict == TIES,
        printed,
        ours,
        difference,
        claim.explanation(lang),
        claim.source_title,
        claim.link,
    )


def title(lang: Language, claim: Claim) -> str:
    """Return which figure was printed: measure, place, segment and day."""
    what = lang.known(f"measure.{claim.measure}", claim.measure)
    segment = (
        "" if claim.segment == "TOTAL" else f" ({lang.known(f'segment.{claim.segment}', claim.segment)})"
    )
    day = lang.day(claim.as_of) if claim.as_of else lang.t("claims.no_day")
    return f"{what} {claim.region}{segment}, {day}"


def _signed(lang: Language, value: int | None) -> str:
    text = lang.integer(value)
    return f"+{text}" if value is not None and value > 0 else text
