"""The press note of a release: written, read back, and held against the arithmetic of the claims checker.

The rules of the note and those of the checker know nothing of each other; they meet here.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from math import ceil
from pathlib import Path
from typing import Any

import polars as pl

from schemas.errors import NoteRefused, NothingPublished
from transforms.claims import claim_verdicts
from warehouse.note.facts import Figure, NoteFacts, read_facts
from warehouse.note.reading import Read, read_note
from warehouse.note.writing import write_note

_TEXT_COLUMNS = (
    "claim_id", "region_code", "region_name", "as_of_printed", "measure", "segment", "source_url",
    "published_value",
)  # fmt: skip
_COUNT_COLUMNS = ("participants", "participants_unit", "denominator", "denominator_unit")
_RISING = ("naik", "up", "bertambah", "more", "menaikkan", "raises")
_FALLING = ("turun", "down", "berkurang", "fewer", "menurunkan", "lowers")


def press_note(database: Path, code: str, period: date, language: str) -> str:
    """Return the note of a region and month.

    Raises NothingPublished when the release has no such region and month, and NoteRefused when a number of
    the note does not tie.
    """
    facts = read_facts(database, code, period)
    if facts is None:
        raise NothingPublished(
            f"the release has no figure or gap for region {code} in {period:%Y-%m}",
            where=str(database),
            hint='Regions: `cakupan query "from marts.regions"`. Months: "select distinct period from '
            'marts.coverage_by_province".',
        )
    note = write_note(facts, language)
    check_note(note, facts, language)
    return note


def check_note(note: str, facts: NoteFacts, language: str) -> None:
    """Read the note back and refuse it when any number does not tie with the others or with the release."""
    read = read_note(note, language)
    problems = [*_unread(read), *_against_arithmetic(read), *_gap_and_change(read), *_against(read, facts)]
    if problems:
        raise NoteRefused(
            f"the note is not given out: {'; '.join(problems)}",
            where=f"{facts.place}, {facts.as_of}",
            hint="A rule of the note or the release is wrong: `cakupan check`, then report it with this text.",
        )


def _unread(read: Read) -> list[str]:
    return [f"a number has no known role ({read.unread})"] if read.unread else []


def _statements(read: Read) -> list[tuple[str, Any, Any, Any]]:
    """Every percent of the note with its members and base: the whole, each part, and the figure before."""
    found: list[tuple[str, Any, Any, Any]] = []
    if read.all("pct"):
        found.append(("headline", read.all("pct")[0], read.all("members")[0], read.all("base")[0]))
    parts = zip(*(read.all(role) for role in ("part_pct", "part_members", "part_base")), strict=True)
    found += [("part", pct, members, base) for pct, members, base in parts]
    more_members, more_base = _signed(read, "members_change"), _signed(read, "base_change")
    if (more_members or more_base) and read.all("pct"):
        # What did not change is not told: the count before was the same.
        members: Any = read.all("members")[0]
        base: Any = read.all("base")[0]
        before = (members - sum(more_members), base - sum(more_base))
        found.append(("previous", read.all("previous")[0], *before))
    return found


def _against_arithmetic(read: Read) -> list[str]:
    """Let the claims checker hold each percent against the counts that stand beside it."""
    printed = [
        dict.fromkeys(_TEXT_COLUMNS)
        | {"claim_id": f"{number:03} {name}", "published_value": str(pct), "as_of": None}
        | {"participants": int(members), "denominator": int(base)}
        | {"participants_unit": 1, "denominator_unit": 1}
        for number, (name, pct, members, base) in enumerate(_statements(read))
    ]
    schema = dict.fromkeys(_TEXT_COLUMNS, pl.String) | dict.fromkeys(_COUNT_COLUMNS, pl.Int64)
    verdicts = claim_verdicts(pl.DataFrame(printed, schema=schema | {"as_of": pl.Date}))
    return [
        f"{row['claim_id'][4:]}: {row['explanation_en']}"
        for row in verdicts.iter_rows(named=True)
        if row["arithmetic"] != "ties"
    ]


def _signed(read: Read, role: str) -> list[Decimal]:
    """The values of a role with the sign that the word beside each says."""
    words = read.all({"points": "direction", "effect": "effect_direction"}.get(role, _direction_of(role)))
    return [
        value if word in _RISING else -value  # type: ignore[operator, misc]
        for word, value in zip(words, read.all(role), strict=True)
    ]


def _direction_of(role: str) -> str:
    return role.replace("_change", "_direction")


def _gap_and_change(read: Read) -> list[str]:
    """Gap in points and in people, change, and its two parts, from the other numbers of the note."""

    def one(role: str) -> Any:
        return (read.all(role) or [None])[0]

    problems = []
    target, pct = one("target"), one("pct")
    if target is not None:
        gap = one("gap") if one("gap") is not None else -(one("passed") or Decimal(0))
        if target - pct != gap:
            problems.append(f"{target} - {pct} is {target - pct} points, written {gap}")
        needed = max(0, ceil(target * one("base") / 100) - one("members"))
        if one("needed") is not None and needed != one("needed"):
            problems.append(f"{needed} members are needed, written {one('needed')}")
    points, effects = _signed(read, "points"), _signed(read, "effect")
    if points and one("previous") + points[0] != pct:
        problems.append(f"{one('previous')} and {points[0]} points do not make {pct}")
    if effects and sum(effects) != points[0]:
        problems.append(f"the causes add up to {sum(effects)}, not to {points[0]} points")
    return problems


def _against(read: Read, facts: NoteFacts) -> list[str]:
    """Every value against the row of the release that it stands for."""
    allowed = _values(facts)
    return [
        f"{role} {value} is not in the release"
        for role, value in read.values
        if not role.endswith("direction") and value not in allowed.get(role, [])
    ]


def _values(facts: NoteFacts) -> dict[str, list[Any]]:
    whole, target, change = facts.figure, facts.target, facts.change
    parts = {"part_pct": "pct", "part_members": "members", "part_base": "base"}
    found: dict[str, list[Any]] = {
        "as_of": [facts.as_of],
        "release": [facts.release_id],
        "members": [facts.members],
        "parts_with_data": [facts.parts_with_data],
        "parts_expected": [facts.parts_expected],
        "parts_compared": [len(facts.parts)],
        "year": [target.year if target else facts.as_of.year],
        **{role: [getattr(part, name) for part in facts.parts] for role, name in parts.items()},
    }
    if isinstance(whole, Figure):
        found |= {"pct": [whole.pct], "base": [whole.base]}
    if target:
        gap, needed = abs(target.gap_points), target.members_needed
        found |= {"target": [target.pct], "gap": [gap], "passed": [gap], "needed": [needed]}
        found["set_by"] = [target.set_by]
    if change:
        effects = [abs(one) for one in (change.members_effect, change.base_effect) if one is not None]
        found |= {"since": [change.since], "previous": [change.previous_pct], "effect": effects}
        found |= {"points": [abs(change.points)], "members_change": [abs(change.members)]}
        found["base_change"] = [abs(change.base)]
    return found
