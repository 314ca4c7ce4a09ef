from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

import warehouse.publication
from warehouse.publication import Clock, PublicationError
from warehouse.publication.language import language, placeholders

ID, EN = language("id"), language("en")
PACKAGE = Path(warehouse.publication.__file__).parent
SECTIONS = {key.split(".")[0] for key in EN.texts}
#: Everything in quotes that begins like a key: calls, and keys chosen before the call.
_KEY = re.compile(r"""(f?)["']([a-z_]+\.[^"'\s]*)["']""")
_FILE = re.compile(r"\.(?:svg|html|css|js|typ|csv|parquet|json|txt|toml|ttf|png|xlsx|pdf|duckdb)$")


def test_both_languages_have_the_same_texts() -> None:
    shared = {key for key in EN.texts if not key.endswith(".one")}
    assert shared == set(ID.texts)
    assert {key.replace(".one", ".other") for key in set(EN.texts) - shared} <= shared


@pytest.mark.parametrize("key", sorted(set(ID.texts) & set(EN.texts)))
def test_both_languages_fill_the_same_places(key: str) -> None:
    assert placeholders(ID.texts[key]) == placeholders(EN.texts[key])


def _used() -> list[re.Pattern[str]]:
    """Return what each key in the code may be once its places are filled."""
    found = set()
    for path in [*PACKAGE.glob("*.py"), *PACKAGE.glob("templates/*")]:
        for formatted, key in _KEY.findall(path.read_text(encoding="utf-8")):
            if key.split(".")[0] in SECTIONS and not _FILE.search(key):
                pattern = re.sub(r"\\{[^}]*\\}", "[^.]+(?:[.].+)?", re.escape(key))
                found.add(pattern + ("(.+)?" if formatted or key.endswith(".") else r"(\.one|\.other)?"))
    return [re.compile(pattern) for pattern in sorted(found)]


def test_every_text_that_the_code_asks_for_exists() -> None:
    missing = [p.pattern for p in _used() if not any(p.fullmatch(key) for key in EN.texts)]
    assert missing == []


def test_a_text_that_does_not_exist_stops_the_build() -> None:
    with pytest.raises(
        PublicationError, match=r"translations/id.toml: there is no text “page.nonsense”"
    ) as error:
        ID.t("page.nonsense")
    assert "both languages" in error.value.hint


def test_a_place_that_nothing_fills_stops_the_build() -> None:
    with pytest.raises(PublicationError, match="placeholder"):
        ID.t("headline.nothing")


def test_numbers_are_written_as_the_language_writes_them() -> None:
    assert (ID.integer(1873899), EN.integer(1873899)) == ("1.873.899", "1,873,899")
    assert (ID.decimal(Decimal("48.30")), EN.decimal(Decimal("48.30"))) == ("48,30", "48.30")
    assert (ID.decimal(Decimal("-1234.50")), EN.decimal(Decimal("5.00"), signed=True)) == (
        "−1.234,50",
        "+5.00",
    )
    assert ID.decimal(Decimal("0.00"), signed=True) == "0,00"
    assert (ID.percent(Decimal("48.33")), EN.percent(Decimal("48.33"))) == ("48,33 %", "48.33%")
    assert (ID.integer(None), ID.decimal(None), ID.day(None)) == ("–", "–", "–")
    assert ID.printed("50.88") == "50,88"


def test_days_and_moments() -> None:
    assert (ID.day(date(2025, 3, 31)), EN.short_day(date(2025, 8, 1))) == ("31 Maret 2025", "1 Aug 2025")
    moment = datetime(2026, 11, 21, 18, 14, tzinfo=UTC)
    assert ID.moment(moment, Clock()) == "22 Nov 2026 pukul 02.14 WITA"
    assert EN.moment(moment, Clock("WIB", 7)) == "22 Nov 2026, 01:14 WIB"


def test_names_in_a_row() -> None:
    assert (ID.names(["A"]), ID.names(["A", "B"]), EN.names(["A", "B", "C"])) == (
        "A",
        "A dan B",
        "A, B and C",
    )


def test_sizes() -> None:
    assert (ID.size(28_400), ID.size(1_234_567), EN.size(1_234_567), ID.size(3)) == (
        "28 KB",
        "1,2 MB",
        "1.2 MB",
        "1 KB",
    )


#: Keys that data choose: a word that the files do not know is printed as it came.
_FROM_DATA = ("source.", "column.", "defect.", "verdict.", "measure.", "segment.", "xlsx.unit.")


def test_no_text_is_left_over() -> None:
    used = _used()
    left = [key for key in EN.texts if not key.startswith(_FROM_DATA)]
    assert [key for key in left if not any(pattern.fullmatch(key) for pattern in used)] == []
