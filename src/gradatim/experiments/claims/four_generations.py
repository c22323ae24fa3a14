"""Digits by rules, by designed features, by learned features, and end to end (B23)."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from gradatim.by_hand.network import Network
from gradatim.experiments.claim import Claim, Measures, Sizes, Table, Threshold
from gradatim.experiments.digit_rules import SIDE, designed_features, digit_by_rules
from gradatim.experiments.digits import Rows, digit_splits
from gradatim.experiments.lines import mean_of, panel_of_lines
from gradatim.explain.charts.chart import Chart
from gradatim.training.training import Training

Answer = Callable[[Rows, np.ndarray, int], np.ndarray]  # (rows to learn from, x (N, 64), seed) → digits (N,)
CONVOLUTIONAL: list[dict[str, Any]] = [
    {"name": "conv2d", "in_channels": 1, "out_channels": 16, "kernel_size": 3, "padding": 1},
    {"name": "relu"},
    {"name": "max_pool2d", "kernel_size": 2},
    {"name": "conv2d", "in_channels": 16, "out_channels": 32, "kernel_size": 3, "padding": 1},
    {"name": "relu"},
    {"name": "max_pool2d", "kernel_size": 2},
    {"name": "flatten"},
    {"name": "dense", "in_features": 128, "out_features": 10},
]
FEATURES = 100  # hidden units of the machine that learns features


class Generation(NamedTuple):
    """What a person designs and what is learned from examples."""

    name: str
    designed: str
    learned: str


GENERATIONS = {
    "rules": Generation("hand-written rules", "features and rules", "nothing"),
    "classic": Generation("classic classifier", "features", "classifier"),
    "shallow": Generation("shallow feature learning", "how many features", "features, then classifier"),
    "end_to_end": Generation("end-to-end network", "architecture", "features and classifier together"),
}  # fmt: skip


class FourGenerations(Claim):
    """Each generation learns a part that the one before it had designed by hand.

    1. rules on strokes and holes; 2. logistic regression on designed features; 3. logistic regression on the
    hidden units of a restricted Boltzmann machine that has seen no answers (Hinton 2002); 4. a convolutional
    network, trained by backpropagation from pixels to answer (LeCun et al. 1989).
    """

    title = "Four generations on one problem"
    claim = (
        "On the same digits each generation is at least as accurate as the one before it: hand-written "
        "rules, a classic classifier on designed features, a classifier on features that one layer has "
        "learned without answers, and a network that is trained end to end; with 50 examples the "
        "end-to-end network is not the best."
    )
    data = "handwritten digits (scikit-learn), 1,200 to learn from, 597 for the test, drawn anew by each seed"
    measure = "test accuracy, after learning from all examples and from the first 50, 100, 200, 400, 800"
    thresholds = (
        Threshold("gain_classic", "accuracy on designed features less that of rules", "≥", 0.1),
        Threshold("gain_shallow", "accuracy on learned features less that on designed ones", "≥", 0.0),
        Threshold("gain_end_to_end", "accuracy end to end less that on learned features", "≥", 0.0),
        Threshold("last_end_to_end", "accuracy end to end", "≥", 0.97),
        Threshold(
            "behind_at_few", "best accuracy of the others from 50 examples less that end to end", "≥", 0.0
        ),
    )
    sizes = Sizes(default={"train": 1200, "fewer": (50, 100, 200, 400, 800), "epochs": 40})

    def run(self, seed: int, train: int, fewer: Sequence[int], epochs: int) -> Measures:
        """Every generation from every number of examples."""
        (x, y), _, (x_test, y_test) = digit_splits(seed, train)
        ways: dict[str, Answer] = {
            "rules": lambda rows, x, seed: digit_by_rules(x),
            "classic": _on_designed_features,
            "shallow": lambda rows, x, seed: _on_learned_features(rows, x, seed, epochs),
            "end_to_end": lambda rows, x, seed: _end_to_end(rows, x, seed, epochs),
        }
        counts = [*fewer, train]
        found: Measures = {"examples": counts}
        for name, answer in ways.items():
            found[name] = [float((answer((x[:n], y[:n]), x_test, seed) == y_test).mean()) for n in counts]
        last = {name: found[name][-1] for name in ways}
        few = {name: found[name][0] for name in ways}
        return {
            **found,
            "gain_classic": last["classic"] - last["rules"],
            "gain_shallow": last["shallow"] - last["classic"],
            "gain_end_to_end": last["end_to_end"] - last["shallow"],
            "last_end_to_end": last["end_to_end"],
            "behind_at_few": max(few["classic"], few["shallow"], few["rules"]) - few["end_to_end"],
        }

    def chart(self, results: Sequence[Measures]) -> Chart:
        """Test accuracy by the number of examples, the mean over seeds."""
        counts = results[0]["examples"]
        lines = {one.name: (counts, mean_of(results, key)) for key, one in GENERATIONS.items()}
        words = "test accuracy of four generations by the number of examples that they learn from"
        panel = panel_of_lines("examples to learn from", "test accuracy", lines, words, log_x=True)
        return Chart(self.title, (panel,))

    def table(self, results: Sequence[Measures]) -> Table:
        """What is designed and what is learned in each generation, and its mean accuracies."""
        counts = results[0]["examples"]
        rows = []
        for key, one in GENERATIONS.items():
            accuracy = mean_of(results, key)
            rows.append([one.name, one.designed, one.learned, f"{accuracy[0]:.1%}", f"{accuracy[-1]:.1%}"])
        columns = [f"accuracy from {count:,}" for count in (counts[0], counts[-1])]
        return Table(["generation", "designed by a person", "learned from examples", *columns], rows)


def _classifier(features: np.ndarray, y: np.ndarray, others: np.ndarray) -> np.ndarray:
    """The answers of logistic regression on standardised features."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000))
    return model.fit(features, y).predict(others)


def _on_designed_features(rows: Rows, x: np.ndarray, seed: int) -> np.ndarray:
    return _classifier(designed_features(rows[0]), rows[1], designed_features(x))


def _on_learned_features(rows: Rows, x: np.ndarray, seed: int, epochs: int) -> np.ndarray:
    """Logistic regression on P(h | v) of a machine that has learned from the same pictures alone."""
    import torch

    from gradatim.nn.rbm import RBM
    from gradatim.unsupervised.rbm import ContrastiveDivergence

    machine = RBM(rows[0].shape[1], FEATURES)
    machine.draw_parameters(seed, "")
    for _ in ContrastiveDivergence(machine, rows[0], epochs=epochs, lr=0.1, seed=seed, precision="float64"):
        pass
    with torch.no_grad():
        learned, others = (machine(torch.from_numpy(one)).numpy() for one in (rows[0], x))
    return _classifier(learned, rows[1], others)


def _end_to_end(rows: Rows, x: np.ndarray, seed: int, epochs: int) -> np.ndarray:
    """A convolutional network of two stages; of few examples it sees each as often as of many."""
    network = Network(CONVOLUTIONAL, seed=seed, dtype=np.float32)
    pictures, others = (one.reshape(-1, 1, SIDE, SIDE).astype(np.float32) for one in (rows[0], x))
    for _ in Training(network, (pictures, rows[1]), optimizer="adam", lr=0.003, epochs=epochs, seed=seed):
        pass
    return network.outputs(others).argmax(1)
