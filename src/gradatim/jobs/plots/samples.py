"""What a network makes up, as pictures: a Boltzmann machine through Gibbs time, a deep belief network of each
class, a variational autoencoder from codes; of rows of numbers a vae's are a table.
"""

from typing import Any

import numpy as np

from gradatim.checks import UsageError, unknown_argument, whole
from gradatim.explain.figures.picture_grid import picture_grid
from gradatim.explain.figures.samples import samples_figure
from gradatim.explain.figures.table import table_figure
from gradatim.jobs.plots.codes import check_rows, is_row, own_columns, picture_shape, tiles_of
from gradatim.jobs.plots.request import Drawing, PlotRequest, name_of
from gradatim.jobs.run import Run

TAKES = ("steps", "seed", "chains")
OF_CODES = ("count", "seed")  # what a variational autoencoder's samples take
COLUMNS = 12
WORDS = "the mean of p(x | z) for codes z that are drawn from N(0, I)"
PICTURE = 3  # axes of one: channels, rows, columns


def samples(asked: PlotRequest) -> Drawing:
    """Chains that begin at noise, after 1, 10, 100, … and `steps` steps: the means of the visible units. Of a
    deep belief network with labels a row for each class, its label clamped, after `steps` steps. Of a
    variational autoencoder `count` means of p(x | z), z drawn from N(0, I), of a table in its own units.
    """
    run = asked.run()
    of_codes = hasattr(run.trained.model, "latent")
    takes = OF_CODES if of_codes else TAKES
    for key in asked.arguments:
        if key not in takes:
            raise unknown_argument("plot samples", key, takes)
    if of_codes:
        return _of_codes(run, asked.arguments)
    steps = whole("steps", asked.arguments.get("steps", 1000), 1)
    chains = whole("chains", asked.arguments.get("chains", 12), 1, 64)
    seed = whole("seed", asked.arguments.get("seed", 0), 0)
    machine = run.trained.module()
    moments: list[Any] = sorted({10**n for n in range(9) if 10**n < steps} | {steps})
    by_class = getattr(machine, "outputs", 0) > 0
    if by_class:
        moments = [str(name) for name in run.trained.problem.names]
        found = _of_classes(machine, chains, steps, seed)
    else:
        found = _sampled(machine, run.path, chains, moments, seed)
    shape = tuple(run.trained.encoder.shape(run.trained.shape or ()))
    if len(shape) != PICTURE or shape[0] not in (1, 3):
        raise UsageError(f"{run.path} did not learn from pictures, which are what samples are drawn as")
    pictures = np.moveaxis(found.reshape(len(moments), chains, *shape), 2, -1)
    pictures = pictures[..., 0] if shape[0] == 1 else pictures
    title = f"Samples of {name_of(run)}"
    if by_class:
        figure = samples_figure(pictures, moments, title, "class")
        return Drawing(figure, {"classes": moments, "steps": [steps], "chains": chains, "seed": seed})
    return Drawing(
        samples_figure(pictures, moments, title), {"steps": moments, "chains": chains, "seed": seed}
    )


def _of_codes(run: Run, arguments: dict[str, Any]) -> Drawing:
    """Samples of a variational autoencoder, row after row."""
    from gradatim.unsupervised.latent import sample

    as_table = is_row(run)
    count = whole("count", arguments.get("count", COLUMNS if as_table else 5 * COLUMNS), 1, 400)
    seed = whole("seed", arguments.get("seed", 0), 0)
    title, facts = f"Samples of {name_of(run)}", {"count": count, "seed": seed}
    if as_table:
        check_rows(count, "ask for a smaller count=")
        values = own_columns(run, sample(run.trained.module(), count, seed).numpy())
        names, words = [str(k + 1) for k in range(count)], f"{WORDS}; values are in the data's units"
        return Drawing(table_figure(values, names, "sample", title, words), {**facts, "columns": values})
    shape = picture_shape(run, "samples")
    columns = min(count, COLUMNS)
    places = np.full((-(-count // columns) * columns, int(np.prod(shape))), np.nan)
    places[:count] = sample(run.trained.module(), count, seed).numpy()
    tiles = tiles_of(places.reshape(-1, columns, places.shape[1]), shape)
    return Drawing(picture_grid(tiles, title, words=WORDS), facts)


def _of_classes(network: Any, chains: int, steps: int, seed: int) -> np.ndarray:
    """Samples of each class, (K, N, visible)."""
    from gradatim.unsupervised.deep_belief import samples_of_class

    found = [
        samples_of_class(network, label, chains, steps, seed).numpy() for label in range(network.classes)
    ]
    return np.stack(found)


def _sampled(machine: Any, path: Any, chains: int, moments: list[int], seed: int) -> np.ndarray:
    """The means of v at each moment, (T, chains, visible)."""
    import torch

    from gradatim.nn.dbn import DBN
    from gradatim.nn.rbm import RBM
    from gradatim.unsupervised.gibbs import HashedNumbers, gibbs_samples

    below = None
    if isinstance(machine, DBN):  # without labels: of its top machine, whose states go down by means
        below, machine = machine, machine.top
    if not isinstance(machine, RBM):
        raise UsageError(
            f"{path} is no Boltzmann machine and no vae, which make up examples; gradatim train digits "
            "--model rbm makes one"
        )
    found: list[np.ndarray] = []

    def each(number: int, p: torch.Tensor) -> None:
        if number in moments:
            found.append((p if below is None else below.down_from(p)).numpy())

    with torch.no_grad():
        noise = HashedNumbers(seed, machine.weight)("noise", (chains, machine.visible))
        spread = getattr(machine, "sigma", torch.ones(()))
        gibbs_samples(machine, noise.round() * spread, moments[-1], seed, each)
    return np.stack(found)
