"""How far inputs reach in a recurrent network, and its forget gates."""

import numpy as np
import torch
from torch import Tensor

from gradatim.experiments.recurrent import Recurrent
from gradatim.experiments.sequence_tasks import Task
from gradatim.random import generator


def influences(network: Recurrent, task: Task, seed: int, sequences: int) -> np.ndarray:
    """The mean over sequences of ‖∂h_T/∂x_t‖_F, of every step t, (T,)."""
    x = _inputs(task, seed, sequences).requires_grad_(True)
    last = network.layer(x)[0][-1]  # (N, H)
    squares = torch.zeros(x.shape[:2])
    for unit in range(last.shape[1]):
        (slope,) = torch.autograd.grad(last[:, unit].sum(), x, retain_graph=True)
        squares += slope.square().sum(2)
    return squares.sqrt().mean(1).numpy()


@torch.no_grad()
def forget_gates(network: Recurrent, task: Task, seed: int, sequences: int) -> np.ndarray:
    """The mean over sequences of the forget gates of an LSTM at every step, (T, H).

    f_t = σ(W_f x_t + U_f h_{t−1} + b_f)
    """
    layer, x = network.layer, _inputs(task, seed, sequences)
    hidden = layer(x)[0]
    before = torch.cat([torch.zeros_like(hidden[:1]), hidden[:-1]])
    p = dict(layer.named_parameters())
    rows = slice(hidden.shape[2], 2 * hidden.shape[2])  # of i, f, g, o
    z = x @ p["weight_ih_l0"][rows].t() + before @ p["weight_hh_l0"][rows].t() + p["bias_l0"][rows]
    return torch.sigmoid(z).mean(1).numpy()


def _inputs(task: Task, seed: int, sequences: int) -> Tensor:
    return torch.from_numpy(task(generator(seed, "influence"), sequences).x)
