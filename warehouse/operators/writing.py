"""The page as files: one per language, each replaced in one step, and nothing fetched from anywhere."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

import warehouse.publication
from warehouse.operators.facts import Ledger, Situation
from warehouse.operators.page import SHOWN, Page
from warehouse.publication.language import CODES, Language, language, texts_of
from warehouse.publication.measure import page_font

_HERE = Path(__file__).parent
_TEMPLATES = _HERE / "templates"
#: The style of the public page, which this one adds to.
_PUBLIC_STYLE = Path(warehouse.publication.__file__).parent / "templates" / "page.css"


def write_pages(folder: Path, now: Situation, told: Ledger) -> None:
    """Replace the page in every language. Raises PublicationError or OSError."""
    folder.mkdir(exist_ok=True)
    for code in CODES:
        page = Page(page_language(code), now, told)
        fresh = folder / f".{page.file}.unfinished"
        fresh.write_text(render(page), encoding="utf-8")
        fresh.replace(folder / page.file)


@cache
def page_language(code: str) -> Language:
    """Return the language with the texts of this page beside those of the public one."""
    return Language(code, language(code).texts | texts_of(_HERE / "translations" / f"{code}.toml"))


def render(page: Page) -> str:
    """Return the page as HTML."""
    template = _environment().get_template("operators.html")
    lang = page.lang
    return template.render(
        page=page,
        lang=lang,
        t=lang.t,
        integer=lang.integer,
        day=lang.day,
        short_month=lang.short_month,
        shown=SHOWN,
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = _PUBLIC_STYLE.read_text(encoding="utf-8") + _text("operators.css")
    script = _text("operators.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
    environment.globals.update(
        font=page_font(),
        # Ours alone, from files of this package: not to be escaped, as data always is.
        style=Markup(style),  # noqa: S704
        script=Markup(script),  # noqa: S704
        script_hash=f"sha256-{digest}",
    )
    return environment


def _text(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")
