"""`cakupan drill`: the list, the table, the exit codes, and that nothing of the person's own is touched."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from flows.commands import drill as command
from flows.operations.drills import disks, drill, roster
from flows.operations.drills.drill import Drill
from flows.operations.drills.scratch import NotHere, Scratch, expect
from schemas.errors import DrillFailed, DrillNotHeld


def well(_: Scratch) -> str:
    return "the defence held"


def past(_: Scratch) -> str:
    expect(False, "the defence did not hold")
    return "never"


def crash(_: Scratch) -> str:
    raise ZeroDivisionError("a defect of the drill")


def lacking(_: Scratch) -> str:
    raise NotHere("it needs the right to mount")


Call = Callable[..., Result]


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Call:
    """Call the command with drills of our own: name → work."""

    def run(*arguments: str, **works: Callable[[Scratch], str]) -> Result:
        known = {name: Drill(name, f"planted {name}", work) for name, work in works.items()}
        monkeypatch.setattr(roster, "drills", lambda *_: known)
        monkeypatch.setattr(drill.tempfile, "tempdir", str(tmp_path))
        return CliRunner().invoke(command.command, arguments)

    return run


def test_every_drill_of_the_issue_is_in_the_roster() -> None:
    assert list(roster.drills(25, 1, 10)) == [
        "killed-stages",
        "kills",
        "process-killed",
        "full-disk",
        "read-only",
        "landing-away",
        "half-written",
        "twice",
        "another-order",
        "wrong-month",
        "many-files",
        "hostile-names",
        "zip-bomb",
        "flipped-staged",
        "flipped-warehouse",
        "flipped-release",
        "reader",
        "two-runs",
        "five-triggers",
        "server-gone",
        "key-missing",
        "key-changed",
        "clock-set-back",
        "timezone",
    ]


def test_the_list_holds_no_drill(call: Call) -> None:
    for arguments in ((), ("--list", "all")):
        found = call(*arguments, boom=crash)
        assert (found.exit_code, found.stdout) == (0, "boom  planted boom\n")


def test_all_green_is_exit_0_and_a_table(call: Call, tmp_path: Path) -> None:
    found = call("all", one=well, two=well)
    assert found.exit_code == 0
    head, rule, first, second = found.stdout.splitlines()
    assert head.split() == ["drill", "state", "planted", "shown", "seconds"]
    assert set(rule) == {"─"}
    assert first.split()[:-1] == ["one", "held", "planted", "one", "the", "defence", "held"]
    assert second.split()[:-1] == ["two", "held", "planted", "two", "the", "defence", "held"]
    assert "All 2 drills held." in found.stderr
    assert list(tmp_path.iterdir()) == []  # scratch folders are gone


def test_a_failing_drill_says_what_got_past_and_the_others_are_held(call: Call, tmp_path: Path) -> None:
    found = call("all", one=past, two=crash, three=well)
    assert isinstance(found.exception, DrillFailed)
    assert found.exception.what == "2 of 3 drills failed: one, two"
    words = " ".join(found.stdout.split())
    assert "the defence did not hold" in words
    assert "ZeroDivisionError: a defect of the drill" in words
    assert "the defence held" in words
    kept = sorted(path.name.rpartition("-")[0] for path in tmp_path.iterdir())
    assert kept == ["cakupan-drill-one", "cakupan-drill-two"]


def test_a_drill_that_cannot_be_held_is_never_green(call: Call) -> None:
    found = call("all", one=lacking, two=well)
    assert isinstance(found.exception, DrillNotHeld)
    assert found.exception.what == "1 of 2 drills held, nothing was shown by the others: one"
    assert "it needs the right to mount" in " ".join(found.stdout.split())
    assert "not held" in found.stdout


def test_chosen_drills_alone_are_held(call: Call) -> None:
    assert "boom" not in call("one", one=well, boom=crash).stdout
    refused = call("another", one=well)
    assert refused.exit_code == 2
    assert "no such drill: another" in refused.stderr


def test_without_the_right_to_mount_disks_are_not_held(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(disks.shutil, "which", lambda _: None)
    with pytest.raises(NotHere, match="unshare and mount"):
        disks.full(Scratch(tmp_path))


def test_settings_of_the_person_do_not_reach_a_drill(
    call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    own = tmp_path / "own"
    (own / "landing").mkdir(parents=True)
    monkeypatch.setenv("CAKUPAN_DATA_ROOT", str(own))
    monkeypatch.setenv("CAKUPAN_SITE_URL", "https://example.org")
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    place = Path.cwd()
    seen: list[object] = []

    def look(scratch: Scratch) -> str:
        settings = scratch.settings()
        seen.extend([settings.data_root.is_relative_to(scratch.folder), settings.site_url])
        seen.extend([name for name in os.environ if name.startswith(("CAKUPAN_", "PREFECT_"))])
        seen.append(Path.cwd() == scratch.folder)
        return "looked"

    assert call("all", one=look).exit_code == 0
    assert seen == [True, None, True]
    assert (Path.cwd(), os.environ["CAKUPAN_DATA_ROOT"]) == (place, str(own))
    assert [path.name for path in own.rglob("*")] == ["landing"]


@pytest.mark.slow
def test_a_drill_from_the_command_line(tmp_path: Path) -> None:
    found = subprocess.run(
        [sys.executable, "-m", "flows.cli", "drill", "twice"],
        env={**os.environ, "TMPDIR": str(tmp_path), "COLUMNS": "160"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stderr + found.stdout
    assert "one release, every figure as before" in found.stdout
    assert list(tmp_path.iterdir()) == []
