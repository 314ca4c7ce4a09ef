"""Time limits: work really stops, and what is told is ours."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from flows.brakes import limited
from flows.clock import now
from schemas.errors import TookTooLong
from tests.conftest import Run
from tests.small_nights import deliver, small_registers
from warehouse.database import Limits, open_warehouse

#: Minutes of work for DuckDB.
_LONG = "SELECT count(*) FROM range(10_000_000_000) AS a(x) WHERE sin(x) > 2"


def test_work_within_its_limit_is_left_alone() -> None:
    with limited("read", 5):
        assert sum(range(1000)) == 499_500


def _for_ever() -> None:
    while True:
        pass


def test_python_is_stopped_at_the_limit() -> None:
    with pytest.raises(TookTooLong, match="stage read was stopped after 0.2 seconds"), limited("read", 0.2):
        _for_ever()


def test_a_query_is_stopped_at_the_limit_and_the_connection_stays_usable() -> None:
    with duckdb.connect() as connection:
        brake = limited("build", 0.3, interrupt=connection.interrupt)
        with pytest.raises(TookTooLong) as stopped, brake:
            connection.execute(_LONG).fetchall()
        assert "Query" not in str(stopped.value)
        assert connection.execute("SELECT 1").fetchall() == [(1,)]


def test_an_error_before_the_limit_stays_what_it_is() -> None:
    with pytest.raises(KeyError), limited("read", 5):
        raise KeyError("x")


def test_work_that_heeds_no_alarm_is_ended_with_its_process() -> None:
    """A regular expression engine in C holds the interpreter for longer than anybody waits."""
    script = (
        "import signal\n"
        "from flows.brakes import limited\n"
        "with limited('read', 0.1, grace=0.4):\n"
        "    signal.signal(signal.SIGALRM, signal.SIG_IGN)\n"  # as native code that heeds no alarm
        "    import time; time.sleep(60)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        timeout=30,
        cwd=Path(__file__).parents[2],
        check=False,
    )
    assert ended.returncode == 1
    assert "Timeout" in ended.stderr


def test_the_warehouse_limits_a_single_query(tmp_path: Path) -> None:
    with (
        pytest.raises(TookTooLong, match="a query took longer than it may"),
        open_warehouse(tmp_path / "w.duckdb", Limits(query_seconds=1), now()) as connection,
    ):
        connection.execute(_LONG).fetchall()


def test_a_night_that_takes_too_long_ends_with_its_own_code(
    data_root: Path, run: Run, tmp_path: Path
) -> None:
    registers = small_registers(tmp_path / "registers")
    deliver(data_root / "landing", "rekap_51_20250331.csv")
    with pytest.raises(TookTooLong) as stopped:
        run(step_seconds=0.001, registers=registers)
    assert stopped.value.exit_code == 15
    assert run(registers=registers).exit_code == 0


def test_the_spill_folder_is_empty_before_and_after(data_root: Path, run: Run, tmp_path: Path) -> None:
    spill = data_root / "spill"
    spill.mkdir()
    (spill / "left by a killed run").write_text("rows")
    run(registers=small_registers(tmp_path / "registers"))
    assert list(spill.iterdir()) == []
