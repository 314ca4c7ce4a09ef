"""`cakupan note` and `cakupan preview` on the release of the examples."""

from __future__ import annotations

import shutil
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner, Result

from flows.cli import cakupan
from flows.commands.preview import HOST, server
from schemas.errors import NoteRefused, NothingPublished, SettingsError
from tests.real_release import real_night


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return real_night(tmp_path_factory.getbasetemp())[0]


def _run(root: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cakupan, ["--data-root", str(root), *arguments])


def test_the_note_of_bali_says_what_the_table_says(root: Path) -> None:
    """Printed were 50.88 percent of the same two counts; they give 49.90, and that is what we say."""
    release = (root / "published" / "latest").resolve().name
    done = _run(root, "note", "51", "2025-03")
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines() == [
        (
            "Cakupan Jamsostek Bali per 31 Maret 2025 mencapai 49,90 persen, sekitar 935.079 peserta"
            " dari 1.873.899 penduduk bekerja."
        ),
        "Angka kabupaten/kota dengan definisi yang sama belum ada.",
        "Target 2025 sebesar 67,28 persen (Kemendagri): masih kurang 17,38 poin, setara 325.681 peserta.",
        "Ini angka pertama dalam deret, sehingga perubahannya belum dapat dihitung.",
        f"Sumber: Cakupan, rilis {release}.",
    ]


def test_the_note_of_papua_barat_in_english(root: Path) -> None:
    done = _run(root, "note", "91", "2023-08", "--language", "en")
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[:3] == [
        (
            "Jamsostek coverage of Papua Barat on 31 August 2023 was 82.69 percent, about 128,357 members"
            " of 155,222 people in work."
        ),
        (
            "Highest is Kabupaten Kaimana, 126.15 percent (25,721 of 20,390);"
            " lowest is Kabupaten Pegunungan Arfak, 33.68 percent (3,482 of 10,337)."
        ),
        "Figures above 100 percent are published as they are: members may work elsewhere.",
    ]


def test_a_target_is_named_after_the_institution_and_not_after_who_told_it(root: Path) -> None:
    """The register says `Kemendagri (monitoring of local governments)`: an Indonesian note stays Indonesian."""
    done = _run(root, "note", "00", "2025-06")
    assert "Target 2025 sebesar 52,15 persen (Kemendagri): masih kurang 13,50 poin" in done.stdout


@pytest.mark.parametrize("code", ["00", "35", "5104", "9102"])
@pytest.mark.parametrize("month", ["2023-08", "2023-12", "2025-06", "2025-09", "2025-12"])
@pytest.mark.parametrize("language", ["id", "en"])
def test_every_note_of_the_release_ties(root: Path, code: str, month: str, language: str) -> None:
    done = _run(root, "note", code, month, "--language", language)
    assert done.exit_code == 0, done.output or done.exception


def test_a_month_that_the_release_does_not_have(root: Path) -> None:
    done = _run(root, "note", "51", "1999-01")
    assert isinstance(done.exception, NothingPublished)
    assert "1999-01" in str(done.exception)
    assert "hint:" in str(done.exception)


@pytest.mark.parametrize(
    "wrong", [("51", "2025-13"), ("51", "March"), ("51.03", "2025-03"), ("bali", "2025-03")]
)
def test_a_wrong_region_or_month_is_a_wrong_use(root: Path, wrong: tuple[str, str]) -> None:
    assert _run(root, "note", *wrong).exit_code == 2


def test_a_release_with_a_slip_gets_no_note(root: Path, tmp_path: Path) -> None:
    """As it was printed: the base with two digits exchanged, beside the percent of the right one."""
    folder = tmp_path / "published" / "latest"
    folder.mkdir(parents=True)
    shutil.copyfile(root / "published" / "latest" / "cakupan.duckdb", folder / "cakupan.duckdb")
    with duckdb.connect(str(folder / "cakupan.duckdb")) as database:
        database.execute(
            "UPDATE marts.coverage_by_province SET coverage_pct = 50.88 "
            "WHERE province_code = '51' AND period = '2025-03-01'"
        )
    done = _run(tmp_path, "note", "51", "2025-03")
    assert isinstance(done.exception, NoteRefused)
    assert done.stdout == ""
    assert "935,079 ÷ 1,873,899 = 49.90 percent; printed 50.88" in str(done.exception)
    assert NoteRefused.exit_code == 18


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Path, int]]:
    """A release and the operators' page on their server, secrets beside them and links that lead to them."""
    release = tmp_path / "published" / "one"
    (release / "province").mkdir(parents=True)
    (tmp_path / "published" / "secret.txt").write_text("not for readers")
    (release / "index.html").write_text("the page")
    (release / "province" / "51.html").write_text("Bali")
    (release / "way_out.txt").symlink_to(tmp_path / "published" / "secret.txt")
    operators = tmp_path / "operators"
    operators.mkdir()
    (operators / "index.html").write_text("how the nights went")
    (tmp_path / "warehouse.txt").write_text("not for readers")
    (operators / "way_out.txt").symlink_to(tmp_path / "warehouse.txt")
    serving = server(release, operators, 0)
    assert serving.server_address[0] == "127.0.0.1"
    thread = threading.Thread(target=serving.serve_forever, args=(0.02,))
    thread.start()
    yield release, serving.server_address[1]
    serving.shutdown()
    thread.join()
    serving.server_close()


def test_the_preview_shows_the_release_on_this_computer_only(served: tuple[Path, int]) -> None:
    _, port = served
    pages = {
        "": b"the page",
        "index.html?month=2025-03": b"the page",
        "province/51.html": b"Bali",
        "operators/": b"how the nights went",
        "operators/index.html": b"how the nights went",
        "published/latest/index.html": b"the page",  # as the operators' page calls it
    }
    for address, text in pages.items():
        with urllib.request.urlopen(f"http://{HOST}:{port}/{address}") as answer:
            assert answer.read() == text
    assert HOST == "127.0.0.1"


@pytest.mark.parametrize(
    "address",
    [
        "/../secret.txt",
        "/..%2fsecret.txt",
        "/%2e%2e/secret.txt",
        "/province/../../secret.txt",
        "/way_out.txt",
        "//etc/passwd",
        "/operators/../warehouse.txt",
        "/operators/..%2fwarehouse.txt",
        "/operators/way_out.txt",
        "/operators/../published/secret.txt",
        "/published/secret.txt",
        "/published/latest/../secret.txt",
        "/published/latest/way_out.txt",
    ],
)
def test_nothing_outside_the_release_is_served(served: tuple[Path, int], address: str) -> None:
    _, port = served
    connection = HTTPConnection(HOST, port)
    connection.request("GET", address)
    answer = connection.getresponse()
    assert (answer.status, b"not for readers" in answer.read()) == (404, False)
    connection.close()


def test_the_preview_stays_with_the_release_of_its_start(served: tuple[Path, int]) -> None:
    release, port = served
    newer = release.with_name("two")
    newer.mkdir()
    (newer / "index.html").write_text("the next page")
    release.with_name("latest").symlink_to("two")
    with urllib.request.urlopen(f"http://{HOST}:{port}/") as answer:
        assert answer.read() == b"the page"


def test_a_port_in_use_and_no_release_are_told(served: tuple[Path, int], root: Path, tmp_path: Path) -> None:
    done = _run(root, "preview", "--port", str(served[1]))
    assert isinstance(done.exception, SettingsError)
    assert "--port 0" in str(done.exception)
    assert isinstance(_run(tmp_path / "empty", "preview").exception, NothingPublished)
