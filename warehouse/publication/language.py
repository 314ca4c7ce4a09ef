"""One language: its texts, and how it writes numbers, days and names in a row."""

from __future__ import annotations

import string
import tomllib
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

from warehouse.publication.errors import PublicationError
from warehouse.publication.facts import Clock

TRANSLATIONS = Path(__file__).parent / "translations"
CODES = ("id", "en")
#: What stands in place of a number that is not known; never 0, never an empty cell.
NO_VALUE = "–"
_MINUS = "−"


class Language:
    """Texts and number formats of one language. A text that does not exist is an error, never a blank."""

    def __init__(self, code: str, texts: dict[str, str]) -> None:
        self.code = code
        self.texts = texts
        self.thousands, self.point = (".", ",") if code == "id" else (",", ".")

    def t(self, key: str, **values: object) -> str:
        """Return the text of `key` with its placeholders filled."""
        text = self.texts.get(key)
        if text is None:
            raise PublicationError(
                f"there is no text “{key}”",
                where=f"warehouse/publication/translations/{self.code}.toml",
                hint="add the key to both languages, or correct its name in the template",
            )
        try:
            return text.format_map(values)
        except KeyError as missing:
            raise PublicationError(
                f"the text “{key}” has a placeholder {missing} that nothing fills",
                where=f"warehouse/publication/translations/{self.code}.toml",
                hint="use the same placeholders in both languages",
            ) from missing

    def tn(self, key: str, n: int, **values: object) -> str:
        """Return the text for a number of things: `key.one` for one, where the language has it."""
        one = f"{key}.one"
        chosen = one if n == 1 and one in self.texts else f"{key}.other"
        return self.t(chosen, n=self.integer(n), **values)

    def known(self, key: str, fallback: str) -> str:
        """Return the text of a key that comes from data, or `fallback` where data brings a new word."""
        return self.texts.get(key, fallback)

    def integer(self, value: int | None) -> str:
        """Return a count with its thousands separated."""
        if value is None:
            return NO_VALUE
        return f"{value:,}".replace(",", self.thousands).replace("-", _MINUS)

    def decimal(self, value: Decimal | None, *, signed: bool = False) -> str:
        """Return a decimal with exactly the digits it has: rounding happened once, in SQL."""
        if value is None:
            return NO_VALUE
        whole, _, fraction = f"{abs(value):f}".partition(".")
        sign = _MINUS if value < 0 else "+" if signed and value > 0 else ""
        text = sign + f"{int(whole):,}".replace(",", self.thousands)
        return f"{text}{self.point}{fraction}" if fraction else text

    def printed(self, value: str | None) -> str:
        """Return a number as somebody printed it, only with this language's decimal mark."""
        if not value:
            return NO_VALUE
        return value.replace(".", self.point)

    def percent(self, value: Decimal | None) -> str:
        """Return a percentage with its sign: `48,33 %` or `48.33%`."""
        return NO_VALUE if value is None else self.t("number.percent", n=self.decimal(value))

    def day(self, day: date | None) -> str:
        """Return `31 Maret 2025`."""
        return NO_VALUE if day is None else f"{day.day} {self._month(day)} {day.year}"

    def short_day(self, day: date | None) -> str:
        """Return `31 Mar 2025`."""
        return NO_VALUE if day is None else f"{day.day} {self._month(day)[:3]} {day.year}"

    def month(self, day: date) -> str:
        """Return `Maret 2025`."""
        return f"{self._month(day)} {day.year}"

    def short_month(self, day: date) -> str:
        """Return `Mar 2025`."""
        return f"{self._month(day)[:3]} {day.year}"

    def moment(self, moment: datetime, clock: Clock) -> str:
        """Return `22 Nov 2026 pukul 02.14 WITA`."""
        local = clock.local(moment)
        return self.t(
            "date.moment",
            day=self.short_day(local.date()),
            hour=f"{local.hour:02}",
            minute=f"{local.minute:02}",
            zone=clock.label,
        )

    def size(self, count: int) -> str:
        """Return a file size people understand: `28 KB`, `1,2 MB`."""
        if count < 1_000_000:
            return f"{max(1, round(count / 1000))} KB"
        return f"{count / 1_000_000:.1f} MB".replace(".", self.point)

    def names(self, names: Sequence[str]) -> str:
        """Return `A`, `A dan B`, or `A, B, dan C`."""
        if len(names) < 2:
            return "".join(names)
        if len(names) == 2:
            return self.t("list.two", a=names[0], b=names[1])
        return self.t("list.many", first=", ".join(names[:-1]), last=names[-1])

    def _month(self, day: date) -> str:
        return self.t(f"date.month.{day.month}")


def placeholders(text: str) -> set[str]:
    """Return the names that a text wants filled."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def _flat(tree: dict[str, object], prefix: str = "") -> dict[str, str]:
    texts: dict[str, str] = {}
    for key, value in tree.items():
        if isinstance(value, dict):
            texts |= _flat(value, f"{prefix}{key}.")
        else:
            texts[prefix + key] = str(value)
    return texts


@cache
def language(code: str) -> Language:
    """Return the language `id` or `en`, read from its file once."""
    return Language(code, texts_of(TRANSLATIONS / f"{code}.toml"))


def texts_of(path: Path) -> dict[str, str]:
    """Return the texts of a file by their dotted keys."""
    try:
        return _flat(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise PublicationError(
            f"the texts of language “{path.stem}” cannot be read: {error}",
            where=str(path),
            hint="restore the file from the repository",
        ) from error
