"""The key of the pseudonyms: gone, open to others, or another one."""

from __future__ import annotations

import shutil

from flows.operations.drills.scratch import Scratch, expect
from schemas.errors import SettingsError


def missing(scratch: Scratch) -> str:
    """Without a key no member row is staged and nothing is published; with the key the night goes on."""
    scratch.deliver_month(0)
    away = scratch.key.rename(scratch.folder / "away.key")
    _refused(scratch, "Make one with `cakupan keys create`")
    away.rename(scratch.key)
    scratch.key.chmod(0o644)
    _refused(scratch, "Run: chmod 600")
    expect(
        not list((scratch.root / "staged").rglob("rows-*.parquet")), "member rows were staged without a key"
    )
    expect(scratch.latest() is None, "something was published")
    scratch.key.chmod(0o600)
    report = scratch.night()
    expect(report.outcome == "published", f"with the key it ended {report.outcome}")
    scratch.same_as_undisturbed()
    return "gone, or open to others: exit 3 and what to type; put right: published, as without it"


def changed(scratch: Scratch) -> str:
    """Under another key one person would become two: it is refused until the key is back or rows are new."""
    scratch.deliver_month(0)
    release = scratch.night().release_id
    right = scratch.key.read_text(encoding="ascii")
    scratch.key.write_text("fedcba9876543210" * 4 + "\n", encoding="ascii")
    scratch.deliver_month(1)
    _refused(scratch, "Restore the key file")
    expect(scratch.latest() == release, "another release became public")
    scratch.key.write_text(right, encoding="ascii")
    expect(scratch.night().outcome == "published", "with the right key the night did not publish")
    scratch.key.write_text("fedcba9876543210" * 4 + "\n", encoding="ascii")
    scratch.deliver_month(2)
    _refused(scratch, "remove the folder `staged/peserta`")
    shutil.rmtree(scratch.root / "staged" / "peserta")
    expect(scratch.night().outcome == "published", "after the hint was followed the night did not publish")
    scratch.hold_together()
    scratch.same_as_undisturbed()
    return "exit 3 and both ways out; each of them ends in the figures of an undisturbed night"


def _refused(scratch: Scratch, hint: str) -> None:
    failure = scratch.refusal()
    expect(isinstance(failure, SettingsError), f"it ended with {failure!r}")
    expect(hint in failure.hint, f"the hint is {failure.hint!r}, without {hint!r}")
