"""The operators' page after real nights: good ones, failed ones, and those with nothing new."""

from __future__ import annotations

import stat
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from flows.stages import operating
from flows.stages.operating import planned_days
from schemas.errors import RegisterError, StorageError
from tests.nights import ask, tree
from tests.small_nights import deliver, run_at, small_registers

AUGUST = ("rekap_91_20230831.csv", "penduduk_bekerja_91_202308.xlsx")


@pytest.fixture(scope="module")
def registers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_registers(tmp_path_factory.mktemp("registers") / "csv")


def page(root: Path, name: str = "en.html") -> str:
    return (root / "operators" / name).read_text(encoding="utf-8")


def test_the_page_tells_of_every_night(data_root: Path, registers: Path) -> None:
    deliver(data_root / "landing", *AUGUST)
    run_at(data_root, registers=registers, day=5)
    assert "<h1>The last night published</h1>" in page(data_root)
    assert "<h1>Malam terakhir terbit</h1>" in page(data_root, "index.html")
    released = tree(data_root / "published" / "latest")

    run_at(data_root, registers=registers, day=7)
    assert "<h1>The last night ended well, with nothing new</h1>" in page(data_root)
    # Midnight of the 5th and the 7th UTC is eight in the morning; on the 6th nobody ran.
    assert "6 January 2026: did not run" in page(data_root)
    assert "Last 30 days: 2 of 3 nights were good, one did not run" in page(data_root)
    assert tree(data_root / "published" / "latest") == released

    (data_root / "landing" / "rekap_51_20230831.csv").write_text("wilayah;jumlah\n51;1\n")
    run_at(data_root, registers=registers, day=8)
    told = page(data_root)
    assert "but one file cannot be used</h1>" in told
    assert "rekap_51_20230831.csv" in told
    for text in ask(data_root, "SELECT rejection, hint FROM ledger.files WHERE state = 'rejected'")[0]:
        assert text.replace("'", "&#39;").replace("<", "&lt;").replace(">", "&gt;") in told


def test_a_night_that_failed_is_on_the_page_with_the_stages_it_did(
    data_root: Path, registers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(data_root / "landing", *AUGUST)

    def full(*_: object) -> None:
        raise StorageError("the disk is full", where="/srv/cakupan", hint="Free space, then run again.")

    monkeypatch.setattr("flows.nightly.build_marts", full)
    with pytest.raises(StorageError):
        run_at(data_root, registers=registers, day=5)
    told = page(data_root)
    assert "<h1>The last night failed</h1>" in told
    assert "/srv/cakupan: the disk is full" in told
    assert "Free space, then run again." in told
    assert "There is no release yet." in told
    assert [step for (step,) in ask(data_root, "SELECT step FROM ledger.steps")] == [
        "land",
        "read",
        "count",
        "claims",
    ]


def test_a_register_that_is_broken_is_a_run_that_failed(
    data_root: Path, registers: Path, tmp_path: Path
) -> None:
    deliver(data_root / "landing", *AUGUST)
    run_at(data_root, registers=registers, day=5)
    broken = small_registers(tmp_path / "broken")
    (broken / "targets.csv").write_text("nonsense\n")
    with pytest.raises(RegisterError):
        run_at(data_root, registers=broken, day=6)
    told = page(data_root)
    assert "<h1>The last night failed</h1>" in told
    assert "targets.csv" in told
    assert ask(data_root, "SELECT outcome, exit_code FROM ledger.runs ORDER BY started_at") == [
        ("published", 0),
        ("failed", 4),
    ]


def test_the_page_is_for_its_owner_only_and_not_among_the_releases(data_root: Path, registers: Path) -> None:
    deliver(data_root / "landing", *AUGUST)
    run_at(data_root, registers=registers)
    folder = data_root / "operators"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    names = {path.name for path in (data_root / "published").rglob("*.html")}
    assert not names & {"operators.html", "operasi.html"}


def test_a_page_that_cannot_be_drawn_stops_no_night_and_is_told(
    data_root: Path, registers: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    deliver(data_root / "landing", *AUGUST)

    def broken(*_: object) -> None:
        raise ValueError("with the value of a row")

    monkeypatch.setattr(operating, "draw_page", broken)
    assert run_at(data_root, registers=registers).outcome == "published"
    told = capsys.readouterr().err
    assert "operators' page could not be written (ValueError)" in told
    assert "the value of a row" not in told
    assert (data_root / "published" / "metrics.prom").exists()


def _planned(schedule: str, moment: datetime, days: int = 7) -> list[date]:
    return sorted(planned_days(schedule, "Asia/Makassar", moment, days))


def test_days_on_which_the_schedule_has_fired() -> None:
    """17:59 UTC on the 31st is a minute to two on the 1st in Makassar: that night has not begun."""
    before = datetime(2026, 12, 31, 17, 59, tzinfo=UTC)
    every_night = "0 2 * * *"
    assert _planned(every_night, before, 3) == [date(2026, 12, 30), date(2026, 12, 31)]
    assert _planned(every_night, before + timedelta(minutes=2), 3)[-1] == date(2027, 1, 1)
    # 26 and 27 December 2026 are a Saturday and a Sunday.
    assert _planned("0 2 * * 1-5", before) == [date(2026, 12, day) for day in (28, 29, 30, 31)]
    assert _planned("nonsense", before) == []
