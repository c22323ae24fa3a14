"""Inputs beside what a network makes of them."""

from typing import Any

import numpy as np

from gradatim.explain.number_format import measure, percent
from gradatim.explain.pictures import pictures
from gradatim.problems.evidence import Reconstructions

MOST_NUMBERS = 12  # of an input that is no picture


def context(evidence: Reconstructions, report: Any) -> dict[str, Any]:
    """Pairs of pictures, or of rows of numbers."""
    shapes = [example.picture.shape for example in evidence.examples if example.picture is not None]
    if not shapes:
        rows = zip(evidence.rows, evidence.x[:, :MOST_NUMBERS], evidence.again[:, :MOST_NUMBERS], strict=True)
        known = len(report.input_names) == evidence.x.shape[1]
        names = list(report.input_names[:MOST_NUMBERS]) if known else []
        numbers = [(row, x.tolist(), again.tolist()) for row, x, again in rows]
        return {"pictured": [], "numbers": numbers, "names": names}
    low, high = float(evidence.x.min()), float(evidence.x.max())

    def drawn(parts: np.ndarray) -> list[Any]:
        grey = np.clip((parts - low) / (high - low or 1.0), 0, 1) * 255
        return pictures([part.reshape(shapes[0]).astype(np.uint8) for part in grey])

    pairs = zip(evidence.rows, drawn(evidence.x), drawn(evidence.again), strict=True)
    return {"pictured": list(pairs), "numbers": [], "names": []}


def headline(evidence: Reconstructions, report: Any) -> str:
    """How much of the inputs is kept."""
    share, error = report.metrics["variance_explained"], measure(report.metrics["reconstruction_error"])
    said = f"{percent(share)} of the {report.word} examples' variance is reconstructed"
    worse = "; the mean input would be nearer to them" if share < 0 else ""
    return f"{said} (mean squared error {error}){worse}."
