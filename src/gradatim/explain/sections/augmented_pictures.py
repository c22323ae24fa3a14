"""Training pictures as the network saw them: a sheet with a row for each."""

from typing import Any

import numpy as np

from gradatim.explain.augmented_pictures import AugmentedPictures
from gradatim.explain.pictures import Picture, picture_of

LARGEST = 112  # pixels on a side


def context(evidence: AugmentedPictures, report: Any) -> dict[str, Any]:
    """The pictures of each row, and what each target was."""
    epochs = evidence.seen.shape[1] - 1
    answers = evidence.answers or [[""] * epochs] * len(evidence.names)
    rows = [
        {"name": name, "pictures": list(zip([_drawn(one) for one in seen], ["", *said], strict=True))}
        for name, seen, said in zip(evidence.names, evidence.seen, answers, strict=True)
    ]
    return {"rows": rows, "epochs": epochs, "mixed": bool(evidence.answers)}


def _drawn(pixels: np.ndarray) -> Picture:
    _, height, width = pixels.shape
    beside = max(1, round(width / height))  # frames of a clip
    return picture_of(pixels[0] if len(pixels) == 1 else pixels.transpose(1, 2, 0), LARGEST * beside)
