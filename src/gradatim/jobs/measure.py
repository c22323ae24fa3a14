"""What a trained network says of examples, and how right it is."""

from dataclasses import dataclass
from math import fsum
from typing import Any

import numpy as np

from gradatim.by_hand.losses.table import loss_named
from gradatim.checks import GradatimError, UsageError
from gradatim.data import preprocessing
from gradatim.data.dataset import Dataset
from gradatim.data.objects import is_loader
from gradatim.data.tables.scaling import unscaled_target
from gradatim.jobs.intervals import coverage, has_intervals
from gradatim.jobs.scores import area_under_curve, of_labels, of_numbers
from gradatim.jobs.thresholds import decide, f1, threshold_of
from gradatim.runs.forward import forward
from gradatim.runs.trained import Trained


@dataclass(frozen=True)
class Measured:
    """Probabilities (N, K) or None for a task that is not of classes, targets, the loss of each example,
    measures; predicted numbers (N, T) of a regression, or labels (N, K).
    """

    n: int
    metrics: dict[str, float]
    probabilities: np.ndarray | None = None
    targets: np.ndarray | None = None
    losses: np.ndarray | None = None
    predicted: np.ndarray | None = None
    threshold: float | None = None  # of two classes; the likeliest is decided for when None

    @property
    def decisions(self) -> np.ndarray:
        """The class decided for, (N,)."""
        assert self.probabilities is not None
        return decide(self.probabilities, self.threshold)

    def confusion(self, classes: int) -> np.ndarray:
        """Counts (K, K): rows are true classes, columns decisions (curriculum B20)."""
        pairs = self.targets * classes + self.decisions  # type: ignore[operator]
        return np.bincount(pairs, minlength=classes * classes).reshape(classes, classes)


def outputs_of(trained: Trained, data: Dataset) -> np.ndarray:
    """The network's outputs for examples."""
    record = trained.preprocessing
    parts = [outputs(trained, preprocessing.inputs(record, part)) for part in preprocessing.in_pieces(data)]
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def outputs(trained: Trained, x: np.ndarray) -> np.ndarray:
    """The network's outputs for raw inputs."""
    expected = trained.input_shape
    if expected is not None and tuple(x.shape[1:]) != tuple(expected):
        if np.prod(x.shape[1:]) != np.prod(expected):
            raise UsageError(
                f"the network was trained on examples of shape {tuple(expected)}; these have {x.shape[1:]}"
            )
        x = x.reshape(len(x), *expected)
    dtype = np.float64 if trained.precision == "float64" else np.float32
    return forward(trained.model, preprocessing.apply(trained.preprocessing, x, dtype), trained.precision)


def loss_of(trained: Trained) -> Any:
    """The loss that the outputs are read by."""
    if trained.loss is None:
        raise GradatimError(
            "the network was trained with your own loss, which is not saved; evaluate it yourself"
        )
    return loss_named(trained.loss)


def probabilities(trained: Trained, x: np.ndarray) -> np.ndarray:
    """The probability of each class for raw inputs, (N, K)."""
    return loss_of(trained).probabilities(outputs(trained, x))


def measure(trained: Trained, data: Any) -> Measured:
    """Accuracy, balanced accuracy (the mean over classes of the share recognised), of two classes the area
    under the ROC curve, and mean loss; of numbers RMSE, MAE and R²; of labels the share of examples whose
    labels are all right, and of wrong labels; of numbers with intervals also the share that lies in them.

    `data` is a Dataset of raw examples, or a stranger's loader of batches that are as the network sees them.
    """
    if is_loader(data):
        return _measure_batches(trained, data)
    if data.y is None:
        raise UsageError("there are no targets to compare with")
    record = trained.preprocessing
    loss, a = loss_of(trained), outputs_of(trained, data)
    if data.task not in ("regression", "multilabel"):
        return _measured(loss.probabilities(a), data.y, loss(a.astype(np.float64), data.y), trained.facts)
    losses = loss(a.astype(np.float64), preprocessing.targets(record, data.y))
    found = loss.decide(a) if data.task == "multilabel" else numbers(trained, a)
    scores = of_labels(data.y, found) if data.task == "multilabel" else of_numbers(data.y, found)
    if has_intervals(trained):
        scores["interval_coverage"] = coverage(trained, a, data.y)
    return Measured(len(a), {**scores, "loss": fsum(losses) / len(a)}, None, data.y, losses, found)


def numbers(trained: Trained, a: np.ndarray) -> np.ndarray:
    """The numbers that outputs of a regression stand for, (N, T), in their own units."""
    record = (trained.preprocessing or {}).get("target", {})
    wide = a if a.ndim == 2 else a.reshape(len(a), -1)
    return unscaled_target(record, wide[:, : len(record["names"])].astype(np.float64))


def _measure_batches(trained: Trained, loader: Any) -> Measured:
    from gradatim.training.batches import FromLoader

    loss = loss_of(trained)
    first = next(trained.model.parameters())
    parts = []
    for x, y, _ in FromLoader(loader, first.device, first.dtype).in_order():
        a, targets = forward(trained.model, x.cpu().numpy(), trained.precision), y.cpu().numpy()
        parts.append((loss.probabilities(a), targets, loss(a.astype(np.float64), targets)))
    if not parts:
        raise UsageError("the loader gave no batch")
    p, targets, losses = (np.concatenate(column) for column in zip(*parts, strict=True))
    return _measured(p, targets, losses, trained.facts)


def _measured(p: np.ndarray, y: np.ndarray, losses: np.ndarray, facts: dict[str, Any]) -> Measured:
    threshold = threshold_of(facts)
    metrics = of_classes(p, y, losses, threshold)
    if threshold is not None and facts["threshold"]["by"] == "f1":
        metrics["f1"] = f1(decide(p, threshold), y)
    return Measured(len(y), metrics, p, y, losses, None, threshold)


def of_classes(
    p: np.ndarray, y: np.ndarray, losses: np.ndarray, threshold: float | None = None
) -> dict[str, float]:
    """Accuracy, balanced accuracy, AUC of two classes, and mean loss of probabilities (N, K)."""
    right = decide(p, threshold) == y
    recalls = [right[y == k].mean() for k in np.unique(y)]
    metrics = {"accuracy": float(right.mean()), "balanced_accuracy": float(np.mean(recalls))}
    if p.shape[1] == 2 and len(recalls) == 2:
        metrics["auc"] = area_under_curve(y, p[:, 1])
    metrics["loss"] = fsum(losses) / len(losses)
    return metrics
