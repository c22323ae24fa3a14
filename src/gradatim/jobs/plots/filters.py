"""What the first layer of a run looks for: its weights as pictures, kernels, or a map of units by inputs."""

import numpy as np

from gradatim.checks import UsageError
from gradatim.explain.figures.filters import MOST_TILES, largest, map_figure, tiles_figure
from gradatim.explain.number_format import count
from gradatim.jobs.plots.request import Drawing, PlotRequest, name_of
from gradatim.jobs.plots.runs import parameters_of
from gradatim.jobs.run import Run

PICTURE = 3  # axes of one: channels, rows, columns


def filters(asked: PlotRequest) -> Drawing:
    """The weights of the first layer that has any: pictures as large as the examples, kernels, or a map."""
    run = asked.run()
    if hasattr(run.trained.model, "weights_of_n_grams"):
        raise UsageError(f"{run.path} weighs n-grams of texts: its report lists the words that weigh most")
    found = ((name, w) for name, w in parameters_of(run.trained.model).items() if w.ndim > 1)
    name, weights = next(found, ("", np.empty(0)))
    if not name or not np.isfinite(weights).all():
        raise UsageError(f"{run.path} has no matrix of finite weights to draw")
    facts = {"parameter": name, "shape": list(weights.shape)}
    title = f"First-layer weights of {name_of(run)}: {name}"
    tiles, of = _tiles(run, weights)
    if tiles is None:
        flat = weights.reshape(len(weights), -1)
        shown = largest(flat)
        inputs = run.trained.encoder.names(run.trained.features)
        words = f"{_some(len(shown), len(flat))}; a row a unit, a column an input"
        figure = map_figure(flat[shown], [str(one) for one in inputs], title, words)
        return Drawing(figure, facts | {"units": shown.tolist()})
    shown = largest(tiles)
    words = f"{_some(len(shown), len(tiles))}: {of}"
    return Drawing(tiles_figure(tiles[shown], title, words), facts | {"units": shown.tolist()})


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
