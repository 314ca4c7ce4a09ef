"""The words of a press note in both languages, and how each writes numbers and days."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

LANGUAGES = ("id", "en")
_SWAPPED = str.maketrans(",.", ".,")
_MONTHS = {
    "id": (
        "Januari", "Februari", "Maret", "April", "Mei", "Juni",
        "Juli", "Agustus", "September", "Oktober", "November", "Desember",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip

TEXTS: dict[str, dict[str, str]] = {
    "id": {
        "synthetic": "DATA SINTETIS, bukan angka resmi.",
        "headline": "Cakupan Jamsostek {place} per {as_of} mencapai {pct} persen, sekitar {members} peserta "
        "dari {base} {base_word}{status}.",
        "provisional": " (angka sementara)",
        "revised": " (angka revisi)",
        "above_100": "Angka di atas 100 persen diterbitkan apa adanya: peserta dapat bekerja di wilayah lain.",
        "incomplete": "Cakupan Jamsostek {place} per {as_of} belum dapat dihitung: baru {some} dari {all} "
        "{part_word} memiliki angka.",
        "no_membership": "Cakupan Jamsostek {place} per {as_of} belum dapat dihitung: "
        "data peserta belum diterima.",
        "no_survey": "Cakupan Jamsostek {place} per {as_of} belum dapat dihitung: {members} peserta tercatat, "
        "tetapi penyebutnya belum diterima.",
        "part": "{name}, {pct} persen ({members} dari {base})",
        "and": " dan ",
        "among": "Di antara {some} dari {all} {part_word} yang memiliki angka dengan definisi yang sama, tertinggi",
        "highest": "Tertinggi",
        "extremes": "{highest_word} {highest}; terendah {lowest}.",
        "all_equal": "Semua sama: {highest}.",
        "only_one": "Baru satu {part_word} yang memiliki angka dengan definisi yang sama: {highest}.",
        "no_parts": "Angka {part_word} dengan definisi yang sama belum ada.",
        "below": "Target {year} sebesar {pct} persen ({set_by}): masih kurang {gap} poin, setara {needed} peserta.",
        "passed": "Target {year} sebesar {pct} persen ({set_by}) terlampaui {gap} poin.",
        "reached": "Target {year} sebesar {pct} persen ({set_by}) tepat tercapai.",
        "no_target": "Belum ada target dengan definisi yang sama untuk {year}.",
        "first": "Ini angka pertama dalam deret, sehingga perubahannya belum dapat dihitung.",
        "unchanged": "Tidak berubah sejak {since} ({previous} persen).",
        "definition": "Angka {since} ({previous} persen) tidak dapat dibandingkan: definisinya berbeda.",
        "change": "Sejak {since} ({previous} persen) {direction} {points} poin, {because}.",
        "up": "naik", "down": "turun",
        "one_cause": "karena {cause}",
        "two_causes": "terutama karena {main}; {other}",
        "equal_causes": "karena {main}; {other}",
        "members_up": "peserta bertambah {count}", "members_down": "peserta berkurang {count}",
        "base_up": "{base_word} bertambah {count}", "base_down": "{base_word} berkurang {count}",
        "raises": " (menaikkan {points} poin)", "lowers": " (menurunkan {points} poin)",
        "source": "Sumber: Cakupan, rilis {release}.",
        "workers": "penduduk bekerja", "labour_force": "angkatan kerja",
        "regency": "kabupaten/kota", "province": "provinsi",
    },
    "en": {
        "synthetic": "SYNTHETIC DATA, not official figures.",
        "headline": "Jamsostek coverage of {place} on {as_of} was {pct} percent, about {members} members "
        "of {base} {base_word}{status}.",
        "provisional": " (provisional)",
        "revised": " (revised)",
        "above_100": "Figures above 100 percent are published as they are: members may work elsewhere.",
        "incomplete": "Jamsostek coverage of {place} on {as_of} cannot be computed yet: only {some} of {all} "
        "{part_word} have a figure.",
        "no_membership": "Jamsostek coverage of {place} on {as_of} cannot be computed yet: "
        "the members have not been delivered.",
        "no_survey": "Jamsostek coverage of {place} on {as_of} cannot be computed yet: {members} members are "
        "counted, but the base has not been delivered.",
        "part": "{name}, {pct} percent ({members} of {base})",
        "and": " and ",
        "among": "Among {some} of {all} {part_word} with a figure of this definition, highest is",
        "highest": "Highest is",
        "extremes": "{highest_word} {highest}; lowest is {lowest}.",
        "all_equal": "All are equal: {highest}.",
        "only_one": "Only one of the {part_word} has a figure of this definition: {highest}.",
        "no_parts": "There are no figures of this definition by {part_word} yet.",
        "below": "The {year} target of {pct} percent ({set_by}): {gap} points are missing, or {needed} members.",
        "passed": "The {year} target of {pct} percent ({set_by}) is passed by {gap} points.",
        "reached": "The {year} target of {pct} percent ({set_by}) is reached exactly.",
        "no_target": "There is no target of the same definition for {year}.",
        "first": "This is the first figure of the series, so no change can be computed yet.",
        "unchanged": "Unchanged since {since} ({previous} percent).",
        "definition": "The figure of {since} ({previous} percent) cannot be compared: its definition differs.",
        "change": "Since {since} ({previous} percent) {direction} {points} points, {because}.",
        "up": "up", "down": "down",
        "one_cause": "because of {cause}",
        "two_causes": "mainly because of {main}; {other}",
        "equal_causes": "because of {main}; {other}",
        "members_up": "{count} more members", "members_down": "{count} fewer members",
        "base_up": "{count} more {base_word}", "base_down": "{count} fewer {base_word}",
        "raises": " (raises it by {points} points)", "lowers": " (lowers it by {points} points)",
        "source": "Source: Cakupan, release {release}.",
        "workers": "people in work", "labour_force": "people in the labour force",
        "regency": "regencies and cities", "province": "provinces",
    },
}  # fmt: skip


def number(value: int | Decimal, language: str) -> str:
    """A count or a percent with all its decimals, without sign: 1.873.899 and 49,90 in Indonesian."""
    text = f"{abs(value):,}"
    return text.translate(_SWAPPED) if language == "id" else text


def day(value: date, language: str) -> str:
    """A day as people say it: 31 Maret 2025, 31 March 2025."""
    return f"{value.day} {_MONTHS[language][value.month - 1]} {value.year}"


def parsed_day(text: str, language: str) -> date | None:
    """The day that was written; None when there is no such month or day."""
    of_month, month, year = text.split()
    try:
        return date(int(year), _MONTHS[language].index(month) + 1, int(of_month))
    except ValueError:
        return None


def parsed_number(text: str, language: str) -> Decimal:
    """The number that was written, with the decimals it was written with."""
    plain = text.translate(_SWAPPED) if language == "id" else text
    return Decimal(plain.replace(",", ""))
