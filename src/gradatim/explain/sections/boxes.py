"""The pictures whose objects are answered worst, with the true boxes and the answered ones."""

from typing import Any

import numpy as np

from gradatim.explain.headline import some_examples
from gradatim.explain.number_format import measure
from gradatim.explain.outlines import PREDICTED, TRUE
from gradatim.explain.pictures import picture_of, to_bytes
from gradatim.problems.evidence import BoxPairs, Example

SIDE = 320  # pixels on the longer side of a picture


def context(evidence: BoxPairs, report: Any) -> dict[str, Any]:
    """Of each the picture with its objects, the picture with the answers, and both in words."""
    examples = evidence.examples or (Example(),) * len(evidence.rows)
    x = [
        np.zeros((1, *evidence.size)) if one.picture is None else np.asarray(one.picture, np.float64)
        for one in examples
    ]
    low, high = min((one.min() for one in x), default=0.0), max((one.max() for one in x), default=1.0)
    shown = []
    for i, (row, example, one) in enumerate(zip(evidence.rows, examples, x, strict=True)):
        pixels = to_bytes(one, float(low), float(high))
        true = [str(evidence.names[int(k)]) for k in evidence.true_classes[i]]
        answers = zip(evidence.predicted_classes[i], evidence.scores[i], strict=True)
        said = [f"{evidence.names[int(k)]} {score:.2f}" for k, score in answers]
        drawn = (
            with_boxes(pixels, evidence.true[i], true, TRUE),
            with_boxes(pixels, evidence.predicted[i], said, PREDICTED),
        )
        shown.append({
            "name": example.name or f"{report.word} row {row}",
            "pictures": [picture_of(one, drawn[0].shape[1]) for one in drawn],
            "true": ", ".join(true) or "nothing", "said": ", ".join(said) or "nothing",
        })  # fmt: skip
    return {"shown": shown}


def with_boxes(
    pixels: np.ndarray, boxes: np.ndarray, texts: list[str], colour: tuple[int, int, int]
) -> np.ndarray:  # fmt: skip
    """A picture (H, W) or (H, W, 3) of bytes with boxes (M, 4) around objects and a text at each.

    A small picture is enlarged a whole number of times first, so that lines are thinner than its pixels.
    """
    from PIL import Image, ImageDraw

    image = Image.fromarray(pixels).convert("RGB")
    times = max(1, SIDE // max(image.size))
    image = image.resize((image.width * times, image.height * times), Image.Resampling.NEAREST)
    wide = max(1, round(max(image.size) / SIDE))
    draw = ImageDraw.Draw(image)
    for box, text in zip(boxes, texts, strict=True):
        left, top, right, bottom = (float(edge) * times for edge in box)
        draw.rectangle((left, top, max(left, right - 1), max(top, bottom - 1)), outline=colour, width=wide)
        _write(draw, (left, top), text, colour, image.size)
    return np.asarray(image)


def _write(
    draw: Any, at: tuple[float, float], text: str, colour: tuple[int, int, int], size: tuple[int, int]
) -> None:
    """A text on its own ground above a box, or inside it at the picture's upper edge."""
    from PIL import ImageFont

    font = ImageFont.load_default(size=max(13, round(max(size) / 20)))
    _, _, wide, high = draw.textbbox((0, 0), text, font=font)
    left = min(max(0.0, at[0]), max(0.0, size[0] - wide - 4.0))
    top = at[1] - high - 4 if at[1] >= high + 4 else at[1]
    draw.rectangle((left, top, left + wide + 4, top + high + 4), fill=colour)
    draw.text((left + 2, top + 1), text, fill=(0, 0, 0), font=font)


def headline(evidence: BoxPairs, report: Any) -> str:
    """The mAP at an overlap of a half beside that of the best constant answer, and over all overlaps."""
    metrics = report.metrics
    over = some_examples(report.size, report.word)
    return (
        f"The mAP at an overlap of 0.5 is {measure(metrics['map_50'])} over {over} (the mean box of the "
        f"commonest class in every picture would get {measure(evidence.guess, 2)}); over overlaps from 0.5 "
        f"to 0.95 it is {measure(metrics['map'])}."
    )
