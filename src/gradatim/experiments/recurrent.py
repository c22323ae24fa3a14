"""Small recurrent networks that learn a task of `sequence_tasks`, drawn anew at every step."""

from collections.abc import Callable
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gradatim.experiments.sequence_tasks import Examples, Task
from gradatim.nn.dense import Dense
from gradatim.nn.gru import GRU
from gradatim.nn.initialise import initialise
from gradatim.nn.lstm import LSTM
from gradatim.nn.rnn import RNN
from gradatim.optim.adam import Adam
from gradatim.random import generator

CELLS: dict[str, Callable[[int, int], nn.Module]] = {"rnn": RNN, "gru": GRU, "lstm": LSTM}
NAMES = {"rnn": "RNN", "gru": "GRU", "lstm": "LSTM"}
KEEP = 0.95  # of the running mean of the loss
TEST = 1000  # sequences


class Recurrent(nn.Module):
    """One recurrent layer and a linear one: a_t = V h_t + c. Shapes: x (T, N, D) → (T, N, K)."""

    def __init__(self, cell: str, inputs: int, hidden: int, outputs: int):
        super().__init__()
        self.layer = CELLS[cell](inputs, hidden)
        self.head = Dense(hidden, outputs, init="xavier_uniform")

    def forward(self, x: Tensor) -> Tensor:
        """The answers of every step."""
        return self.head(self.layer(x)[0])


class Learned(NamedTuple):
    """Steps taken until the task was solved, or all of them, and the running loss at the end."""

    steps: int
    loss: float


def learn(
    network: nn.Module, task: Task, steps: int, seed: int, *, lr: float = 3e-3, batch_size: int = 50,
    solved: float = 0.0, clip_norm: float = 1.0,
) -> Learned:  # fmt: skip
    """Draw the weights, then at every step a new batch: Adam, the gradient's norm bounded. Stops where the
    running mean of the loss is below `solved`.
    """
    initialise(network, seed)
    random = generator(seed, "task")
    optimizer = Adam(network.parameters(), lr=lr)
    running = None
    for step in range(1, steps + 1):
        examples = task(random, batch_size)
        loss = loss_of(network, examples)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), clip_norm)
        optimizer.step()
        value = float(loss.detach())
        running = value if running is None else KEEP * running + (1 - KEEP) * value
        if running < solved:
            return Learned(step, running)
    return Learned(steps, float(running or 0.0))


def loss_of(network: nn.Module, examples: Examples) -> Tensor:
    """Squared error of the last answer where the task asks for numbers; else the mean cross entropy of the
    answers that count.
    """
    a = network(torch.from_numpy(examples.x))
    y = torch.from_numpy(examples.y)
    if y.is_floating_point():
        return F.mse_loss(a[-1], y)
    counts = torch.from_numpy(examples.counts)
    return F.cross_entropy(a[counts], y[counts])


@torch.no_grad()
def judge(network: nn.Module, task: Task, seed: int) -> float:
    """The loss of sequences that were not learned from."""
    return float(loss_of(network, task(generator(seed, "test"), TEST)))


@torch.no_grad()
def wrong(network: nn.Module, task: Task, seed: int) -> float:
    """The share of wrong answers of such sequences, among those that count."""
    examples = task(generator(seed, "test"), TEST)
    answers = network(torch.from_numpy(examples.x)).argmax(-1).numpy()
    assert examples.counts is not None
    return float((answers != examples.y)[examples.counts].mean())


@torch.no_grad()
def wrong_at_the_end(network: nn.Module, task: Task, seed: int) -> float:
    """The share of sequences whose last answer is wrong."""
    examples = task(generator(seed, "test"), TEST)
    answers = network(torch.from_numpy(examples.x))[-1].argmax(-1).numpy()
    return float((answers != examples.y[-1]).mean())
