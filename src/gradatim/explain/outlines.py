"""The outlines of masks over the picture that they are of."""

import numpy as np

TRUE, PREDICTED, BOTH = (86, 180, 233), (230, 130, 0), (255, 255, 255)  # sky blue, orange, white


def with_outlines(
    pixels: np.ndarray, true: np.ndarray, predicted: np.ndarray, side: int
) -> np.ndarray:  # fmt: skip
    """A picture (H, W, 3) of bytes with the outlines of the true mask and of the predicted one.

    A picture whose longer side is shorter than `side` is enlarged a whole number of times, so that outlines
    are thinner than its pixels; in a larger one they are as many pixels wide as will be one at that side.

    Shapes: pixels (H, W) or (H, W, 3) bytes; true and predicted (H, W) class numbers.
    """
    times = max(1, side // max(true.shape))
    width = max(1, round(max(true.shape) * times / side))
    grown = [one.repeat(times, 0).repeat(times, 1) for one in (true, predicted)]
    drawn = (pixels if pixels.ndim == 3 else pixels[..., None].repeat(3, 2)).repeat(times, 0).repeat(times, 1)
    truth, said = (outline(one, width) for one in grown)
    for place, colour in ((truth, TRUE), (said, PREDICTED), (truth & said, BOTH)):
        drawn[place] = colour
    return drawn


def outline(mask: np.ndarray, width: int = 1) -> np.ndarray:
    """Where one class of a mask (H, W) ends and another begins: a line so many pixels wide.

    >>> ends = np.array([[0, 0, 1, 1]])
    >>> outline(ends).astype(int).tolist(), outline(ends, 2).astype(int).tolist()
    ([[0, 0, 1, 0]], [[0, 1, 1, 0]])
    """
    found = np.zeros(mask.shape, bool)
    for place, turned in ((found, mask), (found.T, mask.T)):  # rows, then columns
        differs = turned[1:] != turned[:-1]
        for shift in range(1 - width // 2, 1 + width - width // 2):
            at = np.arange(len(differs)) + shift
            inside = (at >= 0) & (at < len(turned))
            place[at[inside]] |= differs[inside]
    return found
