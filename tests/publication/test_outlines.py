from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.publication.publication_tables import REGISTER
from warehouse.publication import PublicationError, outlines
from warehouse.publication.outlines import outline_map, require_outlines
from warehouse.publication.simplify import simplified

with REGISTER.open(encoding="utf-8") as lines:
    REGENCIES = {
        r["region_code_bps"]: r["province_code_bps"] for r in csv.DictReader(lines) if r["kind"] != "provinsi"
    }
PROVINCES = sorted(set(REGENCIES.values()))


def test_the_country_has_all_514_regencies() -> None:
    codes = [outline.code for outline in outline_map("indonesia").outlines]
    assert sorted(codes) == sorted(REGENCIES)
    assert len(codes) == len(set(codes)) == 514


@pytest.mark.parametrize("province", PROVINCES)
def test_every_province_has_its_regencies_within_the_budget(province: str) -> None:
    found = outline_map(f"province_{province}")
    assert {o.code for o in found.outlines} == {
        code for code, parent in REGENCIES.items() if parent == province
    }
    assert all(outline.path for outline in found.outlines)
    assert sum(len(outline.path) for outline in found.outlines) <= 30_000


def test_a_shared_border_stays_shared() -> None:
    #  a | b : the border between them wiggles; both must lose the same points
    border = [(10, 0), (11, 5), (10, 10), (9, 15), (10, 20)]
    left = [(0, 0), *border, (0, 20)]
    right = [(20, 20), *reversed(border), (20, 0)]
    (a,), (b,) = simplified([[left], [right]], 2)
    shared = set(a) & set(b)
    assert {(10, 0), (10, 20)} <= shared
    assert set(a) - shared == {(0, 0), (0, 20)}
    assert set(b) - shared == {(20, 20), (20, 0)}


def test_an_island_within_another_region_stays_shared() -> None:
    hole = [(5, 5), (6, 9), (5, 12), (9, 12), (9, 5)]
    outer = [(0, 0), (20, 0), (20, 20), (0, 20)]
    (a, in_a), (b,) = simplified([[outer, hole], [hole[2:] + hole[:2]]], 1.5)
    assert set(in_a) == set(b)
    assert len(a) == 4


def test_a_region_never_vanishes() -> None:
    assert simplified([[[(0, 0), (1, 0), (1, 1)]]], 50) == [[[(0, 0), (1, 0), (1, 1)]]]


def test_fine_outlines_have_more_points_than_those_of_a_page() -> None:
    page, fine = outline_map("province_35"), outline_map("province_35", fine=True)
    assert sum(len(o.path) for o in page.outlines) < 0.7 * sum(len(o.path) for o in fine.outlines)


def test_inner_points_lie_inside() -> None:
    for outline in outline_map("province_51").outlines:
        assert outline.contains(outline.x, outline.y)


def test_a_missing_outline_stops_the_build() -> None:
    with pytest.raises(PublicationError, match="no outline for region 5199") as error:
        require_outlines("province_51", ["5103", "5199"])
    assert "province_51.json" in str(error.value)


def test_a_missing_or_damaged_file_stops_the_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outlines, "BOUNDARIES", tmp_path)
    (tmp_path / "province_98.json").write_text('{"regions": [{"id": 1}]')
    for name in ("province_98", "province_99"):
        with pytest.raises(PublicationError, match="boundaries of province_9. cannot be read"):
            outline_map(name)
