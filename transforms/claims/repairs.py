"""What may have gone wrong in a statement that does not tie: hypotheses, never corrections."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl

from schemas.tables.marts import ClaimRepairs
from transforms.claims.hypotheses import Base, Hypothesis, hypotheses
from transforms.claims.rounding import PrintedCount, half_up
from transforms.claims.statements import Statement, read_statements
from transforms.claims.verdicts import arithmetic, verdict_of
from transforms.claims.wording import NUMBERS, Wording

_OPENING = Wording("Hypothesis, not a correction: {what}", "Hipotesis, bukan koreksi: {what}")
_WEAK = Wording(
    "{sentence} (weak: the change is small beside the rounding, so that many others would fit as well)",
    "{sentence} (lemah: perubahannya kecil dibandingkan pembulatan, banyak perubahan lain juga cocok)",
)
_SLIPPED = Wording(
    "if the {number} was {hypothesis}, printed {printed} because {slip}, then {arithmetic};"
    " printed {percent}",
    "bila {number} sebenarnya {hypothesis}, tertulis {printed} karena {slip}, maka {arithmetic};"
    " tertulis {percent}",
)
_PERCENT_SLIPPED = Wording(
    "if the percent was {hypothesis}, printed {printed} because {slip}, it ties: {arithmetic}",
    "bila persentase sebenarnya {hypothesis}, tertulis {printed} karena {slip}, maka cocok: {arithmetic}",
)
_SLIPS = {
    "neighbouring_digits_exchanged": Wording(
        "two neighbouring digits were exchanged", "dua angka yang bersebelahan tertukar"
    ),
    "digit_doubled": Wording("a digit was written twice", "satu angka tertulis dua kali"),
    "misplaced_separator": Wording("a separator was misplaced", "letak tanda pemisah keliru"),
    "digit_dropped": Wording("a digit was left out", "satu angka terlewat"),
}
_ANOTHER_BASE = Wording(
    "if the percent was computed with another base known for the region, {hypothesis} ({origin}), then"
    " {arithmetic}; printed {percent}",
    "bila persentase dihitung dengan penyebut lain yang dikenal untuk wilayah itu, {hypothesis} ({origin}),"
    " maka {arithmetic}; tertulis {percent}",
)
_ROUNDINGS = {
    "truncated_not_rounded": Wording(
        "{arithmetic}, and {printed} is left when the further decimals are cut off instead of rounded",
        "{arithmetic}, dan {printed} adalah sisanya bila desimal berikutnya dipotong, bukan dibulatkan",
    ),
    "rounded_twice": Wording(
        "{arithmetic}, which becomes {printed} when it is rounded to one more decimal and then once again",
        "{arithmetic}, yang menjadi {printed} bila dibulatkan ke satu desimal lebih lalu sekali lagi",
    ),
}
_DELIVERED = Wording("{base}, round {round}, {origin}", "{base}, putaran {round}, {origin}")
_PRINTED_IN = Wording("printed in {claim}", "tertulis dalam {claim}")


def claim_repairs(figures: pl.DataFrame, known_bases: pl.DataFrame) -> pl.DataFrame:
    """One row per hypothesis on a claim that does not tie, `rank` 1 the most plausible; never a correction.

    `known_bases` (region_code, denominator_id, round, workers, origin) are the bases delivered for a region;
    the denominators that other claims print for it are added. A hypothesis changes one `number` and is listed
    only if the claim then ties; `pct_if_so` is the percent that the counts give with it.

    Order, each rule deciding only where the one before leaves a draw:

    1. Another way of rounding (`rounded_twice`, `truncated_not_rounded`): no digit need be wrong.
    2. Strong slips: those that move the percent at least ten times as far as the rounding of percent and
       counts leaves room, so that chance rarely fits. First `neighbouring_digits_exchanged`: the number keeps
       its length, so nobody notices. Then what changes it about tenfold, the fewer ways to do so the better:
       `digit_doubled`, `misplaced_separator`, `digit_dropped` (any digit at any place).
    3. `another_known_base`: no digit need be wrong, but bases of a region lie close together.
    4. Weak slips, in the same order: a change that only just reaches a wide interval proves little.
    5. The computed percent nearest to the printed one; then denominator, participants, percent; then the
       smaller number.

    A misread digit is no kind: with nine others at every place it would fit almost any claim.
    Raises RegisterError where a row of the register cannot be read as numbers.
    """
    statements = read_statements(figures)
    bases = _bases_by_region(statements, known_bases)
    rows = []
    for statement in statements:
        found = _hypotheses_on(statement, bases.get(statement.region_code or "", []))
        rows += [_repair_row(statement, rank, hypothesis) for rank, hypothesis in enumerate(found, start=1)]
    return pl.DataFrame(rows, schema=ClaimRepairs.polars_schema(), orient="row")


def _hypotheses_on(statement: Statement, bases: list[Base]) -> list[Hypothesis]:
    division, printed = statement.division, statement.published_value
    if division is None or printed is None or verdict_of(statement) != "does_not_tie":
        return []
    return hypotheses(division, printed, bases)


def _bases_by_region(statements: list[Statement], known_bases: pl.DataFrame) -> dict[str, list[Base]]:
    """Delivered bases in order of id and round, then the printed ones in order of claim_id."""
    bases: dict[str, list[Base]] = {}
    delivered = known_bases.filter(pl.col("workers") > 0, pl.col("region_code").is_not_null())
    delivered = delivered.sort("denominator_id", "round", "origin", "workers")
    for row in delivered.iter_rows(named=True):
        origin = _DELIVERED.filled(base=row["denominator_id"], round=row["round"], origin=row["origin"])
        bases.setdefault(row["region_code"], []).append(Base(PrintedCount(row["workers"]), origin))
    for statement in statements:
        if statement.region_code and statement.denominator and statement.denominator.value > 0:
            origin = _PRINTED_IN.filled(claim=statement.claim_id)
            bases.setdefault(statement.region_code, []).append(Base(statement.denominator, origin))
    return bases


def _repair_row(statement: Statement, rank: int, hypothesis: Hypothesis) -> dict[str, Any]:
    explanation = _explanation(statement, hypothesis)
    return {
        "claim_id": statement.claim_id,
        "rank": rank,
        "repair_kind": hypothesis.kind,
        "number": hypothesis.number,
        "as_printed": getattr(statement, hypothesis.number).text,
        "hypothesis": hypothesis.figure.text,
        "pct_if_so": half_up(hypothesis.division.percent, 2),
        "explanation_en": explanation.english,
        "explanation_id": explanation.indonesian,
    }


def _explanation(statement: Statement, hypothesis: Hypothesis) -> Wording:
    # Two decimals more than printed show why rounding twice, or cutting off, ends elsewhere.
    further = 2 if hypothesis.kind in _ROUNDINGS else 0
    sentence = _sentence(hypothesis).filled(
        number=NUMBERS[hypothesis.number],
        hypothesis=Decimal(hypothesis.figure.text),
        printed=Decimal(getattr(statement, hypothesis.number).text),
        slip=_SLIPS.get(hypothesis.kind, ""),
        origin=hypothesis.origin or "",
        arithmetic=arithmetic(hypothesis.division, max(2, hypothesis.percent.decimals) + further),
        percent=Decimal(hypothesis.percent.text),
    )
    opened = _OPENING.filled(what=sentence)
    return opened if hypothesis.is_strong else _WEAK.filled(sentence=opened)


def _sentence(hypothesis: Hypothesis) -> Wording:
    if hypothesis.kind in _ROUNDINGS:
        return _ROUNDINGS[hypothesis.kind]
    if hypothesis.kind == "another_known_base":
        return _ANOTHER_BASE
    return _PERCENT_SLIPPED if hypothesis.number == "published_value" else _SLIPPED
