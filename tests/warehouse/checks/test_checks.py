"""Every check passes on a healthy country, bites where its defect is, and leaves the border case alone.

`bites/<check>.<what>.sql` damages the country of `healthy/` before the marts are built, or after they are
where it says `-- damages: marts`; `-- finds: subject | detail` is what the check then says. `passes/` holds
what it must not find.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

import warehouse.checks
from schemas.errors import ContractBroken
from tests.warehouse.small_warehouse import COUNTRY, build, empty_warehouse, fill
from warehouse.checks import Check, Finding, declared_checks, run_checks
from warehouse.database import Connection

HERE = Path(__file__).parent
BITES = sorted((HERE / "bites").iterdir())
PASSES = sorted((HERE / "passes").iterdir())


@pytest.fixture(scope="module")
def connection() -> Iterator[Connection]:
    with empty_warehouse() as opened:
        yield opened


def _checked(example: Path) -> str:
    return example.name.partition(".")[0]


def _marts_of(check: Check) -> list[str]:
    return re.findall(r"\bmarts\.(\w+)", check.query)


def _found(check_id: str, damage: str, connection: Connection, monkeypatch: pytest.MonkeyPatch) -> Finding:
    """Make the country, damage it, and run one check."""
    [check] = [check for check in declared_checks() if check.check_id == check_id]
    fill(connection, COUNTRY, HERE / "healthy")
    to_marts = "-- damages: marts\n" in damage
    if not to_marts:
        connection.execute(damage)
    build(connection, _marts_of(check), monkeypatch)
    if to_marts:
        connection.execute(damage)
    monkeypatch.setattr(warehouse.checks, "declared_checks", lambda: (check,))
    [finding] = run_checks(connection)
    return finding


@pytest.fixture(scope="module")
def healthy() -> Iterator[dict[str, Finding]]:
    """What every check finds in the country as it is."""
    with empty_warehouse() as opened, pytest.MonkeyPatch.context() as patched:
        fill(opened, COUNTRY, HERE / "healthy")
        build(opened, {name for check in declared_checks() for name in _marts_of(check)}, patched)
        yield {finding.check.check_id: finding for finding in run_checks(opened)}


@pytest.mark.parametrize("check", declared_checks(), ids=lambda check: check.check_id)
def test_a_check_passes_on_a_healthy_country(check: Check, healthy: dict[str, Finding]) -> None:
    finding = healthy[check.check_id]
    assert finding.offenders == ()
    assert (finding.rows, finding.stops_release) == (0, False)


@pytest.mark.parametrize("example", BITES, ids=lambda path: path.stem)
def test_a_check_bites(example: Path, connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    damage = example.read_text(encoding="utf-8")
    expected = re.findall(r"^-- finds: (.+) \| (.+)$", damage, re.MULTILINE)
    assert expected
    finding = _found(_checked(example), damage, connection, monkeypatch)
    assert finding.offenders == tuple(expected)
    assert finding.rows == len(expected)
    assert finding.stops_release == (finding.check.severity == "error")


@pytest.mark.parametrize("example", PASSES, ids=lambda path: path.stem)
def test_a_check_leaves_the_border_case_alone(
    example: Path, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    damage = example.read_text(encoding="utf-8")
    assert _found(_checked(example), damage, connection, monkeypatch).offenders == ()


def test_no_check_without_an_example_that_it_bites() -> None:
    declared = {check.check_id for check in declared_checks()}
    assert {_checked(example) for example in BITES} == declared
    assert {_checked(example) for example in PASSES} <= declared


def test_what_stops_a_release_and_what_is_only_told() -> None:
    stops = {check.check_id for check in declared_checks() if check.severity == "error"}
    assert stops == {
        "counts_do_not_add_up",
        "coverage_beyond_reason",
        "lines_do_not_balance",
        "parts_do_not_add_up",
        "percent_without_its_counts",
        "province_understated",
        "regency_missing_from_month",
        "region_not_in_register",
        "region_reported_twice",
        "rows_lost_on_load",
        "rows_not_counted",
        "workers_do_not_balance",
    }


def test_all_offenders_are_counted_and_the_first_are_shown(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = Check("many", "warning", "Many rows.", "SELECT range AS subject, 'x' AS detail FROM range(10, 40)")
    monkeypatch.setattr(warehouse.checks, "declared_checks", lambda: (many,))
    [finding] = run_checks(connection)
    assert (finding.rows, len(finding.offenders)) == (30, 20)
    assert finding.offenders[0] == ("10", "x")
    assert not finding.stops_release


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 1",
        "-- A defect.\nSELECT 1",
        "-- severity: fatal\n-- A defect.\nSELECT 1",
        "-- severity: error\nSELECT 1",
        "\n-- severity: error\n-- A defect.\nSELECT 1",
    ],
)
def test_a_check_without_its_header_is_refused(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "something_wrong.sql").write_text(text)
    monkeypatch.setattr(warehouse.checks, "resources", SimpleNamespace(files=lambda _: tmp_path))
    with pytest.raises(ContractBroken, match="lacks its header") as failure:
        declared_checks.__wrapped__()
    assert failure.value.where == "warehouse/checks/something_wrong.sql"


def test_the_header_says_what_a_check_finds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "two_lines.sql").write_text("-- severity: warning\n-- One thing\n-- and another.\nSELECT 1\n")
    (tmp_path / "__init__.py").write_text("")
    monkeypatch.setattr(warehouse.checks, "resources", SimpleNamespace(files=lambda _: tmp_path))
    [check] = declared_checks.__wrapped__()
    assert check == Check("two_lines", "warning", "One thing and another.", "SELECT 1\n")
