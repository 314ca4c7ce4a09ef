from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from tests.publication.publication_tables import BALI_CLAIMS, Cell, bali, cells, facts, tables
from warehouse.publication.publish import publish, render_publication
from warehouse.publication.rendered import RECORD

Tables = dict[str, pl.DataFrame]


def two_provinces(bump: int = 0) -> Tables:
    def tweak(cell: Cell) -> Cell:
        if cell.code == "7501" and cell.period == date(2025, 3, 1) and cell.members is not None:
            return replace(cell, members=cell.members + bump)
        return cell

    return tables(cells(["51", "75"], 3), tweak=tweak, claims=BALI_CLAIMS)


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def folder(root: Path, name: str) -> Path:
    (root / name).mkdir()
    return root / name


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = folder(tmp_path_factory.mktemp("first"), "one")
    render_publication(two_provinces(), facts(), made)
    return made


def test_exactly_the_promised_files_are_written(tmp_path: Path) -> None:
    made = render_publication(bali(3), facts(), tmp_path)
    names = {str(path.relative_to(tmp_path)) for path in made}
    assert names == {
        "index.html", "en.html", "province/51.html", "province/51.en.html", RECORD,
        *(f"{kind}_{who}{end}" for who in ("51", "indonesia") for kind, end in (
            ("cakupan", ".xlsx"), ("laporan", ".pdf"), ("kartu", ".png"), ("kartu", "_og.png"),
            ("grafik", "_peringkat.svg"), ("grafik", "_peta.svg"), ("grafik", "_tren.svg"),
        )),
    }  # fmt: skip
    assert names == set(digests(tmp_path))


def test_building_twice_gives_the_same_bytes(first: Path, tmp_path: Path) -> None:
    again = folder(tmp_path, "again")
    render_publication(two_provinces(), facts(), again)
    assert digests(again) == digests(first)


def test_building_upon_itself_renders_nothing_and_gives_the_same_bytes(first: Path, tmp_path: Path) -> None:
    again = folder(tmp_path, "again")
    record = publish(two_provinces(), facts(), again, first)
    record.close()
    assert record.made == []
    assert digests(again) == digests(first)


def test_only_what_changed_is_rendered_again(first: Path, tmp_path: Path) -> None:
    later = replace(
        facts(), release_id="2025-03-31-ffffff", published_at=facts().published_at + timedelta(days=1)
    )
    changed = folder(tmp_path, "changed")
    record = publish(two_provinces(bump=5), later, changed, first)
    record.close()
    pages = {name for name in record.made if name.endswith(".html")}
    assert len(pages) == 6, "pages say when they were made"
    heavy = set(record.made) - pages
    assert {name.split("_")[1].split(".")[0] for name in heavy} == {"75", "indonesia"}
    assert len(heavy) == 14
    before, after = digests(first), digests(changed)
    assert {name for name in before if before[name] == after[name]} == {
        name for name in before if "_51" in name
    }  # fmt: skip


def test_reuse_gives_what_rendering_would_have_given(first: Path, tmp_path: Path) -> None:
    reused, fresh = folder(tmp_path, "reused"), folder(tmp_path, "fresh")
    render_publication(two_provinces(bump=5), facts(), reused, first)
    render_publication(two_provinces(bump=5), facts(), fresh)
    assert digests(reused) == digests(fresh)


def test_a_damaged_file_of_the_release_before_is_rendered_again(first: Path, tmp_path: Path) -> None:
    before, after = folder(tmp_path, "before"), folder(tmp_path, "after")
    render_publication(two_provinces(), facts(), before, first)
    (before / "kartu_51.png").write_bytes(b"half a picture")
    (before / "laporan_75.pdf").unlink()
    record = publish(two_provinces(), facts(), after, before)
    assert sorted(record.made) == ["kartu_51.png", "laporan_75.pdf"]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"files": {"x": 1}}'])
def test_a_damaged_record_only_means_more_work(content: str, tmp_path: Path) -> None:
    before, after = folder(tmp_path, "before"), folder(tmp_path, "after")
    (before / RECORD).write_text(content)
    assert len(publish(bali(1), facts(), after, before).made) == 18


def test_the_record_lists_every_file_with_its_digest(first: Path) -> None:
    found = json.loads((first / RECORD).read_text())["files"]
    assert {name: pair[1] for name, pair in found.items()} == {
        name: digest for name, digest in digests(first).items() if name != RECORD
    }


def test_a_new_notice_is_a_change_everywhere(first: Path, tmp_path: Path) -> None:
    official = folder(tmp_path, "official")
    record = publish(two_provinces(), replace(facts(), is_synthetic=False), official, first)
    assert len(record.made) == len(record.files)
    assert b"SINTETIS" not in (official / "province/51.html").read_bytes()


def test_input_in_another_order_gives_the_same_bytes(first: Path, tmp_path: Path) -> None:
    shuffled = {
        name: table.sample(fraction=1, shuffle=True, seed=3) for name, table in two_provinces().items()
    }
    again = folder(tmp_path, "shuffled")
    render_publication(shuffled, facts(), again)
    assert digests(again) == digests(first)
