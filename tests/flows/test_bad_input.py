"""Bad input: one clear message with file, place and hint; the others go on; nothing published changes.

Each bad file stands in the landing beside good ones in one and the same night.
"""

from __future__ import annotations

import contextlib
import errno
import gzip
import io
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter

from flows import nightly
from flows.night import Night, Problem, Report
from flows.stages import reading as reading_stage
from flows.stages.survey import Survey, survey
from schemas.errors import StorageError
from tests.conftest import DELIVERY_DAY, Write
from tests.nights import Reader, ask, run_quietly, tree
from tests.small_nights import small_registers

HEADER = "wilayah,segmen,peserta_aktif\n"
#: Stands in every bad file and must stand in no message.
SECRETS = ("918273", "RAHASIA", "64.82", "3O")

GOOD = HEADER + "51.01,TOTAL,10\n51.02,TOTAL,20\n"
GOOD_BASE = "wilayah;penduduk_bekerja\n51.01;100\n51.02;100\n"
OTHER_GOOD = HEADER + "92.02,TOTAL,30\n92.03,TOTAL,40\n"


@dataclass(frozen=True)
class Case:
    """A bad file: its name and bytes, what is said, and where in the file."""

    name: str
    content: str | bytes
    what: str
    place: str = ""
    hint: str = "ask the sender"


def sheet(*rows: list[object]) -> bytes:
    told = io.BytesIO()
    with xlsxwriter.Workbook(told, {"in_memory": True}) as book:
        page = book.add_worksheet()
        for at, row in enumerate(rows):
            page.write_row(at, 0, row)
    return told.getvalue()


WHOLE_SHEET = sheet(["wilayah", "penduduk_bekerja"], ["51.01", 918273])

#: The day in the name tells the cases apart; all but the last ones are January 2025.
CASES = {
    "wrong header": Case(
        "rekap_51_20250101.csv",
        "kode_wil,segmen,anggota,catatan\n51.01,TOTAL,918273,RAHASIA\n",
        "the header differs: missing wilayah, peserta_aktif; unknown kode_wil, anggota, catatan",
        "header",
        "Expected wilayah, segmen, peserta_aktif",
    ),
    "no header": Case(
        "rekap_51_20250102.csv",
        "51.01,RAHASIA,918273\n51.02,TOTAL,5\n",
        "the header differs: missing wilayah, segmen, peserta_aktif; unknown 3 field(s) that are no words",
        "header",
        "Expected wilayah",
    ),
    "wrong delimiter": Case(
        "rekap_51_20250103.csv",
        "wilayah:segmen:peserta_aktif\n51.01:TOTAL:918273\n",
        "only one field: is the delimiter one of , ; tab | ?",
        "header",
        "Expected wilayah",
    ),
    "wrong delimiter below the header": Case(
        "rekap_51_20250104.csv",
        HEADER + "51.01;TOTAL;918273\n51.02;TOTAL;5\n",
        "2 of 2 rows break rules, more than the 25% that is tolerated: line:too_few_fields (2)",
        "first at line 2",
    ),
    "unknown code": Case(
        "rekap_51_20250105.csv",
        HEADER + "51.01,TOTAL,1\n51.98,TOTAL,918273\n51.99,TOTAL,918273\n",
        "2 of 3 rows break rules, more than the 25% that is tolerated: region_code:unknown (2)",
        "first at line 3",
    ),
    "percent where a count belongs": Case(
        "rekap_51_20250106.csv",
        HEADER + "51.01,TOTAL,64.82\n51.02,TOTAL,64.82 %\n",
        "active_members:percent_where_count (2)",
        "first at line 2",
    ),
    "text in a number": Case(
        "rekap_51_20250107.csv",
        HEADER + "\n51.01,TOTAL,3O\n51.02,TOTAL,RAHASIA\n",
        "active_members:not_a_number (2)",
        "first at line 3",
    ),
    "duplicate key": Case(
        "rekap_51_20250108.csv",
        HEADER + "51.01,TOTAL,918273\n51.02,TOTAL,1\n5101,total,918274\n",
        "2 of 3 rows break rules, more than the 25% that is tolerated: row:duplicate_key (2)",
        "first at line 2",
    ),
    "total row that does not add up": Case(
        "rekap_51_20250109.csv",
        HEADER + "51.01,TOTAL,918273\n51.02,TOTAL,2\nJUMLAH,,918.274\n",
        "the total row does not add up: it is 1 below the sum of its rows",
        "total row",
    ),
    "total row of a sheet that does not add up": Case(
        "penduduk_bekerja_51_202501.xlsx",
        sheet(
            ["nama", "wilayah", "penduduk_bekerja"], ["Jembrana", "51.01", 918273], ["Jumlah", "", "918.373"]
        ),
        "the total row does not add up: it is 100 above the sum of its rows",
        "total row",
    ),
    "empty file": Case("rekap_51_20250110.csv", b"", "the file is empty", hint="deliver it again"),
    "blank file": Case(
        "rekap_51_20250111.csv", "\n\n \n", "the file holds no header", hint="deliver it again"
    ),
    "header without rows": Case(
        "rekap_51_20250112.csv", HEADER, "the file holds a header and no row", hint="deliver it again"
    ),
    "zip that is called csv": Case(
        "rekap_51_20250113.csv",
        WHOLE_SHEET,
        "the ending says .csv, but the content is a ZIP or Office file",
        hint="give the file its true ending",
    ),
    "pdf that is called csv": Case(
        "rekap_51_20250114.csv", b"%PDF-1.7\nRAHASIA", "the content is a PDF file", hint="export it as CSV"
    ),
    "csv that is called xlsx": Case(
        "rekap_51_20250115.xlsx", HEADER, "the ending says .xlsx, but the content is something else"
    ),
    "broken sheet": Case(
        "penduduk_bekerja_51_202412.xlsx",
        WHOLE_SHEET[: len(WHOLE_SHEET) // 2],
        "the XLSX is damaged",
        hint="save it again",
    ),
    "zip that is no sheet": Case(
        "penduduk_bekerja_51_202411.xlsx",
        b"PK\x03\x04RAHASIA" * 9,
        "the XLSX is damaged",
        hint="save it again",
    ),
    "sheet without the header": Case(
        "penduduk_bekerja_51_202410.xlsx",
        sheet(["RAHASIA"], ["5101", 918273]),
        "the header differs: missing wilayah, penduduk_bekerja; unknown 2 field(s) that are no words",
        "header",
        "Expected wilayah",
    ),
    "broken Parquet file": Case(
        "rekap_51_20250116.parquet", b"PAR1 RAHASIA PAR1", "the Parquet file is damaged"
    ),
    "cut-off archive": Case(
        "rekap_51_20250117.csv.gz", gzip.compress(GOOD.encode())[:-9], "the archive is damaged or cut off"
    ),
    "one long line": Case(
        "rekap_51_20250118.csv",
        HEADER + "918273 RAHASIA " * 80_000,
        "the line is longer than 1 MiB",
        "line 2",
        "line breaks are probably lost",
    ),
    "bytes that are no text": Case(
        "rekap_51_20250119.csv",
        HEADER.encode() + b"51.01,\0RAHASIA,1\n",
        "the file is not text",
        "line 2",
        "UTF-8",
    ),
    "day in the future": Case(
        "rekap_51_29991231.csv",
        GOOD,
        "the day in the file name (2999-12-31) is in the future",
        hint="Correct the date",
    ),
    "day that does not exist": Case(
        "rekap_51_20250631.csv",
        GOOD,
        "is not a real date of the form yyyymmdd",
        hint="rekap files carry yyyymmdd",
    ),
    "unknown province": Case(
        "rekap_99_20250131.csv", GOOD, "the scope 99 in the file name is no province", hint="BPS code"
    ),
    "name that says nothing": Case(
        "data terbaru.csv",
        "918273",
        "the file name does not say what the file is",
        hint="rekap_51_20250331.csv",
    ),
}

#: Two of ten rows are bad, which the source tolerates: the file is used without them.
MOSTLY_GOOD = (
    "rekap_91_20250430.csv",
    HEADER
    + "".join(f"910{at},PU,{at}\n910{at},BPU,{at}0\n" for at in range(1, 5))
    + "9199,PU,918273\n9111,RAHASIA,64.82\n",
)


def published(root: Path) -> dict[str, bytes | str]:
    """Everything a reader may have: all releases, the link to the newest, the list of them."""
    return {name: content for name, content in tree(root / "published").items() if name != "metrics.prom"}


@dataclass(frozen=True)
class BadNight:
    """A data root after a good night and a night of bad files, with what was public before."""

    root: Path
    first: Report
    before: dict[str, bytes | str]
    report: Report

    def problem(self, case: Case) -> Problem:
        (problem,) = [problem for problem in self.report.problems if problem.file == case.name]
        return problem


def deliver(root: Path, name: str, content: str | bytes) -> Path:
    path = root / "landing" / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    os.utime(path, (DELIVERY_DAY.timestamp(), DELIVERY_DAY.timestamp()))
    return path


Run = Callable[[Path], Report]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run a night on a data root, with the registers of Bali and Papua Barat alone: much quicker."""
    registers = small_registers(tmp_path_factory.mktemp("few") / "registers")
    return lambda root: run_quietly(root, registers=registers)


@pytest.fixture(scope="module")
def good_root(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data root with one good release of Bali; tests take copies of it."""
    root = tmp_path_factory.mktemp("good") / "data"
    (root / "landing").mkdir(parents=True)
    deliver(root, "rekap_51_20250331.csv", GOOD)
    deliver(root, "penduduk_bekerja_51_202502.csv", GOOD_BASE)
    assert run(root).outcome == "published"
    return root


@pytest.fixture
def root(good_root: Path, tmp_path: Path) -> Path:
    """A copy of the good data root for one test."""
    return Path(shutil.copytree(good_root, tmp_path / "copy", symlinks=True))


@pytest.fixture(scope="module")
def bad_night(good_root: Path, run: Run, tmp_path_factory: pytest.TempPathFactory) -> BadNight:
    root = Path(shutil.copytree(good_root, tmp_path_factory.mktemp("bad") / "data", symlinks=True))
    before = published(root)
    for case in CASES.values():
        deliver(root, case.name, case.content)
    deliver(root, "rekap_91_20250331.csv", OTHER_GOOD)
    deliver(root, *MOSTLY_GOOD)
    first_id = str((root / "published" / "latest").readlink())
    first = Report("", "published", first_id)
    return BadNight(root, first, before, run(root))


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_one_clear_message_with_file_place_and_hint(case: Case, bad_night: BadNight) -> None:
    problem = bad_night.problem(case)
    assert case.what in problem.what
    if case.place:
        assert f"({case.name}, {case.place})" in problem.what
    assert case.hint.lower() in problem.hint.lower()
    assert "\n" not in problem.what + problem.hint
    assert len(problem.what) < 300


def test_nothing_else_is_a_problem(bad_night: BadNight) -> None:
    assert sorted(problem.file for problem in bad_night.report.problems) == sorted(
        case.name for case in CASES.values()
    )
    assert bad_night.report.outcome == "partly_failed"
    assert bad_night.report.exit_code == 5


def test_no_message_anywhere_holds_a_value_of_a_row(bad_night: BadNight) -> None:
    texts = [f"{problem.file} {problem.what} {problem.hint}" for problem in bad_night.report.problems]
    texts += [step.message for step in bad_night.report.steps]
    for query in (
        "SELECT concat_ws(' ', file_name, rejection, hint) FROM ledger.files",
        "SELECT message FROM ledger.runs",
        "SELECT message FROM ledger.steps",
        "SELECT reason FROM ledger.rejections",
    ):
        texts += [text or "" for (text,) in ask(bad_night.root, query)]
    assert len(texts) > 2 * len(CASES)
    for text in texts:
        assert not any(secret in text for secret in SECRETS), text


def test_the_good_files_of_the_same_night_are_published(bad_night: BadNight) -> None:
    latest = bad_night.root / "published" / "latest"
    told = pl.read_parquet(latest / "coverage_by_regency.parquet").filter(
        pl.col("active_members").is_not_null()
    )
    rows = told.select("period", "regency_code", "active_members").sort("period", "regency_code").rows()
    march, april = date(2025, 3, 1), date(2025, 4, 1)
    assert rows == [
        *(
            (march, code, members)
            for code, members in [("5101", 10), ("5102", 20), ("9101", 40), ("9105", 30)]
        ),
        *((april, f"910{at}", 11 * at) for at in range(1, 5)),
    ]


def test_what_was_published_before_keeps_every_byte(bad_night: BadNight) -> None:
    after = published(bad_night.root)
    release = {name: content for name, content in bad_night.before.items() if "/" in name}
    assert len(release) > 10
    assert {name: after[name] for name in release} == release
    assert bad_night.report.release_id != bad_night.first.release_id
    assert after["latest"] == bad_night.report.release_id


def test_no_published_file_holds_what_bad_files_said(bad_night: BadNight) -> None:
    for name, content in published(bad_night.root).items():
        text = content if isinstance(content, str) else content.decode("utf-8", "replace")
        assert not any(secret in text for secret in ("918273", "RAHASIA")), name


def test_rows_are_set_aside_as_received_and_only_for_the_owner(bad_night: BadNight) -> None:
    (found,) = ask(
        bad_night.root,
        f"""SELECT file_id, reading, rows_accepted, rows_quarantined
            FROM ledger.files WHERE file_name = '{MOSTLY_GOOD[0]}'""",
    )
    file_id, reading, accepted, aside = found
    assert (accepted, aside) == (8, 2)
    path = bad_night.root / "quarantine" / "rekap" / f"{file_id}-{reading}.parquet"
    assert pl.read_parquet(path).rows() == [
        (MOSTLY_GOOD[0], 10, ["region_code:unknown"], "9199,PU,918273"),
        (
            MOSTLY_GOOD[0],
            11,
            ["segment:unknown", "active_members:percent_where_count"],
            "9111,RAHASIA,64.82",
        ),
    ]
    assert path.stat().st_mode & 0o777 == 0o600
    for folder in (path.parent, path.parent.parent, bad_night.root / "staged"):
        assert folder.stat().st_mode & 0o777 == 0o700


def test_reasons_are_counted_for_the_data_quality_table(bad_night: BadNight) -> None:
    query = f"""SELECT reason, rows, rows_first_reason
                FROM ledger.rejections JOIN ledger.files USING (file_id, reading)
                WHERE file_name = '{MOSTLY_GOOD[0]}' ORDER BY reason"""
    assert ask(bad_night.root, query) == [
        ("active_members:percent_where_count", 1, 0),
        ("region_code:unknown", 1, 1),
        ("segment:unknown", 1, 1),
    ]


def test_bad_files_alone_publish_nothing_and_change_nothing(root: Path, run: Run) -> None:
    before = published(root)
    deliver(root, "rekap_91_20250331.csv", "")
    deliver(root, "rekap_91_20250228.csv", HEADER + "9101,TOTAL,64.82\n")
    report = run(root)
    assert (report.outcome, report.exit_code, len(report.problems)) == ("partly_failed", 5, 2)
    assert published(root) == before
    # The next night has nothing new to say; the files are still listed by the ledger.
    report = run(root)
    assert (report.outcome, report.exit_code, report.problems) == ("nothing_new", 0, ())
    assert published(root) == before


def test_a_file_that_disappears_after_it_was_seen(
    root: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = published(root)
    deliver(root, "rekap_91_20250331.csv", OTHER_GOOD)

    def seen_and_gone(night: Night) -> Survey:
        found = survey(night)
        (root / "landing" / "rekap_91_20250331.csv").unlink()
        return found

    monkeypatch.setattr(nightly, "survey", seen_and_gone)
    report = run(root)
    (problem,) = report.problems
    assert problem.file == "rekap_91_20250331.csv"
    assert problem.what == "the file cannot be read (No such file or directory)"
    assert "removed during the run" in problem.hint
    assert report.exit_code == 5
    assert published(root) == before


@pytest.mark.parametrize(
    ("at", "told"),
    [
        ("read_batches", "the file cannot be read (No such file or directory)"),
        ("_judge", "the file disappeared during the run"),
    ],
)
def test_a_file_that_disappears_while_it_is_read(
    at: str, told: str, reader: Reader, landing: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = landing("rekap_51_20250331.csv", GOOD)
    landing("rekap_91_20250331.csv", OTHER_GOOD)
    real = getattr(reading_stage, at)

    def with_the_file_gone(*given: Any) -> Any:
        if at == "_judge":
            given[2].batches = iter(list(given[2].batches))  # read, but not judged
        gone.unlink(missing_ok=True)
        return real(*given)

    monkeypatch.setattr(reading_stage, at, with_the_file_gone)
    _, read = reader.read()
    assert [(problem.file, problem.what) for problem in read.problems] == [("rekap_51_20250331.csv", told)]
    assert (read.files, read.rows_accepted, read.left_for_later) == (1, 2, 1)
    assert reader.ask("SELECT DISTINCT file_name FROM ledger.files") == [("rekap_91_20250331.csv",)]


def test_a_disk_error_while_reading_is_told_and_the_file_tried_again(
    reader: Reader, landing: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    landing("rekap_51_20250331.csv", GOOD)

    def failing(*_: Any) -> Any:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patch:
        patch.setattr(reading_stage, "_judge", failing)
        _, read = reader.read()
    assert [problem.what for problem in read.problems] == ["the file cannot be read (Input/output error)"]
    assert reader.ask("SELECT count(*) FROM ledger.files") == [(0,)]
    _, read = reader.read()
    assert (read.files, read.rows_accepted, read.problems) == (1, 2, ())


def test_a_file_that_changes_while_it_is_read_waits_for_the_next_run(
    reader: Reader, landing: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = landing("rekap_51_20250331.csv", GOOD)
    judge = reading_stage._judge

    def judged_and_changed(*given: Any) -> Any:
        with path.open("a") as stream:
            stream.write("51.03,TOTAL,30\n")
        return judge(*given)

    monkeypatch.setattr(reading_stage, "_judge", judged_and_changed)
    _, read = reader.read()
    assert (read.files, read.left_for_later, read.problems) == (0, 1, ())
    monkeypatch.setattr(reading_stage, "_judge", judge)
    _, read = reader.read()
    assert (read.files, read.rows_accepted) == (1, 3)


@contextlib.contextmanager
def as_nobody() -> Iterator[None]:
    """Without the powers of root, where tests run as root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_file_without_permission(good_root: Path) -> None:
    """A real run of an ordinary user, in a folder that is not below root's own."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(shutil.copytree(good_root, Path(folder) / "data", symlinks=True))
        registers = small_registers(Path(folder) / "registers")
        Path(folder).chmod(0o755)
        deliver(root, "rekap_91_20250331.csv", OTHER_GOOD)
        deliver(root, "rekap_91_20250228.csv", HEADER + "9101,TOTAL,7\n")
        (root / "landing" / "rekap_91_20250331.csv").chmod(0)
        if os.geteuid() == 0:
            for path in [root, *root.rglob("*")]:
                os.chown(path, 65534, 65534, follow_symlinks=False)
        before = published(root)
        with as_nobody():
            report = run_quietly(root, registers=registers)
        (problem,) = report.problems
        assert problem.file == "rekap_91_20250331.csv"
        assert problem.what == "the file cannot be read (Permission denied)"
        assert "permission" in problem.hint
        assert (report.outcome, report.rows_accepted) == ("partly_failed", 1)
        after = published(root)
        assert {name: after[name] for name in before if "/" in name} == {
            name: content for name, content in before.items() if "/" in name
        }


def no_space(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def no_space_in_polars(*_: object, **__: object) -> None:
    raise pl.exceptions.ComputeError(
        "parquet: File out of specification: underlying IO error: No space left on device (os error 28)"
    )


@contextlib.contextmanager
def full_disk(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A file system of one page at a folder; where this process may mount nothing, a write that fails."""
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4k,mode=0700", "tmpfs", str(folder)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        with monkeypatch.context() as patch:
            patch.setattr(pl.DataFrame, "write_parquet", no_space_in_polars)
            yield
        return
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_while_staging_ends_the_night_and_changes_nothing(
    root: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = published(root)
    deliver(root, "rekap_91_20250331.csv", OTHER_GOOD)
    with full_disk(root / "staged", monkeypatch), pytest.raises(StorageError) as refused:
        run(root)
    assert refused.value.what == "cannot write (No space left on device)"
    assert "/staged/rekap/as_of=2025-03-31/" in refused.value.where
    assert "Free disk space" in refused.value.hint
    assert refused.value.exit_code == 8
    assert published(root) == before
    assert ask(root, "SELECT outcome, exit_code FROM ledger.runs ORDER BY started_at DESC LIMIT 1") == [
        ("failed", 8)
    ]
    # With room again, the next run publishes what an undisturbed one would have.
    report = run(root)
    assert (report.outcome, report.rows_accepted) == ("published", 2)
    told = pl.read_parquet(root / "published" / "latest" / "coverage_by_regency.parquet")
    assert told.filter(pl.col("active_members").is_not_null())["active_members"].sort().to_list() == [
        10,
        20,
        30,
        40,
    ]


@pytest.mark.parametrize("failure", [no_space, no_space_in_polars])
@pytest.mark.parametrize("text", [OTHER_GOOD, OTHER_GOOD * 2], ids=["rows", "quarantine"])
def test_a_write_that_fails_leaves_nothing_half_done(
    text: str,
    failure: Callable[..., None],
    reader: Reader,
    landing: Write,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    landing("rekap_91_20250331.csv", text)
    with monkeypatch.context() as patch:
        patch.setattr(pl.DataFrame, "write_parquet", failure)
        with pytest.raises(StorageError, match=r"cannot write \(No space left on device"):
            reader.read()
    assert reader.ask("SELECT count(*) FROM ledger.files") == [(0,)]
    assert reader.ask("SELECT count(*) FROM staging.membership_counts") == [(0,)]
    assert tree(reader.night.paths.staged) == {}
    _, read = reader.read()
    assert read.files == 1


def test_a_night_on_an_empty_landing_is_no_error(data_root: Path, run: Run) -> None:
    report = run(data_root)
    assert report.exit_code == 0
    assert report.problems == ()


def test_every_case_of_the_issue_has_an_example() -> None:
    listed = """wrong header, wrong delimiter, unknown code, percent where a count belongs, text in a number,
    duplicate key, total row that does not add up, empty file, zip that is called csv, pdf that is called csv,
    broken sheet, one long line, day in the future"""
    assert {re.sub(r"\s+", " ", case).strip() for case in listed.split(",")} <= set(CASES)
