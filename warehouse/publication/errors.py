"""The one error of the publisher: an input with which no honest page can be made."""

from __future__ import annotations

from schemas.errors import CakupanError


class PublicationError(CakupanError):
    """A page, sheet or picture cannot be made from what was given; the last release stays public."""

    exit_code = 13
    meaning = "The release could not be rendered: a boundary, a name, a text or a font is missing."
    remedy = "Mend the file that the message names; the last release stays public until then."
