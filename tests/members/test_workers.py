"""One membership, one row; one person, one row; counts that add up whatever the order and the buckets."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.tables.table import SEGMENTS
from tests.members.rows import staged
from transforms.workers import (
    WorkerCounts,
    added,
    counts_of_bucket,
    one_row_per_membership,
    one_row_per_person,
    segment_names,
    shared_memberships,
)

OLD, NEW = datetime(2025, 2, 1), datetime(2025, 3, 1)


def aside_of(rows: pl.DataFrame) -> list[tuple[int, int, str]]:
    _, aside = one_row_per_membership(rows)
    return sorted(aside.select("file", "line", "reason").rows())


def test_identical_rows_count_once() -> None:
    rows = staged(
        {"person": "a", "membership": 1, "file": 0, "line": 5},
        {"person": "a", "membership": 1, "file": 1, "line": 9},
        {"person": "a", "membership": 1, "file": 0, "line": 7},
        {"person": "a", "membership": 2, "file": 0, "line": 8},
    )
    kept, aside = one_row_per_membership(rows)
    assert kept.height == 2
    assert sorted(aside.select("file", "line", "reason").rows()) == [
        (0, 7, "row:duplicate"),
        (1, 9, "row:duplicate"),
    ]


def test_the_newest_row_of_a_membership_counts() -> None:
    rows = staged(
        {"person": "a", "membership": 1, "updated_at": OLD, "residence": 5171, "line": 2},
        {"person": "a", "membership": 1, "updated_at": NEW, "residence": 5103, "line": 3},
        {"person": "a", "membership": 1, "updated_at": OLD, "residence": 5171, "line": 4},
    )
    kept, _ = one_row_per_membership(rows)
    assert kept.select("residence", "line").rows() == [(5103, 3)]
    assert aside_of(rows) == [(0, 2, "row:superseded"), (0, 4, "row:duplicate")]


def test_equally_new_rows_that_differ_count_once_and_are_told() -> None:
    rows = staged(
        {"person": "a", "membership": 1, "updated_at": NEW, "residence": 5171, "line": 2},
        {"person": "a", "membership": 1, "updated_at": NEW, "residence": 5103, "line": 3},
        {"person": "a", "membership": 1, "updated_at": OLD, "residence": 5108, "line": 4},
    )
    kept, _ = one_row_per_membership(rows)
    assert kept.height == 1
    told = aside_of(rows)
    assert [reason for _, _, reason in told] in (
        ["row:contradiction", "row:superseded"],
        ["row:contradiction", "row:superseded"],
    )
    assert {line for _, line, _ in told} | set(kept["line"]) == {2, 3, 4}


def test_one_kpj_of_two_persons_is_two_memberships() -> None:
    rows = staged({"person": "a", "membership": 1}, {"person": "b", "membership": 1, "branch_office": "X"})
    kept, aside = one_row_per_membership(rows)
    assert (kept.height, aside.height) == (2, 0)
    assert shared_memberships(rows).select("line", "branch_office", "reason").rows() == [
        (2, "51A01", "kpj:several_nik"),
        (3, "X", "kpj:several_nik"),
    ]


def test_one_kpj_of_one_person_is_no_conflict() -> None:
    rows = staged({"person": "a", "membership": 1}, {"person": "a", "membership": 1, "residence": 5171})
    assert shared_memberships(rows).height == 0


def persons_of(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    return one_row_per_person(staged(*rows)).with_columns(segment_names("segments")).to_dicts()


@pytest.mark.parametrize(
    ("held", "primary", "names"),
    [
        (["PU"], "PU", "PU"),
        (["BPU", "PU"], "PU", "PU+BPU"),
        (["JAKON", "PU", "BPU", "PMI"], "PU", "PU+JAKON+PMI+BPU"),
        (["BPU", "JAKON"], "JAKON", "JAKON+BPU"),
        (["PMI", "JAKON"], "JAKON", "JAKON+PMI"),
        (["BPU", "PMI"], "PMI", "PMI+BPU"),
        (["BPU", "BPU"], "BPU", "BPU"),
    ],
)
def test_the_primary_segment_is_the_first_that_is_held(held: list[str], primary: str, names: str) -> None:
    for order in (held, held[::-1]):
        [person] = persons_of(
            *({"person": "a", "membership": at, "segment": segment} for at, segment in enumerate(order))
        )
        assert (person["primary"], person["segments"]) == (primary, names)


def test_a_person_lives_where_the_newest_active_membership_says() -> None:
    [person] = persons_of(
        {
            "person": "a",
            "membership": 1,
            "updated_at": OLD,
            "residence": 5171,
            "segment": "PU",
            "workplace": 5171,
        },
        {
            "person": "a",
            "membership": 2,
            "updated_at": NEW,
            "residence": 5108,
            "segment": "BPU",
            "workplace": None,
        },
    )
    assert (person["residence"], person["workplace"], person["primary"]) == (5108, None, "PU")


def test_equally_new_memberships_are_chosen_by_what_they_say_not_by_their_pseudonyms() -> None:
    """A rotated key changes every pseudonym; the place where a person is counted must stay."""
    pair = [
        {"person": "a", "membership": 1, "residence": 5171},
        {"person": "a", "membership": 2, "residence": 5103},
    ]
    chosen = set()
    for first in range(40):
        rows = [row | {"membership": f"{first} {row['membership']}"} for row in pair]
        [person] = persons_of(*rows)
        chosen.add(person["residence"])
    assert len(chosen) == 1


def test_inactive_memberships_describe_nobody() -> None:
    counts = counts_of_bucket(
        staged(
            {"person": "a", "membership": 1, "updated_at": OLD, "residence": 5171},
            {"person": "a", "membership": 2, "updated_at": NEW, "residence": 5103, "is_active": False},
            {"person": "b", "membership": 3, "is_active": False},
        )
    )
    assert counts.flows.rows() == [(5171, 5103, 1)]
    assert counts.balance.to_dicts() == [
        {
            "rows": 3,
            "duplicates": 0,
            "superseded": 0,
            "memberships": 3,
            "active_memberships": 1,
            "persons": 1,
            "contradictions": 0,
        }
    ]


def test_a_membership_that_ended_takes_the_place_of_an_older_active_row() -> None:
    counts = counts_of_bucket(
        staged(
            {"person": "a", "membership": 1, "updated_at": OLD},
            {"person": "a", "membership": 1, "updated_at": NEW, "is_active": False},
        )
    )
    assert counts.balance["persons"].item() == 0
    assert counts.workers.height == 0


def test_counts_of_a_bucket_worked_out_by_hand() -> None:
    rows = staged(
        # a: PU in Badung, working in Denpasar, and BPU; newest is BPU.
        {"person": "a", "membership": 1, "updated_at": OLD, "workplace": 5171},
        {"person": "a", "membership": 2, "updated_at": NEW, "segment": "BPU", "funding": "APBD",
         "is_vulnerable": True, "workplace": None, "branch_office": "51B01"},
        # b: one membership delivered twice, and once older.
        {"person": "b", "membership": 3, "sex": "L"},
        {"person": "b", "membership": 3, "sex": "L", "file": 1},
        {"person": "b", "membership": 3, "sex": "L", "updated_at": OLD},
        # c: two memberships that name different birth dates.
        {"person": "c", "membership": 4, "born": 1},
        {"person": "c", "membership": 5, "born": 2, "branch_office": "51B01"},
    )  # fmt: skip
    counts = counts_of_bucket(rows)
    assert sorted(counts.workers.rows(), key=str) == sorted(
        [
            ("residence", 5103, "PU", "P", "35-44", "APBD", True, 1),
            ("residence", 5103, "PU", "L", "35-44", "PEMBERI_KERJA", False, 1),
            ("residence", 5103, "PU", "P", "35-44", "PEMBERI_KERJA", False, 1),
            ("workplace", None, "PU", "P", "35-44", "APBD", True, 1),
            ("workplace", 5103, "PU", "L", "35-44", "PEMBERI_KERJA", False, 1),
            ("workplace", 5103, "PU", "P", "35-44", "PEMBERI_KERJA", False, 1),
            ("membership", 5103, "PU", "P", "35-44", "PEMBERI_KERJA", False, 3),
            ("membership", 5103, "BPU", "P", "35-44", "APBD", True, 1),
            ("membership", 5103, "PU", "L", "35-44", "PEMBERI_KERJA", False, 1),
        ],
        key=str,
    )
    overlap = counts.overlap.with_columns(segment_names("segments"))
    assert sorted(overlap.rows()) == [(5103, "PU", 2), (5103, "PU+BPU", 1)]
    assert sorted(counts.flows.rows(), key=str) == [(5103, 5103, 2), (5103, None, 1)]
    assert sorted(counts.offices.rows()) == [("51A01", 5, 1, 1, 0, 1), ("51B01", 2, 0, 0, 0, 1)]
    assert counts.balance.rows() == [(7, 1, 1, 5, 5, 3, 0)]


PEOPLE = st.lists(
    st.fixed_dictionaries(
        {
            "person": st.sampled_from("abcde"),
            "membership": st.integers(0, 5),
            "updated_at": st.sampled_from([OLD, NEW]),
            "is_active": st.booleans(),
            "segment": st.sampled_from(SEGMENTS),
            "residence": st.sampled_from([5103, 5171, 5108]),
            "workplace": st.sampled_from([5103, 5171, None]),
            "sex": st.sampled_from("LP"),
            "age_group": st.sampled_from(["15-24", "65+"]),
            "funding": st.sampled_from(["APBD", "MANDIRI"]),
            "is_vulnerable": st.booleans(),
            "branch_office": st.sampled_from(["51A01", "51B01"]),
            "born": st.integers(0, 2),
            "unkept": st.integers(0, 1),
        }
    ),
    min_size=1,
    max_size=25,
)


def counted(counts: WorkerCounts, but: tuple[str, ...] = ()) -> dict[str, list[tuple[Any, ...]]]:
    whole = added([counts])
    return {item.name: getattr(whole, item.name).rows() for item in fields(whole) if item.name not in but}


@given(people=PEOPLE, data=st.data())
@settings(max_examples=40)
def test_neither_the_order_of_rows_nor_that_of_files_matters(
    people: list[dict[str, Any]], data: st.DataObject
) -> None:
    doubled = people + data.draw(st.lists(st.sampled_from(people), max_size=5))
    rows = staged(*doubled)
    here = counted(counts_of_bucket(rows), but=("aside",))
    shuffled = rows.select(pl.all().gather(data.draw(st.permutations(range(rows.height)))))
    elsewhere = shuffled.with_columns(
        pl.Series("file", data.draw(st.lists(st.integers(0, 3), min_size=rows.height, max_size=rows.height)),
                  dtype=pl.UInt16)
    )  # fmt: skip
    assert counted(counts_of_bucket(shuffled)) == counted(counts_of_bucket(rows))
    assert counted(counts_of_bucket(elsewhere), but=("aside",)) == here


def by_hand(rows: pl.DataFrame) -> dict[str, int]:
    """The sums of a bucket in plain Python: a row per membership, then a person per NIK."""
    kept: dict[tuple[int, int], list[dict[str, Any]]] = {}
    for row in rows.iter_rows(named=True):
        kept.setdefault((row["person_high"], row["membership"]), []).append(row)
    duplicates = sum(len(same) - len({row["content"] for row in same}) for same in kept.values())
    newest = [max(same, key=lambda row: row["updated_at"]) for same in kept.values()]
    return {"rows": rows.height, "duplicates": duplicates, "memberships": len(newest)}


@given(people=PEOPLE)
@settings(max_examples=40)
def test_what_always_adds_up(people: list[dict[str, Any]]) -> None:
    rows = staged(*people)
    counts = counts_of_bucket(rows)
    [sums] = counts.balance.to_dicts()
    assert by_hand(rows).items() <= sums.items()
    assert sums["rows"] == sums["memberships"] + sums["duplicates"] + sums["superseded"]
    assert sums["contradictions"] <= sums["superseded"]
    assert sums["persons"] <= sums["active_memberships"] <= sums["memberships"]
    per_way = dict(counts.workers.group_by("counted_by").agg(pl.col("count").sum()).rows())
    expected = {
        "residence": sums["persons"],
        "workplace": sums["persons"],
        "membership": sums["active_memberships"],
    }
    assert per_way == {way: count for way, count in expected.items() if count}
    assert counts.overlap["persons"].sum() == counts.flows["persons"].sum() == sums["persons"]
    assert counts.offices["rows"].sum() == sums["rows"]
    assert counts.offices["duplicates"].sum() == sums["duplicates"]


@given(people=PEOPLE, at=st.integers(0, 2**64 - 1))
@settings(max_examples=40)
def test_buckets_of_persons_add_up_to_the_whole(people: list[dict[str, Any]], at: int) -> None:
    rows = staged(*people)
    halves = [rows.filter(pl.col("person_high") < at), rows.filter(pl.col("person_high") >= at)]
    apart = added([counts_of_bucket(half) for half in halves])
    whole = added([counts_of_bucket(rows)])
    for item in fields(whole):
        assert getattr(apart, item.name).equals(getattr(whole, item.name)), item.name


def test_nobody_at_all() -> None:
    counts = added([counts_of_bucket(staged())])
    assert counts.balance.rows() == [(0, 0, 0, 0, 0, 0, 0)]
    assert (counts.workers.height, counts.offices.height, counts.aside.height) == (0, 0, 0)
