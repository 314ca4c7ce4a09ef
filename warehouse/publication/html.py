"""Pages as HTML: one template for both languages; everything a page needs stands inside it."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from warehouse.publication.errors import PublicationError
from warehouse.publication.facts import Clock
from warehouse.publication.language import Language, language
from warehouse.publication.measure import page_font
from warehouse.publication.pages import Page
from warehouse.publication.quality import reason_words

TEMPLATES = Path(__file__).parent / "templates"


def render_page(page: Page) -> bytes:
    """Return the page of a province or of the country."""
    template = "country.html" if page.territory.is_country else "province.html"
    environment = _environment(page.lang.code, page.facts.clock)
    return environment.get_template(template).render(page=page, shown=page.shown, facts=page.facts).encode()


@cache
def _environment(code: str, clock: Clock) -> Environment:
    lang = language(code)
    environment = template_environment(lang)
    script = _script()
    environment.globals.update(
        moment=lambda moment: lang.moment(moment, clock),
        reason_words=lambda reason: reason_words(lang, reason),
        font=page_font(),
        # Ours alone, from files of this package: not to be escaped, as data always is.
        style=Markup(_style()),  # noqa: S704
        script=Markup(script),  # noqa: S704
        script_hash=_hash(script),
    )
    return environment


def template_environment(lang: Language) -> Environment:
    """Return an environment in which every text is escaped and nothing may be undefined."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        lang=lang,
        t=lang.t,
        tn=lang.tn,
        known=lang.known,
        integer=lang.integer,
        decimal=lang.decimal,
        day=lang.day,
        month=lang.month,
        short_month=lang.short_month,
        size=lang.size,
    )
    return environment


def template_text(name: str) -> str:
    """Return a file of the templates."""
    try:
        return (TEMPLATES / name).read_text(encoding="utf-8")
    except OSError as error:
        raise PublicationError(
            f"the template cannot be read: {error}",
            where=str(TEMPLATES / name),
            hint="restore the file from the repository",
        ) from error


@cache
def _style() -> str:
    """Return the style without its line ends; it holds nothing from data."""
    text = re.sub(r"/\*.*?\*/", "", template_text("page.css"), flags=re.DOTALL)
    return re.sub(r"\s*\n\s*", "", text)


@cache
def _script() -> str:
    return re.sub(r"\n\s*", "\n", template_text("page.js")).strip()


def _hash(script: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
