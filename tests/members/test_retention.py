"""Old member rows are reduced to counts, and the counts stay whatever arrives or changes later."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import flows.stages.survey
from flows.stages.retention import first_kept_month
from schemas.errors import RegisterError
from schemas.registers import PACKAGED, load_registers
from schemas.sources import PESERTA, SOURCES
from tests.conftest import Write
from tests.members.nights import count_landing, counts_of, persons_by_day, put_key, staged_files
from tests.members.rows import csv_file

JANUARY, MARCH = "2025-01-31", "2025-03-31"


@pytest.mark.parametrize(
    ("newest", "months", "first"),
    [
        (date(2025, 3, 31), 1, date(2025, 3, 1)),
        (date(2025, 3, 31), 3, date(2025, 1, 1)),
        (date(2025, 3, 1), 4, date(2024, 12, 1)),
        (date(2025, 12, 31), 12, date(2025, 1, 1)),
        (date(2025, 1, 31), 13, date(2024, 1, 1)),
    ],
)
def test_months_are_counted_back_from_the_newest_day(newest: date, months: int, first: date) -> None:
    assert first_kept_month(newest, months) == first


def person(
    serial: int, *, updated: str = "2025-01-15 00:00:00", **cells: str | None
) -> dict[str, str | None]:
    """A woman in Badung who differs from others by her numbers alone."""
    return {
        "nik": f"510301410190{serial:04}",
        "kpj": f"{serial:011}",
        "last_paid": "202501",
        "updated_at": updated,
    } | cells


@pytest.fixture
def months(data_root: Path, landing: Write) -> Path:
    """Two offices in January (three persons), one in March (one person); January is reduced to counts."""
    put_key(data_root)
    landing("peserta_51a01_20250131.csv", csv_file(person(1), person(2)))
    landing("peserta_51b01_20250131.csv", csv_file(person(2), person(3, residence="51.71")))
    landing("peserta_51a01_20250331.csv", csv_file(person(1)))
    found, _, counted = count_landing(data_root, keep_member_months=2)
    assert (len(found.waiting), counted.days) == (3, 2)
    return data_root


def test_old_days_lose_their_rows_and_keep_their_counts(months: Path) -> None:
    assert [name[:24] for name in staged_files(months)] == ["peserta/as_of=2025-03-31"]
    assert not (months / "staged/peserta/as_of=2025-01-31").exists()
    assert persons_by_day(months) == {JANUARY: 3, MARCH: 1}


def test_rows_within_the_setting_stay(data_root: Path, landing: Write) -> None:
    put_key(data_root)
    landing("peserta_51a01_20250131.csv", csv_file(person(1)))
    landing("peserta_51a01_20250331.csv", csv_file(person(1)))
    count_landing(data_root, keep_member_months=3)
    assert len(staged_files(data_root)) == 2


def test_a_file_of_a_day_without_rows_is_not_read_again(
    months: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = counts_of(months)
    monkeypatch.setattr("flows.stages.members.read_batches", None)
    for _ in range(2):
        found, read, counted = count_landing(months, keep_member_months=2)
        assert (found.waiting, found.unreadable, read.files, counted.days) == ([], [], 0, 0)
        assert found.unchanged == 3
    assert counts_of(months) == before


def test_a_day_whose_files_left_the_landing_keeps_its_counts(months: Path) -> None:
    before = counts_of(months)
    for name in ("peserta_51a01_20250131.csv", "peserta_51b01_20250131.csv"):
        (months / "landing" / name).unlink()
    assert count_landing(months, keep_member_months=2)[2].days == 0
    assert counts_of(months) == before


def read_under_other_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    other = replace(PESERTA, reading_version=99)
    monkeypatch.setattr(
        "flows.stages.survey._declared",
        lambda source, before=flows.stages.survey._declared: before(other if source is PESERTA else source),
    )


def test_other_rules_read_a_whole_day_again_and_reduce_it_again(
    months: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = counts_of(months)
    read_under_other_rules(monkeypatch)
    found, read, counted = count_landing(months, keep_member_months=2)
    assert (len(found.waiting), read.files, counted.days) == (3, 3, 2)
    assert counts_of(months) == before
    assert [name[:24] for name in staged_files(months)] == ["peserta/as_of=2025-03-31"] * 2
    assert count_landing(months, keep_member_months=2)[0].waiting == []


def test_other_rules_leave_a_day_alone_that_is_not_whole(
    months: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = counts_of(months)
    (months / "landing/peserta_51b01_20250131.csv").unlink()
    read_under_other_rules(monkeypatch)
    for waiting in (["peserta_51a01_20250331.csv"], []):
        found, read, _ = count_landing(months, keep_member_months=2)
        assert [item.file.name for item in found.waiting] == waiting
        assert (found.unreadable, read.problems) == ([], ())
        assert counts_of(months) == before


def test_a_late_office_makes_a_whole_day_be_counted_again(months: Path, landing: Write) -> None:
    landing("peserta_51c01_20250131.csv", csv_file(person(4)), at=9)
    found, read, counted = count_landing(months, keep_member_months=2)
    assert sorted(item.file.name for item in found.waiting) == [
        "peserta_51a01_20250131.csv",
        "peserta_51b01_20250131.csv",
        "peserta_51c01_20250131.csv",
    ]
    assert (read.files, counted.days) == (3, 1)
    assert persons_by_day(months) == {JANUARY: 4, MARCH: 1}
    assert [name[:24] for name in staged_files(months)] == ["peserta/as_of=2025-03-31"]


def test_a_late_office_is_refused_while_a_file_of_its_day_is_missing(months: Path, landing: Write) -> None:
    before = counts_of(months)
    gone = (months / "landing/peserta_51b01_20250131.csv").read_text()
    (months / "landing/peserta_51b01_20250131.csv").unlink()
    landing("peserta_51c01_20250131.csv", csv_file(person(4)), at=9)
    landing("peserta_51b01_20250331.csv", csv_file(person(5)), at=9)
    for files in (1, 0):
        _, read, _ = count_landing(months, keep_member_months=2)
        assert read.files == files
        [problem] = read.problems
        assert problem.file == "peserta_51c01_20250131.csv"
        assert "reduced to counts" in problem.what
        assert "peserta_51b01_20250131.csv" in problem.hint
        assert persons_by_day(months) == {JANUARY: 3, MARCH: 2}
    assert counts_of(months)["worker_counts"][0] in before["worker_counts"]
    landing("peserta_51b01_20250131.csv", gone, at=1)
    assert count_landing(months, keep_member_months=2)[1].problems == ()
    assert persons_by_day(months) == {JANUARY: 4, MARCH: 2}


def test_a_corrected_file_takes_the_place_of_one_that_left(months: Path, landing: Write) -> None:
    """The old version of the office is not needed to count its new one."""
    (months / "landing/peserta_51b01_20250131.csv").unlink()
    landing("peserta_51b01_20250131_rev.csv", csv_file(person(7), person(8)), at=30)
    _, read, counted = count_landing(months, keep_member_months=2)
    assert (read.problems, counted.days) == ((), 1)
    assert persons_by_day(months) == {JANUARY: 4, MARCH: 1}


def test_rows_that_were_lost_within_the_setting_are_read_again(months: Path) -> None:
    before = counts_of(months)
    shutil.rmtree(months / "staged/peserta/as_of=2025-03-31")
    found, _, _ = count_landing(months, keep_member_months=2)
    assert [item.file.name for item in found.waiting] == ["peserta_51a01_20250331.csv"]
    assert counts_of(months) == before
    assert len(staged_files(months)) == 1


def test_a_day_that_was_not_counted_keeps_its_rows(months: Path, landing: Write) -> None:
    landing(
        "peserta_51a01_20241231.csv", csv_file(person(1, updated="2024-12-01 00:00:00", last_paid="202412"))
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.members.nights.count_members", lambda night: None)
        count_landing(months, keep_member_months=1)
    assert [name[:24] for name in staged_files(months)] == [
        "peserta/as_of=2024-12-31",
        "peserta/as_of=2025-03-31",
    ]


def test_corrections_of_member_rows_are_refused_by_the_register(tmp_path: Path) -> None:
    folder = tmp_path / "registers"
    shutil.copytree(PACKAGED, folder)
    path = folder / "corrections.csv"
    line = "c1,{},51,2025-03-31,5103,PU,{},1,2,the office wrote it by letter,Kantor Wilayah Bali,2025-04-01\n"
    header = path.read_text()
    path.write_text(header + line.format("rekap", "peserta_aktif"))
    assert load_registers(folder).corrections.height == 1
    path.write_text(header + line.format("peserta", "upah"))
    with pytest.raises(RegisterError, match="rows of peserta cannot be corrected here") as refused:
        load_registers(folder)
    assert refused.value.where == f"{path}:2"
    assert "office" in refused.value.hint
    assert [name for name, source in SOURCES.items() if not source.takes_corrections] == ["peserta"]
