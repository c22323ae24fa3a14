"""Random labels learned by heart (B21)."""

from collections.abc import Sequence

import numpy as np

from gradatim.by_hand.network import Network
from gradatim.experiments.claim import Claim, Measures, Sizes, Table, Threshold
from gradatim.experiments.claims.remedies import accuracy
from gradatim.experiments.digits import digit_splits
from gradatim.experiments.lines import mean_of, panel_of_lines
from gradatim.explain.charts.chart import Chart
from gradatim.models.mlp import mlp
from gradatim.random import generator
from gradatim.training.training import Training

LABELS = ("true", "random")


class RandomLabels(Claim):
    """A network that fits any labels (Zhang, Bengio, Hardt, Recht & Vinyals 2017).

        P(y = k) = 1/10 whatever x is: nothing can be learned, and everything memorised

    Training error alone says nothing of what a network knows: with enough parameters it reaches 0 on labels
    that were drawn by lot, of which nothing can be known.
    """

    title = "Random labels are memorised"
    claim = (
        "The network that reads digits well learns labels drawn by lot by heart too, and then answers test "
        "examples no better than chance; a network of few units cannot learn them."
    )
    data = (
        "handwritten digits (scikit-learn), 500 to learn from, with their labels and with labels drawn by "
        "lot; 1,297 for the test, with their labels; drawn anew by each seed; in the larger form 3,000 of "
        "MNIST, and 67,000"
    )
    measure = "accuracy on the training and the test examples, by the units of the one hidden layer"
    thresholds = (
        Threshold("train_random_widest", "training accuracy on random labels, widest network", "≥", 0.99),
        Threshold("test_random_widest", "test accuracy after random labels, widest network", "≤", 0.2),
        Threshold("test_true_widest", "test accuracy after true labels, widest network", "≥", 0.9),
        Threshold(
            "train_random_narrowest", "training accuracy on random labels, narrowest network", "≤", 0.5
        ),
    )
    sizes = Sizes(
        default={"widths": (2, 8, 32, 128), "epochs": 200, "train": 500, "data": "digits"},
        full={"widths": (2, 8, 32, 128, 512), "epochs": 300, "train": 3000, "data": "mnist"},
    )

    def run(self, seed: int, widths: Sequence[int], epochs: int, train: int, data: str) -> Measures:
        """Train every width on both kinds of labels."""
        splits = digit_splits(seed, train, name=data)
        x, y = splits.train
        lot = generator(seed, "random labels").integers(0, 10, len(y))
        found: Measures = {"widths": list(widths)}
        for name, labels in zip(LABELS, (y, lot), strict=True):
            ends = []
            for width in widths:
                network = Network(mlp(x.shape[1], 10, (width,)), seed=seed, dtype=np.float64)
                training = Training(
                    network, (x, labels), epochs=epochs, lr=0.005, seed=seed, precision="float64"
                )
                for _ in training:
                    pass
                ends.append((accuracy(network, (x, labels)), accuracy(network, splits.test)))
            for split, values in zip(("train", "test"), zip(*ends, strict=True), strict=True):
                found[f"{split}_{name}"] = list(values)
                found[f"{split}_{name}_widest"] = values[-1]
                found[f"{split}_{name}_narrowest"] = values[0]
        return found

    def table(self, results: Sequence[Measures]) -> Table:
        """Accuracy by width, the mean over seeds."""
        keys = [f"{split}_{name}" for name in LABELS for split in ("train", "test")]
        means = [mean_of(results, key) for key in keys]
        rows = [
            [str(width), *(f"{one[k]:.3f}" for one in means)] for k, width in enumerate(results[0]["widths"])
        ]
        heads = [f"{name} labels: {'training' if split == 'train' else 'test'}"
                 for name in LABELS for split in ("train", "test")]  # fmt: skip
        return Table(["units", *heads], rows)

    def chart(self, results: Sequence[Measures]) -> Chart:
        """Accuracy by width."""
        lines = {
            f"{name} labels, {'training' if split == 'train' else 'test'} examples": (
                results[0]["widths"],
                mean_of(results, f"{split}_{name}"),
            )
            for name in LABELS
            for split in ("train", "test")
        }
        words = (
            "accuracy by width: training accuracy on random labels reaches 1, test accuracy stays at chance"
        )
        return Chart(self.title, (panel_of_lines("hidden units", "accuracy", lines, words, log_x=True),))
