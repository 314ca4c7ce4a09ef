"""One way in: a landing file becomes batches of text rows, whatever its form."""

from __future__ import annotations

from schemas.errors import FileRejected
from warehouse.extracts.account import Reading
from warehouse.extracts.container import Recoding, check_signature, pieces
from warehouse.extracts.delimited import read_delimited
from warehouse.landing import Delivery, LandingFile, unreadable


def read_batches(file: LandingFile, delivery: Delivery) -> Reading:
    """Read a landing file as text; nothing is inferred.

    Raises FileRejected when the file cannot be opened or is not what its name says. Errors that show
    only further down the file are raised while the batches are iterated.
    """
    try:
        check_signature(file.path, delivery.extension, file.name)
        if delivery.extension in ("xlsx", "parquet"):
            # Their libraries take a while to import, and on most nights there is no such file.
            from warehouse.extracts.sheets import read_parquet, read_sheet  # noqa: PLC0415

        if delivery.extension == "xlsx":
            return read_sheet(file.path, delivery.source, file.name)
        if delivery.extension == "parquet":
            return read_parquet(file.path, delivery.source, file.name)
        recoding = Recoding()
        return read_delimited(
            pieces(file.path, delivery.extension, file.name, recoding), delivery.source, file.name, recoding
        )
    except OSError as error:
        raise unreadable(file.name, error) from None
    except MemoryError:
        raise FileRejected(
            "the file is too large to read", where=file.name, hint="Deliver it as CSV in several parts."
        ) from None
