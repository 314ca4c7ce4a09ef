"""Read a note back: every number in it with the role it plays, as a reader of the sentence takes it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from warehouse.note.wording import parsed_day, parsed_number

Value = Decimal | date | str | None

_COUNT = {"id": r"(\d[\d.]*)", "en": r"(\d[\d,]*)"}
_PERCENT = {"id": r"(\d[\d.]*,\d+)", "en": r"(\d[\d,]*\.\d+)"}
_DAY = r"(\d{1,2} [A-Z][a-z]+ \d{4})"

#: Sentence fragments and the roles of their groups. C is a count, P a percent or points, D a day.
_FRAGMENTS: dict[str, tuple[tuple[str, str], ...]] = {
    "id": (
        (r"per D mencapai P persen, sekitar C peserta dari C ", "as_of pct members base"),
        (r"per D belum dapat dihitung", "as_of"),
        (r"baru C dari C ", "parts_with_data parts_expected"),
        (r": C peserta tercatat", "members"),
        (r"Di antara C dari C ", "parts_compared parts_expected"),
        (r", P persen \(C dari C\)", "part_pct part_members part_base"),
        (r"Target (\d{4}) sebesar P persen \((.*)\)(?=: masih| terlampaui| tepat)", "year target set_by"),
        (r"masih kurang P poin, setara C peserta", "gap needed"),
        (r"terlampaui P poin", "passed"),
        (r"definisi yang sama untuk (\d{4})", "year"),
        (r"(?:[Ss]ejak|Angka) D \(P persen\)", "since previous"),
        (r" (naik|turun) P poin,", "direction points"),
        (r"peserta (bertambah|berkurang) C", "members_direction members_change"),
        (r"kerja (bertambah|berkurang) C", "base_direction base_change"),
        (r"\((menaikkan|menurunkan) P poin\)", "effect_direction effect"),
        (r"di atas 100 persen", ""),
        (r"rilis (\S+)\.$", "release"),
    ),
    "en": (
        (r"on D was P percent, about C members of C ", "as_of pct members base"),
        (r"on D cannot be computed", "as_of"),
        (r"only C of C ", "parts_with_data parts_expected"),
        (r": C members are counted", "members"),
        (r"Among C of C ", "parts_compared parts_expected"),
        (r", P percent \(C of C\)", "part_pct part_members part_base"),
        (r"The (\d{4}) target of P percent \((.*)\)(?=: \d| is passed| is reached)", "year target set_by"),
        (r": P points are missing, or C members", "gap needed"),
        (r"is passed by P points", "passed"),
        (r"of the same definition for (\d{4})", "year"),
        (r"(?:[Ss]ince|The figure of) D \(P percent\)", "since previous"),
        (r" (up|down) P points,", "direction points"),
        (r"C (more|fewer) members", "members_change members_direction"),
        (r"C (more|fewer) people", "base_change base_direction"),
        (r"\((raises|lowers) it by P points\)", "effect_direction effect"),
        (r"above 100 percent", ""),
        (r"release (\S+)\.$", "release"),
    ),
}
_DAYS = ("as_of", "since")
_WORDS = ("set_by", "release", "direction", "members_direction", "base_direction", "effect_direction")


@dataclass(frozen=True)
class Read:
    """A value of the note and its role; the digits outside every known sentence are in `unread`."""

    values: tuple[tuple[str, Value], ...]
    unread: str

    def all(self, role: str) -> list[Value]:
        """The values of a role, in the order of the text."""
        return [value for name, value in self.values if name == role]


def read_note(text: str, language: str) -> Read:
    """Return every value with its role, and what has digits but belongs to no sentence that is known."""
    values: list[tuple[int, str, Value]] = []
    rest = list(text)
    for fragment, roles in _FRAGMENTS[language]:
        for found in re.finditer(_pattern(fragment, language), text, re.MULTILINE):
            for group, role in enumerate(roles.split(), start=1):
                values.append((found.start(group), role, _value(role, found.group(group), language)))
            rest[found.start() : found.end()] = " " * (found.end() - found.start())
    unread = " ".join(word for word in "".join(rest).split() if re.search(r"\d", word))
    return Read(tuple((role, value) for _, role, value in sorted(values, key=lambda one: one[0])), unread)


def _pattern(fragment: str, language: str) -> str:
    marks = {"C": _COUNT[language], "P": _PERCENT[language], "D": _DAY}
    return re.sub(r"(?<![A-Za-z\\])[CPD](?![A-Za-z])", lambda mark: marks[mark.group()], fragment)


def _value(role: str, text: str, language: str) -> Value:
    if role in _DAYS:
        return parsed_day(text, language)
    return text if role in _WORDS else parsed_number(text, language)
