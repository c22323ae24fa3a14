"""What a Boltzmann machine makes up: samples through Gibbs time, as pictures."""

from typing import Any

import numpy as np

from gradatim.checks import UsageError, unknown_argument, whole
from gradatim.explain.figures.samples import samples_figure
from gradatim.jobs.plots.request import Drawing, PlotRequest, name_of

TAKES = ("steps", "seed", "chains")
PICTURE = 3  # axes of one: channels, rows, columns


def samples(asked: PlotRequest) -> Drawing:
    """Chains that begin at noise, after 1, 10, 100, … and `steps` steps: the means of the visible units."""
    for key in asked.arguments:
        if key not in TAKES:
            raise unknown_argument("plot samples", key, TAKES)
    steps = whole("steps", asked.arguments.get("steps", 1000), 1)
    chains = whole("chains", asked.arguments.get("chains", 12), 1, 64)
    seed = whole("seed", asked.arguments.get("seed", 0), 0)
    run = asked.run()
    moments = sorted({10**n for n in range(9) if 10**n < steps} | {steps})
    found = _sampled(run.trained.module(), run.path, chains, moments, seed)
    shape = tuple(run.trained.encoder.shape(run.trained.shape or ()))
    if len(shape) != PICTURE or shape[0] not in (1, 3):
        raise UsageError(f"{run.path} did not learn from pictures, which are what samples are drawn as")
    pictures = np.moveaxis(found.reshape(len(moments), chains, *shape), 2, -1)
    pictures = pictures[..., 0] if shape[0] == 1 else pictures
    figure = samples_figure(pictures, moments, f"Samples of {name_of(run)}")
    return Drawing(figure, {"steps": moments, "chains": chains, "seed": seed})


def _sampled(machine: Any, path: Any, chains: int, moments: list[int], seed: int) -> np.ndarray:
    """The means of v at each moment, (T, chains, visible)."""
    import torch

    from gradatim.nn.rbm import RBM
    from gradatim.unsupervised.gibbs import HashedNumbers, gibbs_samples

    if not isinstance(machine, RBM):
        raise UsageError(f"{path} is no Boltzmann machine; gradatim train digits --model rbm makes one")
    found: list[np.ndarray] = []

    def each(number: int, p: torch.Tensor) -> None:
        if number in moments:
            found.append(p.numpy())

    with torch.no_grad():
        noise = HashedNumbers(seed, machine.weight)("noise", (chains, machine.visible))
        spread = getattr(machine, "sigma", torch.ones(()))
        gibbs_samples(machine, noise.round() * spread, moments[-1], seed, each)
    return np.stack(found)
