"""Handwritten digits of any size on an empty canvas, with a box around each (curriculum D32)."""

from typing import NamedTuple

import numpy as np

from gradatim.checks import LARGEST, one_of, whole
from gradatim.data.boxes import BoxedPictures, boxed_pictures
from gradatim.data.digits import digits
from gradatim.data.mnist import mnist
from gradatim.random import generator

EVERY = 6  # of so many canvases one is of the test part
SMALLEST = 32  # pixels on a side
HEIGHTS = (0.2, 0.45)  # of a digit, from and to, as shares of the canvas's side
COVERED = 0.1  # of the smaller of two boxes, the most that both share
TRIES = 30  # at a place for a digit, before it is left out
INK = 64  # from which on a pixel is part of the digit; MNIST's have up to 255
WRITTEN = ("mnist", "digits")
LAST = 360  # of scikit-learn's digits, which has no test part: the last are for the test


class Hands(NamedTuple):
    """Digits to learn from, or to test on: pictures (N, H, W) of bytes, and what they are."""

    drawn: np.ndarray
    numbers: np.ndarray


def digits_on_canvas(
    n: int = 9000, size: int = 64, most: int = 4, of: str = "mnist", seed: int = 0
) -> BoxedPictures:  # fmt: skip
    """One digit to `most` on every canvas, at random places and heights, with little overlap.

        height ~ U(0.2, 0.45) size,   the box around its ink is the object's

    Every sixth canvas is of the test part and shows digits of MNIST's test part, which other writers wrote,
    the others digits of its training part; with of=digits of scikit-learn's, whose last 360 are for the test.
    A canvas is a function of (seed, its number): the first 100 of 400 are those of 100.

    Shapes: x (n, 1, size, size) bytes, 0 paper … 255 ink; y (n, most, 5). Raises UsageError for n below 12, a
    size below 32, more than 10 digits, and other digits.

    >>> found = digits_on_canvas(n=12, of="digits")
    >>> found, found.y.shape
    (Dataset('digits_on_canvas', 12 examples of shape (1, 64, 64), 10 classes), (12, 4, 5))
    """
    n, size = whole("n", n, 2 * EVERY, 100_000), whole("size", size, SMALLEST, 512)
    most, seed = whole("most", most, 1, 10), whole("seed", seed, 0, LARGEST)
    test = np.arange(n) % EVERY == EVERY - 1
    hands = _hands(one_of("of", of, WRITTEN))
    x = np.zeros((n, 1, size, size), np.uint8)
    boxes, labels = [], []
    for number in range(n):
        found = _fill(x[number, 0], hands[int(test[number])], generator(seed, f"canvas {number}"), most)
        boxes.append([box for box, _ in found])
        labels.append([label for _, label in found])
    return boxed_pictures(
        x, boxes, labels, tuple(range(10)), name="digits_on_canvas", official_test=test,
        source={"name": "digits_on_canvas"},
    )  # fmt: skip


def _hands(of: str) -> tuple[Hands, Hands]:
    """Digits to learn from, and digits for the test."""
    found = digits() if of == "digits" else mnist()
    x, test = found.x, found.official_test
    if of == "digits":
        x, test = np.round(x * (255 / 16)).astype(np.uint8), np.arange(len(x)) >= len(x) - LAST
    assert found.y is not None and test is not None
    return Hands(x[~test, 0], found.y[~test]), Hands(x[test, 0], found.y[test])


def _cut(x: np.ndarray) -> np.ndarray:
    """A digit without the paper around it."""
    there = x >= INK
    rows, columns = np.flatnonzero(there.any(1)), np.flatnonzero(there.any(0))
    return x[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _fill(
    canvas: np.ndarray, hands: Hands, drawn: np.random.Generator, most: int
) -> list[tuple[tuple[float, float, float, float], int]]:
    """Write digits on a canvas, (size, size) bytes; the box of each and what it is."""
    from PIL import Image

    size = len(canvas)
    found: list[tuple[tuple[float, float, float, float], int]] = []
    for _ in range(int(drawn.integers(1, most + 1))):
        which = int(drawn.integers(len(hands.drawn)))
        digit = _cut(hands.drawn[which])
        high = max(4, round(float(drawn.uniform(*HEIGHTS)) * size))
        wide = min(max(3, round(high * digit.shape[1] / digit.shape[0])), size)
        scaled = np.asarray(Image.fromarray(digit).resize((wide, high), Image.Resampling.BILINEAR))
        for _ in range(TRIES):
            left, top = int(drawn.integers(size - wide + 1)), int(drawn.integers(size - high + 1))
            box = (float(left), float(top), float(left + wide), float(top + high))
            if all(_shared(box, other) <= COVERED for other, _ in found):
                place = canvas[top : top + high, left : left + wide]
                np.maximum(place, scaled, out=place)
                found.append((box, int(hands.numbers[which])))
                break
    return found


def _shared(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    """What two boxes share, of the smaller one's area."""
    wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    smaller = min((one[2] - one[0]) * (one[3] - one[1]) for one in (a, b))
    return max(0.0, wide) * max(0.0, high) / smaller
