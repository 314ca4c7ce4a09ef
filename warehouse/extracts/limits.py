"""How much a packed file may unfold to: a small file that would fill the memory is rejected, not unpacked.

The bounds are far above what an honest extract needs: text packs five to thirty to one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow
import pyarrow.parquet as pq
from pyarrow import compute

from schemas.errors import FileRejected

if TYPE_CHECKING:
    from pathlib import Path

#: Below this size nothing is asked: any machine that runs the pipeline holds it.
HARMLESS = 64 * 1024 * 1024
#: Deflate can reach 1000 to one, Zstandard far more.
DENSEST = 200
#: Equal values cost a Parquet file nothing: so many rows may take less than a byte each.
HARMLESS_ROWS = 1_000_000


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


def check_parquet(path: Path, name: str) -> None:
    """Raise FileRejected when a Parquet file unfolds to more values or text than its size can honestly hold.

    A file that cannot be read is left to the reader, which says so.
    """
    unfolding = Unfolding(name, path.stat().st_size)
    try:
        told = pq.read_metadata(path)
        schema = told.schema
        columns = [schema.column(at) for at in range(told.num_columns)]
        if any(column.max_repetition_level or column.max_definition_level > 1 for column in columns):
            raise FileRejected(
                "the Parquet file has a column that is neither text, number nor date",
                where=f"{name}, header",
                hint="Ask the sender to write every column as text.",
            )
        for group in range(told.num_row_groups):
            for at, column in enumerate(columns):
                _hold_chunk(told.row_group(group).column(at), column.length or 0, unfolding)
        texts = [column.path for column in columns if column.physical_type == "BYTE_ARRAY"]
        with pq.ParquetFile(path, read_dictionary=texts) as file:
            for batch in file.iter_batches(columns=texts):
                unfolding.add(sum(map(_text_bytes, batch.columns)))
    except (pyarrow.ArrowException, OSError):
        return


def _hold_chunk(chunk: pq.ColumnChunkMetaData, width: int, unfolding: Unfolding) -> None:
    if chunk.num_values > max(HARMLESS_ROWS, unfolding.packed):
        raise bomb(unfolding.name, f"it declares {chunk.num_values} values in {unfolding.packed} bytes")
    unfolding.add(max(chunk.total_uncompressed_size, chunk.num_values * width))


def _text_bytes(column: pyarrow.DictionaryArray) -> int:
    """Bytes of text when each value stands for itself; in the file equal values are stored once."""
    lengths = compute.binary_length(column.dictionary).cast(pyarrow.int64())
    return compute.sum(lengths.take(column.indices)).as_py() or 0
