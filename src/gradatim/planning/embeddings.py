"""`embeddings=true`: a table's categories as the columns that an embedding reads."""

from typing import Any

from gradatim.checks import UsageError
from gradatim.data.encoders.encoder import Encoder
from gradatim.functional.embeddings import size_of


def with_embeddings(asked: dict[str, Any], encoder: Encoder) -> dict[str, Any]:
    """A network's arguments, in which `embeddings` is True no more but the places of a table's categories.

    Raises UsageError where there are none.
    """
    value = asked.get("embeddings")
    if not isinstance(value, bool | list | tuple | None):
        raise UsageError(
            f"embeddings must be true, false, or (start, stop, size) of each category; it is {value!r}"
        )
    if not isinstance(value, bool):
        return asked
    rest = {name: value for name, value in asked.items() if name != "embeddings"}
    if not value:
        return rest
    found = [[start, stop, size_of(stop - start)] for start, stop in encoder.category_places()]
    if not found:
        raise UsageError("embeddings=true is for a table with categories; there is none here")
    return {**rest, "embeddings": found}
