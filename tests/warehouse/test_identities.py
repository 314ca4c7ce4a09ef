"""What holds for every input: persons add up, nothing is understated, the order of files does not matter."""

from __future__ import annotations

import contextlib
import itertools
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.warehouse.small_warehouse import COUNTRY, build, empty_warehouse, fill, insert_rows
from tests.warehouse.staged_files import MARCH, everything, put, refused, rekap
from warehouse.checks import declared_checks, run_checks
from warehouse.database import Connection, rows
from warehouse.load import load_file

REGENCIES = {"1101": "11", "1102": "11", "1171": "11", "1201": "12"}
PROVINCES = {"11": ("1101", "1102", "1171"), "12": ("1201",)}
REGIONS = ("00", *PROVINCES, *REGENCIES)
MONTHS = ("2025-01-31", "2025-02-28", "2025-04-30")
ROUNDS = ("2024-08-01", "2025-02-01")


@pytest.fixture(scope="module")
def connection() -> Iterator[Connection]:
    with empty_warehouse() as opened:
        yield opened


def _half_up(members: int, base: int) -> Decimal | None:
    """Members over base in percent with two decimals, exactly; none where DECIMAL(6, 2) has no room."""
    hundredths = (Fraction(members * 10_000, base) + Fraction(1, 2)).__floor__()
    return Decimal(hundredths).scaleb(-2) if hundredths <= 999_999 else None


PAIRS = st.lists(
    st.one_of(
        st.tuples(st.integers(0, 10**12), st.integers(1, 10**12)),
        # On the border of two hundredths: k + 1/2 hundredths of a percent, for a base of 20,000 × n.
        st.builds(lambda k, n: ((2 * k + 1) * n, 20_000 * n), st.integers(0, 30_000), st.integers(1, 10**6)),
        st.tuples(st.integers(0, 2 * 10**6), st.integers(1, 200)),
    ),
    min_size=20,
    max_size=60,
)


@settings(max_examples=30)
@given(pairs=PAIRS)
def test_the_published_percent_is_exact(pairs: list[tuple[int, int]], connection: Connection) -> None:
    query = "SELECT coverage_pct(m, b) FROM (SELECT unnest(?::BIGINT[]) AS m, unnest(?::BIGINT[]) AS b)"
    given_pct = connection.execute(query, [[m for m, _ in pairs], [b for _, b in pairs]]).fetchall()
    assert [pct for (pct,) in given_pct] == [_half_up(*pair) for pair in pairs]


@pytest.mark.parametrize("call", ["coverage_pct({}, {})", "coverage_rate({}, {})"])
@pytest.mark.parametrize("pair", [("5", "0"), ("0", "0"), ("5", "NULL"), ("NULL", "5"), ("5", "-1")])
def test_no_base_no_percent(call: str, pair: tuple[str, str], connection: Connection) -> None:
    assert connection.execute(f"SELECT {call.format(*pair)}").fetchall() == [(None,)]


@settings(max_examples=30)
@given(
    needs=st.lists(
        st.tuples(st.integers(1, 10_000), st.integers(0, 10**9), st.integers(1, 10**9)), min_size=20
    )
)
def test_people_needed_is_exact(needs: list[tuple[int, int, int]], connection: Connection) -> None:
    values = ", ".join(f"({t / 100:.2f}::DECIMAL(6, 2), {m}::BIGINT, {b}::BIGINT)" for t, m, b in needs)
    query = f"SELECT members_needed(t, m, b) FROM (VALUES {values}) AS v(t, m, b)"
    found = connection.execute(query).fetchall()
    exact = [max(0, -(-target * base // 10_000) - members) for target, members, base in needs]
    assert [needed for (needed,) in found] == exact


@pytest.mark.parametrize("missing", [("NULL", "5", "9"), ("60.00", "NULL", "9"), ("60.00", "5", "NULL")])
def test_people_needed_is_not_known_where_anything_is_missing(
    missing: tuple[str, str, str], connection: Connection
) -> None:
    target, members, base = missing
    query = f"SELECT members_needed({target}::DECIMAL(6, 2), {members}::BIGINT, {base}::BIGINT)"
    assert connection.execute(query).fetchall() == [(None,)]


Counts = dict[tuple[str, str], dict[str, int]]
Bases = dict[tuple[str, str], int]

_CHECKED_MARTS = {name for check in declared_checks() for name in re.findall(r"\bmarts\.(\w+)", check.query)}

_COUNT = st.integers(0, 2_000)
_SEGMENTS = st.one_of(
    st.fixed_dictionaries({"TOTAL": _COUNT}),
    st.fixed_dictionaries({"PU": _COUNT, "BPU": _COUNT}),
    st.fixed_dictionaries({"TOTAL": _COUNT, "PU": _COUNT, "BPU": _COUNT}),
    st.fixed_dictionaries({"PU": _COUNT, "BPU": _COUNT, "JAKON": _COUNT, "PMI": _COUNT}),
)


@st.composite
def _deliveries(draw: st.DrawFn) -> tuple[Counts, Bases]:
    """What regions report for months and rounds: regencies mostly, totals of provinces and country at times."""
    counts: Counts = {}
    for month, region in itertools.product(MONTHS, REGIONS):
        if draw(st.integers(0, 9)) < (8 if region in REGENCIES else 2):
            counts[month, region] = draw(_SEGMENTS)
    bases: Bases = {}
    for base_round, region in itertools.product(ROUNDS, REGIONS):
        if draw(st.integers(0, 9)) < (8 if region in REGENCIES else 2):
            bases[base_round, region] = draw(st.integers(100, 3_000))
    return counts, bases


def _enter(connection: Connection, counts: Counts, bases: Bases) -> None:
    """One file per month and one per round."""
    fill(connection, COUNTRY)
    for (day, region), segments in counts.items():
        told = {"file_id": f"m{day}", "as_of": day, "region_code": region}
        insert_rows(
            connection,
            "staging.membership_counts",
            [{**told, "segment": segment, "active_members": number} for segment, number in segments.items()],
        )
    for (day, region), number in bases.items():
        told = {"file_id": f"b{day}", "base_round": day, "region_code": region}
        insert_rows(connection, "staging.bases", [{**told, "workers": number}])
    sizes = Counter((f"m{day}", "rekap", day) for (day, _), told in counts.items() for _ in told)
    sizes.update((f"b{day}", "penduduk_bekerja", day) for day, _ in bases)
    for (file_id, source, day), size in sizes.items():
        file = {"file_id": file_id, "source": source, "as_of": day}
        insert_rows(connection, "ledger.files", [{**file, "rows_accepted": size, "lines": size}])


def _numerators(segments: dict[str, int]) -> dict[str, int]:
    """What a region's report counts, by the rules of the contract."""
    told = {}
    if "TOTAL" in segments or len(segments) > 2:
        told["workers_residence"] = segments.get("TOTAL", sum(segments.values()))
    if "PU" in segments and not {"JAKON", "PMI"} & segments.keys():  # who is in JAKON as well stands there
        told["workers_residence_pu_bpu"] = segments["PU"] + segments["BPU"]
    return told


#: A whole build for every example: shrinking one would take minutes.
_UNSHRUNK = (Phase.explicit, Phase.reuse, Phase.generate)


@settings(max_examples=10, phases=_UNSHRUNK)
@given(delivered=_deliveries())
def test_persons_add_up_and_no_sum_is_understated(
    delivered: tuple[Counts, Bases], connection: Connection
) -> None:
    counts, bases = delivered
    _enter(connection, counts, bases)
    with pytest.MonkeyPatch.context() as patched:
        build(connection, _CHECKED_MARTS, patched)
    stopping = [finding for finding in run_checks(connection) if finding.stops_release]
    assert stopping == []
    headline = {
        (str(row["period"])[:7], row["region_code"]): row
        for row in rows(connection, "SELECT * FROM marts.headline_coverage")
    }
    reported = sorted(int(month[5:7]) for month, _ in counts)
    series = [f"2025-{month:02}" for month in range(reported[0], reported[-1] + 1)] if reported else []
    assert set(headline) == set(itertools.product(series, REGIONS)), "every region in every month"
    numerators = {(day[:7], region): _numerators(told) for (day, region), told in counts.items()}
    for (month, region), row in headline.items():
        _holds_for_any_region(row)
        _is_the_sum_of_its_parts(month, region, row, numerators)
        _has_the_newest_base(month, region, row, bases)


def _holds_for_any_region(row: dict[str, Any]) -> None:
    members, base = row["active_members"], row["working_population"]
    has_figure = members is not None and base is not None
    assert (row["coverage_pct"] is not None) == has_figure
    assert (row["obs_status"] == "O") == (not has_figure)
    assert (row["coverage_status"] in {"complete", "above_100"}) == has_figure
    if has_figure:
        assert row["coverage_pct"] == _half_up(members, base)
        assert (row["coverage_status"] == "above_100") == (members > base)


def _is_the_sum_of_its_parts(
    month: str, region: str, row: dict[str, Any], numerators: dict[tuple[str, str], dict[str, int]]
) -> None:
    numerator = row["numerator_id"]
    if numerator is None:
        assert row["active_members"] is None
    elif row["members_basis"] == "reported_total":
        assert row["active_members"] == numerators[month, region][numerator]
    else:
        assert row["active_members"] == _added(month, region, numerator, numerators)


def _added(
    month: str, region: str, numerator: str, numerators: dict[tuple[str, str], dict[str, int]]
) -> int | None:
    """Sum over the parts below, or what was reported; None while a part is missing."""
    own = numerators.get((month, region), {}).get(numerator)
    if region in REGENCIES:
        return own
    below = PROVINCES.get(region, tuple(PROVINCES))
    parts = [_added(month, part, numerator, numerators) for part in below]
    return own if None in parts else sum(part for part in parts if part is not None)


def _has_the_newest_base(month: str, region: str, row: dict[str, Any], bases: Bases) -> None:
    if region not in REGENCIES:
        return
    usable = [
        base_round for base_round in ROUNDS if base_round[:7] <= month and (base_round, region) in bases
    ]
    newest = max(usable, default=None)
    assert row["working_population"] == (bases[newest, region] if newest else None)
    assert row["base_round"] == (date.fromisoformat(newest) if newest else None)


_DELIVERY = st.fixed_dictionaries(
    {
        "scope": st.sampled_from(["11", "12"]),
        "as_of": st.sampled_from([MARCH, date(2025, 4, 30)]),
        "days": st.integers(0, 3),
        "members": st.integers(0, 999),
        "accepted": st.booleans(),
        "reading": st.sampled_from(["r1", "r2"]),
    }
)


@settings(max_examples=8, phases=_UNSHRUNK)
@given(drawn=st.lists(_DELIVERY, min_size=2, max_size=4), data=st.data())
def test_the_order_of_loading_does_not_matter(
    drawn: list[dict[str, Any]],
    data: st.DataObject,
    connection: Connection,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    staged = tmp_path_factory.mktemp("staged")
    loads = [_staged(staged, f"file-{number}", dict(one)) for number, one in enumerate(drawn)]
    outcomes = []
    for order in (loads, data.draw(st.permutations(loads)), loads * 2):
        fill(connection, COUNTRY)
        for record, folder in order:
            load_file(connection, record, folder)
        counted = connection.execute("SELECT * FROM ledger.counted_files ORDER BY ALL").fetchall()
        outcomes.append((everything(connection), counted))
    assert outcomes[1] == outcomes[0]
    assert outcomes[2] == outcomes[0], "loading everything again changes nothing"


def _staged(staged: Path, name: str, facts: dict[str, Any]) -> tuple[Any, Path | None]:
    members, accepted, reading = facts.pop("members"), facts.pop("accepted"), facts.pop("reading")
    if not accepted:
        return replace(refused(name, **facts), reading=reading), None
    record, frame = rekap(name, {"1101" if facts["scope"] == "11" else "1201": members}, **facts)
    record = replace(record, reading=reading, read_at=record.read_at + timedelta(hours=int(reading[1])))
    with contextlib.suppress(FileExistsError):
        staged.mkdir()
    return record, put(staged, record, frame)
