"""The partition function of a Boltzmann machine by annealed importance sampling."""

import math
from copy import deepcopy
from typing import NamedTuple

import torch
from torch import Tensor

from gradatim.checks import UsageError, whole
from gradatim.nn.rbm import RBM
from gradatim.unsupervised.gibbs import HashedNumbers


class LogPartition(NamedTuple):
    """An estimate of log Z, and the standard error of it."""

    log_z: float
    standard_error: float
    log_weights: Tensor  # of every run, (runs,); log Z is the logarithm of the mean of their exponentials


@torch.no_grad()
def annealed_log_partition(
    rbm: RBM, runs: int = 100, distributions: int = 1000, data: Tensor | None = None, seed: int = 0
) -> LogPartition:
    """Log Z by annealed importance sampling (Neal 2001; Salakhutdinov & Murray 2008).

        p*_β(v) = exp(−F_β(v)),   F_β of the machine with βW, βc and (1 − β) b_0 + βb;   0 = β_0 < … < β_K = 1
        w = Π_k p*_{β_k}(v_{k−1})/p*_{β_{k−1}}(v_{k−1}),   v_k by one step of Gibbs sampling at β_k
        Z ≈ Z_0 mean w,   standard error of log Z ≈ sd(w)/(√runs mean w)

    Z_0 of the machine without weights is known exactly. The βs lie evenly.

    Parameters: `runs`, how many w; `distributions`, K; `data` (N, visible), whose means give b_0, so that the
    path begins at independent units of the data's own probabilities: the machine's own b when None. Only
    binary units have such a b_0.

    Raises UsageError for hidden units that are not binary, and fewer than 2 runs.

    >>> machine = RBM(6, 4)
    >>> found = annealed_log_partition(machine, runs=50, distributions=20)
    >>> abs(found.log_z - machine.log_partition().item()) < 0.01
    True
    """
    rbm.check_binary()
    runs, distributions = whole("runs", runs, 2), whole("distributions", distributions, 1)
    machine = deepcopy(rbm).double()
    base = machine.visible_bias.clone() if data is None else base_rates(machine, data.to(machine.weight))
    numbers = HashedNumbers(whole("seed", seed, 0), base)
    at = _Path(machine, base)
    log_w = base.new_full((runs,), rbm.hidden * math.log(2) + float(machine.log_sum_visible(base[None])))
    v = machine.draw_visible(machine.mean_visible(base.expand(runs, -1)), numbers, 0)
    before = at(0.0).free_energy(v)
    for step, beta in enumerate(torch.linspace(0, 1, distributions + 1)[1:].tolist(), 1):
        here = at(beta)
        log_w += before - here.free_energy(v)
        numbers.step = step
        h = here.draw_hidden(here(v), v, numbers, 0)
        v = here.draw_visible(here.reconstruct(h), numbers, 0)
        before = here.free_energy(v)
    relative = (log_w - log_w.max()).exp()
    log_z = float(torch.logsumexp(log_w, 0)) - math.log(runs)
    return LogPartition(log_z, float(relative.std() / relative.mean()) / runs**0.5, log_w)


def base_rates(machine: RBM, data: Tensor) -> Tensor:
    """The biases b_0 of independent binary units with the data's means, each as of one more of either state.

    b_0j = log (Σ_n v_nj + ½)/(N − Σ_n v_nj + ½)
    """
    if machine.classes or hasattr(machine, "log_variance"):
        raise UsageError("base rates are of binary visible units; leave data out")
    total = data.sum(0)
    return torch.log((total + 0.5) / (len(data) - total + 0.5))


class _Path:
    """The machine at an inverse temperature β."""

    def __init__(self, machine: RBM, base: Tensor):
        self.whole, self.here, self.base = machine, deepcopy(machine), base

    def __call__(self, beta: float) -> RBM:
        self.here.weight.copy_(self.whole.weight).mul_(beta)
        self.here.hidden_bias.copy_(self.whole.hidden_bias).mul_(beta)
        self.here.visible_bias.copy_(torch.lerp(self.base, self.whole.visible_bias, beta))
        return self.here
