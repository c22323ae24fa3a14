"""A stranger's batches: gone through, never indexed."""

from collections.abc import Iterator
from typing import Any, ClassVar

from gradatim.data.dataset import Dataset


class Loader:
    """A torch DataLoader, or any iterable of (x, y) or (x, y, weight) batches that starts anew each time."""

    layout: ClassVar[str] = "foreign"

    def __init__(self, batches: Any):
        self.batches = batches

    def __len__(self) -> int:
        """Batches in an epoch; TypeError where that is not known."""
        return len(self.batches)

    def __iter__(self) -> Iterator:
        return iter(self.batches)


def is_loader(data: Any) -> bool:
    """Whether data are gone through rather than indexed: a DataLoader, or any other iterable of batches."""
    if isinstance(data, Dataset | tuple | list | dict) or hasattr(data, "columns"):
        return False
    one_way = hasattr(data, "__iter__") and not hasattr(data, "__getitem__")
    return one_way or type(data).__name__ == "DataLoader"
