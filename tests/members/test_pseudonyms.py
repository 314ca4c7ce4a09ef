"""Pseudonyms are HMAC-SHA-256 under the secret keys, and all that is kept of a person."""

from __future__ import annotations

import hashlib
import hmac
from datetime import date
from typing import Any

import polars as pl
import pytest

import transforms.pseudonyms
from schemas.sources import PESERTA
from schemas.tables.member_rows import StagedMemberships
from schemas.tables.table import Table
from schemas.validation import accept, conform
from tests.members.rows import CONTEXT, MemberContext, text_frame
from transforms.member_rows import typed_members
from transforms.pseudonyms import library_hashes_rightly, rekeyed, staged_memberships

KEY, NEXT = "the first key of these tests, long", "another one, made by a rotation"


def kept(
    *rows: dict[str, str | None], keys: tuple[str, ...] = (KEY,), as_of: date = CONTEXT.as_of
) -> pl.DataFrame:
    context = MemberContext(as_of, CONTEXT.places, CONTEXT.nik_regions)
    verdict = accept(PESERTA.schema, typed_members(text_frame(*rows), context), warnings=PESERTA.warnings)
    assert verdict.rejected.height == 0, verdict.rejected["reasons"].to_list()
    return staged_memberships(verdict.accepted, keys)


def digest(text: str, key: str) -> bytes:
    return hmac.digest(key.encode(), text.encode(), "sha256")


def numbers(of: bytes) -> tuple[int, int]:
    return int.from_bytes(of[:8], "big"), int.from_bytes(of[8:16], "big")


def test_a_pseudonym_is_the_hmac_of_the_standard_library() -> None:
    other = {"nik": "5171010101900002", "kpj": "00000000001", "sex": "L"}
    rows = kept({}, other)
    for row, (nik, kpj) in zip(
        rows.iter_rows(named=True),
        [("5103014101900001", "12345678901"), ("5171010101900002", "00000000001")],
        strict=True,
    ):
        assert (row["person_high"], row["person_low"]) == numbers(digest(nik, KEY))
        assert row["membership"] == numbers(digest(kpj, KEY))[0]


def test_keys_are_applied_one_after_the_other() -> None:
    [row] = kept({}, keys=(KEY, NEXT)).iter_rows(named=True)
    high, low = numbers(digest("5103014101900001", KEY))
    assert (row["person_high"], row["person_low"]) == numbers(digest(f"{high}{low}", NEXT))
    assert row["membership"] == numbers(digest(str(numbers(digest("12345678901", KEY))[0]), NEXT))[0]


def test_rekeying_is_staging_under_both_keys_and_keeps_who_is_equal() -> None:
    rows = [
        {},
        {"kpj": "00000000002"},
        {"nik": "5103014101900002"},
        {"nik": "5103014101900002", "kpj": "00000000002"},
    ]
    before, after = kept(*rows), kept(*rows, keys=(KEY, NEXT))
    assert rekeyed(before, NEXT).equals(after)
    for columns in (["person_high", "person_low"], ["membership"]):
        assert before.select(pl.struct(columns).rank("dense")).n_unique() == 2
        assert before[columns].is_duplicated().all()
        assert after[columns].is_duplicated().all()
        assert [before[columns].row(0) == row for row in before[columns].rows()] == [
            after[columns].row(0) == row for row in after[columns].rows()
        ]
        assert not set(before[columns].rows()) & set(after[columns].rows())
    rest = [name for name in before.columns if not name.startswith("person") and name != "membership"]
    assert before[rest].equals(after[rest])


def test_another_key_gives_other_pseudonyms_and_digests() -> None:
    one, other = kept({}), kept({}, keys=(NEXT,))
    for column in ("person_high", "person_low", "membership", "content", "identity"):
        assert one[column][0] != other[column][0]


def test_a_published_vector_and_a_library_that_hashes_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    # RFC 4231, test case 2.
    assert (
        hmac.digest(b"Jefe", b"what do ya want for nothing?", "sha256").hex()
        == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    )
    assert library_hashes_rightly()
    monkeypatch.setattr(transforms.pseudonyms, "_hmac", lambda text, key: text.hash().cast(pl.String))
    assert not library_hashes_rightly()


def test_nothing_shows_the_key() -> None:
    lazy = text_frame({}).lazy().select(transforms.pseudonyms._hmac(pl.col("nik"), KEY))
    for shown in (lazy.explain(), lazy.explain(optimized=False), str(lazy), repr(lazy)):
        assert KEY not in shown
    assert KEY not in str(transforms.pseudonyms._hmac(pl.col("nik"), KEY))


def test_what_is_missing_has_no_pseudonym() -> None:
    nothing = pl.DataFrame({"nik": [None, "1"]}, schema={"nik": pl.String})
    made = nothing.select(transforms.pseudonyms._hmac(pl.col("nik"), KEY))["nik"].to_list()
    assert made == [None, digest("1", KEY).hex()]


def test_staged_rows_are_as_declared_and_hold_nothing_of_a_person() -> None:
    rows = kept({}, {"workplace": None})
    assert conform(StagedMemberships, rows).equals(rows)
    assert issubclass(StagedMemberships, Table)
    for secret in ("nik", "kpj", "npp", "wage", "birth_date", "start_date", "activity_code", "last_paid"):
        assert secret not in rows.columns
    shown = str(rows.to_dicts())
    for value in ("5103014101900001", "12345678901", "3500000", "1990-01-01", "1990, 1, 1"):
        assert value not in shown


@pytest.mark.parametrize(
    "changed",
    [
        {"npp": "12345679"},
        {"segment": "JAKON", "programs": "JKK|JKM"},
        {"programs": "JKK|JKM"},
        {"start_date": "2020-02-04"},
        {"end_date": "2026-01-01"},
        {"last_paid": "202502"},
        {"last_paid": None},
        {"birth_date": "1990-01-02"},
        {"sex": "L"},
        {"residence": "51.71"},
        {"workplace": "51.03"},
        {"workplace": None},
        {"branch_office": "51A02"},
        {"wage": "3500000,01"},
        {"funding": "APBD"},
        {"is_vulnerable": "Y"},
        {"activity_code": None},
        {"updated_at": "2025-03-30 08:15:01"},
        {"end_date": "2025-02-01", "last_paid": None},
        {"end_date": None, "last_paid": "202502"},
    ],
)
def test_rows_that_say_something_else_have_another_content(changed: dict[str, str | None]) -> None:
    rows = kept({}, changed, {"nik": "5171014101900009", "kpj": "99999999999"}, {"wage": "3.500.000"})
    first, other, someone_else, other_form = rows["content"].to_list()
    assert first != other
    assert first == someone_else == other_form


def test_the_identity_is_birth_date_and_sex() -> None:
    rows = kept({}, {"birth_date": "1990-01-02"}, {"sex": "L"}, {"wage": "1", "residence": "51.71"})
    same, born, sex, rest = rows["identity"].to_list()
    assert same == rest
    assert len({same, born, sex}) == 3


@pytest.mark.parametrize(
    ("cells", "active"),
    [
        ({}, True),
        ({"start_date": "2025-03-31"}, True),
        ({"end_date": "2025-04-01"}, True),
        # A membership that ends on the as-of day has ended on it.
        ({"end_date": "2025-03-31"}, False),
        ({"end_date": "2025-03-30"}, False),
        ({"status": "NONAKTIF", "end_date": "2025-04-01"}, False),
        ({"status": "NONAKTIF", "end_date": "2024-01-01"}, False),
    ],
)
def test_active_is_started_and_not_ended_on_the_day(cells: dict[str, str | None], active: bool) -> None:
    assert kept(cells)["is_active"].to_list() == [active]


AGES: list[tuple[str, str]] = [
    ("2010-03-31", "15-24"),  # fifteen today
    ("2000-04-01", "15-24"),  # twenty-five tomorrow
    ("2000-03-31", "25-34"),
    ("1990-04-01", "25-34"),
    ("1990-03-31", "35-44"),
    ("1980-04-01", "35-44"),
    ("1980-03-31", "45-54"),
    ("1970-04-01", "45-54"),
    ("1970-03-31", "55-64"),
    ("1960-04-01", "55-64"),
    ("1960-03-31", "65+"),
    ("1924-04-01", "65+"),  # a hundred until tomorrow
]


@pytest.mark.parametrize(("born", "group"), AGES)
def test_ages_are_completed_years(born: str, group: str) -> None:
    assert kept({"birth_date": born})["age_group"].to_list() == [group]


def test_a_birthday_on_29_february_comes_on_1_march() -> None:
    born = {"birth_date": "2000-02-29", "nik": "5103016902000001", "updated_at": "2025-01-01 00:00:00"}
    earlier: dict[str, Any] = {"last_paid": "202501"}
    day = kept(born | earlier, as_of=date(2025, 2, 28))
    assert day["age_group"].to_list() == ["15-24"]
    assert kept(born | earlier, as_of=date(2025, 3, 1))["age_group"].to_list() == ["25-34"]


def test_the_seed_of_contents_is_made_from_the_key() -> None:
    seed = transforms.pseudonyms._secret_seed(KEY)
    assert seed == int.from_bytes(
        hmac.new(KEY.encode(), b"content of a row", hashlib.sha256).digest()[:8], "big"
    )
