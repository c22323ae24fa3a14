"""The codes of an autoencoder's examples on a plane; and what its decoder makes of every place of it."""

from typing import Any

import numpy as np

from gradatim.checks import UsageError, whole
from gradatim.explain.figures.latent import latent_figure
from gradatim.explain.figures.picture_grid import picture_grid
from gradatim.explain.number_format import count
from gradatim.jobs.plots.codes import (
    coded_examples,
    decoded,
    picture_shape,
    run_with_code,
    tiles_of,
)
from gradatim.jobs.plots.request import Drawing, PlotRequest, name_of
from gradatim.unsupervised import latent as of_latent

REACH = 0.99  # of N(0, 1), or of the examples' codes, on each axis of the plane


def latent(asked: PlotRequest) -> Drawing:
    """The codes of test examples: a code of two numbers as it is, of more its first two principal components,
    of one the number beside the example's reconstruction error.
    """
    run = run_with_code(asked, "latent", ())
    found = coded_examples(run)
    places, names, facts = on_a_plane(found.codes)
    if places.shape[1] == 1:
        again = decoded(run, of_latent.decode(run.trained.module(), found.codes))
        error = ((again - found.x.reshape(len(again), -1)) ** 2).mean(1)
        places, names = np.column_stack([places, error]), [*names, "reconstruction error"]
    size = found.codes.shape[1]
    title = f"Codes of {name_of(run)}: {count(len(places))} {found.word} examples"
    words = f"{size} numbers a code" if size != 1 else "1 number a code"
    figure = latent_figure(places, found.y, [str(one) for one in found.classes], names, title, words)
    return Drawing(figure, {"examples": len(places), "code_size": size, "axes": names, **facts})


def on_a_plane(codes: np.ndarray) -> tuple[np.ndarray, list[str], dict[str, Any]]:
    """Codes (N, H) as places (N, 2), what both axes are, and the shares of the variance that these have.

    >>> places, names, facts = on_a_plane(np.array([[0.0, 0, 1], [2, 0, 1], [-2, 0, 1]]))
    >>> names[0], np.abs(places[:, 0]).tolist(), round(sum(facts["shares"]), 6)
    ('principal component 1 of the codes (100 %)', [0.0, 2.0, 2.0], 1.0)
    """
    if codes.shape[1] <= 2:
        return codes, [f"code {k + 1}" for k in range(codes.shape[1])], {}
    centred = codes - codes.mean(0)
    _, s, V = np.linalg.svd(centred, full_matrices=False)
    V = (
        V * np.where(V[np.arange(len(V)), np.abs(V).argmax(1)] < 0, -1, 1)[:, None]
    )  # one sign for all machines
    shares = (s**2 / ((s**2).sum() or 1.0))[:2]
    names = [
        f"principal component {k + 1} of the codes ({100 * share:.0f} %)" for k, share in enumerate(shares)
    ]
    return centred @ V[:2].T, names, {"shares": shares.tolist()}


def latent_plane(asked: PlotRequest) -> Drawing:
    """What the decoder makes of a code of two numbers on a grid of `steps` by `steps`: of a vae where its
    N(0, I) puts codes, of others where those of the examples are.
    """
    run = run_with_code(asked, "latent-plane", ("steps",))
    steps = whole("steps", asked.arguments.get("steps", 15), 2, 60)
    network = run.trained.module()
    shape = picture_shape(run, "planes")
    size = getattr(network, "latent", getattr(network, "code_size", None))
    if size != 2:
        how = _how_two(run.trained.name)
        raise UsageError(
            f"a plane is of a code of two numbers; that of {run.path} has {size}: train with {how}"
        )
    found = coded_examples(run)
    if hasattr(network, "latent"):
        pictures = of_latent.latent_map(network, steps, REACH)
        from scipy.special import ndtri

        ends = float(ndtri((1 + REACH) / 2))
        ticks = [ndtri(np.linspace((1 - REACH) / 2, (1 + REACH) / 2, steps))] * 2
        said = f"codes evenly over the middle {100 * REACH:.0f} % of N(0, 1) on both axes"
        low, high = [-ends] * 2, [ends] * 2
    else:
        low, high = (np.quantile(found.codes, q, 0).tolist() for q in ((1 - REACH) / 2, (1 + REACH) / 2))
        ticks = [np.linspace(low[k], high[k], steps) for k in (0, 1)]
        grid = np.stack(np.meshgrid(ticks[0], ticks[1][::-1]), -1)
        pictures = of_latent.decode(network, grid.reshape(-1, 2)).unflatten(0, (steps, steps))
        said = f"codes evenly over the middle {100 * REACH:.0f} % of the examples' on both axes"
    flat = decoded(run, pictures.reshape(steps * steps, -1)).reshape(steps, steps, -1)
    named = [_some(ticks[0]), _some(ticks[1])[::-1]]
    title = f"The decoder of {name_of(run)} over its codes"
    figure = picture_grid(
        tiles_of(flat, shape), title, named[1], named[0], "code 2", "code 1", said, gap=False,
        low=float(found.x.min()), high=float(found.x.max()),
    )  # fmt: skip
    return Drawing(figure, {"steps": steps, "low": low, "high": high})


def _some(values: np.ndarray) -> list[str]:
    """About five of the values as names, the rest without."""
    shown = set(np.linspace(0, len(values) - 1, min(5, len(values))).round().astype(int).tolist())
    decimals = 2 if np.ptp(values) < 20 else 0
    return [f"{v + 0.0:.{decimals}f}".replace("-", "−") if k in shown else "" for k, v in enumerate(values)]


def _how_two(network: str) -> str:
    """The argument of a network that makes its code one of two numbers."""
    return {"vae": "latent=2", "conv_vae": "latent=2", "conv_autoencoder": "code=2"}.get(
        network, "--hidden 64,2"
    )
