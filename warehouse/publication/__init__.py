"""The release that people open: pages, workbooks, reports and pictures, all from the published tables."""

from warehouse.publication.errors import PublicationError
from warehouse.publication.facts import Checks, Clock, ReleaseFacts, Words
from warehouse.publication.publish import render_publication

__all__ = ["Checks", "Clock", "PublicationError", "ReleaseFacts", "Words", "render_publication"]
