"""The command line as a person meets it: stdout is data, stderr is talk, exit codes as declared."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-m", "flows.cli"]


def cakupan(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    return subprocess.run(
        [*COMMAND, *map(str, arguments)], capture_output=True, text=True, check=False, timeout=300
    )


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """One demonstration that all tests of this module look at."""
    root = tmp_path_factory.mktemp("demo")
    return root, cakupan("demo", "--into", root)


def test_the_demonstration_ends_with_the_official_table_and_the_release(
    demo: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    root, done = demo
    assert done.returncode == 0, done.stderr
    table = done.stdout[done.stdout.index("Papua Barat, 31 August 2023") :]
    expected = {
        "Kaimana": "126.15",
        "Teluk Wondama": "94.52",
        "Manokwari": "86.08",
        "Fak Fak": "76.69",
        "Teluk Bintuni": "55.93",
        "Manokwari Selatan": "55.37",
        "Pegunungan Arfak": "33.68",
        "Papua Barat": "82.69",
    }
    lines = [line for line in table.splitlines() if line.startswith(tuple(expected))]
    printed = {name: line for line in lines[1:] for name in expected if line.startswith(f"{name}  ")}
    assert {name: value in printed[name] for name, value in expected.items()} == dict.fromkeys(expected, True)
    released = next(line for line in table.splitlines() if line.startswith("Real release"))
    assert Path(released.removeprefix("Real release").strip()).is_dir()
    assert (root / "real" / "published" / "latest" / "SHA256SUMS").is_file()


def test_invented_figures_say_so_in_every_table(
    demo: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    root, done = demo
    assert "SYNTHETIC Bali" in done.stdout
    latest = root / "synthetic" / "published" / "latest"
    for table in latest.glob("*.csv"):
        rows = table.read_text(encoding="utf-8").splitlines()[1:]
        assert all("-SYNTHETIC," in row for row in rows if not row.startswith(" ")) or not rows, table.name
    assert json.loads((latest / "status.json").read_text())["synthetic"] is True
    assert "SYNTHETIC" in (latest / "README.txt").read_text()
    assert json.loads((root / "real/published/latest/status.json").read_text())["synthetic"] is False


def contents(published: Path) -> dict[Path, bytes]:
    """Everything published, apart from `metrics.prom`, which tells a monitor of every run."""
    files = (path for path in sorted(published.rglob("*")) if path.is_file())
    return {path: path.read_bytes() for path in files if path.name != "metrics.prom"}


def test_a_second_run_says_there_is_nothing_to_do_and_changes_no_byte(
    demo: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    root, _ = demo
    published = root / "real" / "published"
    before = contents(published)
    again = cakupan("--data-root", root / "real", "run", "--json")
    assert again.returncode == 0
    assert json.loads(again.stdout)["outcome"] == "nothing_new"
    assert "Nothing to do" in again.stderr
    assert contents(published) == before


def test_claims_are_told_as_json(demo: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    root, _ = demo
    told = cakupan("--data-root", root / "real", "claims", "--json")
    assert told.returncode == 0
    claims = {claim["claim_id"]: claim for claim in json.loads(told.stdout)["claims"]}
    bali = claims["bali-20250331-total"]
    assert bali["arithmetic"] == "does_not_tie"
    assert bali["hypotheses"][0]["repair_kind"] == "neighbouring_digits_exchanged"
    assert bali["hypotheses"][0]["hypothesis"] == "1837899"
    august = {name: claim["arithmetic"] for name, claim in claims.items() if name.endswith("-20230831-total")}
    assert august.pop("kabupaten-manokwari-selatan-20230831-total") == "does_not_tie"
    assert len(august) == 7
    assert set(august.values()) == {"ties"}


def test_strict_claims_end_with_their_own_exit_code(
    demo: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    root, _ = demo
    assert cakupan("--data-root", root / "real", "claims", "--strict").returncode == 11


@pytest.mark.parametrize(("form", "start"), [("csv", "n\n7\n"), ("json", '[{"n": 7}]'), ("table", "n\n")])
def test_a_question_is_answered_in_the_asked_form(
    demo: tuple[Path, subprocess.CompletedProcess[str]], form: str, start: str
) -> None:
    root, _ = demo
    question = (
        "select count(*) as n from marts.coverage_by_regency "
        "where period = '2023-08-01' and coverage_pct is not null"
    )
    answer = cakupan("--data-root", root / "real", "query", question, "--format", form)
    assert answer.returncode == 0
    assert answer.stdout.startswith(start)


def test_status_and_check_are_told_in_words_and_as_json(
    demo: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    root, _ = demo
    status = json.loads(cakupan("--data-root", root / "real", "status", "--json").stdout)
    assert status["release"]["outcome"] == "published"
    assert {source["source"] for source in status["sources"]} == {"rekap", "penduduk_bekerja"}
    checks = json.loads(cakupan("--data-root", root / "real", "check", "--json").stdout)
    found = {check["check"]: check["rows"] for check in checks}
    assert found["coverage_above_100"] == 2
    assert "Release" in cakupan("--data-root", root / "real", "status").stdout


@pytest.mark.parametrize("command", ["status", "query", "claims", "check"])
def test_commands_before_the_first_release_say_what_to_do(tmp_path: Path, command: str) -> None:
    arguments = [command, "select 1"] if command == "query" else [command]
    done = cakupan("--data-root", tmp_path / "nothing", *arguments)
    if command == "status":
        assert (done.returncode, "none yet" in done.stdout) == (0, True)
    else:
        assert done.returncode == 9
        assert "hint:" in done.stderr
        assert done.stdout == ""


def test_a_wrong_setting_is_named_with_its_exit_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAKUPAN_TIMEZONE", "Asia/Denpasarr")
    done = cakupan("--data-root", tmp_path, "run")
    assert done.returncode == 3
    assert "CAKUPAN_TIMEZONE" in done.stderr
    assert "hint:" in done.stderr


def test_help_imports_neither_polars_nor_prefect() -> None:
    code = (
        "import sys; from click.testing import CliRunner; from flows.cli import cakupan;"
        "result = CliRunner().invoke(cakupan, ['--help']); assert result.exit_code == 0, result.output;"
        "print(sorted({'polars', 'prefect', 'duckdb', 'pandera'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(("arguments", "code"), [(["docs", "tables"], 0), (["no-such-command"], 2)])
def test_ending_at_once_loses_neither_words_nor_what_waits_for_the_end(
    arguments: list[str], code: int
) -> None:
    """The command does not free its objects one by one; handlers at exit and buffered words are kept."""
    program = (
        "import atexit, sys; from flows.cli import main;"
        f"atexit.register(print, 'the end'); sys.argv = ['cakupan', *{arguments!r}]; main()"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert done.stdout.endswith("the end\n")
    assert len(done.stdout) > 10_000 or code


def test_a_reader_that_goes_away_is_no_failure() -> None:
    with subprocess.Popen(
        [*COMMAND, "docs", "tables"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as gone:
        assert gone.stdout is not None
        gone.stdout.close()
        assert b"Traceback" not in gone.communicate()[1]
