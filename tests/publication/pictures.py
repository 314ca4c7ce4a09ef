"""Make the pictures of docs/pictures from synthetic figures, to be looked at after every change of templates.

    python -m tests.publication.pictures [FOLDER] [--raw FOLDER]

Pages in Chromium (desktop, phone, and what real figures do to them), the workbook in LibreOffice, the report
and the cards. FOLDER gets the sheets that are committed; --raw keeps every single picture they are made of.
Needs what tests marked `browser` need, and LibreOffice.
"""

from __future__ import annotations

import base64
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from html import escape
from pathlib import Path

import click

from tests.publication.chromium import Browser
from tests.publication.conftest import write_pages
from tests.publication.publication_tables import facts, national
from tests.publication.scenarios import SCENARIOS, patchy
from warehouse.publication.publish import publish

DOCS = Path(__file__).parents[2] / "docs" / "pictures"
#: Scenario, and from which to which element of its page one has to look.
EDGES = (
    ("nothing", "header", "#map"), ("one_regency", "h1", "#map"), ("members_only", "h1", "#rank"),
    ("above_100", "h1", "#map"), ("ties", "#rank", "#rank"), ("first_month", "#trend", "#trend"),
    ("broken_series", "#trend", "#trend"), ("some_reached", "#rank", "#map"), ("withheld", "h1", "#rank"),
    ("own_targets", "#rank", "#rank"), ("total_only", "h1", "#trend"), ("hostile", "#rank", "#map"),
)  # fmt: skip
WIDTHS = {"desktop": 1280, "phone": 390}


@dataclass(frozen=True)
class Studio:
    """A browser and the folder in which its single pictures are kept."""

    browser: Browser
    raw: Path

    def shoot(self, page: Path, name: str, width: int, scale: float = 1) -> Path:
        """Return a picture of a whole page."""
        self.look(page, width, scale)
        self.browser.picture(self.raw / f"{name}.png")
        return self.raw / f"{name}.png"

    def between(self, page: Path, name: str, width: int, first: str, last: str, scale: float = 1) -> Path:
        """Return a picture of a page from the top of one element to the end of another."""
        self.look(page, width, scale)
        self.browser.picture(self.raw / f"{name}.png", between=(first, last))
        return self.raw / f"{name}.png"

    def look(self, page: Path, width: int, scale: float) -> None:
        """Open a page, wait for its font, and let nothing stick to the window."""
        self.browser.size(width, scale=scale)
        self.browser.open(page)
        self.browser.js("return document.fonts.ready.then(() => 1)")
        self.browser.js("document.querySelectorAll('nav').forEach(n => n.style.position = 'static')")

    def sheet(self, target: Path, pictures: list[tuple[str, Path]], columns: int, width: int) -> None:
        """Put pictures beside each other, each below its caption."""
        cells = "".join(
            f"<figure><figcaption>{escape(words)}</figcaption><img src='data:image/png;base64,"
            f"{base64.b64encode(path.read_bytes()).decode()}'></figure>"
            for words, path in pictures
        )
        page = self.raw / "sheet.html"
        page.write_text(
            "<!doctype html><meta charset=utf-8><style>body{margin:0;padding:16px;background:#8a979d;"
            f"font:600 15px sans-serif;columns:{columns};column-gap:16px}}figure{{margin:0 0 16px;"
            "break-inside:avoid}figcaption{color:#fff;padding:0 0 6px}img{width:100%;display:block}</style>"
            f"<body>{cells}",
            encoding="utf-8",
        )
        self.browser.size(width, phone=False)
        self.browser.open(page)
        self.browser.picture(target)
        page.unlink()


def pages(studio: Studio, release: Path, folder: Path) -> None:
    """The page of a province on a desk and in a hand."""
    page = release / "province" / "51.html"
    parts = (("header", "#map"), ("#trend", "#table"), ("#quality", "footer"))
    desktop = [
        ("", studio.between(page, f"desktop-{n}", 1280, first, last))
        for n, (first, last) in enumerate(parts, 1)
    ]
    studio.sheet(folder / "desktop.jpg", desktop, 3, 1900)
    parts = (("header", "#rank"), ("#map", "#trend"), ("#table", "#quality"), ("#method", "footer"))
    phone = [
        ("", studio.between(page, f"phone-{n}", 390, first, last, scale=1.5))
        for n, (first, last) in enumerate(parts, 1)
    ]
    studio.sheet(folder / "phone.jpg", phone, len(phone), 1400)


def country(studio: Studio, release: Path, patches: Path, folder: Path) -> None:
    """The national page of a full country and of one that is mostly unknown."""
    whole = studio.between(release / "index.html", "national", 1280, "header", "#strip")
    studio.sheet(folder / "national.jpg", [("", whole)], 1, 900)
    both = [
        ("514 regencies", studio.between(release / "index.html", "national-phone", 390, "header", "#strip")),
        ("mostly unknown", studio.between(patches / "index.html", "patchy-phone", 390, "header", "#strip")),
    ]
    studio.sheet(folder / "national-phone.jpg", both, 2, 700)
    studio.shoot(patches / "index.html", "patchy-desktop", 1280)
    studio.shoot(patches / "province" / "51.html", "patchy-51-desktop", 1280)
    studio.shoot(release / "province" / "35.html", "province-35-desktop", 1280)
    studio.shoot(release / "province" / "35.html", "province-35-phone", 390)


def edges(studio: Studio, root: Path, folder: Path) -> None:
    """What real figures do to a page."""
    for device, width in WIDTHS.items():
        shown = []
        for name, first, last in EDGES:
            page = root / name / "province" / "51.html"
            if not page.exists():
                write_pages(SCENARIOS[name](), root / name)
            studio.shoot(page, f"{name}-{device}-whole", width)
            picture = studio.between(page, f"{name}-{device}", width, first, last)
            shown.append((name.replace("_", " "), picture))
        columns, sheet = (3, 1400) if device == "desktop" else (6, 1600)
        studio.sheet(folder / f"edge-cases-{device}.jpg", shown, columns, sheet)


def papers(studio: Studio, release: Path, folder: Path) -> None:
    """The workbook as LibreOffice prints it, the report, the printed page and the cards."""
    raw = studio.raw
    studio.look(release / "province" / "51.html", 1280, 1)
    studio.browser.print_pdf(raw / "halaman_51.pdf")
    _indonesian_office(raw / "office")
    _run("soffice", f"-env:UserInstallation={(raw / 'office').as_uri()}", "--headless", "--convert-to", "pdf",
         "--outdir", str(raw), str(release / "cakupan_51.xlsx"))  # fmt: skip
    shutil.rmtree(raw / "office")
    for name, source, columns in (
        ("workbook", raw / "cakupan_51.pdf", 4),
        ("printed-page", raw / "halaman_51.pdf", 4),
        ("report", release / "laporan_51.pdf", 2),
    ):
        _run("pdftoppm", "-png", "-r", "70", str(source), str(raw / name))
        sheets = [("", path) for path in sorted(raw.glob(f"{name}-*.png"))]
        studio.sheet(folder / f"{name}.jpg", sheets[: columns * 2], columns, columns * 400)
    cards = [(name, release / name) for name in ("kartu_51.png", "kartu_51_og.png")]
    studio.sheet(folder / "cards.jpg", cards, 2, 900)
    for chart in sorted(release.glob("grafik_51_*.svg")):
        studio.shoot(chart, chart.stem, 1100)


def _indonesian_office(profile: Path) -> None:
    """Let LibreOffice write numbers and months as its users in Indonesia see them."""
    user = profile / "user"
    user.mkdir(parents=True)
    (user / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry">'
        '<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse">'
        "<value>id-ID</value></prop></item></oor:items>",
        encoding="utf-8",
    )


def _run(*command: str) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def whole_release(folder: Path) -> Path:
    """Render Bali with everything that belongs to it."""
    folder.mkdir()
    for name in ("coverage_by_regency.csv", "coverage_latest.csv", "cakupan.duckdb", "README.txt"):
        (folder / name).write_bytes(b"x" * 30_000)
    publish(SCENARIOS["bali"](), facts(), folder).close()
    return folder


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default=DOCS)
@click.option("--raw", type=click.Path(path_type=Path), help="Keep every single picture here.")
def main(folder: Path, raw: Path | None) -> None:
    """Make the pictures."""
    with tempfile.TemporaryDirectory() as made, Browser() as browser:
        root = Path(made)
        studio = Studio(browser, raw or root / "raw")
        for needed in (folder, studio.raw):
            needed.mkdir(parents=True, exist_ok=True)
        release = whole_release(root / "release")
        pages(studio, release, folder)
        papers(studio, release, folder)
        edges(studio, root, folder)
        country(
            studio,
            write_pages(national(14), root / "country"),
            write_pages(patchy(), root / "patchy"),
            folder,
        )
    for path in sorted(folder.glob("*.jpg")):
        click.echo(f"{path.stat().st_size:>9,} {path}")


if __name__ == "__main__":
    main()
