"""Views of the published database and the notebook beside it."""

from __future__ import annotations

import re
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from schemas.errors import ContractBroken
from schemas.tables.table import vocabulary
from tests.real_release import real_night
from warehouse.release.views import SCHEMAS, _parsed, own_columns, published_views


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root, _ = real_night(tmp_path_factory.getbasetemp())
    return (root / "published" / "latest").resolve()


@pytest.fixture
def database(folder: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(folder / "cakupan.duckdb"), read_only=True)


def test_every_view_of_the_folder_is_in_the_database_with_both_languages(
    database: duckdb.DuckDBPyConnection,
) -> None:
    told = database.execute(
        "SELECT schema_name || '.' || view_name, comment FROM duckdb_views() WHERE NOT internal"
    ).fetchall()
    assert dict(told) == {view.full_name: f"{view.english} | {view.indonesian}" for view in published_views()}
    assert {view.schema for view in published_views()} == set(SCHEMAS)
    questions = [view for view in published_views() if view.schema == "ask"]
    assert len(questions) >= 15
    for view in questions:
        assert re.match(r"(how|what|where|which|who|why)_", view.name), view.name
        assert "?" in view.english, view.name
        assert "?" in view.indonesian, view.name


def test_every_column_of_every_view_is_described(database: duckdb.DuckDBPyConnection) -> None:
    columns = database.execute(
        "SELECT schema_name, column_name, comment FROM duckdb_columns() WHERE schema_name IN ('ask', 'id')"
    ).fetchall()
    assert len(columns) > 200
    assert [row for row in columns if not row[2] or " | " not in row[2]] == []
    used = {name for _, name, _ in columns}
    assert set(own_columns()) <= used, "a description that no view needs"
    assert not set(own_columns()) & set(vocabulary()), "a name means one thing everywhere"


def test_every_row_of_every_view_says_its_release(folder: Path, database: duckdb.DuckDBPyConnection) -> None:
    for view in published_views():
        column = "id_rilis" if view.schema == "id" else "release_id"
        [(releases,)] = database.execute(f"SELECT list(DISTINCT {column}) FROM {view.full_name}").fetchall()
        assert releases in ([folder.name], None), view.full_name


def test_the_file_can_be_opened_under_any_name(folder: Path) -> None:
    with duckdb.connect() as other:
        other.execute(f"ATTACH '{folder / 'cakupan.duckdb'}' AS another_name (READ_ONLY)")
        other.execute("USE another_name")
        found = other.execute(
            """SELECT nama_kabupaten_kota, persentase_cakupan::VARCHAR, satuan, tahun, bulan
               FROM id.cakupan_kabkota WHERE kode_kabupaten_kota = '9102' AND tanggal_posisi = '2023-08-31'"""
        ).fetchall()
    assert found == [("Kabupaten Kaimana", "126.15", "PERSEN", 2023, 8)]


@pytest.mark.parametrize(
    "text", ["SELECT 1\nFROM x\nWHERE y", "-- en: One?\nSELECT 1\n", "-- en: a\n-- id: b"]
)
def test_a_view_that_does_not_say_what_it_answers_is_refused(text: str) -> None:
    with pytest.raises(ContractBroken, match="both languages") as refused:
        _parsed("ask", "why", text)
    assert "published_views/ask/why.sql" in refused.value.where


class _Notebook:
    """As much of marimo as the notebook uses: cells run in order, SQL goes to plain DuckDB."""

    def __init__(self) -> None:
        self.cells: list[Callable[..., Any]] = []
        self.answers: list[list[tuple[Any, ...]]] = []
        self.texts: list[str] = []

    def module(self) -> types.ModuleType:
        module = types.ModuleType("marimo")
        app = types.SimpleNamespace(cell=self.cells.append)
        module.App = lambda **_: app  # type: ignore[attr-defined]
        module.md = self.texts.append  # type: ignore[attr-defined]
        module.sql = self._sql  # type: ignore[attr-defined]
        return module

    def _sql(self, query: str, *, engine: duckdb.DuckDBPyConnection) -> None:
        self.answers.append(engine.execute(query).fetchall())


def test_the_notebook_runs_beside_the_release(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    notebook = _Notebook()
    monkeypatch.setitem(sys.modules, "marimo", notebook.module())
    path = folder / "analisis.py"
    space: dict[str, Any] = {"__file__": str(path), "__name__": "notebook"}
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), space)
    known: dict[str, Any] = {}
    for cell in notebook.cells:
        names = cell.__code__.co_varnames[: cell.__code__.co_argcount]
        given = cell(**{name: known[name] for name in names})
        if given:
            known |= dict(zip(("database", "mo"), given, strict=True))
    assert folder.name in notebook.texts[0]
    assert [len(answer) for answer in notebook.answers] == [6, 1, 10, 2, 5]
    with pytest.raises(duckdb.InvalidInputException, match="read-only"):
        known["database"].execute("CREATE TABLE marts.mine (x INTEGER)")
    known["database"].close()
