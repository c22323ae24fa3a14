"""The map of transfer: instances, features and parameters carried from one collection to another (G8)."""

from collections.abc import Sequence
from math import ceil
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradatim.data.dataset import Dataset
from gradatim.data.office_caltech import office_caltech10
from gradatim.experiments.claim import Claim, Measures, Sizes, Table, Threshold
from gradatim.experiments.digits import Rows
from gradatim.experiments.lines import mean_of, panel_of_lines
from gradatim.explain.charts.chart import Chart
from gradatim.random import generator, permutation

if TYPE_CHECKING:
    from torch import nn

CLASSES, COMPONENTS, BATCH = 10, 30, 16
EACH = 20  # labelled photographs of the source in each class, as Saenko et al. 2010 draw them from amazon
AT = 3  # of the target in each class, where the thresholds ask: theirs, too


class Way(NamedTuple):
    """A way to carry something over: its kind and name, what is shared, which labels of the target."""

    kind: str
    name: str
    shared: str
    labels: str


NONE, FEW = "none", "a few"
WAYS = {
    "source": Way("–", "source only", "nothing", NONE),
    "weights": Way("instance", "weights of examples", "the source's examples, weighed", NONE),
    "components": Way("feature", "TCA", "directions that both have", NONE),
    "adversarial": Way("feature", "DANN", "a hidden layer that cannot tell the domains", NONE),
    "frozen": Way("feature", "frozen, new head", "the source's hidden layer as it is", FEW),
    "tuned": Way("parameter", "fine-tuned", "the source's weights to begin with", FEW),
    "tasks": Way("parameter", "two tasks", "a hidden layer that learns both", FEW),
    "pool": Way("–", "one pool", "all labels, as if of one domain", FEW),
    "target": Way("–", "target only", "nothing", FEW),
}

DRAWN = ("source", "weights", "components", "tuned", "tasks", "target")  # lines that can be told apart


class MapOfTransfer(Claim):
    """Instance, feature and parameter transfer on one pair of domains (Pan & Yang 2010, section 2.3).

    source: amazon, 20 labels a class;   target: webcam, none, or n labels a class
    one perceptron for all:   source only, weighed, on shared components, adversarial; frozen, fine-tuned,
    with a head a domain, in one pool, target only
    """

    title = "The map of transfer: photographs of a shop and of a desk"
    claim = (
        "Weights of examples gain little where the domains hardly overlap; components that both share gain "
        "without a label of the target. With three labels a class the source's weights, fine-tuned, beat "
        "the source alone and these labels alone; the more labels there are, the less the source adds."
    )
    data = (
        "Office–Caltech, 800 SURF words: each seed draws 20 photographs a class from amazon, and up to ten "
        "labelled ones a class of webcam; the other 195 of webcam are the test"
    )
    measure = (
        "accuracy on webcam of a perceptron of 64 hidden units, the same for every way, after as many steps "
        "of Adam; counts over their sum, columns in deviations of the source, rows of root mean square 1"
    )
    thresholds = (
        Threshold("gain_weights", "weights of examples, accuracy above source only", "≤", 0.03),
        Threshold("gain_components", "shared components, accuracy above source only", "≥", 0.02),
        Threshold("over_source", "fine-tuned on three labels a class, accuracy above source only", "≥", 0.1),
        Threshold("over_target", "the same, above target only with these labels", "≥", 0.02),
        Threshold("falls", "gain over target only at the fewest labels less that at the most", "≥", 0.02),
    )
    sizes = Sizes(
        default={"labels": (1, AT, 10), "steps": 400}, full={"labels": (1, 2, AT, 5, 7, 10), "steps": 1500}
    )

    def run(self, seed: int, labels: Sequence[int], steps: int) -> Measures:
        """Every way; those that take labels of the target with so many of each class."""
        source, target, test = _domains(seed, max(labels))
        unlabelled = np.concatenate([target[0], test[0]])
        learned = _learn(_perceptron(seed), source, seed, steps)
        found: Measures = {"n": list(labels), "source": _accuracy(learned, test)}
        found |= _without_labels(source, unlabelled, test, seed, steps)
        found |= {name: [] for name, way in WAYS.items() if way.labels == FEW}
        for n in labels:
            few = _first_of_each(target, n)
            for name, accuracy in _with_labels(learned, source, few, test, seed, steps).items():
                found[name].append(accuracy)
        at = list(labels).index(AT)
        gains = np.subtract(found["tuned"], found["target"])
        return found | {
            "gain_weights": found["weights"] - found["source"],
            "gain_components": found["components"] - found["source"],
            "over_source": found["tuned"][at] - found["source"],
            "over_target": float(gains[at]),
            "falls": float(gains[0] - gains[-1]),
        }

    def table(self, results: Sequence[Measures]) -> Table:
        """Accuracy of each way by the labels of the target: mean and deviation over seeds."""
        n = results[0]["n"]
        rows = []
        for name, way in WAYS.items():
            of_seeds = 100 * np.array([np.broadcast_to(one[name], len(n)) for one in results])
            cells = [f"{cell.mean():.1f} ± {cell.std():.1f}" for cell in of_seeds.T]
            if way.labels == NONE:
                cells = [cells[0], *[""] * (len(n) - 1)]
            rows.append([f"{way.kind}: {way.name}", way.shared, way.labels, *cells])
        heads = [f"% right, {n[0]} label{'' if n[0] == 1 else 's'} a class", *(f"{k} labels" for k in n[1:])]
        return Table(["kind: way", "what is shared", "labels of the target", *heads], rows)

    def chart(self, results: Sequence[Measures]) -> Chart:
        """Accuracy by the number of the target's labels, the mean over seeds; level where none are taken."""
        n = np.array(results[0]["n"])
        lines = {WAYS[name].name: (n, np.broadcast_to(mean_of(results, name), len(n))) for name in DRAWN}
        words = "accuracy on the target by its labels, of ways to carry something over from the source"
        panel = panel_of_lines("labels of the target in each class", "accuracy on the target", lines, words)
        return Chart(self.title, (panel,))


def _domains(seed: int, most: int) -> tuple[Rows, Rows, Rows]:
    """Of the source some photographs of each class; of the target `most` of each, class by class in turn, and
    all others.
    """
    parts = []
    for name, each in (("amazon", EACH), ("webcam", most)):
        data = office_caltech10(name)
        x = data.x.astype(np.float64)
        order = permutation(seed, name, len(x))
        x, y = x[order] / x[order].sum(1, keepdims=True), np.asarray(data.y)[order]
        some = np.concatenate([np.flatnonzero(y == k)[:each] for k in range(CLASSES)])
        parts += [(x[some], y[some]), (np.delete(x, some, 0), np.delete(y, some))]
    mean, spread = parts[0][0].mean(0), parts[0][0].std(0)
    source, _, target, test = ((_scaled(x, mean, spread), y) for x, y in parts)
    return source, target, test


def _scaled(x: np.ndarray, mean: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """Columns in deviations, where there is one, and then rows of root mean square 1."""
    return _of_length_one((x - mean) / np.where(spread > 0, spread, 1))


def _of_length_one(x: np.ndarray) -> np.ndarray:
    return (x / np.sqrt((x * x).mean(1, keepdims=True))).astype(np.float32)


def _first_of_each(rows: Rows, n: int) -> Rows:
    """The first n rows of each class."""
    x, y = rows
    some = np.concatenate([np.flatnonzero(y == k)[:n] for k in range(CLASSES)])
    return x[some], y[some]


def _without_labels(
    source: Rows, target: np.ndarray, test: Rows, seed: int, steps: int
) -> dict[str, float]:  # fmt: skip
    """Accuracy of the ways that see the target's photographs alone."""
    from gradatim.estimators.tca import TCA
    from gradatim.transfer.adversarial import DomainAdversarial
    from gradatim.transfer.density_ratio import ratio_weights

    x = source[0]
    weights = ratio_weights(x, target, "ulsif", seed=seed)
    mu = 1 / len(x) + 1 / len(target)  # the norm of L, as in the published table of G4
    tca = TCA(min(COMPONENTS, len(x)), kernel="linear", mu=mu, whiten=False).fit_domains(x, target)
    shared = [(_of_length_one(tca.transform(rows)), of) for rows, of in (source, test)]
    network = _perceptron(seed)
    _finish(DomainAdversarial(network, source, target, weight=0.1, **_how(seed, steps, len(x))))
    weighed = _learn(_perceptron(seed), source, seed, steps, weights=weights)
    on_shared = _learn(_perceptron(seed, shared[0][0].shape[1]), shared[0], seed, steps)
    return {
        "weights": _accuracy(weighed, test),
        "components": _accuracy(on_shared, shared[1]),
        "adversarial": _accuracy(network, test),
    }


def _with_labels(
    learned: "nn.Module", source: Rows, few: Rows, test: Rows, seed: int, steps: int
) -> dict[str, float]:  # fmt: skip
    """Accuracy of the ways that learn from labels of the target."""
    pool = np.concatenate([source[0], few[0]]), np.concatenate([source[1], few[1]])
    head = list(dict(learned.named_parameters()))[2:]
    frozen = _perceptron(seed)
    own = frozen.state_dict()
    frozen.load_state_dict({k: own[k] if k in head else w for k, w in learned.state_dict().items()})
    tuned = _perceptron(seed)
    tuned.load_state_dict(learned.state_dict())
    return {
        "frozen": _accuracy(_learn(frozen, few, seed, steps, freeze=1), test),
        "tuned": _accuracy(_learn(tuned, few, seed, steps), test),
        "tasks": _two_tasks(source, few, test, seed, steps),
        "pool": _accuracy(_learn(_perceptron(seed), pool, seed, steps), test),
        "target": _accuracy(_learn(_perceptron(seed), few, seed, steps), test),
    }


def _two_tasks(source: Rows, few: Rows, test: Rows, seed: int, steps: int) -> float:
    """One hidden layer for both domains, a head for each (Caruana 1997)."""
    from gradatim.models.building import build
    from gradatim.multitask.training import MultiTaskTraining
    from gradatim.runs.forward import forward

    x = np.concatenate([source[0], few[0]])
    y = np.full((len(x), 2), np.nan, np.float32)
    y[: len(source[0]), 0], y[len(source[0]) :, 1] = source[1], few[1]
    tasks = [[name, "cross_entropy", CLASSES] for name in ("amazon", "webcam")]
    description = {"name": "shared_trunk", "in_features": x.shape[1], "out_features": 2 * CLASSES,
                   "tasks": tasks, "hidden": [64]}  # fmt: skip
    network: Any = build(description, seed)
    _finish(MultiTaskTraining(network, Dataset(x, y), **_how(seed, steps, len(x))))
    return float((forward(network, test[0])[:, CLASSES:].argmax(1) == test[1]).mean())


def _perceptron(seed: int, inputs: int = 800) -> "nn.Module":
    from gradatim.models.building import build

    description = {"name": "mlp", "in_features": inputs, "out_features": CLASSES, "hidden": [64]}
    return build(description, int(generator(seed, "perceptron").integers(2**31)))


def _how(seed: int, steps: int, rows: int) -> dict[str, Any]:
    """Settings of a training that takes at least so many steps."""
    epochs = ceil(steps / ceil(rows / BATCH))
    return {"epochs": epochs, "lr": 1e-3, "batch_size": BATCH, "schedule": "cosine", "seed": seed}


def _learn(
    network: "nn.Module", rows: Rows, seed: int, steps: int, freeze: int = 0, weights: Any = None
) -> "nn.Module":  # fmt: skip
    """The network, which learns from rows; its first layers stay as they are where `freeze` says so."""
    from gradatim.transfer.fine_tuning import FineTuning

    data = Dataset(*rows, weights=weights)
    _finish(FineTuning(network, data, freeze=freeze, **_how(seed, steps, len(data))))
    return network


def _finish(loop: Any) -> None:
    for _ in loop:
        pass
    loop.end()


def _accuracy(network: "nn.Module", rows: Rows) -> float:
    from gradatim.runs.forward import forward

    return float((forward(network, rows[0]).argmax(1) == rows[1]).mean())
