"""Whether arrays of three axes are series, because a network of series is to learn from them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gradatim.data.as_dataset import INPUTS
from gradatim.data.numpy_files import read_npz
from gradatim.files import exists
from gradatim.planning.network_class import network_class

ALL = "x"  # the array whose first axis is of series


def usual_series(model: Any, data: Any) -> str | None:
    """`x` where a network that reads sequences is asked for by name and the data are arrays (N, T, D), which
    others read as rows; None otherwise.

    >>> import numpy as np
    >>> data = (np.zeros((2, 5, 3)), [0, 1])
    >>> usual_series("tagger", data), usual_series("mlp", data)
    ('x', None)
    """
    if not isinstance(model, str | Mapping) or getattr(network_class(model), "layout", "rows") != "padded":
        return None
    held = data
    if isinstance(data, str | Path) and str(data).lower().endswith(".npz") and exists(data):
        held = read_npz(Path(data))
    if isinstance(held, Mapping):
        lower = {str(key).lower(): one for key, one in held.items()}
        x = next((lower[n + end] for n in INPUTS for end in ("", "_train") if n + end in lower), None)
    else:
        x = held[0] if isinstance(held, tuple) and len(held) in (2, 3) else None
    return ALL if getattr(x, "ndim", 0) == 3 else None
