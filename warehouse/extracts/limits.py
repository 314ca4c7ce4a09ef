"""How much a packed file may unfold to: a small file that would fill the memory is rejected, not unpacked.

The bounds are far above what an honest extract needs: text packs five to thirty to one.
"""

from __future__ import annotations

from dataclasses import dataclass

from schemas.errors import FileRejected

#: Below this size nothing is asked: any machine that runs the pipeline holds it.
HARMLESS = 64 * 1024 * 1024
#: Deflate can reach 1000 to one, Zstandard far more.
DENSEST = 200


@dataclass
class Unfolding:
    """Counts what comes out of a packed file against what went in."""

    name: str
    packed: int
    unfolded: int = 0

    def add(self, size: int) -> None:
        """Count bytes that came out. Raises FileRejected when they are too many for so small a file."""
        self.unfolded += size
        if self.unfolded > HARMLESS and self.unfolded > DENSEST * self.packed:
            raise bomb(self.name, f"it unfolds to more than {DENSEST} times its size")


def bomb(name: str, why: str) -> FileRejected:
    """Return the error for a file that would unfold beyond reason."""
    return FileRejected(
        f"the file was not unpacked: {why}",
        where=name,
        hint="No honest extract looks like this: ask the sender to deliver it as plain CSV.",
    )
