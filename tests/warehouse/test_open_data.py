"""Metadata for machines: data package, CSVW, citation and feed, each read by what knows the form."""

from __future__ import annotations

import csv
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import frictionless
import pytest
import yaml

from schemas.catalog import PUBLISHED
from schemas.tables.marts import OBS_STATUSES
from tests.real_release import real_night
from warehouse.release import revisions
from warehouse.release.facts import ReleaseFacts
from warehouse.release.feed import REASONS, write_feed
from warehouse.release.open_data import OBS_STATUS_CODES, write_open_data

ATOM = "{http://www.w3.org/2005/Atom}"
REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root, _ = real_night(tmp_path_factory.getbasetemp())
    return (root / "published" / "latest").resolve()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_every_csv_is_valid_by_its_data_package(folder: Path) -> None:
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    package["resources"] = [one for one in package["resources"] if one["format"] == "csv"]
    tables = sum("csv" in entry.endings for entry in PUBLISHED)
    assert len(package["resources"]) == tables
    # The two long tables have the columns of the short ones; frictionless takes minutes for them.
    package["resources"] = [one for one in package["resources"] if one["rows"] < 3_000]
    assert len(package["resources"]) == tables - 2
    report = frictionless.Package(package, basepath=str(folder)).validate()
    assert report.flatten(["title", "rowNumber", "message"]) == []


def test_the_status_letters_are_those_of_sdmx(folder: Path) -> None:
    assert tuple(OBS_STATUS_CODES) == OBS_STATUSES
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    resource = next(one for one in package["resources"] if one["name"] == "coverage-by-regency-csv")
    fields = {field["name"]: field for field in resource["schema"]["fields"]}
    assert fields["obs_status"]["categories"] == [
        {"value": "A", "label": "Normal value | Nilai normal"},
        {"value": "P", "label": "Provisional value | Nilai sementara"},
        {"value": "O", "label": "Missing value | Nilai tidak ada"},
        {"value": "B", "label": "Time series break | Patahan deret waktu"},
    ]
    assert "categories" not in fields["coverage_status"]


def test_every_csv_has_a_csvw_description_with_its_columns_in_order(folder: Path) -> None:
    described = sorted(path.name for path in folder.glob("*.csv-metadata.json"))
    assert described == sorted(f"{path.name}-metadata.json" for path in folder.glob("*.csv"))
    for name in described:
        told = json.loads((folder / name).read_text(encoding="utf-8"))
        assert told["@context"][0] == "http://www.w3.org/ns/csvw"
        with (folder / told["url"]).open(encoding="utf-8", newline="") as stream:
            header = next(csv.reader(stream))
        columns = told["tableSchema"]["columns"]
        assert [column["name"] for column in columns] == header, name
        assert all(" | " in column["dc:description"] for column in columns)
        assert set(told["tableSchema"].get("primaryKey", [])) <= set(header)
        assert told["dc:identifier"] == folder.name
    told = json.loads((folder / "coverage_by_regency.csv-metadata.json").read_text(encoding="utf-8"))
    columns = {column["name"]: column for column in told["tableSchema"]["columns"]}
    assert columns["regency_code"]["datatype"] == "string"
    assert columns["coverage_pct"] | {"dc:description": ""} == {
        "name": "coverage_pct", "titles": "coverage_pct", "datatype": "decimal", "required": False,
        "dc:description": "",
    }  # fmt: skip


def test_the_release_and_the_repository_say_how_to_cite_them(folder: Path) -> None:
    release = yaml.safe_load((folder / "CITATION.cff").read_text(encoding="utf-8"))
    assert (release["type"], release["version"], release["date-released"], release["license"]) == (
        "dataset", folder.name, "2026-01-05", "CC-BY-4.0",
    )  # fmt: skip
    program = yaml.safe_load((REPOSITORY / "CITATION.cff").read_text(encoding="utf-8"))
    project = (REPOSITORY / "pyproject.toml").read_text(encoding="utf-8")
    assert (program["type"], program["license"]) == ("software", "MIT")
    assert f'version = "{program["version"]}"' in project
    for citation in (release, program):
        assert citation["cff-version"] == "1.2.0"
        assert {"message", "title", "authors"} <= set(citation)


def test_invented_figures_say_so_in_citation_and_csvw(tmp_path: Path) -> None:
    now = datetime(2026, 1, 5, tzinfo=UTC)
    facts = ReleaseFacts("x-SYNTHETIC", "x", "r", None, now, now, None, None, "0", (), (), True)
    write_open_data(facts, {"regions": {"fields": [], "primaryKey": []}}, tmp_path)
    assert "SYNTHETIC DATA, not official" in (tmp_path / "CITATION.cff").read_text(encoding="utf-8")
    assert "SYNTHETIC DATA, not official" in (tmp_path / "regions.csv-metadata.json").read_text()


def _release(name: str, day: int, changed: str) -> dict[str, object]:
    moment = f"2026-01-{day:02} 18:14:00+00"
    return {"release_id": name, "data_as_of": "2025-12-31", "published_at": moment, "what_changed": changed}


def test_the_feed_says_what_changed_and_why(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "revisions.csv").write_text(
        "release_id,table,key,column,old,new,reason\n"
        "b,coverage_by_regency,2025-03-01 5101,active_members,1,2,membership_delivered\n"
        "b,coverage_by_regency,2025-03-01 5101,coverage_pct,1,2,membership_delivered\n"
        "b,published_figures,<x>,our_value,1,2,method\n",
        encoding="utf-8",
    )
    write_feed(tmp_path, [_release("b", 2, "3 cells changed against a."), _release("a", 1, "First release.")])
    feed = ET.parse(tmp_path / "feed.xml").getroot()
    assert feed.findtext(f"{ATOM}updated") == "2026-01-02T18:14:00+00:00"
    newer, older = feed.findall(f"{ATOM}entry")
    assert newer.findtext(f"{ATOM}summary") == (
        "Data up to 2025-12-31. 3 cells changed against a.\n"
        "coverage_by_regency: 2 cells, an office delivered members anew"
        " | 2 sel, kantor mengirim ulang data peserta\n"
        "published_figures: 1 cell, the way of computing changed | 1 sel, cara menghitung berubah"
    )
    assert older.findtext(f"{ATOM}summary") == "Data up to 2025-12-31. First release."
    links = [entry.find(f"{ATOM}link") for entry in (newer, older)]
    assert [link is not None and link.get("href") for link in links] == ["b/CHANGELOG.md", "a/CHANGELOG.md"]
    ids = [element.text for element in feed.iter(f"{ATOM}id")]
    assert len(set(ids)) == 3
    before = (tmp_path / "feed.xml").read_bytes()
    write_feed(tmp_path, [_release("b", 2, "3 cells changed against a."), _release("a", 1, "First release.")])
    assert (tmp_path / "feed.xml").read_bytes() == before


def test_the_feed_has_everything_that_atom_requires(folder: Path) -> None:
    """RFC 4287, sections 4.1.1 and 4.1.2: what a feed and an entry must have once, and of which form."""
    feed = ET.parse(folder.parent / "feed.xml").getroot()
    entries = feed.findall(f"{ATOM}entry")
    assert (feed.tag, len(entries)) == (f"{ATOM}feed", 1)
    for element in (feed, *entries):
        assert [len(element.findall(ATOM + name)) for name in ("id", "title", "updated")] == [1, 1, 1]
        assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", element.findtext(f"{ATOM}id") or "")
        moment = element.findtext(f"{ATOM}updated") or ""
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", moment)
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "Cakupan"
    assert [link.get("href") for link in feed.findall(f"{ATOM}link") if link.get("rel") == "self"] == [
        "feed.xml"
    ]
    for entry in entries:
        (alternate,) = entry.findall(f"{ATOM}link")
        assert alternate.get("rel") == "alternate"
        assert (folder.parent / (alternate.get("href") or "")).is_file()
        assert len(entry.findall(f"{ATOM}summary")) == 1


def test_a_feed_of_no_release_is_still_a_feed(tmp_path: Path) -> None:
    write_feed(tmp_path, [])
    feed = ET.parse(tmp_path / "feed.xml").getroot()
    assert feed.findtext(f"{ATOM}updated") == "1970-01-01T00:00:00+00:00"
    assert feed.findall(f"{ATOM}entry") == []


def test_every_reason_of_a_changed_cell_has_words() -> None:
    source = Path(revisions.__file__).read_text(encoding="utf-8")
    codes = set(re.findall(r"(?:THEN|ELSE) '([a-z_]+)'", source))
    assert codes == set(REASONS)


def test_the_shelf_has_its_feed_beside_the_list(folder: Path) -> None:
    feed = ET.parse(folder.parent / "feed.xml").getroot()
    assert [entry.findtext(f"{ATOM}title") for entry in feed.findall(f"{ATOM}entry")] == [folder.name]
