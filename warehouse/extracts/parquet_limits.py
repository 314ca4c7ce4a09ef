"""How much a Parquet file may unfold to, asked of the file before its rows are read."""

from __future__ import annotations

from pathlib import Path

import pyarrow
import pyarrow.parquet as pq
from pyarrow import compute

from schemas.errors import FileRejected
from warehouse.extracts.limits import Unfolding, bomb

#: Equal values cost a Parquet file nothing: so many rows may take less than a byte each.
HARMLESS_ROWS = 1_000_000


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
