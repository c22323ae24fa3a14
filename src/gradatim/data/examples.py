"""Examples in a layout: what training is given, in one of the forms that its engines hold."""

from typing import Any, ClassVar, Protocol

from gradatim.data.as_dataset import as_dataset
from gradatim.data.loader import Loader, is_loader


class Examples(Protocol):
    """Examples whose `layout` says how an engine lays them out in batches: `training.batches`."""

    layout: ClassVar[str]  # "rows", "padded", "streams" or "foreign"


def as_examples(data: Any) -> Examples:
    """Examples in a layout, from objects in memory or a loader; those that have one are left as they are.

    >>> import numpy as np
    >>> as_examples((np.zeros((3, 2)), np.array([0, 1, 0]))).layout
    'rows'

    Raises UsageError naming what does not fit, and where.
    """
    if isinstance(getattr(data, "layout", None), str):
        return data
    if is_loader(data):
        return Loader(data)
    return as_dataset(data, classify=False)
