"""A classifier of windows that slides over pictures as a fully convolutional network (D32)."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradatim.data.digits import digits
from gradatim.experiments.claim import Claim, Measures, Sizes, Threshold
from gradatim.explain.axes import Axis
from gradatim.explain.charts.chart import Caption, Chart, Panel, Tiles
from gradatim.random import generator, permutation

WINDOW, STEP, SIDE = 16, 4, 12  # pixels: of a window, between two, of a digit
NEAR, FAR = 2, 5  # pixels between the middles of a window and the digit that it shows, or does not
NOTHING = 10  # the class of a window without a digit in its middle
NOISE = 40  # the largest brightness of a pixel of the ground
SHOWN = 4  # canvases
LAYERS: list[dict[str, Any]] = [
    {"name": "conv2d", "in_channels": 1, "out_channels": 8, "kernel_size": 5}, {"name": "relu"},
    {"name": "max_pool2d", "kernel_size": 2},
    {"name": "conv2d", "in_channels": 8, "out_channels": 16, "kernel_size": 3}, {"name": "relu"},
    {"name": "max_pool2d", "kernel_size": 2}, {"name": "flatten"},
    {"name": "dense", "in_features": 64, "out_features": 48}, {"name": "relu"},
    {"name": "dense", "in_features": 48, "out_features": 11},
]  # fmt: skip


class SlidingWindow(Claim):
    """A detector made of a classifier (Sermanet et al. 2014, section 3.5): all windows of a picture at once.

        a[:, i, j] = f(x[4i : 4i + 16, 4j : 4j + 16]),   found at argmax_ij max_k≠nothing p_k[i, j]

    A dense layer is a convolution as large as the maps that it reads. What neighbouring windows share is
    computed once.
    """

    title = "A classifier slides over pictures"
    claim = (
        "A classifier of windows, run convolutionally over a larger picture, gives every window the scores "
        "that it gives the window alone, for less than a third of the multiply-adds, and the highest score "
        "says where the one digit in the picture is."
    )
    data = (
        "scikit-learn's digits of 12 × 12 pixels on noisy ground; windows of 16 × 16 to learn from, half of "
        "them without a digit in the middle; pictures of 48 × 48 with one digit, of others, for the test; "
        "drawn anew by each seed"
    )
    measure = (
        "the largest difference between the scores of a window in the picture and alone, in double "
        "precision; the multiply-adds of all windows at once by those of one after the other; the share of "
        "pictures whose highest score is in a window with its middle within 4 pixels of the digit's, and "
        "the share where its class is right, too"
    )
    thresholds = (
        Threshold("difference", "largest difference of scores", "≤", 1e-9),
        Threshold("work", "multiply-adds at once by those one by one", "≤", 1 / 3),
        Threshold("found", "share of digits that are found", "≥", 0.95),
        Threshold("right", "share of digits that are found and named rightly", "≥", 0.85),
    )
    sizes = Sizes(
        default={"windows": 12_000, "epochs": 8, "pictures": 300, "side": 48},
        full={"windows": 40_000, "epochs": 15, "pictures": 1000, "side": 96},
    )

    def run(self, seed: int, windows: int, epochs: int, pictures: int, side: int) -> Measures:
        """Train on windows, slide over pictures, and compare with windows alone."""
        import torch

        from gradatim.models.building import build
        from gradatim.models.fully_convolutional import fully_convolutional
        from gradatim.training.training import Training

        hands, others = _digits(seed)
        classifier: Any = build({"name": "stack", "layers": LAYERS}, seed)
        data = windows_with_digits(hands, windows, generator(seed, "windows"))
        for _ in Training(
            classifier, data, epochs=epochs, lr=3e-3, schedule="cosine", batch_size=64, seed=seed
        ):
            pass
        slides = fully_convolutional(classifier, (WINDOW, WINDOW))
        slides.double()
        classifier.double()
        x, y, middles = canvases(others, pictures, side, generator(seed, "pictures"))
        with torch.no_grad():
            a = slides(torch.from_numpy(x)).numpy()
            alone = classifier(torch.from_numpy(_windows(x[0]))).numpy()
        p = np.exp(a - a.max(1, keepdims=True))
        p /= p.sum(1, keepdims=True)
        at, kind = _highest(p[:, :NOTHING])
        found = (np.abs(at * STEP + WINDOW / 2 - middles) <= STEP).all(1)
        measures: Measures = {
            "difference": float(np.abs(a[0].reshape(len(a[0]), -1).T - alone).max()),
            "work": _work(side) / (_work(WINDOW) * a.shape[2] * a.shape[3]),
            "found": float(found.mean()), "right": float((found & (kind == y)).mean()),
        }  # fmt: skip
        if seed == 0:
            measures["pictures"] = np.round(x[:SHOWN, 0], 2)
            measures["maps"] = np.round(1 - p[:SHOWN, NOTHING], 2)
        return measures

    def chart(self, results: Sequence[Measures]) -> Chart:
        """Some pictures of the first seed, and how probable a digit is in each of their windows."""
        nothing, panels = Axis("", 0.0, 1.0, ()), []
        said = {"pictures": "pictures", "maps": "probability of a digit in each window, white is 1"}
        for key, words in said.items():
            drawn = 2 * np.array(results[0][key], dtype=float) - 1
            panels.append(Panel(nothing, nothing, (Tiles(drawn), Caption(words)), words))
        return Chart(self.title, tuple(panels), columns=2)


def _work(side: int) -> int:
    """The multiply-adds of the network that slides over a picture with such a side."""
    import torch

    from gradatim.models.accounting import multiply_adds
    from gradatim.models.building import make
    from gradatim.models.fully_convolutional import fully_convolutional

    with torch.device("meta"):
        network: Any = make({"name": "stack", "layers": LAYERS})
        return multiply_adds(fully_convolutional(network, (WINDOW, WINDOW)), (1, side, side))


def _digits(seed: int) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Digits (N, 12, 12) from 0 to 1 and what they are, to learn from and for the test."""
    from PIL import Image

    whole = digits()
    assert whole.y is not None
    bytes_ = np.round(whole.x[:, 0] * (255 / 16)).astype(np.uint8)
    method = Image.Resampling.BILINEAR
    drawn = np.stack([np.asarray(Image.fromarray(one).resize((SIDE, SIDE), method)) for one in bytes_]) / 255
    order = permutation(seed, "hands", len(drawn))
    return tuple((drawn[rows], whole.y[rows]) for rows in (order[:1200], order[1200:]))  # type: ignore[return-value]


def canvases(
    hands: tuple[np.ndarray, np.ndarray], n: int, side: int, drawn: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:  # fmt: skip
    """Pictures (n, 1, side, side) of one digit each, which it is, and its middle, row and column (n, 2)."""
    x = drawn.uniform(0, NOISE / 255, (n, 1, side, side))
    which, corner = drawn.integers(0, len(hands[0]), n), drawn.integers(0, side - SIDE + 1, (n, 2))
    for picture, one, (top, left) in zip(x[:, 0], hands[0][which], corner, strict=True):
        place = picture[top : top + SIDE, left : left + SIDE]
        np.maximum(place, one, out=place)
    return x, hands[1][which], corner + SIDE / 2


def windows_with_digits(
    hands: tuple[np.ndarray, np.ndarray], n: int, drawn: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Windows (n, 1, 16, 16) and what is in their middle: a digit, of every other one, or nothing.

    Of those with nothing a third is empty, the others show a part of a digit, its middle 5 pixels
    away or more.
    """
    side, found = 3 * WINDOW, np.empty((n, 1, WINDOW, WINDOW))
    x, y, middles = canvases(hands, n, side, drawn)
    kind = np.arange(n) % 6
    labels = np.where(kind < 3, y, NOTHING)
    for number in range(n):
        if kind[number] == 5:
            found[number] = drawn.uniform(0, NOISE / 255, (1, WINDOW, WINDOW))
            continue
        corner = _corner(middles[number], kind[number] < 3, side, drawn)
        found[number] = x[number, :, corner[0] : corner[0] + WINDOW, corner[1] : corner[1] + WINDOW]
    return found.astype(np.float32), labels.astype(np.int64)


def _corner(middle: np.ndarray, is_near: bool, side: int, drawn: np.random.Generator) -> np.ndarray:
    """The upper left corner of a window in whose middle a digit is, or is not."""
    while True:
        reach = NEAR if is_near else WINDOW - 2
        corner = (middle - WINDOW / 2).astype(int) + drawn.integers(-reach, reach + 1, 2)
        corner = np.clip(corner, 0, side - WINDOW)
        off = np.abs(corner + WINDOW / 2 - middle).max()
        if off <= 2 * NEAR if is_near else off >= FAR:
            return corner


def _windows(x: np.ndarray) -> np.ndarray:
    """Every window (P, 1, 16, 16) of a picture (1, side, side), row by row."""
    each = np.lib.stride_tricks.sliding_window_view(x, (WINDOW, WINDOW), (1, 2))[:, ::STEP, ::STEP]
    return np.ascontiguousarray(np.moveaxis(each, 0, 2).reshape(-1, 1, WINDOW, WINDOW))


def _highest(p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Row and column of the window with the highest score of p (N, K, h, w), (N, 2), and its class, (N,)."""
    kind, row, column = np.unravel_index(p.reshape(len(p), -1).argmax(1), p.shape[1:])
    return np.stack([row, column], 1), kind
