"""Names of the files of a release, and what each is for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from warehouse.publication.figures import COUNTRY_CODE
from warehouse.publication.tabulation import FileLink
from warehouse.publication.views import View

CHARTS = ("peringkat", "peta", "tren")
_FOR_EVERYONE = (
    "coverage_by_regency.csv",
    "coverage_by_regency.parquet",
    "cakupan.duckdb",
    "datapackage.json",
)


@dataclass(frozen=True)
class Download:
    """A file to offer: where it is, what it is, how large."""

    name: str
    href: str
    saved_as: str
    label: str
    bytes: int


def stem(code: str) -> str:
    """Return what stands for a territory in file names."""
    return "indonesia" if code == COUNTRY_CODE else code


def page_name(code: str, language: str) -> str:
    """Return the path of a page inside the release."""
    if code == COUNTRY_CODE:
        return "index.html" if language == "id" else "en.html"
    return f"province/{code}.html" if language == "id" else f"province/{code}.en.html"


def workbook_name(code: str) -> str:
    """Return the name of a territory's workbook."""
    return f"cakupan_{stem(code)}.xlsx"


def report_name(code: str) -> str:
    """Return the name of a territory's printable report."""
    return f"laporan_{stem(code)}.pdf"


def card_name(code: str, suffix: str = "") -> str:
    """Return the name of a territory's picture."""
    return f"kartu_{stem(code)}{suffix}.png"


def chart_name(code: str, chart: str) -> str:
    """Return the name of a territory's chart."""
    return f"grafik_{stem(code)}_{chart}.svg"


class Shelf:
    """The files that lie in a release folder: what is not there is not offered."""

    def __init__(self, folder: Path, announced: Mapping[str, int]) -> None:
        self.folder = folder
        self.announced = announced

    def size(self, name: str) -> int | None:
        """Return the size of a file, or nothing when the release has no such file."""
        path = self.folder / name
        return path.stat().st_size if path.is_file() else self.announced.get(name)

    def downloads(self, view: View, up: str) -> list[Download]:
        """Return the files to offer below a page."""
        code = view.territory.whole.code
        own = [
            workbook_name(code),
            report_name(code),
            card_name(code),
            *(chart_name(code, c) for c in CHARTS),
        ]
        found = []
        for name in [*own, *_FOR_EVERYONE]:
            size = self.size(name)
            if size is not None:
                found.append(Download(name, up + name, saved_as(view, name), describe(view, name), size))
        return found

    def buttons(self, view: View, up: str) -> list[FileLink]:
        """Return the two files that belong beside a table."""
        wanted = (
            (workbook_name(view.territory.whole.code), "table.as_excel"),
            ("coverage_latest.csv", "table.as_csv"),
        )
        return [
            FileLink(up + name, saved_as(view, name), view.lang.t(label))
            for name, label in wanted
            if self.size(name) is not None
        ]


def saved_as(view: View, name: str) -> str:
    """Return the name under which a file is saved: data files keep theirs, others get place and month."""
    base, _, extension = name.rpartition(".")
    if name.startswith(("coverage_", "cakupan.", "datapackage")):
        day = view.shown.as_of
        return f"{base}-{day:%Y-%m}.{extension}" if day and extension in ("csv", "parquet") else name
    chart = f"-{base.rsplit('_', 1)[1]}" if name.startswith("grafik_") else ""
    return view.saved_as(extension).removesuffix(f".{extension}") + f"{chart}.{extension}"


def describe(view: View, name: str) -> str:
    """Return what a file is, in words."""
    key = name
    for chart in CHARTS:
        if name.endswith(f"_{chart}.svg"):
            key = f"chart_{chart}"
    for prefix, kind in (("cakupan_", "workbook"), ("laporan_", "report"), ("kartu_", "card")):
        if name.startswith(prefix):
            key = kind
    key = key.replace(".", "_")
    return view.lang.t(f"files.{key}")
