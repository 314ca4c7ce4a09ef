"""Nothing of a person leaves staging: every byte that a night writes or says is searched."""

from __future__ import annotations

import contextlib
import io
import re
import shutil
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars as pl
import pytest
import zstandard

from flows import talk
from flows.commands.run import tell
from flows.nightly import run_night
from flows.stages import dividing
from flows.steps import InProcess
from flows.synth import synthesise
from schemas.errors import ContractBroken
from schemas.sources import PESERTA
from schemas.validation import accept
from tests.members.nights import change, count_landing, put_key
from tests.members.rows import CONTEXT, csv_file, text_frame
from tests.nights import ask, settings_of
from transforms.member_rows import typed_members
from transforms.synthetic.parameters import Parameters, defect_classes

#: Planted beside the twin, in good rows and bad: a wage and a birth date that stand nowhere else.
WAGE, BORN = "8765431", "1977-07-17"
PLANTED: list[dict[str, str | None]] = [
    {"nik": f"510301570777{at:04}", "kpj": f"777{at:08}", "birth_date": BORN, "wage": WAGE, "npp": "87654399"}
    for at in range(1, 60)
]
BAD: list[dict[str, str | None]] = [
    PLANTED[0] | {"wage": f"Rp {WAGE}"},
    PLANTED[1] | {"nik": "5103015707770002X"},
]
#: NIK, KPJ and what a spreadsheet makes of them; a run of more digits is another number.
_LONG = re.compile(rb"(?<!\d)\d{16}(?!\d)|(?<!\d)\d{11}(?!\d)")
_WORDS = (WAGE.encode(), BORN.encode(), b"17/07/1977", b"87654399", b"1977, 7, 17")


def opened_bytes(path: Path) -> Iterator[bytes]:
    """The bytes of a file, and of what is packed in it."""
    data = path.read_bytes()
    yield data
    if path.suffix == ".gz":
        # A file that was cut off is read as far as it goes.
        yield zlib.decompressobj(wbits=31).decompress(data)
    if path.suffix == ".zst":
        yield zstandard.ZstdDecompressor().stream_reader(io.BytesIO(data)).read()
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            yield from (archive.read(name) for name in archive.namelist())
    if path.suffix == ".pdf":
        for packed in re.findall(rb"stream\r?\n(.*?)endstream", data, re.DOTALL):
            with contextlib.suppress(zlib.error):
                yield zlib.decompressobj().decompress(packed)
    if path.suffix == ".parquet":
        yield written_out(pl.read_parquet(path))
    if path.suffix == ".duckdb":
        with duckdb.connect(str(path), read_only=True) as connection:
            tables = connection.execute("SELECT schema_name, table_name FROM duckdb_tables()").fetchall()
            assert tables
            for schema, name in tables:
                yield written_out(connection.sql(f'FROM "{schema}"."{name}"').pl())


def written_out(frame: pl.DataFrame) -> bytes:
    """Every value of a frame as text, one a line."""
    lists = [name for name, kind in frame.schema.items() if isinstance(kind, pl.List)]
    plain = frame.with_columns(pl.col(name).list.join("\n") for name in lists)
    texts = [text for series in plain.cast(pl.String).get_columns() for text in series.drop_nulls()]
    return "\n".join(texts).encode()


def landed(landing: Path) -> set[bytes]:
    """Every number of a person that was delivered."""
    found: set[bytes] = set()
    for path in landing.glob("peserta_*"):
        *_, data = opened_bytes(path)
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            data = data.decode("utf-16", errors="replace").encode()
        found.update(_LONG.findall(data))
    return found


class Seen:
    """A data root after two nights, what was delivered, and all that was said."""

    def __init__(self, root: Path, secrets: set[bytes], said: str) -> None:
        self.root, self.secrets, self.said = root, secrets, said

    def told(self, data: bytes) -> set[bytes]:
        """Numbers of persons, or planted words, in some bytes."""
        return {number for number in _LONG.findall(data) if number in self.secrets} | {
            word for word in _WORDS if word in data
        }


@pytest.fixture(scope="module", params=["here", "apart"])
def seen(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Seen]:
    with pytest.MonkeyPatch.context() as patched:
        if request.param == "apart":  # every file in a process of its own
            patched.setattr(dividing, "MANY_BYTES", 1)
            patched.setattr(dividing, "_UNIT_BYTES", 1)
        yield after_two_nights(tmp_path_factory)


def after_two_nights(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """Let planted persons be read, a check fail, and another night come."""
    root = tmp_path_factory.mktemp("private") / "data"
    parameters = Parameters(rows=600, provinces=("65",), months=1, seed=3, defects=defect_classes("all"))
    synthesise(parameters, root.parent / "twin", workers=1)
    shutil.copytree(root.parent / "twin" / "landing", root / "landing")
    put_key(root)
    (root / "landing" / "peserta_51z09_20250331.csv").write_text(csv_file(*PLANTED, *BAD), encoding="utf-8")
    # A whole file of bad rows is rejected, with the reasons in words.
    bad = [row | {"wage": f"Rp {WAGE}"} for row in PLANTED]
    (root / "landing" / "peserta_51z08_20250331.csv").write_text(csv_file(*bad), encoding="utf-8")
    secrets = landed(root / "landing")
    # One person more than were counted makes a check fail: its words are searched too.
    said = talk_of_a_night(root, "text") + tampered(root) + talk_of_a_night(root, "json")
    return Seen(root, secrets, said)


def tampered(root: Path) -> str:
    change(root, "UPDATE staging.balance SET persons = persons + 1")
    (root / "landing" / "rekap_52_20250331.csv").write_text("wilayah,segmen,peserta_aktif\n52.01,TOTAL,5\n")
    return ""


def talk_of_a_night(root: Path, form: str) -> str:
    """Everything that `cakupan run --json` says of a night, on stdout and stderr."""
    settings = settings_of(root, log_format=form, publication="everything")
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            talk.use(form)
            report = run_night(settings, InProcess())
            tell(settings, report, as_json=True, quiet=False)
        finally:
            talk.use("text")
    return said.getvalue()


def test_the_search_finds_what_it_looks_for(seen: Seen) -> None:
    assert len(seen.secrets) > 500
    assert {b"5103015707770001", b"77700000001"} <= seen.secrets
    frame = pl.DataFrame({"a": [1, None], "b": ["x 5103015707770001", None], "c": [["77700000001"], []]})
    assert seen.told(written_out(frame)) == {b"5103015707770001", b"77700000001"}
    assert seen.told(b"1977, 7, 17") == {b"1977, 7, 17"}
    kept = seen.root / "quarantine" / "peserta"
    found = [
        number for path in kept.glob("*.parquet") for data in opened_bytes(path) for number in seen.told(data)
    ]
    assert WAGE.encode() in found
    assert b"5103015707770001" in found


def test_the_nights_did_their_work(seen: Seen) -> None:
    assert ask(seen.root, "SELECT count(*) FROM ledger.runs")[0][0] == 2
    outcomes = ask(seen.root, "SELECT outcome FROM ledger.runs ORDER BY started_at")
    assert outcomes == [("partly_failed",), ("checks_failed",)]
    assert "peserta_51z08_20250331.csv" in seen.said
    assert "wage:not_a_number" in seen.said
    assert '"event": "stage"' in seen.said


def test_only_quarantine_holds_anything_of_a_person(seen: Seen) -> None:
    searched: list[str] = []
    for path in sorted(seen.root.rglob("*")):
        place = path.relative_to(seen.root)
        if place.parts[0] == "landing" or place.match("quarantine/peserta/*.parquet") or not path.is_file():
            continue
        for data in opened_bytes(path):
            assert seen.told(data) == set(), place
        assert seen.told(str(place).encode()) == set()
        searched.append(place.parts[0])
    assert {"staged", "quarantine", "warehouse.duckdb", "published", "pseudonym.key"} <= set(searched)
    assert list((seen.root / "spill").iterdir()) == []


def test_nothing_of_a_person_is_said(seen: Seen) -> None:
    assert seen.told(seen.said.encode()) == set()
    key = (seen.root / "pseudonym.key").read_text().strip()
    assert key not in seen.said
    for path in seen.root.rglob("*"):
        if path.is_file() and path.name != "pseudonym.key":
            assert key.encode() not in path.read_bytes(), path.name


def test_only_the_owner_may_look_in(seen: Seen) -> None:
    for name in ("staged", "quarantine", "spill"):
        for path in [seen.root / name, *(seen.root / name).rglob("*")]:
            mode = stat.S_IMODE(path.stat().st_mode)
            assert mode == (0o700 if path.is_dir() else 0o600), path.relative_to(seen.root)
    for name in ("warehouse.duckdb", "pseudonym.key"):
        assert stat.S_IMODE((seen.root / name).stat().st_mode) == 0o600


def test_an_error_of_ours_quotes_no_row() -> None:
    rows = typed_members(text_frame(*PLANTED[:3]), CONTEXT)
    with pytest.raises(ContractBroken) as broken:
        accept(PESERTA.schema, rows.with_columns(pl.col("nik").cast(pl.String), wage=pl.lit(WAGE)))
    shown = f"{broken.value} {broken.value!r} {broken.value.__cause__!r}"
    for word in ("5103015707770001", "77700000001", WAGE, BORN):
        assert word not in shown
    assert "nik" in shown


def test_a_rejected_file_is_told_without_its_values(data_root: Path) -> None:
    put_key(data_root)
    bad = [row | {"wage": f"Rp {WAGE}"} for row in PLANTED]
    (data_root / "landing" / "peserta_51z08_20250331.csv").write_text(csv_file(*bad))
    _, read, _ = count_landing(data_root)
    [problem] = read.problems
    assert "59 of 59 rows break rules" in problem.what
    assert WAGE not in f"{problem}"
    assert list((data_root / "staged").rglob("*.parquet")) == []
