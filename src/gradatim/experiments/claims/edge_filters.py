"""What a sparse autoencoder learns from patches of photographs: edges (F2, F4)."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradatim.experiments.claim import Claim, Measures, Sizes, Table, Threshold
from gradatim.experiments.lines import mean_of
from gradatim.explain.axes import Axis
from gradatim.explain.charts.chart import Caption, Chart, Panel, Tiles
from gradatim.random import generator

KINDS = {
    "sparse": "sparse autoencoder, layer 1",
    "second": "sparse autoencoder, layer 2",
    "plain": "autoencoder without a penalty",
    "components": "principal components",
}
SMALL, ORIENTED = 0.35, 0.4  # a filter that is localised, one that has an orientation
FINER = 4  # the spectrum is taken on a patch padded to so many times its side
SHRINK = 2  # pixels of a photograph that become one


class EdgeFilters(Claim):
    """Edges in natural pictures by sparseness alone (Olshausen & Field 1996; Le et al. 2011; Ng 2011).

        L = ‖x̂ − x‖² + λ Σ|h|,   h = relu(W x + b),   x̂ = Wᵀ h + c      on whitened patches x
        area        a = (Σ w²)² / (D Σ w⁴)                    the share of the patch that a filter covers
        selectivity s = |Σ P(f) e^{2iφ(f)}| / Σ P(f)           of its power P at frequencies f of direction φ

    A plane wave has s = 1, white noise s near 0; a single pixel has a = 1/D, a plane wave a = 2/3. A filter
    of layer 2 is drawn as the sum of the filters of layer 1 by its weights.
    """

    title = "Edge filters of a sparse autoencoder"
    claim = (
        "The filters of a sparse autoencoder on natural patches are localised oriented edges; those of the "
        "same autoencoder without the penalty are not, nor are the principal components."
    )
    data = (
        "grey patches from the two photographs of scikit-learn (a temple, a flower) at half their size, as "
        "many of each, 12 × 12 pixels, 10,000; the mean of each patch is taken off, and the first 50 "
        "principal components are whitened; drawn anew by each seed. In the larger form 100,000 of 16 × 16, "
        "100 components"
    )
    measure = (
        f"the share of filters with an area below {SMALL} of the patch and an orientation selectivity above "
        f"{ORIENTED}; the median area of the sparse filters over that of the plain ones"
    )
    thresholds = (
        Threshold("edges_sparse", "share of edges, sparse", "≥", 0.6),
        Threshold("edges_plain", "share of edges, without the penalty", "≤", 0.1),
        Threshold("edges_components", "share of edges, principal components", "≤", 0.2),
        Threshold("area_ratio", "median area, sparse over without the penalty", "≤", 0.8),
    )
    sizes = Sizes(
        default={"patches": 10_000, "side": 12, "components": 50, "units": (80, 40), "epochs": 30, "l1": 2.0},
        full={
            "patches": 100_000,
            "side": 16,
            "components": 100,
            "units": (200, 100),
            "epochs": 30,
            "l1": 2.0,
        },
    )

    def run(
        self,
        seed: int,
        patches: int,
        side: int,
        components: int,
        units: tuple[int, int],
        epochs: int,
        l1: float,
    ) -> Measures:
        """Train two layers with the penalty and one without, and measure their filters."""
        x = natural_patches(patches, side, seed)
        variances, axes = np.linalg.eigh(x.T @ x / len(x))
        axes, variances = axes[:, ::-1][:, :components], variances[::-1][:components]
        white = (x @ axes / np.sqrt(variances)).astype(np.float32)
        sparse, code = _filters(white, units[0], epochs, l1, seed)
        plain, _ = _filters(white, units[0], epochs, 0.0, seed)
        code /= code.std(0).clip(1e-6)
        second, _ = _filters(code, units[1], epochs, l1 / 2, seed)
        first = sparse @ axes.T
        drawn = {"sparse": first, "second": second @ first, "plain": plain @ axes.T, "components": axes.T}
        found: Measures = {}
        for name, filters in drawn.items():
            area, selectivity = area_of(filters), selectivity_of(filters)
            found[f"edges_{name}"] = float(((area < SMALL) & (selectivity > ORIENTED)).mean())
            found[f"area_{name}"], found[f"selectivity_{name}"] = np.median(area), np.median(selectivity)
            if seed == 0:
                found[f"filters_{name}"] = np.round(filters / np.abs(filters).max(1, keepdims=True), 2)
        return found | {"area_ratio": float(found["area_sparse"] / found["area_plain"])}

    def table(self, results: Sequence[Measures]) -> Table:
        """Share of edges, area and selectivity, means over seeds."""
        keys = ("edges", "area", "selectivity")
        rows = [
            [words, *(f"{float(mean_of(results, f'{key}_{name}')):.2f}" for key in keys)]
            for name, words in KINDS.items()
        ]
        return Table(["mean over seeds", "share of edges", "median area", "median selectivity"], rows)

    def chart(self, results: Sequence[Measures]) -> Chart:
        """The filters of the first seed."""
        panels = []
        for name, words in KINDS.items():
            filters = np.array(results[0][f"filters_{name}"])
            side = round(filters.shape[1] ** 0.5)
            nothing = Axis("", 0.0, 1.0, ())
            marks = Tiles(filters.reshape(-1, side, side)), Caption(words)
            panels.append(Panel(nothing, nothing, marks, f"filters as grey pictures: {words}"))
        return Chart(self.title, tuple(panels), columns=2)


def natural_patches(count: int, side: int, seed: int) -> np.ndarray:
    """Grey patches of scikit-learn's two photographs without their means, (count, side²)."""
    from sklearn.datasets import load_sample_images

    random, found = generator(seed, "patches"), []
    for photograph in load_sample_images().images:
        grey = photograph.mean(2) / 255
        height, width = (n // SHRINK for n in grey.shape)
        small = grey[: height * SHRINK, : width * SHRINK].reshape(height, SHRINK, width, SHRINK).mean((1, 3))
        tops = random.integers(0, height - side, count // 2)
        lefts = random.integers(0, width - side, count // 2)
        found += [small[i : i + side, j : j + side].ravel() for i, j in zip(tops, lefts, strict=True)]
    x = np.array(found)
    return x - x.mean(1, keepdims=True)


def area_of(filters: np.ndarray) -> np.ndarray:
    """The share of its D pixels that each filter (H, D) covers.

    >>> area_of(np.array([[1.0, 0.0, 0.0, 0.0], [1.0, -1.0, 1.0, -1.0]])).tolist()
    [0.25, 1.0]
    """
    power = filters**2
    return power.sum(1) ** 2 / (power**2).sum(1) / filters.shape[1]


def selectivity_of(filters: np.ndarray) -> np.ndarray:
    """How far the power of each square filter (H, D) lies in one direction, from 0 to 1.

    >>> wave = np.cos(np.arange(16) * np.pi / 2)[None].repeat(16, 0).reshape(1, -1)
    >>> bool(selectivity_of(wave)[0] > 0.9)
    True
    """
    side = round(filters.shape[1] ** 0.5)
    pictures = (filters - filters.mean(1, keepdims=True)).reshape(-1, side, side)
    power = np.abs(np.fft.fft2(pictures, (FINER * side, FINER * side))) ** 2
    f = np.fft.fftfreq(FINER * side)
    direction = np.exp(2j * np.arctan2(f[:, None], f[None, :]))
    power[:, 0, 0] = 0
    return np.abs((power * direction).sum((1, 2))) / power.sum((1, 2))


def _filters(x: np.ndarray, units: int, epochs: int, l1: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The filters (H, D) of a tied autoencoder of one layer, and its code of the inputs (N, H)."""
    import warnings

    import torch

    from gradatim.checks import Notice
    from gradatim.models.building import build
    from gradatim.unsupervised.autoencoders import AutoencoderTraining

    entry = {"name": "autoencoder", "in_features": x.shape[1], "hidden": [units], "tied": True,
             "code_activation": "relu", "code_l1": l1}  # fmt: skip
    network: Any = build(entry, seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Notice)  # that one without a penalty may copy: the claim is about it
        training = AutoencoderTraining(network, x, epochs=epochs, lr=3e-3, batch_size=50, seed=seed)
    for _ in training:
        pass
    network.eval()
    with torch.no_grad():
        return network.encoder[0].weight.numpy().copy(), network.encode(torch.from_numpy(x)).numpy()
