"""How transferable the layers of a network are: AnB, BnB, AnB+ and BnB+ (G2)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from gradatim.data.loading import load_data
from gradatim.experiments.claim import Claim, Measures, Sizes, Table, Threshold
from gradatim.experiments.digits import LARGEST, Rows
from gradatim.experiments.lines import mean_of, panel_of_lines
from gradatim.explain.charts.chart import Chart
from gradatim.random import permutation

if TYPE_CHECKING:
    from torch import nn

ARMS = {  # whose first n layers, and whether they stay as they are
    "AnB": ("A", True), "BnB": ("B", True), "AnB+": ("A", False), "BnB+": ("B", False),
}  # fmt: skip
LR = 3e-3


class Transferability(Claim):
    """The first n layers of a network of A or of B, below others that are drawn and learn B (Yosinski 2014).

    baseA learns the classes A, baseB the classes B, half of all each
    XnB: layers 1 … n of baseX stay as they are, n + 1 … L are drawn and learn B;  XnB+: all learn
    """

    title = "How transferable layers are"
    claim = (
        "The first layer of a network serves other classes as well as its own; the last hidden layer is "
        "particular to its classes; layers that were taken over and learn on lose nothing."
    )
    data = (
        "the ten classes of digits (MNIST in the larger form) in two halves A and B, drawn anew by each "
        "seed; 1,000 of the digits to learn from, all others to be judged by"
    )
    measure = (
        "test accuracy on B of a perceptron of four hidden layers by n, the layers taken over; against "
        "baseB, which learned B from drawn weights; all by Adam with the same epochs, cosine to 0"
    )
    thresholds = (
        Threshold("first", "A1B: accuracy below that of baseB", "≤", 0.01),
        Threshold("last", "n = 4, the head alone learns: accuracy of B4B above that of A4B", "≥", 0.02),
        Threshold("tuned", "AnB+, mean over n: accuracy below that of baseB", "≤", 0.005),
    )
    sizes = Sizes(
        default={"data": "digits", "hidden": (64, 64, 64, 64), "epochs": 12, "train": 1000, "test": 797},
        full={"data": "mnist", "hidden": (256, 256, 256, 256), "epochs": 10, "train": 20_000, "test": 10_000},
    )  # fmt: skip

    def run(
        self, seed: int, data: str, hidden: Sequence[int], epochs: int, train: int, test: int
    ) -> Measures:
        """Both bases, then every arm at every n."""
        parts = halves(data, seed, train, test)
        bases = {half: _drawn(parts[half][0], hidden, seed, half) for half in "AB"}
        for half, network in bases.items():
            _learn(network, parts[half][0], epochs, seed)
        learned, judged = parts["B"]
        base = _accuracy(bases["B"], judged)
        found: Measures = {"n": list(range(len(hidden) + 1)), "base": base}
        for arm, (half, stays) in ARMS.items():
            found[arm] = [base]
            for n in range(1, len(hidden) + 1):
                network = _drawn(learned, hidden, seed, f"{arm} {n}")
                _take_first(network, bases[half], n)
                _learn(network, learned, epochs, seed, n if stays else 0)
                found[arm].append(_accuracy(network, judged))
        return found | {
            "first": base - found["AnB"][1],
            "last": found["BnB"][-1] - found["AnB"][-1],
            "tuned": base - float(np.mean(found["AnB+"][1:])),
        }

    def table(self, results: Sequence[Measures]) -> Table:
        """Test accuracy by n: mean and deviation over seeds."""
        rows = []
        for n in results[0]["n"]:
            cells = [np.array([100 * one[arm][n] for one in results]) for arm in ARMS]
            rows.append([str(n), *(f"{cell.mean():.1f} ± {cell.std():.1f}" for cell in cells)])
        return Table(["n: % of B's test right, mean ± deviation over seeds", *ARMS], rows)

    def chart(self, results: Sequence[Measures]) -> Chart:
        """Test accuracy by n, a line for each arm; n = 0 is baseB."""
        lines = {arm: (results[0]["n"], mean_of(results, arm)) for arm in ARMS}
        words = "test accuracy on B by the number of layers taken from A or from B, frozen or tuned (+)"
        panel = panel_of_lines("n, layers taken over", "test accuracy on B", lines, words)
        return Chart(self.title, (panel,))


def halves(name: str, seed: int, train: int, test: int) -> dict[str, tuple[Rows, Rows]]:
    """Of each half of the classes, numbered from 0: examples to learn from, and others to be judged by.

    >>> [len(y) for part in halves("digits", 0, 1000, 797).values() for _, y in part]
    [505, 393, 495, 404]
    """
    examples = load_data(name)
    x = examples.x.reshape(len(examples.x), -1).astype(np.float32) / LARGEST[name]
    y = np.asarray(examples.y)
    order = permutation(seed, "experiment", len(x))[: train + test]
    classes = permutation(seed, "halves", int(y.max()) + 1)
    found = {}
    for half, some in zip("AB", np.split(classes, 2), strict=True):
        number = np.full(len(classes), -1)
        number[np.sort(some)] = np.arange(len(some))
        parts = [rows[number[y[rows]] >= 0] for rows in np.split(order, [train])]
        found[half] = tuple((x[rows], number[y[rows]]) for rows in parts)
    return found  # type: ignore[return-value]


def _drawn(rows: Rows, hidden: Sequence[int], seed: int, name: str) -> "nn.Module":
    from gradatim.models.building import build
    from gradatim.random import generator

    entry = {"name": "mlp", "in_features": rows[0].shape[1], "out_features": int(rows[1].max()) + 1,
             "hidden": list(hidden)}  # fmt: skip
    return build(entry, int(generator(seed, name).integers(2**31)))


def _take_first(network: "nn.Module", taught: "nn.Module", n: int) -> None:
    """The first n layers' parameters of another network."""
    from gradatim.transfer.layers import layers_of

    names = [name for layer in layers_of(network)[:n] for name in layer.parameters]
    own, its = network.state_dict(), taught.state_dict()
    network.load_state_dict({**own, **{name: its[name] for name in names}})


def _learn(network: "nn.Module", rows: Rows, epochs: int, seed: int, freeze: int = 0) -> None:
    from gradatim.transfer.fine_tuning import FineTuning

    loop = FineTuning(
        network, rows, freeze=freeze, epochs=epochs, lr=LR, batch_size=32, schedule="cosine", seed=seed
    )
    for _ in loop:
        pass
    loop.end()


def _accuracy(network: "nn.Module", rows: Rows) -> float:
    from gradatim.runs.forward import forward

    return float((forward(network, rows[0]).argmax(1) == rows[1]).mean())
