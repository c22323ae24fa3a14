"""The pictures whose masks are answered worst, beside the true and the predicted mask."""

from colorsys import hls_to_rgb
from typing import Any

import numpy as np

from gradatim.data.masks import palette
from gradatim.explain.headline import some_examples
from gradatim.explain.number_format import measure, percent
from gradatim.explain.outlines import BOTH, PREDICTED, TRUE, with_outlines
from gradatim.explain.pictures import picture_of, to_bytes
from gradatim.functional.void import VOID, known_pixels
from gradatim.problems.evidence import Example, MaskPairs

LARGEST = 256  # pixels on a side
WRONG = (214, 50, 24)  # the colour of a pixel that is not right
HATCHED = (150, 150, 150), (205, 205, 205)  # the stripes of pixels that are not known
STRIPES = 48  # over the longer side
PALE = 0.25  # how much of its darkness a right one keeps
STRIPED = "repeating-linear-gradient(135deg, {} 0 2px, {} 2px 4px)".format(
    *("rgb({} {} {})".format(*colour) for colour in HATCHED)
)


def context(evidence: MaskPairs, report: Any) -> dict[str, Any]:
    """Five pictures of each: the example, with both outlines, its mask, the predicted one, and where they
    differ.
    """
    colours = colours_of(evidence.names)
    examples = evidence.examples or (Example(),) * len(evidence.rows)
    x = [
        np.zeros((1, *true.shape)) if one.picture is None else np.asarray(one.picture, np.float64)
        for one, true in zip(examples, evidence.true, strict=True)
    ]
    low, high = min((one.min() for one in x), default=0.0), max((one.max() for one in x), default=1.0)
    of = zip(evidence.rows, examples, x, evidence.true, evidence.predicted, evidence.iou, strict=True)
    shown = []
    for row, example, one, true, predicted, iou in of:
        pixels = to_bytes(one, float(low), float(high))
        outlined = with_outlines(pixels, true, predicted, LARGEST)
        drawn = [pixels, outlined, *masks_in_colour(true, predicted, colours)]
        name = example.name or f"{report.word} row {row}"
        shown.append({"name": name, "iou": iou, "pictures": [picture_of(one, LARGEST) for one in drawn]})
    legend = [{"name": str(name), "colour": "rgb({} {} {})".format(*colour)}
              for name, colour in zip(evidence.names, colours.tolist(), strict=True)]  # fmt: skip
    outlines = {"true": TRUE, "predicted": PREDICTED, "both": BOTH}
    hatched = any((true == VOID).any() for true in evidence.true)
    if hatched:
        name = "not known" if evidence.void is None else f"not known ({evidence.void})"
        legend.append({"name": name, "colour": STRIPED})
    lines = [{"name": name, "colour": "rgb({} {} {})".format(*colour)} for name, colour in outlines.items()]
    return {"shown": shown, "legend": legend, "lines": lines, "hatched": hatched}


def masks_in_colour(true: np.ndarray, predicted: np.ndarray, colours: np.ndarray) -> list[np.ndarray]:
    """The true mask, the predicted one, the true one in pale greys with what is wrong in red; (H, W, 3).
    Pixels that are not known are hatched, and not wrong.
    """
    greys = 255 - PALE * (255 - colours.mean(1, keepdims=True)).repeat(3, 1)
    known = known_pixels(true)[..., None]
    number, hatch = np.where(known[..., 0], true, 0), _hatch(true.shape)
    differs = np.where((true != predicted)[..., None], WRONG, greys[number])
    shown = np.where(known, colours[number], hatch), colours[predicted], np.where(known, differs, hatch)
    return [np.rint(one).astype(np.uint8) for one in shown]


def _hatch(shape: tuple[int, ...]) -> np.ndarray:
    """Stripes (H, W, 3) that run aslant."""
    across = np.add(*np.indices(shape)) // max(1, round(max(shape) / STRIPES))
    return np.array(HATCHED)[across % 2]


def headline(evidence: MaskPairs, report: Any) -> str:
    """The share of right pixels beside that of the best constant answer, the mean IoU, and V_rand."""
    metrics, guess = report.metrics, evidence.shares
    over = some_examples(report.size, report.word)
    against = f"calling all of them {evidence.names[guess.argmax()]} would get {percent(float(guess.max()))}"
    which = "known pixels" if any((true == VOID).any() for true in evidence.true) else "pixels"
    right = f"{percent(metrics['pixel_accuracy'])} of the {which} of {over} are right ({against})"
    rand = f", V_rand {measure(metrics['v_rand'])}" if "v_rand" in metrics else ""
    return f"{right}; the mean IoU is {measure(metrics['mean_iou'])}{rand}."


def colours_of(names: tuple) -> np.ndarray:
    """A colour (K, 3) of bytes for each class: the masks' own, black and white, or hues far apart."""
    own = palette(names)
    if own is not None and own.shape[1] == 3:
        return own
    if len(names) == 2:
        return np.array([[0] * 3, [255] * 3], dtype=np.uint8)
    hues = [(0.6 + k * 0.381966) % 1 for k in range(len(names))]  # the golden section keeps neighbours apart
    lights = [(0.42, 0.6, 0.75)[k % 3] for k in range(len(names))]
    pairs = zip(hues, lights, strict=True)
    return np.rint(255 * np.array([hls_to_rgb(hue, light, 0.7) for hue, light in pairs])).astype(np.uint8)
