"""Where a network looks on a picture at each word of its caption."""

from typing import Any

import numpy as np

from gradatim.explain.figures.picture_attention import as_colours, attention_tiles
from gradatim.explain.pictures import picture_of
from gradatim.problems.evidence import AttendedPlaces, Example


def context(evidence: AttendedPlaces, report: Any) -> dict[str, Any]:
    """Of each picture itself, and a heat map for each word."""
    examples = evidence.examples or (Example(),) * len(evidence.rows)
    shown = []
    for row, example, words, weights in zip(
        evidence.rows, examples, evidence.words, evidence.weights, strict=True
    ):
        if example.picture is None:
            continue
        tiles = [as_colours(example.picture), *attention_tiles(example.picture, weights)]
        drawn = [picture_of(np.rint(255 * tile).astype(np.uint8)) for tile in tiles]
        name = example.name or f"{report.word} row {row}"
        shown.append(
            {"name": name, "said": " ".join(words), "tiles": list(zip(["", *words], drawn, strict=True))}
        )
    return {"attended": shown}
