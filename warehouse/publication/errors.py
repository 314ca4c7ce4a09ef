"""Errors of rendering: a page, sheet or picture cannot be made, so the last release stays public."""

from schemas.errors import PublicationError

__all__ = ["PublicationError"]
