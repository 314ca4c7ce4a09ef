"""What the documents say is what the program does."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from pathlib import Path

import pytest

from flows.cli import COMMANDS
from flows.reference_pages import pages
from flows.settings import Settings
from schemas.errors import EXIT_CODES, CakupanError, FileRejected, PartlyFailed

ROOT = Path(__file__).parent.parent
WRITTEN = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("name", sorted(pages()))
def test_generated_pages_are_fresh(name: str) -> None:
    kept = (ROOT / "docs" / "reference" / f"{name}.md").read_text(encoding="utf-8")
    assert kept == pages()[name], "run `make docs` and commit the result"


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_documented_command_setting_and_file_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    commands = set(re.findall(r"(?:^|[`/ ])cakupan (?:--data-root \S+ )?([a-z][a-z-]+)", text, re.MULTILINE))
    words = {
        "cakupan",
        "deploy",
        "is",
        "and",
        "the",
        "demo",
        "in",
        "needs",
        "or",
        "dalam",
        "terhadap",
    }  # prose, not commands
    assert commands - words <= set(COMMANDS)
    settings = {f"CAKUPAN_{name.upper()}" for name in Settings.model_fields} | {
        "CAKUPAN_HOME"
    }  # of prefect.yaml
    assert set(re.findall(r"CAKUPAN_[A-Z_]+[A-Z]", text)) <= settings
    for link in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", text):
        if not link.startswith("http"):
            assert (page.parent / link).exists(), link


def test_every_exit_code_of_the_page_is_declared_once() -> None:
    codes = [int(code) for code in re.findall(r"^\| (\d+) \|", pages()["exit-codes"], re.MULTILINE)]
    assert codes == sorted({0, 2, *EXIT_CODES})
    assert {kind.exit_code for kind in _errors(CakupanError)} == set(EXIT_CODES)


def test_no_two_errors_end_with_the_same_code() -> None:
    own = [error for error in _errors(CakupanError) if "exit_code" in vars(error)]
    shared = {PartlyFailed: [FileRejected]}  # a rejected file ends no command by itself
    for error in own:
        others = [one for one in own if one.exit_code == error.exit_code and one is not error]
        assert others == shared.get(error, [PartlyFailed] if error is FileRejected else []), error
        assert EXIT_CODES[error.exit_code] in (error, PartlyFailed)


def _errors(kind: type[CakupanError]) -> list[type[CakupanError]]:
    return [kind, *(one for below in kind.__subclasses__() for one in _errors(below))]


def test_the_table_of_the_readme_is_the_table_of_the_source() -> None:
    """The figures in the README are those of the register: members and workers as printed, percent divided."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    printed = (ROOT / "schemas" / "registers" / "published_figures.csv").read_text(encoding="utf-8")
    claims = [row for row in csv.DictReader(printed.splitlines()) if row["as_of"] == "2023-08-31"]
    assert len(claims) == 8
    for claim in claims:
        members, workers = int(claim["participants"]), int(claim["denominator"])
        if claim["region_code"] == "91":
            members -= 1  # the seven regencies add up to one less than printed
        percent = (members * 20_000 + workers) // (2 * workers)
        row = next(line for line in readme.splitlines() if f"{workers:,}" in line)
        assert f"{members:,}" in row
        assert f"{percent // 100}.{percent % 100:02}" in row


def test_the_wheel_holds_the_four_packages_and_starts(tmp_path: Path) -> None:
    """What a person installs is what was tested: the wheel is built, unpacked elsewhere, and run from there."""
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    wheel = next(tmp_path.glob("*.whl"))
    place = tmp_path / "installed"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(place), str(wheel)],
        check=True,
    )
    tops = {path.name for path in place.iterdir() if path.is_dir() and not path.name.endswith(".dist-info")}
    assert tops - {"bin"} == {"flows", "schemas", "transforms", "warehouse"}
    started = subprocess.run(
        [
            sys.executable,
            "-P",
            "-c",
            "import flows.cli; print(flows.cli.__file__); flows.cli.main()",
            "docs",
            "checks",
        ],
        cwd=tmp_path,
        env={"PYTHONPATH": str(place), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert started.returncode == 0, started.stderr
    assert started.stdout.startswith(str(place))
    assert "coverage_above_100" in started.stdout
