"""What a layer of a run looks for: its weights as pictures, kernels, or a map of units by inputs."""

import numpy as np

from gradatim.checks import UsageError, unknown_argument, whole
from gradatim.explain.figures.filters import MOST_TILES, largest, map_figure, tiles_figure
from gradatim.explain.number_format import count
from gradatim.jobs.plots.request import Drawing, PlotRequest, name_of
from gradatim.jobs.plots.runs import parameters_of
from gradatim.jobs.run import Run

TAKES = ("layer",)
PICTURE = 3  # axes of one: channels, rows, columns


def filters(asked: PlotRequest) -> Drawing:
    """The weights of the first layer that has any: pictures as large as the examples, kernels, or a map; of a
    later dense `layer` those composed with the weights below it.
    """
    for key in asked.arguments:
        if key not in TAKES:
            raise unknown_argument("plot filters", key, TAKES)
    run = asked.run()
    if hasattr(run.trained.model, "weights_of_n_grams"):
        raise UsageError(f"{run.path} weighs n-grams of texts: its report lists the words that weigh most")
    found = [(name, w) for name, w in parameters_of(run.trained.model).items() if w.ndim > 1]
    if not found or not all(np.isfinite(w).all() for _, w in found):
        raise UsageError(f"{run.path} has no matrix of finite weights to draw")
    layer = whole("layer", asked.arguments.get("layer", 1), 1, len(found))
    name, weights = found[layer - 1][0], composed([w for _, w in found[:layer]])
    facts = {"parameter": name, "shape": list(weights.shape)}
    title = f"First-layer weights of {name_of(run)}: {name}"
    below = ""
    if layer > 1:
        title = f"Layer-{layer} weights of {name_of(run)} by input: {name}"
        below = ", multiplied by those of the layers below"
    tiles, of = _tiles(run, weights)
    if tiles is None:
        flat = weights.reshape(len(weights), -1)
        shown = largest(flat)
        inputs = run.trained.encoder.names(run.trained.features)
        words = f"{_some(len(shown), len(flat))}; a row a unit, a column an input{below}"
        figure = map_figure(flat[shown], [str(one) for one in inputs], title, words)
        return Drawing(figure, facts | {"units": shown.tolist()})
    shown = largest(tiles)
    words = f"{_some(len(shown), len(tiles))}: {of}{below}"
    return Drawing(tiles_figure(tiles[shown], title, words), facts | {"units": shown.tolist()})


def composed(weights: list[np.ndarray]) -> np.ndarray:
    """W_d ⋯ W_2 W_1, (H_d, D): a unit's features as the sum of those below it, by its weights (Lee, Ekanadham
    & Ng 2008). What bends between the layers is left out.

    Raises UsageError for layers that are not dense one on the other.

    >>> composed([np.eye(2), np.array([[1.0, -2.0]])]).tolist()
    [[1.0, -2.0]]
    """
    first, *rest = weights
    found = first
    for number, w in enumerate(rest, 2):
        if w.ndim != 2 or found.ndim != 2 or w.shape[1] != len(found):
            raise UsageError(
                f"layer {number} cannot be drawn by its inputs: its weights of the shape {w.shape} are not "
                f"those of a dense layer on {len(found)} units; layer={number - 1} can"
            )
        found = w @ found
    return found


def _tiles(run: Run, weights: np.ndarray) -> tuple[np.ndarray | None, str]:
    """A tile for each unit, (U, H, W) or (U, H, W, 3), and what it is; None where weights make no picture."""
    shape = tuple(run.trained.encoder.shape(run.trained.shape or ()))
    if weights.ndim == PICTURE + 1:
        return _of_channels(weights), f"kernels of {weights.shape[2]} × {weights.shape[3]} pixels"
    if weights.ndim == 2 and len(shape) == PICTURE and weights.shape[1] == np.prod(shape):
        return _of_channels(weights.reshape(-1, *shape)), "a unit's weights where the pixels are"
    return None, ""


def _of_channels(weights: np.ndarray) -> np.ndarray:
    """(U, C, H, W) as tiles: of three channels in colour, of other numbers of channels their mean."""
    return weights.transpose(0, 2, 3, 1) if weights.shape[1] == 3 else weights.mean(1)


def _some(shown: int, every: int) -> str:
    if shown == every:
        return f"all {count(every)} units"
    return f"{MOST_TILES} of {count(every)} units, those with the largest weights"
