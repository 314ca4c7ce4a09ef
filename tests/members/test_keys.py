"""The secret keys: who may read them, what is refused, and rotation that changes no count."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

import flows.keys
import flows.rotation
from flows.cli import cakupan
from flows.keys import keys_mark, load_keys
from schemas.errors import SettingsError, StorageError
from tests.conftest import Write
from tests.members.nights import KEY, change, count_landing, counts_of, put_key, staged_files
from tests.members.rows import csv_file
from tests.nights import settings_of
from warehouse.members import keyed_parts


@pytest.fixture(autouse=True)
def _the_library_is_looked_at_anew() -> Iterator[None]:
    flows.keys._trust_library.cache_clear()
    yield
    flows.keys._trust_library.cache_clear()


def command(root: Path, *words: str) -> str:
    done = CliRunner().invoke(cakupan, ["--data-root", str(root), *words], catch_exceptions=False)
    assert done.exit_code == 0
    assert done.stdout == ""
    return done.stderr


def test_a_key_is_made_for_its_owner_alone(data_root: Path) -> None:
    told = command(data_root, "keys", "create")
    path = data_root / "pseudonym.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    [key] = load_keys(settings_of(data_root))
    assert len(key) == 64
    assert int(key, 16) > 0
    assert key not in told


def test_two_keys_are_not_the_same(tmp_path: Path) -> None:
    for name in ("one", "two"):
        command(tmp_path / name, "keys", "create")
    assert load_keys(settings_of(tmp_path / "one")) != load_keys(settings_of(tmp_path / "two"))


def test_a_key_is_never_overwritten(data_root: Path) -> None:
    path = put_key(data_root)
    with pytest.raises(SettingsError, match="a key file already") as refused:
        command(data_root, "keys", "create")
    assert "rotate" in refused.value.hint
    assert path.read_text() == KEY + "\n"


def test_the_key_file_may_stand_elsewhere(
    data_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "secrets" / "a.key"
    monkeypatch.setenv("CAKUPAN_PSEUDONYM_KEY_FILE", str(elsewhere))
    command(data_root, "keys", "create")
    assert len(load_keys(settings_of(data_root))) == 1
    assert elsewhere.is_file()
    assert not (data_root / "pseudonym.key").exists()


@pytest.mark.parametrize(
    ("text", "mode", "told"),
    [
        (None, 0o600, "cannot be read"),
        (KEY, 0o640, "read by others"),
        (KEY, 0o604, "read by others"),
        (KEY, 0o620, "read by others"),
        ("", 0o600, "holds no key"),
        ("\n \n", 0o600, "holds no key"),
        (KEY + "\nshort\n", 0o600, "shorter than 32"),
        ("x" * 31, 0o600, "shorter than 32"),
    ],
)
def test_a_night_with_member_rows_needs_a_proper_key(
    text: str | None, mode: int, told: str, data_root: Path, landing: Write
) -> None:
    if text is not None:
        put_key(data_root, text, mode)
    landing("peserta_51a01_20250331.csv", csv_file({}))
    with pytest.raises(SettingsError, match=told) as refused:
        count_landing(data_root)
    assert refused.value.hint
    assert refused.value.where == str(data_root / "pseudonym.key")
    assert KEY not in str(refused.value)
    assert list((data_root / "staged").rglob("*")) == []
    assert list((data_root / "quarantine").rglob("*")) == []


def test_without_member_rows_no_key_is_needed(data_root: Path, landing: Write) -> None:
    landing("rekap_51_20250331.csv", "wilayah,segmen,peserta_aktif\n51.03,PU,5\n")
    assert count_landing(data_root)[1].files == 1


def test_a_library_that_hashes_wrongly_stops_the_night(
    data_root: Path, landing: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_key(data_root)
    landing("peserta_51a01_20250331.csv", csv_file({}))
    monkeypatch.setattr("transforms.pseudonyms._KNOWN_DIGEST", "0" * 64)
    with pytest.raises(SettingsError, match="wrong digest") as refused:
        count_landing(data_root)
    assert "make setup" in refused.value.hint
    assert list((data_root / "staged").rglob("*")) == []


OTHER = {"nik": "5103014101900002", "kpj": "00000000002"}


def test_rows_under_another_key_are_not_counted_together(data_root: Path, landing: Write) -> None:
    put_key(data_root)
    landing("peserta_51a01_20250331.csv", csv_file({}))
    count_landing(data_root)
    before = counts_of(data_root)
    put_key(data_root, "f" * 64)
    landing("peserta_51b01_20250331.csv", csv_file(OTHER))
    with pytest.raises(SettingsError, match="another key") as refused:
        count_landing(data_root)
    assert "Restore the key file" in refused.value.hint
    assert counts_of(data_root) == before
    assert len(staged_files(data_root)) == 1
    put_key(data_root)
    count_landing(data_root)
    assert counts_of(data_root)["balance"][0][1:] == (2, 2, 0, 0, 0, 2, 2, 2, 0)


@pytest.fixture
def two_offices(data_root: Path, landing: Write) -> Path:
    """Three persons: one with two memberships that are equally new, in two regencies and two offices."""
    put_key(data_root)
    people = [
        {"nik": f"510301410190{at:04}", "kpj": f"{office}{at:09}", "residence": place, "updated_at": moment}
        for office, place in (("10", "51.03"), ("20", "51.71"))
        for at, moment in ((1, "2025-03-01 00:00:00"), (2, "2025-03-02 00:00:00"), (3, "2025-03-03 00:00:00"))
    ]
    landing("peserta_51a01_20250331.csv", csv_file(*people[:3]))
    landing("peserta_51b01_20250331.csv", csv_file(*people[3:]))
    count_landing(data_root)
    return data_root


def recounted(root: Path) -> dict[str, list[tuple[object, ...]]]:
    change(root, "UPDATE staging.balance SET inputs = 'forgotten'")
    _, read, counted = count_landing(root)
    assert (read.files, counted.days) == (0, 1)
    return counts_of(root)


def test_rotation_changes_every_pseudonym_and_no_count(two_offices: Path, landing: Write) -> None:
    before = counts_of(two_offices)
    assert before["balance"][0][1:] == (2, 6, 0, 0, 0, 6, 6, 3, 3)
    for rotation in (1, 2, 3):
        told = command(two_offices, "keys", "rotate")
        keys = load_keys(settings_of(two_offices))
        assert (len(keys), len(set(keys)), keys[0]) == (rotation + 1, rotation + 1, KEY)
        assert "2 staged parts" in told
        assert not any(key in told for key in keys)
        assert stat.S_IMODE((two_offices / "pseudonym.key").stat().st_mode) == 0o600
        assert {mark for _, mark in keyed_parts(two_offices / "staged")} == {keys_mark(keys)}
        assert recounted(two_offices) == before
    # A third office delivers under all keys at once: its rows of known persons add no person.
    landing("peserta_51c01_20250331.csv", csv_file({"nik": "5103014101900001", "kpj": "30000000001"}))
    count_landing(two_offices)
    assert counts_of(two_offices)["balance"][0][1:] == (3, 7, 0, 0, 0, 7, 7, 3, 4)


def test_rows_that_were_set_aside_as_damaged_do_not_stop_a_rotation(two_offices: Path) -> None:
    before = counts_of(two_offices)
    part = next((two_offices / "staged").glob("peserta/*/*/rows-00000.parquet"))
    damaged = bytearray(part.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    part.write_bytes(damaged)
    with pytest.raises(StorageError):
        recounted(two_offices)
    command(two_offices, "keys", "rotate")
    count_landing(two_offices)  # the file is read anew, under all keys
    assert recounted(two_offices) == before


def test_a_rotation_that_was_killed_is_finished_by_the_next_night(
    two_offices: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = counts_of(two_offices)
    whole = flows.rotation.replace_parts
    done: list[Path] = []

    def killed(folder: Path, change: object, mark: str) -> int:
        if done:
            raise KeyboardInterrupt
        done.append(folder)
        return whole(folder, change, mark)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(flows.rotation, "replace_parts", killed)
        with pytest.raises(KeyboardInterrupt):
            flows.rotation.rotate_keys(settings_of(two_offices))
    assert len({mark for _, mark in keyed_parts(two_offices / "staged")}) == 2
    assert recounted(two_offices) == before
    keys = load_keys(settings_of(two_offices))
    assert {mark for _, mark in keyed_parts(two_offices / "staged")} == {keys_mark(keys)}
    assert len(staged_files(two_offices)) == 2


def test_the_mark_of_keys_tells_order_and_number_but_no_key() -> None:
    one, two = "a" * 64, "b" * 64
    marks = {keys_mark(keys) for keys in ((one,), (two,), (one, two), (two, one), (one, one))}
    assert len(marks) == 5
    assert all(len(mark) == 16 and mark not in one for mark in marks)
