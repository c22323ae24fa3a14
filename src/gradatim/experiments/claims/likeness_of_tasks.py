"""How alike two tasks are, and how much is gained by beginning with the other's network (G9)."""

from collections.abc import Sequence

import numpy as np

from gradatim.by_hand.network import Network
from gradatim.experiments.claim import Claim, Measures, Sizes, Threshold
from gradatim.experiments.digits import Rows, digit_splits
from gradatim.experiments.lines import mean_of, panel_of_lines
from gradatim.explain.charts.chart import Chart
from gradatim.models.mlp import mlp
from gradatim.random import permutation
from gradatim.training.training import Training
from gradatim.transfer.similarity import linear_probe_gain, mmd, proxy_a_distance

HIDDEN = 32
NAMES = {
    "gain": "gain in accuracy", "probe": "linear-probe gain", "a_distance": "proxy A-distance", "mmd": "MMD²",
}  # fmt: skip


class LikenessOfTasks(Claim):
    """Measures of likeness beside the gain that they foretell (Ben-David et al. 2007; Alain & Bengio 2017).

        source: digits of which a share of the pixels is permuted, from 0 to 1;   target: digits as they are
        gain = accuracy with the source's hidden layer, fine-tuned on a few labels − accuracy from scratch

    The linear-probe gain asks the source's network for its features of the target's few labelled pictures;
    the distances look at the inputs of both alone.
    """

    title = "How alike are two tasks?"
    claim = (
        "The more alike two tasks are, the more is gained by fine-tuning the one's network on the other: the "
        "gain falls with the proxy A-distance and with MMD, and rises with the linear-probe gain."
    )
    data = (
        "handwritten digits (scikit-learn): 1,200 of a source whose pixels are permuted, a share of 0 to 1; "
        "4 labelled ones of each class of the target, which has its pixels in place; 597 to test"
    )
    measure = (
        "Spearman's rank correlation, over the sources, of each measure with the gain in test accuracy of a "
        "network of one hidden layer fine-tuned on the target against one trained from scratch"
    )
    thresholds = (
        Threshold("rank_a_distance", "rank correlation of the proxy A-distance and the gain", "≤", -0.5),
        Threshold("rank_mmd", "rank correlation of MMD and the gain", "≤", -0.5),
        Threshold("rank_probe", "rank correlation of the linear-probe gain and the gain", "≥", 0.5),
    )
    sizes = Sizes(
        default={"shares": (0.0, 0.15, 0.3, 0.45, 0.6, 0.8, 1.0), "labels": 4, "epochs": 30},
        full={"shares": tuple(k / 20 for k in range(21)), "labels": 4, "epochs": 60},
    )

    def run(self, seed: int, shares: Sequence[float], labels: int, epochs: int) -> Measures:
        """A network for each source, fine-tuned on the same few pictures of the target."""
        splits = digit_splits(seed, 1200)
        x, y = splits.train
        drawn = permutation(seed, "few", len(x))
        few = np.concatenate([drawn[y[drawn] == digit][:labels] for digit in range(10)])
        target = x[few], y[few]
        scratch = _accuracy(_learn(None, target, seed, epochs), splits.test)
        found: dict[str, list[float]] = {name: [] for name in ("a_distance", "mmd", "probe", "gain")}
        for share in shares:
            source = x[:, _shuffled(x.shape[1], share, seed)]
            network = _learn(None, (source, y), seed, epochs)
            features = _hidden(network, target[0])
            found["a_distance"].append(proxy_a_distance(source[:400], x[400:800], seed=seed))
            found["mmd"].append(mmd(source[:400], x[400:800]))
            found["probe"].append(linear_probe_gain(features, target[0], target[1], 2, seed))
            found["gain"].append(_accuracy(_learn(network, target, seed, epochs), splits.test) - scratch)
        gain = found["gain"]
        ranks = {f"rank_{name}": _rank_correlation(found[name], gain) for name in found if name != "gain"}
        return {**found, **ranks, "shares": list(shares)}

    def chart(self, results: Sequence[Measures]) -> Chart:
        """The gain and the three measures by the share of permuted pixels, the mean over seeds."""
        shares = np.array(results[0]["shares"])
        panels = []
        for name, words in NAMES.items():
            line = {words: (shares, mean_of(results, name))}
            panels.append(panel_of_lines("share of pixels permuted", words, line, f"{words} by that share"))
        return Chart(self.title, tuple(panels), columns=2)


def _shuffled(n: int, share: float, seed: int) -> np.ndarray:
    """Columns of which a share has changed places."""
    order = np.arange(n)
    moved = np.sort(permutation(seed, "moved", n)[: round(share * n)])
    order[moved] = moved[permutation(seed, "places", len(moved))] if len(moved) else moved
    return order


def _learn(first: Network | None, rows: Rows, seed: int, epochs: int) -> Network:
    """A network trained on these rows; from another's hidden layer where one is given."""
    network = Network(mlp(rows[0].shape[1], 10, (HIDDEN,), "relu"), seed=seed, dtype=np.float64)
    if first is not None:
        hidden = list(network.parameters)[:2]
        for name in hidden:
            network.parameters[name][...] = first.parameters[name]
    training = Training(
        network, rows, optimizer="adam", lr=3e-3, epochs=epochs, batch_size=20, seed=seed, precision="float64"
    )
    for _ in training:
        pass
    return network


def _hidden(network: Network, x: np.ndarray) -> np.ndarray:
    """max(0, Wx + b) of the first layer."""
    W, b = list(network.parameters.values())[:2]
    return np.maximum(0, x @ W.T + b)


def _accuracy(network: Network, test: Rows) -> float:
    W, b = list(network.parameters.values())[2:]
    return float(((_hidden(network, test[0]) @ W.T + b).argmax(1) == test[1]).mean())


def _rank_correlation(a: Sequence[float], b: Sequence[float]) -> float:
    from scipy.stats import spearmanr

    return float(spearmanr(a, b).statistic)
