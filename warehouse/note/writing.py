"""Write the note: which sentence stands for which facts. Rules only; no number is computed here."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from warehouse.note.facts import Change, Figure, NoteFacts
from warehouse.note.wording import TEXTS, day, number

_HUNDRED = 100


class _Writer:
    def __init__(self, facts: NoteFacts, language: str) -> None:
        self.facts = facts
        self.language = language
        self.texts = TEXTS[language]
        labour = facts.denominator_id == "labour_force_sakernas"
        self.words = {
            "place": facts.place,
            "as_of": day(facts.as_of, language),
            "base_word": self.texts["labour_force" if labour else "workers"],
            "part_word": self.texts["province" if facts.level == "nation" else "regency"],
        }

    def say(self, key: str, **values: str | int | Decimal) -> str:
        """A sentence with its values; numbers as the language writes them."""
        written = {
            name: value if isinstance(value, str) else number(value, self.language)
            for name, value in values.items()
        }
        return self.texts[key].format(**self.words, **written)

    def opening(self) -> Iterator[str]:
        facts, figure = self.facts, self.facts.figure
        if figure is None:
            yield self.say(
                facts.status if facts.status in ("incomplete", "no_survey") else "no_membership",
                some=facts.parts_with_data,
                all=facts.parts_expected,
                members=facts.members or 0,
            )
            return
        told = facts.figure_status if facts.figure_status in ("provisional", "revised") else None
        yield self.say(
            "headline",
            pct=figure.pct,
            members=figure.members,
            base=figure.base,
            status=self.texts[told] if told else "",
        )

    def parts(self) -> Iterator[str]:
        facts, parts = self.facts, self.facts.parts
        if facts.level == "regency" or (not parts and facts.figure is None):
            return
        if not parts:
            yield self.say("no_parts")
            return
        highest = [part for part in parts if part.pct == parts[0].pct]
        lowest = [part for part in parts if part.pct == parts[-1].pct]
        if len(parts) == 1:
            yield self.say("only_one", highest=self.listed(highest))
        elif parts[0].pct == parts[-1].pct:
            yield self.say("all_equal", highest=self.listed(highest))
        else:
            whole = len(parts) == facts.parts_expected
            lead = "highest" if whole else "among"
            word = self.say(lead, some=len(parts), all=facts.parts_expected)
            told = {"highest": self.listed(highest), "lowest": self.listed(lowest)}
            yield self.say("extremes", highest_word=word, **told)

    def above_100(self) -> Iterator[str]:
        figure = self.facts.figure
        if any(one.pct > _HUNDRED for one in (*([figure] if figure else []), *self.facts.parts)):
            yield self.say("above_100")

    def listed(self, figures: list[Figure]) -> str:
        return self.texts["and"].join(
            self.say("part", name=one.name, pct=one.pct, members=one.members, base=one.base)
            for one in figures
        )

    def target(self) -> Iterator[str]:
        target = self.facts.target
        if self.facts.figure is None:
            return
        if target is None:
            yield self.say("no_target", year=str(self.facts.as_of.year))
            return
        gap = target.gap_points
        yield self.say(
            "below" if gap > 0 else "passed" if gap < 0 else "reached",
            year=str(target.year),
            pct=target.pct,
            set_by=target.set_by,
            gap=gap,
            needed=target.members_needed,
        )

    def change(self) -> Iterator[str]:
        change = self.facts.change
        if self.facts.figure is None:
            return
        if change is None:
            yield self.say("first")
            return
        known: dict[str, str | Decimal] = {
            "since": day(change.since, self.language),
            "previous": change.previous_pct,
        }
        if change.cause == "definition":
            yield self.say("definition", **known)
        elif change.points == 0:
            yield self.say("unchanged", **known)
        else:
            direction = self.texts["up" if change.points > 0 else "down"]
            because = self.because(change)
            yield self.say("change", **known, direction=direction, points=change.points, because=because)

    def because(self, change: Change) -> str:
        members = self.say("members_up" if change.members > 0 else "members_down", count=change.members)
        base = self.say("base_up" if change.base > 0 else "base_down", count=change.base)
        if change.cause in ("members", "base"):
            return self.say("one_cause", cause=members if change.cause == "members" else base)
        by_members, by_base = change.members_effect or Decimal(0), change.base_effect or Decimal(0)
        causes = [(abs(by_members), members + self.effect(by_members))]
        causes.append((abs(by_base), base + self.effect(by_base)))
        causes.sort(key=lambda cause: -cause[0])
        equal = causes[0][0] == causes[1][0]
        return self.say("equal_causes" if equal else "two_causes", main=causes[0][1], other=causes[1][1])

    def effect(self, points: Decimal) -> str:
        return self.say("lowers" if points < 0 else "raises", points=points)


def write_note(facts: NoteFacts, language: str) -> str:
    """Return the note in a language: one sentence a line, ending with the release it is from."""
    writer = _Writer(facts, language)
    lines = [writer.say("synthetic")] if facts.is_synthetic else []
    for part in (writer.opening, writer.parts, writer.above_100, writer.target, writer.change):
        lines += part()
    lines.append(writer.say("source", release=facts.release_id))
    return "\n".join(lines)
