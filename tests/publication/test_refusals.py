from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest

from tests.publication.publication_tables import bali, facts
from warehouse.publication import PublicationError, language, measure, outlines
from warehouse.publication.publish import render_publication

Tables = dict[str, pl.DataFrame]


def refusal(tables: Tables, folder: Path) -> PublicationError:
    with pytest.raises(PublicationError) as error:
        render_publication(tables, facts(), folder)
    assert error.value.where
    assert error.value.hint
    return error.value


def changed(table: str, **columns: pl.Expr) -> Tables:
    found = bali(1)
    found[table] = found[table].with_columns(**columns)
    return found


def test_a_missing_table(tmp_path: Path) -> None:
    tables = bali(1)
    del tables["coverage_nationwide"]
    assert "coverage_nationwide" in str(refusal(tables, tmp_path))


@pytest.mark.parametrize(
    ("table", "column"),
    [("coverage_by_regency", "coverage_pct"), ("published_figures", "verdict"), ("data_quality", "reason")],
)
def test_a_missing_column_is_named(table: str, column: str, tmp_path: Path) -> None:
    tables = bali(1)
    tables[table] = tables[table].drop(column)
    told = refusal(tables, tmp_path)
    assert column in told.what
    assert told.where == table


@pytest.mark.parametrize("name", ["", "   ", None])
def test_a_region_without_name(name: str | None, tmp_path: Path) -> None:
    empty = pl.when(pl.col("regency_code") == "5103").then(pl.lit(name)).otherwise(pl.col("regency_name"))
    told = refusal(changed("coverage_by_regency", regency_name=empty), tmp_path)
    assert told.what == "region 5103 has no name"
    assert "regions.csv" in told.hint


def test_a_region_without_outline(tmp_path: Path) -> None:
    other = pl.col("regency_code").replace("5103", "5199")
    told = refusal(changed("coverage_by_regency", regency_code=other), tmp_path)
    assert "no outline for region 5199" in told.what


@pytest.mark.parametrize("code", ["../x", "5A", "511", "", "５１"])
def test_a_code_that_is_no_code_never_becomes_a_file_name(code: str, tmp_path: Path) -> None:
    other = pl.lit(code)
    refusal(changed("coverage_by_province", province_code=other), tmp_path)
    assert list(tmp_path.rglob("*.html")) == []


def test_a_text_that_does_not_exist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = dict(language.language("id").texts)
    del texts["map.heading"]
    monkeypatch.setattr(language.language("id"), "texts", texts)
    told = refusal(bali(1), tmp_path)
    assert "there is no text “map.heading”" in told.what
    assert told.where.endswith("id.toml")


@pytest.mark.parametrize("font", ["Inter-Bold.ttf", "inter-page.woff2", "inter-widths.json"])
@pytest.mark.parametrize("damage", ["missing", "garbage"])
def test_a_font_that_cannot_be_read(
    font: str, damage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fonts = tmp_path / "fonts"
    shutil.copytree(measure.FONTS, fonts)
    if damage == "missing":
        (fonts / font).unlink()
    else:
        (fonts / font).write_bytes(b"not a font")
    monkeypatch.setattr(measure, "FONTS", fonts)
    caches = (measure.page_font, measure.static_fonts, measure._widths)
    for cache in caches:
        cache.cache_clear()
    from warehouse.publication import html  # noqa: PLC0415

    html._environment.cache_clear()
    (tmp_path / "out").mkdir()
    told = refusal(bali(1), tmp_path / "out")
    assert "the font cannot be read" in told.what
    assert font in told.where
    for cache in caches:
        cache.cache_clear()
    html._environment.cache_clear()


def test_boundaries_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outlines, "BOUNDARIES", tmp_path)
    outlines.outline_map.cache_clear()
    told = refusal(bali(1), tmp_path)
    assert "boundaries of province_51 cannot be read" in told.what
    outlines.outline_map.cache_clear()


def test_a_refusal_reads_like_every_other_error_of_the_program(tmp_path: Path) -> None:
    told = str(refusal(changed("coverage_by_province", province_name=pl.lit("")), tmp_path))
    assert (
        told == "province_name: region 51 has no name\nhint: give it a name in schemas/registers/regions.csv"
    )


def test_names_of_the_template_cannot_be_left_undefined() -> None:
    from jinja2 import UndefinedError  # noqa: PLC0415

    from warehouse.publication.html import template_environment  # noqa: PLC0415

    template = template_environment(language.language("id")).from_string("{{ t['copy'] }}{{ nonsense.key }}")
    with pytest.raises(UndefinedError):
        template.render()
