"""Networks with and without pretraining in the space of functions (F10)."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradatim.experiments.claim import Claim, Measures, Sizes, Table, Threshold
from gradatim.experiments.digits import Splits
from gradatim.experiments.lines import mean_of, panel_of_lines
from gradatim.experiments.pretrained import error_of, parts_of, pretrain, stack
from gradatim.explain.axes import linear
from gradatim.explain.charts.chart import Caption, Chart, Curve, Panel

ARMS = {"pretrained": "pretrained", "none": "not pretrained"}
BATCH = 50


class PretrainingFunctionSpace(Claim):
    """Trajectories of many runs in the space of functions (Erhan et al. 2010, Figures 1 and 5).

        f(θ) = (P(y | x_1; θ), …, P(y | x_m; θ))      a network is a point of m · 10 numbers

    The plane that is drawn is that of the first two principal components of all points of all runs. The
    thresholds are of the space itself: an embedding may part what is together, and join what is not.
    """

    title = "With and without pretraining in the space of functions"
    claim = (
        "Networks that were pretrained end in one region of the space of functions, and others in another, "
        "whatever weights they began with; the pretrained ones are nearer to each other, make fewer errors, "
        "and their errors vary less from run to run."
    )
    data = (
        "MNIST: 1,000 pictures to learn from, 2,000 of the official test for the errors, the first 200 of "
        "which are the m pictures; drawn anew by each seed. In the larger form 50,000, 10,000 and 1,000"
    )
    measure = (
        "ten runs with pretraining as Boltzmann machines and ten without, four hidden layers of sigmoid "
        "units, the same pictures, other weights and order; the share of ends that are nearer to the mean of "
        "the other ends of their kind; mean distance to that mean, mean and standard deviation of the test "
        "error, pretrained over not pretrained"
    )
    thresholds = (
        Threshold("separation", "ends nearer to the mean of their own kind", "≥", 0.95),
        Threshold("extent_ratio", "distance of ends from their mean, pretrained over not", "≤", 0.9),
        Threshold("error_ratio", "mean test error, pretrained over not", "≤", 0.95),
        Threshold("spread_ratio", "standard deviation of the test error, pretrained over not", "≤", 0.8),
    )
    sizes = Sizes(
        default={"data": "mnist", "train": 1000, "test": 2000, "drawn": 200, "hidden": (100, 100, 100, 100),
                 "pretrain_epochs": 10, "epochs": 25, "runs": 10},
        full={"data": "mnist", "train": 50_000, "test": 10_000, "drawn": 1000, "hidden": (500, 500, 500, 500),
              "pretrain_epochs": 30, "epochs": 50, "runs": 25},
    )  # fmt: skip
    seeds = 3

    def run(
        self, seed: int, data: str, train: int, test: int, drawn: int, hidden: Sequence[int],
        pretrain_epochs: int, epochs: int, runs: int,
    ) -> Measures:  # fmt: skip
        """Train both arms from as many beginnings, and keep each network's outputs after each epoch."""
        splits = parts_of(data, seed, train, 0, test)
        found: Measures = {}
        paths = {}
        for arm in ARMS:
            courses = [
                _course(
                    splits, 1000 * seed + k, hidden, pretrain_epochs * (arm == "pretrained"), epochs, drawn
                )
                for k in range(runs)
            ]
            paths[arm] = np.stack([path for path, _ in courses])
            errors = [error for _, error in courses]
            found |= {f"errors_{arm}": errors, f"mean_{arm}": np.mean(errors)}
            found |= {f"deviation_{arm}": np.std(errors, ddof=1)}
            ends = paths[arm][:, -1]
            found[f"extent_{arm}"] = np.linalg.norm(ends - ends.mean(0), axis=1).mean()
        found["separation"] = separation(paths["pretrained"][:, -1], paths["none"][:, -1])
        for name, key in (("extent_ratio", "extent"), ("error_ratio", "mean"), ("spread_ratio", "deviation")):
            over = float(found[f"{key}_none"])
            found[name] = float(found[f"{key}_pretrained"]) / over if over else float("nan")
        return found | _plane(paths)

    def table(self, results: Sequence[Measures]) -> Table:
        """The runs of each arm in numbers, means over seeds."""
        rows = [
            [
                words,
                f"{100 * float(mean_of(results, f'mean_{arm}')):.2f}",
                f"{100 * float(mean_of(results, f'deviation_{arm}')):.2f}",
                f"{float(mean_of(results, f'extent_{arm}')):.2f}",
            ]
            for arm, words in ARMS.items()
        ]
        heads = [
            "mean over seeds",
            "test error %",
            "its standard deviation %",
            "distance of ends from their mean",
        ]
        return Table(heads, rows)

    def chart(self, results: Sequence[Measures]) -> Chart:
        """The trajectories of the first seed in a plane, and the errors of every run in order."""
        first = results[0]
        curves = [
            Curve("class", np.array(path)[:, 0], np.array(path)[:, 1], words if not k else "", series)
            for series, (arm, words) in enumerate(ARMS.items())
            for k, path in enumerate(first[f"plane_{arm}"])
        ]
        points = np.concatenate([np.reshape(first[f"plane_{arm}"], (-1, 2)) for arm in ARMS])
        said = f"{100 * first['shown']:.0f} % of the variance"
        axes = (linear("first principal component", points[:, 0].tolist()),
                linear("second principal component", points[:, 1].tolist()))  # fmt: skip
        words = (
            "trajectories of all runs of one seed in the plane of two principal components of their outputs"
        )
        plane = Panel(*axes, (*curves, Caption(said)), words, key=True)
        lines: dict[str, Any] = {}
        for arm, name in ARMS.items():
            errors = np.sort(np.concatenate([one[f"errors_{arm}"] for one in results]))
            lines[name] = np.arange(1, len(errors) + 1), errors
        words = "the test errors of all runs of all seeds in order, with pretraining and without"
        errors_panel = panel_of_lines("runs of all seeds, in order", "test error", lines, words)
        return Chart(self.title, (plane, errors_panel), columns=2)


def separation(a: np.ndarray, b: np.ndarray) -> float:
    """The share of points (n, D) of two kinds that are nearer to the mean of their own, themselves left out.

    >>> separation(np.array([[0.0], [1.0], [2.0]]), np.array([[9.0], [8.0], [1.0]]))
    0.8333333333333334
    """
    right = 0
    for own, other in ((a, b), (b, a)):
        for k, point in enumerate(own):
            mean = np.delete(own, k, 0).mean(0)
            right += int(np.linalg.norm(point - mean) < np.linalg.norm(point - other.mean(0)))
    return right / (len(a) + len(b))


def _course(
    splits: Splits, seed: int, hidden: Sequence[int], pretrain_epochs: int, epochs: int, drawn: int
) -> tuple[np.ndarray, float]:
    """A network's outputs before training and after each epoch, (epochs + 1, m · 10), and its test error."""
    from gradatim.training.training import Training

    network = stack(splits.train[0].shape[1], hidden, seed)
    if pretrain_epochs:
        pretrain(network, splits.train, "rbm", pretrain_epochs, seed=seed, batch_size=20, momentum=0.5)
    points = [_outputs(network, splits.test[0][:drawn])]
    for _ in Training(network, splits.train, epochs=epochs, batch_size=BATCH, lr=2e-3, seed=seed):
        points.append(_outputs(network, splits.test[0][:drawn]))
    return np.stack(points), error_of(network, splits.test)


def _outputs(network: Any, x: np.ndarray) -> np.ndarray:
    """P(y | x) of every picture, one after the other."""
    from scipy.special import softmax

    from gradatim.runs.forward import forward

    return softmax(forward(network, x).astype(np.float64), axis=1).ravel()


def _plane(paths: dict[str, np.ndarray]) -> Measures:
    """Every point's first two principal components, and the share of the variance that they hold."""
    every = np.concatenate([path.reshape(-1, path.shape[-1]) for path in paths.values()])
    centre = every.mean(0)
    _, sizes, axes = np.linalg.svd(every - centre, full_matrices=False)
    found: Measures = {f"plane_{arm}": (path - centre) @ axes[:2].T for arm, path in paths.items()}
    return found | {"shown": float((sizes[:2] ** 2).sum() / (sizes**2).sum())}
