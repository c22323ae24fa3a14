"""Whether a denoising autoencoder's features classify better than a plain one's (F3)."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradatim.experiments.claim import Claim, Measures, Sizes, Table, Threshold
from gradatim.experiments.digits import Rows, Splits
from gradatim.experiments.lines import mean_of
from gradatim.experiments.pretrained import parts_of
from gradatim.explain.axes import Axis
from gradatim.explain.charts.chart import Caption, Chart, Panel, Tiles

PIXELS, PLAIN = "pixels", "plain"
CORRUPTIONS: dict[str, dict[str, Any]] = {  # of the autoencoders, by arm
    PLAIN: {},
    "gaussian": {"corruption": "gaussian", "amount": 0.6},
    "masking": {"corruption": "masking", "amount": 0.25},
    "salt": {"corruption": "salt_and_pepper", "amount": 0.15},
}
ARMS = {
    PIXELS: "the pixels themselves",
    PLAIN: "plain autoencoder",
    "gaussian": "denoising, Gaussian noise of deviation .6",
    "masking": "denoising, a quarter of the pixels masked",
    "salt": "denoising, salt and pepper on 15 %",
}
C = (0.03, 0.1, 0.3, 1.0, 3.0)  # of logistic regression
LR = 6e-3
SHOWN = 25  # filters


class DenoisingFeatures(Claim):
    """Features of plain and of denoising autoencoders under a linear classifier (Vincent et al. 2008, 2010).

        h = σ(W x̃ + b),   x̂ = σ(Wᵀ h + c),   L = −Σ x log x̂ + (1 − x) log(1 − x̂)
        x̃ = x, or corrupt(x) while W is learned;   logistic regression from the codes h of clean x

    The code has more numbers than a picture, so that nothing but the noise keeps an autoencoder from copying.
    """

    title = "Features of denoising autoencoders"
    claim = (
        "Where the code is over-complete, a linear classifier makes fewer errors, by a tenth at least, on "
        "the code of a denoising autoencoder than on a plain one's: with Gaussian noise, with masking, and "
        "with salt and pepper."
    )
    data = (
        "MNIST: 2,000 pictures for code and classifier, 1,000 to choose the classifier's penalty by, drawn "
        "anew by each seed; 5,000 of the official test. In the larger form 50,000, 10,000 and 10,000"
    )
    measure = (
        "test error of logistic regression on the codes of four autoencoders (one hidden layer of 1,000 "
        "sigmoid units, tied weights, Bernoulli outputs), which differ in their corruption alone, and on "
        "the pixels; 1 − error with denoising over error of the plain code"
    )
    thresholds = (
        Threshold("gain_gaussian", "share of the plain code's errors that Gaussian noise removes", "≥", 0.1),
        Threshold("gain_masking", "the same, masking", "≥", 0.1),
        Threshold("gain_salt", "the same, salt and pepper", "≥", 0.1),
        Threshold("gain_pixels", "share of the errors from pixels that masking removes", "≥", 0.2),
    )
    sizes = Sizes(
        default={"data": "mnist", "train": 2000, "valid": 1000, "test": 5000, "units": 1000, "epochs": 30},
        full={"data": "mnist", "train": 50_000, "valid": 10_000, "test": 10_000, "units": 1000, "epochs": 30},
    )
    seeds = 3

    def run(
        self, seed: int, data: str, train: int, valid: int, test: int, units: int, epochs: int
    ) -> Measures:
        """Teach every autoencoder, and a linear classifier from each code and from the pixels."""
        splits = parts_of(data, seed, train, valid, test)
        found: Measures = {f"error_{PIXELS}": linear_error(splits)}
        for arm, corruption in CORRUPTIONS.items():
            network = _autoencoder(splits.train[0], units, corruption, epochs, seed)
            codes = Splits(*(_code(network, rows) for rows in splits))
            found[f"error_{arm}"] = linear_error(codes)
            if seed == 0:
                filters = network.encoder[0].weight.detach().numpy()[:SHOWN]
                found[f"filters_{arm}"] = np.round(filters / np.abs(filters).max(1, keepdims=True), 2)
        for arm in CORRUPTIONS:
            found[f"gain_{arm}"] = _gain(found[f"error_{arm}"], found[f"error_{PLAIN}"])
        return found | {"gain_pixels": _gain(found["error_masking"], found[f"error_{PIXELS}"])}

    def table(self, results: Sequence[Measures]) -> Table:
        """The error of every arm, the mean over seeds, and each seed's."""
        rows = []
        for arm, words in ARMS.items():
            errors = [100 * one[f"error_{arm}"] for one in results]
            rows.append([words, f"{sum(errors) / len(errors):.2f}", ", ".join(f"{e:.2f}" for e in errors)])
        return Table(["linear classifier on: % of the test wrong", "mean", "by seed"], rows)

    def chart(self, results: Sequence[Measures]) -> Chart:
        """Filters of the first seed, the mean error of their code beside them."""
        panels = []
        nothing = Axis("", 0.0, 1.0, ())
        for arm in CORRUPTIONS:
            filters = np.array(results[0][f"filters_{arm}"])
            side = round(filters.shape[1] ** 0.5)
            words = f"{ARMS[arm]}: {100 * float(mean_of(results, f'error_{arm}')):.1f} % wrong"
            marks = Tiles(filters.reshape(-1, side, side)), Caption(words)
            panels.append(Panel(nothing, nothing, marks, f"filters as grey pictures: {words}"))
        return Chart(self.title, tuple(panels), columns=2)


def linear_error(splits: Splits) -> float:
    """The test error of logistic regression with the C that makes the fewest validation errors."""
    from sklearn.linear_model import LogisticRegression

    found = []
    for c in C:
        model = LogisticRegression(C=c, tol=1e-3, max_iter=2000).fit(*splits.train)
        valid, test = (1 - model.score(*rows) for rows in (splits.valid, splits.test))
        found.append((valid, c, test))
    return float(min(found)[2])


def _gain(error: float, beside: float) -> float | None:
    return 1 - error / beside if beside else None


def _autoencoder(x: np.ndarray, units: int, corruption: dict[str, Any], epochs: int, seed: int) -> Any:
    """A trained autoencoder of one hidden layer."""
    import warnings

    from gradatim.checks import Notice
    from gradatim.models.building import build
    from gradatim.unsupervised.autoencoders import AutoencoderTraining

    entry = {"name": "autoencoder", "in_features": x.shape[1], "hidden": [units], "tied": True,
             "code_activation": "sigmoid", **corruption}  # fmt: skip
    network: Any = build(entry, seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Notice)  # that a plain one may copy: the claim is about it
        training = AutoencoderTraining(
            network, x, "multilabel", epochs=epochs, lr=LR, batch_size=50, seed=seed
        )
    for _ in training:
        pass
    return network.eval()


def _code(network: Any, rows: Rows) -> Rows:
    """The codes of clean pictures, with their classes."""
    import torch

    with torch.no_grad():
        return network.encode(torch.from_numpy(rows[0])).numpy(), rows[1]
