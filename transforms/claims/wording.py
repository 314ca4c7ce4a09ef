"""Sentences in English and Indonesian from one set of values: 1,873,899 and 49.90, or 1.873.899 and 49,90."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

_SWAPPED_MARKS = str.maketrans(",.", ".,")


@dataclass(frozen=True)
class Wording:
    """The same text in both languages; a template where it has `{names}`."""

    english: str
    indonesian: str

    def filled(self, **values: Value) -> Wording:
        """The template with every value written as each language writes it."""
        return Wording(
            self.english.format(**{name: _in_english(value) for name, value in values.items()}),
            self.indonesian.format(**{name: _in_indonesian(value) for name, value in values.items()}),
        )


#: Counts are int, percents and points are Decimal (their decimals are kept), texts are left alone.
Value = int | Decimal | date | str | Wording

PARTICIPANTS = Wording("number of participants", "jumlah peserta")
DENOMINATOR = Wording("denominator", "penyebut")
PERCENT = Wording("percent", "persentase")

#: The three numbers of a statement, by the name of their column.
NUMBERS = {"participants": PARTICIPANTS, "denominator": DENOMINATOR, "published_value": PERCENT}

_A_AND_B = Wording("{most} and {last}", "{most} dan {last}")


def listed(texts: list[Wording]) -> Wording:
    """The texts as a list in a sentence: a, b and c."""
    if len(texts) == 1:
        return texts[0]
    return _A_AND_B.filled(most=joined(texts[:-1], ", "), last=texts[-1])


def joined(texts: list[Wording], mark: str) -> Wording:
    """The texts one after the other with the same mark between them."""
    return Wording(mark.join(text.english for text in texts), mark.join(text.indonesian for text in texts))


def _in_english(value: Value) -> str:
    if isinstance(value, Wording):
        return value.english
    if isinstance(value, int | Decimal):
        return f"{value:,f}" if isinstance(value, Decimal) else f"{value:,}"
    return str(value)


def _in_indonesian(value: Value) -> str:
    if isinstance(value, Wording):
        return value.indonesian
    if isinstance(value, int | Decimal):
        return _in_english(value).translate(_SWAPPED_MARKS)
    return str(value)
