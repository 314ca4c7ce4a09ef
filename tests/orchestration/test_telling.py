"""What a run says to machines: log lines, metrics, the exit code of `cakupan status`."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from flows.clock import now
from flows.commands.status import status
from flows.nightly import writing
from flows.steps import InProcess
from flows.verdict import verdict
from schemas.errors import StorageError
from tests.nights import run_quietly, settings_of
from tests.orchestration.service import CAKUPAN, clean_environment
from tests.small_nights import deliver, small_registers


@pytest.fixture
def registers(tmp_path: Path) -> Path:
    return small_registers(tmp_path / "registers")


def _metrics(root: Path) -> dict[str, float]:
    """Name and labels → value, as an independent parser reads them."""
    text = (root / "published" / "metrics.prom").read_text(encoding="utf-8")
    return {
        " ".join([sample.name, *sample.labels.values()]): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_metrics_tell_how_the_night_went(data_root: Path, registers: Path) -> None:
    deliver(data_root / "landing", "rekap_51_20250331.csv", "penduduk_bekerja_51_202503.csv")
    run_quietly(data_root, registers=registers)
    told = _metrics(data_root)
    assert told["cakupan_last_run_exit_code"] == 0
    assert told["cakupan_last_success_timestamp_seconds"] == pytest.approx(now().timestamp(), abs=120)
    assert told["cakupan_files rekap"] == 1
    assert told["cakupan_data_as_of_timestamp_seconds"] == 1_743_379_200  # 2025-03-31
    assert "cakupan_last_run_stage_duration_seconds land" in told
    assert "cakupan_check_rows rows_lost_on_load error" in told
    assert (data_root / "published" / "metrics.prom").stat().st_mode & 0o777 == 0o644


def test_metrics_keep_the_last_success_when_a_night_fails(data_root: Path, registers: Path) -> None:
    deliver(data_root / "landing", "rekap_51_20250331.csv")
    run_quietly(data_root, registers=registers)
    before = _metrics(data_root)
    with pytest.raises(StorageError, match="cannot be listed"):
        run_quietly(data_root, registers=registers, landing=data_root / "nowhere")
    after = _metrics(data_root)
    assert after["cakupan_last_run_exit_code"] == 8
    success = "cakupan_last_success_timestamp_seconds"
    assert after[success] == before[success]
    assert after["cakupan_last_run_timestamp_seconds"] > before[success]


def test_verdict_says_what_is_wrong(data_root: Path, registers: Path) -> None:
    def code(hours: float = 26) -> int:
        settings = settings_of(data_root, registers=registers, overdue_hours=hours)
        wrong = verdict(settings, status(settings), now())
        return wrong.exit_code if wrong else 0

    assert code() == 9
    deliver(data_root / "landing", "rekap_51_20250331.csv")
    run_quietly(data_root, registers=registers)
    assert code() == 0
    assert code(hours=0.000_001) == 16
    (data_root / "landing" / "rekap_51_20250228.csv").write_text("nonsense\n")
    run_quietly(data_root, registers=registers)
    assert code() == 5
    run_quietly(data_root, registers=registers)
    assert code() == 0
    with writing(settings_of(data_root, registers=registers), InProcess(quiet=True)):
        pass  # as a run that is killed: it closes nothing
    assert code() == 1


def test_log_lines_are_json_when_asked_for(data_root: Path, registers: Path) -> None:
    deliver(data_root / "landing", "rekap_51_20250331.csv")
    (data_root / "landing" / "rekap_51_20250228.csv").write_text("nonsense\n")
    settings = {"CAKUPAN_LOG_FORMAT": "json", "CAKUPAN_REGISTERS": str(registers)}
    ended = subprocess.run(
        [CAKUPAN, "--data-root", data_root, "run"],
        env=clean_environment(CAKUPAN_PUBLICATION="tables", **settings),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 5, ended.stderr
    lines = [json.loads(line) for line in ended.stderr.splitlines()]
    assert all({"at", "level", "event", "message"} <= set(line) for line in lines)
    assert [line["stage"] for line in lines if line["event"] == "stage"][:2] == ["land", "read"]
    refused = [line["file"] for line in lines if line["event"] == "file_rejected"]
    assert refused == ["rekap_51_20250228.csv"]
    assert (lines[-1]["event"], lines[-1]["outcome"], lines[-1]["exit_code"]) == ("run", "partly_failed", 5)


def test_errors_are_json_too(tmp_path: Path) -> None:
    ended = subprocess.run(
        [CAKUPAN, "--data-root", tmp_path / "data", "run", "--landing", tmp_path / "nowhere"],
        env=clean_environment(CAKUPAN_LOG_FORMAT="json"),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 8
    last = json.loads(ended.stderr.splitlines()[-1])
    assert (last["level"], last["exit_code"]) == ("error", 8)
