"""A data root to break: two provinces, a few small deliveries, and ways to run a night on it."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from flows.night import Report
from flows.nightly import run_night
from flows.operations.drills import deliveries
from flows.settings import Settings, load_settings
from flows.stages.retention import first_kept_month
from flows.steps import InProcess, Steps
from schemas.errors import CakupanError, DrillFailed
from schemas.registers import PACKAGED
from schemas.sources import PESERTA
from warehouse.release import shelf
from warehouse.seal import digest
from warehouse.staged import staged_record

PROVINCES = ("51", "91")
#: Every file of a drill is delivered on this day, one minute after the other.
DELIVERED = datetime(2026, 1, 5, tzinfo=UTC)
_PACKAGE = Path(__file__).parents[3]
#: Register, its column and the beginnings of the values that are kept: a night on them takes a second.
_KEPT = {
    "regions": ("province_code_bps", PROVINCES),
    "targets": ("region_code", PROVINCES),
    "published_figures": ("as_of", ("2023-08-31",)),
}
_FIGURES = (".csv", ".parquet")
#: Variables of the person who holds the drill that must not reach a night on scratch data.
FOREIGN = ("CAKUPAN_", "PREFECT_", "SOURCE_DATE_EPOCH")


class NotHere(Exception):
    """A drill cannot be held on this machine; says what it needs."""


def expect(held: bool, what: str) -> None:
    """Raise DrillFailed with what went wrong, unless the defence held."""
    if not held:
        raise DrillFailed(what)


@dataclass
class Scratch:
    """A data root of a drill. Nothing outside `folder` is ever touched."""

    folder: Path
    publication: str = "tables"

    def __post_init__(self) -> None:
        """Make the folders, the small registers and a key; what is there already stays."""
        if self.registers.exists():
            return
        self.landing.mkdir(parents=True)
        self.registers.mkdir()
        for path in PACKAGED.glob("*.csv"):
            _copy_register(path, self.registers / path.name)
        self.key.write_text("0123456789abcdef" * 4 + "\n", encoding="ascii")
        self.key.chmod(0o600)

    @property
    def root(self) -> Path:
        """The data root."""
        return self.folder / "data"

    @property
    def landing(self) -> Path:
        """The landing: beside the data root, so that a full disk does not hinder the senders."""
        return self.folder / "landing"

    @property
    def registers(self) -> Path:
        """Registers of two provinces."""
        return self.folder / "registers"

    @property
    def key(self) -> Path:
        """The key of the pseudonyms."""
        return self.folder / "pseudonym.key"

    def settings(self, **others: Any) -> Settings:
        """Settings of a night here."""
        chosen = {
            "data_root": self.root,
            "landing": self.landing,
            "registers": self.registers,
            "pseudonym_key_file": self.key,
            "settle_seconds": 0,
            "publication": self.publication,
            "timezone": "Asia/Makassar",
        }
        return load_settings(**(chosen | others))

    def environment(self, **others: str) -> dict[str, str]:
        """Environment of a night in another process: that of this one, without its own settings."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
        return {
            **kept,
            "PYTHONPATH": str(_PACKAGE),
            "CAKUPAN_DATA_ROOT": str(self.root),
            "CAKUPAN_LANDING": str(self.landing),
            "CAKUPAN_REGISTERS": str(self.registers),
            "CAKUPAN_PSEUDONYM_KEY_FILE": str(self.key),
            "CAKUPAN_SETTLE_SECONDS": "0",
            "CAKUPAN_PUBLICATION": self.publication,
            "CAKUPAN_TIMEZONE": "Asia/Makassar",
            **others,
        }

    def deliver(self, name: str, content: str | bytes, *, minute: int = 0) -> Path:
        """Write a file into the landing, delivered at a minute of the day of the drill."""
        path = self.landing / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        moment = (DELIVERED + timedelta(minutes=minute)).timestamp()
        os.utime(path, (moment, moment))
        return path

    def deliver_month(self, number: int) -> None:
        """Deliver the n-th month: what offices counted, and member rows; the base with the first."""
        for name, content in deliveries.month(number).items():
            self.deliver(name, content, minute=number)

    def night(self, steps: Steps | None = None, **others: Any) -> Report:
        """Run a night in this process."""
        return run_night(self.settings(**others), steps or InProcess(quiet=True))

    def refusal(self) -> CakupanError:
        """Run a night in this process that must end in an error, and return that."""
        try:
            report = self.night()
        except CakupanError as failure:
            return failure
        raise DrillFailed(f"the night ended {report.outcome}, as if nothing were wrong")

    def command(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run `cakupan …` in another process."""
        return subprocess.run(
            [sys.executable, "-m", "flows.cli", *arguments],
            env=self.environment(**environment),
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )

    def latest(self) -> str | None:
        """Return the release that is public."""
        return shelf.latest_release(self.root / "published")

    def figures(self, *, revisions: bool = True) -> dict[str, str]:
        """File of figures → digest, of the public release; `revisions` depend on what was published before."""
        folder = self.root / "published" / shelf.LATEST
        return {
            path.name: digest(path)
            for path in sorted(folder.iterdir())
            if path.suffix in _FIGURES and (revisions or path.stem != "revisions")
        }

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of a query on the working warehouse, between two runs."""
        with duckdb.connect(str(self.root / "warehouse.duckdb"), read_only=True) as connection:
            return connection.execute(query).fetchall()

    def releases(self) -> list[str]:
        """Every release on the shelf."""
        folders = (self.root / "published").iterdir()
        return sorted(
            path.name for path in folders if path.is_dir() and not path.is_symlink() and path.name[0] != "."
        )

    def hold_whole(self, release: str) -> None:
        """Raise DrillFailed unless every file of a release is as its manifest says."""
        folder = self.root / "published" / release
        damaged = shelf.damaged_files(folder) if (folder / shelf.MANIFEST).is_file() else [shelf.MANIFEST]
        expect(not damaged, f"the release {release} is broken: {', '.join(damaged)}")

    def has_ledger(self) -> bool:
        """Whether a night got so far as to make its ledger."""
        if not (self.root / "warehouse.duckdb").exists():
            return False
        return bool(self.ask(_HAS_LEDGER)[0][0])

    def hold_together(self) -> None:
        """Raise DrillFailed unless the public release is whole and every file that counts is there wholly.

        Member rows beyond their time may be gone, or half gone; then their counts must be there.
        """
        name = self.latest()
        if name is not None:
            self.hold_whole(name)
        if not self.has_ledger():
            expect(name is None, "the ledger is gone")
            return
        lost = self.ask(_ROWS_LOST)
        expect(not lost, f"rows were lost: {lost}")
        newest = self.ask("SELECT max(as_of) FROM ledger.counted_files")[0][0]
        kept = newest and first_kept_month(newest, self.settings().keep_member_months)
        for folder in self.staged_folders():
            as_of = date.fromisoformat(folder.parent.name.removeprefix("as_of="))
            if folder.parent.parent.name == PESERTA.name and as_of < kept:
                counts = self.ask(f"SELECT count(*) FROM staging.balance WHERE as_of = '{as_of}'")  # noqa: S608
                expect(counts == [(1,)], f"{as_of} has neither rows nor counts")
            else:
                expect(staged_record(folder) is not None, f"rows of a counted file are not whole: {folder}")

    def staged_folders(self, source: str = "%") -> list[Path]:
        """Folders with the staged rows of the files that count."""
        counted = self.ask(
            f"SELECT source, as_of, file_id, reading FROM ledger.counted_files WHERE source LIKE '{source}'"  # noqa: S608
        )
        return [
            self.root / "staged" / kind / f"as_of={as_of}" / f"{file_id}-{reading}"
            for kind, as_of, file_id, reading in counted
        ]

    def same_as_undisturbed(self) -> None:
        """Raise DrillFailed unless figures and rows are those of a data root that saw the same landing only.

        Every release on the shelf is looked through as well.
        """
        for release in self.releases():
            self.hold_whole(release)
        undisturbed = self.beside("undisturbed")
        expected = undisturbed.night().release_id
        expect(self.latest() == expected, f"the release is {self.latest()}, undisturbed {expected}")
        ours, theirs = self.figures(revisions=False), undisturbed.figures(revisions=False)
        differing = sorted(name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name))
        expect(not differing, f"figures differ from those of an undisturbed night: {', '.join(differing)}")
        for table, columns in _COMPARED.items():
            query = f"SELECT {columns} FROM {table} ORDER BY ALL"  # noqa: S608 (written below)
            expect(self.ask(query) == undisturbed.ask(query), f"{table} differs from an undisturbed night")

    def beside(self, name: str) -> Scratch:
        """Return another data root, without history, with the same landing, registers and key."""
        other = self.folder / name
        shutil.rmtree(other, ignore_errors=True)
        twin = Scratch(other, self.publication)
        shutil.copytree(self.landing, twin.landing, dirs_exist_ok=True)  # with times
        return twin


_COMPARED = {
    "ledger.files": "file_id, reading, file_name, state, lines, rows_accepted, rows_quarantined",
    "ledger.rejections": "*",
    "staging.membership_counts": "*",
    "staging.bases": "*",
    "staging.worker_counts": "*",
}
#: Macros, tables and views are made in one commit: where the last of them is, everything is.
_HAS_LEDGER = """
    SELECT count(*) FROM duckdb_views() WHERE schema_name = 'ledger' AND view_name = 'counted_files'
"""
#: Files that count and have other than their accepted rows in the warehouse.
_ROWS_LOST = """
    SELECT file_name FROM ledger.counted_files AS counted
    WHERE source <> 'peserta' AND rows_accepted <> (
        SELECT count(*) FROM (
            SELECT file_id FROM staging.membership_counts UNION ALL SELECT file_id FROM staging.bases
        ) AS loaded WHERE loaded.file_id = counted.file_id)
"""


def _copy_register(source: Path, target: Path) -> None:
    column, kept = _KEPT.get(source.stem, (None, ()))
    with source.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        rows = [row for row in reader if column is None or row[column].startswith(kept)]
        names = reader.fieldnames or []
    with target.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
