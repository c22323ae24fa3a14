"""List: the rows of the catalogue."""

from gradatim import catalog


def list_entries(kind: str | None = None) -> list[dict[str, object]]:
    """The catalogue's rows, or those of one kind, as plain records.

    >>> [row["name"] for row in list_entries("optimizer")][:2]
    ['sgd', 'momentum']
    """
    return [row._asdict() for row in catalog.entries(kind)]
