"""The release that people open: pages, workbooks, reports and pictures, all from the published tables.

Nothing is imported here but what is small: `publish.render_publication` makes everything.
"""

from warehouse.publication.errors import PublicationError
from warehouse.publication.facts import Checks, Clock, ReleaseFacts, Words

__all__ = ["Checks", "Clock", "PublicationError", "ReleaseFacts", "Words"]
