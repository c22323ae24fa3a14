"""What claims about pretraining share: parts of MNIST, a stack that is pretrained, one that is fine-tuned."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from gradatim.data.loading import load_data
from gradatim.experiments.digits import LARGEST, Rows, Splits
from gradatim.random import permutation

if TYPE_CHECKING:
    from torch import nn

BATCH = 100  # of pretraining
CLASSES = 10
AN_EPOCH = 400  # examples


def parts_of(name: str, seed: int, train: int, valid: int, test: int) -> Splits:
    """Pictures as rows of float32 between 0 and 1: those to learn from and to choose by are drawn by the
    seed, those of the test come first in the official test, where there is one.

    >>> [x.shape for x, _ in parts_of("digits", 0, train=100, valid=50, test=300)]
    [(100, 64), (50, 64), (300, 64)]
    """
    data = load_data(name)
    x = data.x.reshape(len(data.x), -1).astype(np.float32)
    x /= LARGEST[name] if x.max() > 1 else 1
    order = permutation(seed, "experiment", len(x))
    if data.official_test is None:
        judged, learned = order[:test], order[test:]
    else:
        judged, learned = np.flatnonzero(data.official_test)[:test], order[~data.official_test[order]]
    parts = learned[:train], learned[train : train + valid], judged
    return Splits(*((x[rows], np.asarray(data.y)[rows]) for rows in parts))


def stack(
    inputs: int,
    hidden: Sequence[int],
    seed: int,
    activation: str = "sigmoid",
    dropout: float = 0.0,
    input_dropout: float = 0.0,
) -> "nn.Module":
    """A multilayer perceptron of ten classes."""
    from gradatim.models.building import build

    entry = {"name": "mlp", "in_features": inputs, "out_features": CLASSES, "hidden": list(hidden),
             "activation": activation, "dropout": dropout, "input_dropout": input_dropout}  # fmt: skip
    return build(entry, seed)


def pretrain(
    network: "nn.Module", rows: Rows, kind: str, epochs: int, lr: float | None = None, seed: int = 0,
    batch_size: int = BATCH, **how: Any,
) -> None:  # fmt: skip
    """Teach each hidden layer in turn, and stop before all learn together."""
    from gradatim.unsupervised.pretraining import Pretraining

    loop = Pretraining(
        network, rows, kind=kind, pretrain_epochs=epochs, pretrain_lr=lr, how=how,
        batch_size=batch_size, seed=seed, epochs=1,
    )  # fmt: skip
    while not loop.in_last:
        loop.advance()


def take_hidden(network: "nn.Module", taught: "nn.Module") -> "nn.Module":
    """The network with the hidden layers' parameters of another of the same sizes; its output is its own."""
    import torch

    pairs = list(zip(network.parameters(), taught.parameters(), strict=True))[:-2]
    with torch.no_grad():
        for mine, its in pairs:
            mine.copy_(its)
    return network


def teach_output(network: "nn.Module", rows: Rows, valid: Rows, steps: int, lr: float, seed: int) -> None:
    """Fine-tune the output layer alone, which begins at 0; the hidden layers stay as they are."""
    import torch

    *hidden, weight, _ = network.parameters()
    with torch.no_grad():
        weight.zero_()
    for p in hidden:
        p.requires_grad_(False)
    fine_tune(network, rows, valid, steps, lr=lr, seed=seed)
    for p in hidden:
        p.requires_grad_(True)


def fine_tune(network: "nn.Module", rows: Rows, valid: Rows, steps: int, **how: Any) -> float:
    """About so many steps of Adam; the epoch with the lowest validation loss is kept. Returns the share of
    validation pictures that are wrong.

    Few examples are repeated within an epoch, so that an epoch has `AN_EPOCH` of them at least.
    """
    from gradatim.training.training import Training

    batch, again = how.pop("batch_size", 20), -(-AN_EPOCH // len(rows[0]))
    if again > 1:
        rows = np.tile(rows[0], (again, 1)), np.tile(rows[1], again)
    epochs = max(1, steps // -(-len(rows[0]) // batch))
    training = Training(network, rows, valid=valid, epochs=epochs, batch_size=batch, **how)
    for _ in training:
        pass
    training.restore_best()
    return error_of(network, valid)


def error_of(network: "nn.Module", rows: Rows) -> float:
    """The share of pictures whose class is wrong."""
    from gradatim.runs.forward import forward

    return float((forward(network, rows[0]).argmax(1) != rows[1]).mean())
