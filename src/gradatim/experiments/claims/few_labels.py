"""Few labels, with and without unsupervised pretraining (F13)."""

from collections.abc import Sequence
from typing import Any

from gradatim.experiments.claim import Claim, Measures, Sizes, Table, Threshold
from gradatim.experiments.digits import Rows, Splits
from gradatim.experiments.lines import mean_of, panel_of_lines
from gradatim.experiments.pretrained import (
    error_of,
    fine_tune,
    parts_of,
    pretrain,
    stack,
    take_hidden,
    teach_output,
)
from gradatim.explain.charts.chart import Chart

ARMS = {
    "pretrained": "sigmoid, pretrained",
    "none": "sigmoid, not pretrained",
    "relu": "ReLU and He's weights, not pretrained",
}
RECIPES = (  # of fine-tuning: dropout, whether the output layer learns alone first, the rate of all layers
    (0.0, True, 3e-4),
    (0.3, False, 1e-3),
)
OUTPUT_LR = 1e-2
JUDGED = 100  # labels at which the thresholds stand


class FewLabels(Claim):
    """Test error by the number of labels, where many more pictures have none (Hinton et al. 2006).

        layers 1 … l learn as machines from all x;   then all layers from the n pairs (x, y)

    Both arms have one network and one choice of recipes; a network of ReLU, for which pretraining is not
    needed to get the gradient through, stands beside them.
    """

    title = "Few labels, with and without pretraining"
    claim = (
        "Where a hundred pictures have a label, pretraining on the pictures without labels lowers the test "
        "error by a third or more, against the same network without it and against one of ReLU."
    )
    data = (
        "MNIST: 10,000 pictures to pretrain on without labels, of which 30 to 1,000 have a label for "
        "fine-tuning; 500 to choose recipe and epoch by; 5,000 of the official test; drawn anew by each "
        "seed. In the larger form 50,000, of which 10 to all have a label, 10,000 and 10,000"
    )
    measure = (
        "test error of three hidden layers by the number of labels; pretrained layer by layer as Boltzmann "
        "machines, or not at all; Adam by two recipes (the output layer alone, then all at a low rate; all "
        "at once with dropout), of which the one with the fewest wrong validation pictures counts, by arm "
        "and number of labels; the epoch of the lowest validation loss; 1 − error with pretraining over "
        "error without, at 100 labels"
    )
    thresholds = (
        Threshold("gain", "100 labels: share of the error that pretraining removes", "≥", 1 / 3),
        Threshold("gain_relu", "100 labels: the same, against ReLU without pretraining", "≥", 1 / 3),
    )
    sizes = Sizes(
        default={"data": "mnist", "train": 10_000, "valid": 500, "test": 5000, "hidden": (250, 250, 500),
                 "pretrain_epochs": 10, "labels": (30, 100, 300, 1000), "steps": 200},
        full={"data": "mnist", "train": 50_000, "valid": 10_000, "test": 10_000, "hidden": (500, 500, 2000),
              "pretrain_epochs": 50, "labels": (10, 30, 100, 300, 1000, 3000, 50_000), "steps": 2000},
    )  # fmt: skip

    def run(
        self, seed: int, data: str, train: int, valid: int, test: int, hidden: Sequence[int],
        pretrain_epochs: int, labels: Sequence[int], steps: int,
    ) -> Measures:  # fmt: skip
        """Pretrain once, then fine-tune every arm with each number of labels."""
        splits = parts_of(data, seed, train, valid, test)
        taught = stack(splits.train[0].shape[1], hidden, seed)
        pretrain(taught, splits.train, "rbm", pretrain_epochs, seed=seed, momentum=0.5)
        found: Measures = {"labels": list(labels)}
        for arm in ARMS:
            errors, recipes = [], []
            for n in labels:
                rows = splits.train[0][:n], splits.train[1][:n]
                wrong, recipe = self._best(arm, rows, splits, hidden, taught, seed, steps)
                errors.append(wrong)
                recipes.append(recipe)
            found[f"error_{arm}"], found[f"recipe_{arm}"] = errors, recipes
        at = {arm: dict(zip(labels, found[f"error_{arm}"], strict=True))[JUDGED] for arm in ARMS}
        for name, arm in (("gain", "none"), ("gain_relu", "relu")):
            found[name] = 1 - at["pretrained"] / at[arm]
        return found

    def _best(
        self, arm: str, rows: Rows, splits: Splits, hidden: Sequence[int], taught: Any, seed: int, steps: int
    ) -> tuple[float, int]:
        """The test error of the recipe that validation pictures choose, and its number."""
        found = []
        steps = max(steps, 2 * len(rows[0]) // 20)
        for number, (dropout, output_first, lr) in enumerate(RECIPES):
            activation = "relu" if arm == "relu" else "sigmoid"
            network = stack(rows[0].shape[1], hidden, seed, activation, dropout)
            if arm == "pretrained":
                take_hidden(network, taught)
            if output_first:
                teach_output(network, rows, splits.valid, steps, OUTPUT_LR, seed)
            wrong = fine_tune(network, rows, splits.valid, steps * (2 - output_first), lr=lr, seed=seed)
            found.append((wrong, number, error_of(network, splits.test)))
        _, number, error = min(found)
        return error, number

    def table(self, results: Sequence[Measures]) -> Table:
        """The error by the number of labels, the mean over seeds."""
        means = {arm: 100 * mean_of(results, f"error_{arm}") for arm in ARMS}
        rows = [
            [f"{n:,}", *(f"{means[arm][k]:.2f}" for arm in ARMS)] for k, n in enumerate(results[0]["labels"])
        ]
        return Table(["labels: % of the test wrong, mean over seeds", *ARMS.values()], rows)

    def chart(self, results: Sequence[Measures]) -> Chart:
        """The error by the number of labels, a line for each arm."""
        labels = results[0]["labels"]
        lines = {words: (labels, mean_of(results, f"error_{arm}")) for arm, words in ARMS.items()}
        words = "test error by the number of labels: the fewer there are, the more pretraining helps"
        panel = panel_of_lines("labels", "test error", lines, words, log_x=True, log_y=True)
        return Chart(self.title, (panel,))
