"""A trained self-organising map: its U-matrix, its component planes, where examples lie."""

from typing import Any

import numpy as np

from gradatim.checks import UsageError
from gradatim.explain.figures.unit_map import map_figure, planes_figure
from gradatim.explain.number_format import count
from gradatim.jobs.evaluate import part_of
from gradatim.jobs.plots.request import Drawing, PlotRequest, name_of
from gradatim.jobs.run import Run
from gradatim.runs.asking import ask
from gradatim.unsupervised.map_measures import u_matrix as distances_of

MOST_PLANES = 16  # those that differ most over the map


def u_matrix(asked: PlotRequest) -> Drawing:
    """The mean distance of each unit's weights to its neighbours'."""
    run, som = _map_of(asked)
    values = distances_of(_weights(som), som.rows, som.columns, som.topology)
    title = f"U-matrix of {name_of(run)}"
    words = "the mean distance of a unit's weights to its neighbours': full cells are borders"
    figure = map_figure(values, som.topology, title, "distance", words)
    return Drawing(figure, {"least": float(values.min()), "largest": float(values.max())})


def components(asked: PlotRequest) -> Drawing:
    """The units' weights of each input; of many inputs those that differ most over the map."""
    run, som = _map_of(asked)
    weights = _weights(som)
    chosen = np.sort(np.argsort(-weights.var(0), kind="stable")[:MOST_PLANES])
    names = [str(one) for one in run.trained.encoder.names(run.trained.features)]
    if len(names) != som.input_len:
        names = [f"input {k}" for k in range(som.input_len)]
    planes = weights.T[chosen].reshape(-1, som.rows, som.columns)
    some = f"{len(chosen)} of {count(som.input_len)} inputs, those that differ most"
    words = f"{'all inputs' if len(chosen) == som.input_len else some}, as the map sees them"
    shown = [names[k] for k in chosen]
    figure = planes_figure(planes, som.topology, shown, f"Component planes of {name_of(run)}", words)
    return Drawing(figure, {"inputs": shown})


def hits(asked: PlotRequest) -> Drawing:
    """How many examples each unit is nearest to, and the commonest class among them."""
    run, som = _map_of(asked)
    examples = part_of(run.data, "test")
    a, y = ask(run.trained, examples)
    names = run.trained.problem.names if y is not None and y.ndim == 1 else ()
    units = a[:, 0].astype(int) * som.columns + a[:, 1].astype(int)
    counts = np.bincount(units, minlength=som.rows * som.columns)
    texts, said = [str(n) if n else "" for n in counts], ""
    if y is not None and names:
        texts = [_commonest(y[units == unit], names) for unit in range(len(counts))]
        said = "; in a cell the commonest class"
    split = {"valid": "validation", "train": "training"}.get(run.data.judged_on, run.data.judged_on)
    words = f"{count(len(a))} {split} examples by their nearest unit{said}"
    values = counts.reshape(som.rows, som.columns)
    figure = map_figure(values, som.topology, f"Hits of {name_of(run)}", "examples", words, texts)
    return Drawing(figure, {"examples": len(a), "empty": int((counts == 0).sum()), "hits": values.tolist()})


def _commonest(classes: np.ndarray, names: tuple) -> str:
    return str(names[np.bincount(classes).argmax()]) if len(classes) else ""


def _map_of(asked: PlotRequest) -> tuple[Run, Any]:
    """The run and its map; UsageError for one of another network."""
    run = asked.run()
    if run.trained.name != "som":
        raise UsageError(f"{run.path} has no map to draw: its network is {run.trained.name}, not som")
    return run, run.trained.model


def _weights(som: Any) -> np.ndarray:
    return som.weight.detach().cpu().numpy().astype(np.float64)
