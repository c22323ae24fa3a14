"""From birds to aeroplanes: what a network of one question about the sky does for another (G7)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from gradatim.data.digits import digits
from gradatim.experiments.claim import Claim, Measures, Sizes, Table, Threshold
from gradatim.experiments.digits import LARGEST, Rows
from gradatim.experiments.lines import mean_of, panel_of_lines
from gradatim.experiments.small_pictures import accuracy, begun_from, drawn, is_one, learn, photographs
from gradatim.explain.charts.chart import Chart
from gradatim.random import permutation

if TYPE_CHECKING:
    from torch import nn

ANIMALS = ("cat", "deer", "dog", "frog", "horse")
VEHICLES = ("automobile", "ship", "truck")
ARMS = {"birds": "from birds", "digits": "from digits", "scratch": "from drawn weights"}
HIGHEST = 10  # digits


class BirdToAeroplane(Claim):
    """Fine-tuning from a related source, from an unrelated one, and from nothing (Pan & Yang 2010).

    source: bird, or another animal?   or: which digit is it?   target: aeroplane, or another vehicle?
    the source's convolutions below a drawn head, all fine-tuned on n labels a class
    """

    title = "From birds to aeroplanes"
    claim = (
        "A network that has learned to tell birds from other animals learns aeroplanes from few labels "
        "better than one that begins anew, and better than one that has learned handwritten digits."
    )
    data = (
        "photographs of CIFAR-10 at 16×16 pixels: 600 birds and 600 other animals; n aeroplanes and n other "
        "vehicles; 500 of each of its test to be judged by; 1,200 handwritten digits (scikit-learn)"
    )
    measure = (
        "test accuracy on aeroplanes of a convolutional network of two stages, the mean of two draws of the "
        "labels; the same epochs from birds, from digits and from drawn weights"
    )
    thresholds = (
        Threshold(
            "over_scratch", "from birds, accuracy above that from drawn weights, mean over n", "≥", 0.02
        ),
        Threshold("over_digits", "from birds, accuracy above that from digits, mean over n", "≥", 0.01),
    )
    sizes = Sizes(
        default={"labels": (10, 40), "pictures": 600, "test": 500, "epochs": 5},
        full={"labels": (10, 20, 40, 80, 160, 320), "pictures": 900, "test": 800, "epochs": 15},
    )

    def run(self, seed: int, labels: Sequence[int], pictures: int, test: int, epochs: int) -> Measures:
        """Both sources, then every arm with every number of labels."""
        learned, judged = photographs(seed)
        tested = is_one(judged, "airplane", VEHICLES, test)
        sources = {
            "birds": learn(drawn(seed, "birds", 2), is_one(learned, "bird", ANIMALS, pictures), epochs, seed),
            "digits": learn(drawn(seed, "digits", HIGHEST), _digits(seed, 2 * pictures), epochs, seed),
        }
        found: Measures = {"n": list(labels)} | {arm: [] for arm in ARMS}
        for n in labels:
            for arm in ARMS:
                right = []
                for draw in (0, 1):
                    few = is_one(learned, "airplane", VEHICLES, n, start=draw * max(labels))
                    network = _beginning(sources.get(arm), seed, f"head {draw}")
                    right.append(accuracy(learn(network, few, 4 * epochs, seed), tested))
                found[arm].append(float(np.mean(right)))
        means = {arm: float(np.mean(found[arm])) for arm in ARMS}
        return found | {
            "over_scratch": means["birds"] - means["scratch"],
            "over_digits": means["birds"] - means["digits"],
        }

    def table(self, results: Sequence[Measures]) -> Table:
        """Test accuracy by the labels of a class: mean and deviation over seeds."""
        rows = []
        for k, n in enumerate(results[0]["n"]):
            cells = [np.array([100 * one[arm][k] for one in results]) for arm in ARMS]
            rows.append([str(n), *(f"{cell.mean():.1f} ± {cell.std():.1f}" for cell in cells)])
        return Table(["labels a class: % right, mean ± deviation", *ARMS.values()], rows)

    def chart(self, results: Sequence[Measures]) -> Chart:
        """Test accuracy by the labels of a class, the mean over seeds."""
        lines = {words: (results[0]["n"], mean_of(results, arm)) for arm, words in ARMS.items()}
        words = "test accuracy on aeroplanes by the labels, from two sources and from drawn weights"
        panel = panel_of_lines(
            "labels of each class", "test accuracy on aeroplanes", lines, words, log_x=True
        )
        return Chart(self.title, (panel,))


def _beginning(first: "nn.Module | None", seed: int, name: str) -> "nn.Module":
    return drawn(seed, name, 2) if first is None else begun_from(first, seed, name, 2)


def _digits(seed: int, n: int) -> Rows:
    """Handwritten digits of twice their size, in three equal channels from −1 to 1."""
    data = digits()
    some = permutation(seed, "digits", len(data.x))[:n]
    x = data.x[some].reshape(-1, 1, 8, 8).astype(np.float32) * (2 / LARGEST["digits"]) - 1
    return x.repeat(3, 1).repeat(2, 2).repeat(2, 3), np.asarray(data.y)[some]
