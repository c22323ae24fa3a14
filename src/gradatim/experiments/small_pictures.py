"""Photographs of CIFAR-10 at half their size, and a small network that learns from few of them."""

from typing import TYPE_CHECKING, Any

import numpy as np

from gradatim.data.cifar10 import CLASSES, cifar10
from gradatim.experiments.digits import Rows
from gradatim.random import generator, permutation

if TYPE_CHECKING:
    from torch import nn

GREY = np.array([0.299, 0.587, 0.114], np.float32)  # of red, green and blue (ITU-R 601)


def photographs(seed: int) -> tuple[Rows, Rows]:
    """Those to learn from and those of the test, in an order of the seed: x (N, 3, 16, 16) from −1 to 1."""
    data = cifar10()
    parts = []
    for name, of in (("learned", ~data.official_test), ("judged", data.official_test)):  # type: ignore[operator]
        there = np.flatnonzero(np.asarray(of))
        rows = there[permutation(seed, name, len(there))]
        x = data.x[rows].reshape(len(rows), 3, 16, 2, 16, 2).mean((3, 5), dtype=np.float32)
        parts.append((x / 127.5 - 1, np.asarray(data.y)[rows]))
    return parts[0], parts[1]


def in_grey(rows: Rows) -> Rows:
    """The same pictures without colours, in three equal channels."""
    x, y = rows
    grey = np.einsum("nchw,c->nhw", x, GREY)
    return np.repeat(grey[:, None], 3, 1), y


def is_one(rows: Rows, one: str, others: tuple[str, ...], n: int, start: int = 0) -> Rows:
    """So many pictures of a class (1), behind the first `start`, and as many of the others together (0)."""
    x, y = rows
    yes = np.flatnonzero(y == CLASSES.index(one))[start : start + n]
    no = np.flatnonzero(np.isin(y, [CLASSES.index(name) for name in others]))[start : start + n]
    return x[np.concatenate([yes, no])], np.repeat([1, 0], [len(yes), len(no)])


def drawn(seed: int, name: str, classes: int) -> "nn.Module":
    """The network with weights of its own."""
    from gradatim.models.building import build

    description = {"name": "small_cnn", "num_classes": classes, "in_channels": 3, "stages": 2, "dropout": 0.0}
    return build(description, int(generator(seed, name).integers(2**31)))


def begun_from(first: "nn.Module", seed: int, name: str, classes: int, head: bool = False) -> "nn.Module":
    """The network with another's layers below a head that is drawn, or with its head, too."""
    network = drawn(seed, name, classes)
    its = {key: value for key, value in first.state_dict().items() if head or not key.startswith("fc.")}
    network.load_state_dict({**network.state_dict(), **its})
    return network


def learn(network: "nn.Module", rows: Rows, epochs: int, seed: int) -> "nn.Module":
    """The network after so many epochs of Adam, its rate falling along a cosine."""
    from gradatim.transfer.fine_tuning import FineTuning

    how: dict[str, Any] = {"epochs": epochs, "lr": 3e-3, "batch_size": 20, "schedule": "cosine", "seed": seed}
    loop = FineTuning(network, rows, **how)
    for _ in loop:
        pass
    loop.end()
    return network


def accuracy(network: "nn.Module", rows: Rows) -> float:
    """The share of the pictures whose class has the highest score."""
    from gradatim.runs.forward import forward

    return float((forward(network, rows[0]).argmax(1) == rows[1]).mean())
