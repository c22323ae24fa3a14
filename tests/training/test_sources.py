"""Examples come from many kinds of objects and mean the same; what does not fit is said in a sentence."""

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, IterableDataset, TensorDataset
from torch.utils.data import Dataset as TorchDataset

from gradatim.checks import GradatimError, UsageError
from gradatim.data.dataset import Dataset
from gradatim.data.loader import is_loader
from gradatim.models.building import build
from gradatim.training.batches.layout import BatchSettings
from gradatim.training.batches.numpy_rows import CHUNK
from gradatim.training.batches.torch_rows import TorchRows
from gradatim.training.training import Training

N, D, K = 12, 4, 3
X = np.random.default_rng(0).normal(size=(N, D)).round(3)
Y = np.arange(N) % K
W = np.random.default_rng(1).uniform(0.5, 2, N)
XT, YT, WT = torch.from_numpy(X), torch.from_numpy(Y), torch.from_numpy(W)


def network(out=K, dtype=torch.float64):
    return build({"name": "mlp", "in_features": D, "out_features": out, "hidden": [4]}, 0, dtype)


class MapStyle(TorchDataset):
    def __len__(self):
        return N

    def __getitem__(self, i):
        return XT[i], int(Y[i])


class Stream(IterableDataset):
    """Knows no length."""

    def __iter__(self):
        yield from zip(XT, YT, strict=True)


class Again:
    """Any iterable of batches that starts anew each time."""

    def __init__(self, *batches):
        self.batches = batches

    def __iter__(self):
        yield from self.batches


def read_only(array):
    array = array.copy()
    array.flags.writeable = False
    return array


SOURCES = {
    "NumPy": (X, Y),
    "a Dataset": Dataset(X, Y),
    "read-only arrays": (read_only(X), read_only(Y)),
    "arrays of another byte order": (X.astype(">f8"), Y.astype(">i4")),
    "a view with steps back": (X[::-1][::-1], Y[::-1][::-1]),
    "lists": (X.tolist(), Y.tolist()),
    "torch tensors": (XT, YT),
    "small integers": (XT, YT.to(torch.uint8)),
    "pandas": (pd.DataFrame(X), pd.Series(Y)),
    "polars": (pl.DataFrame(X), pl.Series(Y)),
    "named arrays": {"x": X, "y": Y},
    "a TensorDataset": TensorDataset(XT, YT),
    "a map-style Dataset": MapStyle(),
    "a DataLoader": DataLoader(TensorDataset(XT, YT), batch_size=N),
    "a DataLoader without a length": DataLoader(Stream(), batch_size=N),
    "a DataLoader of dicts' values": DataLoader(MapStyle(), batch_size=N, collate_fn=lambda rows: [
        torch.stack([x for x, _ in rows]), [y for _, y in rows]
    ]),
    "a list-like of batches": Again((XT, YT)),
    "batches of NumPy": Again([X, Y]),
}  # fmt: skip


@pytest.mark.parametrize("kind", SOURCES)
def test_every_kind_of_examples_gives_the_same_losses(kind):
    def losses(data):
        training = Training(
            network(), data, optimizer="sgd", epochs=2, batch_size=N, precision="float64", valid=data
        )
        return [(r.train_loss, r.valid["loss"], r.valid["accuracy"]) for r in training]

    for ours, expected in zip(losses(SOURCES[kind]), losses((X, Y)), strict=True):
        assert ours == pytest.approx(expected, abs=1e-14)


@pytest.mark.parametrize(
    "data",
    [(XT, YT, WT), TensorDataset(XT, YT, WT), Again((XT, YT, WT)), Dataset(X, Y, weights=W[::-1][::-1])],
)
def test_weights_come_with_every_kind(data):
    training = Training(network(), data, epochs=1, batch_size=N, precision="float64")
    each = nn.functional.cross_entropy(training.model(XT), YT, reduction="none").detach().numpy()
    assert next(training).train_loss == pytest.approx((W * each).sum() / W.sum(), abs=1e-14)


def test_an_epoch_is_every_example_once_in_the_order_of_its_permutation_from_any_batch_on():
    n = CHUNK * 3 * 2 + 7  # more than two chunks of batches of three
    data = Dataset(np.arange(n * 2.0).reshape(n, 2), np.arange(n) % 5, weights=np.arange(n, dtype=float))
    held = TorchRows(data, BatchSettings(3, 5, torch.device("cpu"), torch.float32))
    batches: list[Any] = list(held.epoch(2))
    assert len(batches) == len(held) == -(-n // 3)
    rows = torch.cat([w for _, _, w in batches]).long()
    assert sorted(rows.tolist()) == list(range(n)) and rows.tolist() != list(range(n))
    for x, y, w in batches:
        assert torch.equal(x[:, 0], 2 * w) and torch.equal(y, w.long() % 5)
    for start in (1, CHUNK - 1, CHUNK, CHUNK + 1, len(held) - 1, len(held)):
        rest: list[Any] = list(held.epoch(2, start))
        assert len(rest) == len(held) - start
        for a, b in zip(rest, batches[start:], strict=True):
            assert all(torch.equal(p, q) for p, q in zip(a, b, strict=True))
    assert [len(x) for x, _, _ in held.in_order()] == [n]


def test_what_is_gone_through_and_what_is_indexed():
    assert is_loader(DataLoader(MapStyle())) and is_loader(Again())
    for data in ((X, Y), [X, Y], {"x": X}, Dataset(X, Y), MapStyle(), TensorDataset(XT), pd.DataFrame(X)):
        assert not is_loader(data)


def labels(*numbers):
    return (X[: len(numbers)], np.array(numbers))


ONE = {"loss": "binary_cross_entropy"}
ERRORS = [
    # network, data, options, what is said
    (K, Dataset(X), {}, "no target"),
    (K, (X, Y), {"valid": Dataset(X)}, "no target"),
    (K, (X, Y[:5]), {}, "12 examples but 5 targets"),
    (K, Dataset(X[:0], Y[:0]), {}, "hold no example"),
    (K, (X, Y.astype(str)), {}, r"targets must be numbers here; they are <U\d+"),
    (K, (X, np.array(list("abc") * 4, dtype=object)), {}, "targets must be numbers here; they are object"),
    (K, labels(0, 1, 4), {}, r"needs 5 outputs an example for these targets; the network gives \(3,\)"),
    (K, labels(0, -1, 2), {}, "class numbers 0 … 2; example 1 has -1"),
    (K, labels(0, -100, 2), {}, "example 1 has -100"),
    (K, labels(0.0, 1.0, 2.0), {}, r"cannot read outputs of shape \(2, 3\) for torch.float32 targets"),
    (K, (X, Y[:, None]), {}, r"one class number an example; their shape is \(12, 1\)"),
    (1, labels(0, 1, 2), ONE, "class numbers 0 … 1; example 2 has 2"),
    (3, labels(0, 1, 1), ONE, r"cannot read outputs of shape \(2, 3\)"),
    (K, (X, Y), {"valid": labels(0, 7)}, r"needs 8 outputs"),
    (K, (X, Y), {"patience": 2}, "patience needs validation"),
    (K, (X, Y), {"class_weight": [1, 2]}, "0 … 1; example 2 is of class 2"),
    (K, (X, Y), {"class_weight": [0, 0, 0]}, r"not all 0, .*it is \[0, 0, 0\]"),
    (K, (X, Y), {"class_weight": [1, -2, 1]}, r"\[1, -2, 1\]"),
    (K, (X, Y), {"class_weight": [1, np.nan, 1]}, "nan"),
    (K, (X, Y), {"class_weight": {0: 1}}, r"one number a class; it is \{0: 1\}"),
    (K, (X, Y), {"class_weight": "equal"}, "class_weight must be balanced; it is 'equal'"),
    (K, Dataset(X, Y, ("a", "b", "c")), {"class_weight": [1, 2]}, "for each of 3 classes"),
    (K, (X, Y.astype(float)), {"class_weight": "balanced"}, "needs class numbers"),
    (K, DataLoader(MapStyle()), {"class_weight": "balanced"}, "class_weight needs data in memory"),
    (K, Again((XT, YT)), {"schedule": "cosine"}, "how many batches an epoch has; this loader does not"),
    (K, (X, Y), {"optimizer": lambda ps: torch.optim.SGD(ps, lr=0.1), "lr": 0.1}, "has its learning rate"),
    (K, (X, Y), {"optimizer": 3}, "optimizer must be a name or a torch optimizer, or make one; it is 3"),
    (K, (X, Y), {"optimizer": "adma"}, "did you mean adam"),
    (K, (X, Y), {"loss": "cros_entropy"}, "did you mean cross_entropy"),
    (K, (X, Y), {"loss": 3}, "loss must be a name or a function of .*; it is 3"),
    (K, (X, Y), {"schedule": "cosin"}, "did you mean cosine"),
    (K, (X, Y), {"lr": 0}, "lr must be a number above 0; it is 0"),
    (K, (X, Y), {"epochs": 0}, "epochs .* at least 1; it is 0"),
    (K, (X, Y), {"batch_size": 2.5}, "batch_size .*; it is 2.5"),
    (K, (X, Y), {"accumulate": -1}, "accumulate .*; it is -1"),
    (K, (X, Y), {"max_minutes": 0}, "max_minutes .*; it is 0"),
    (K, (X, Y), {"seed": -1}, "seed .*; it is -1"),
    (K, (X, Y), {"precision": "float8"}, "precision must be float32 or float64 or bfloat16; it is 'float8'"),
    (K, (X, Y), {"device": "tpu"}, "device must be .*; it is 'tpu'"),
    (K, X, {}, "cannot learn from ndarray"),
    (K, "digits", {}, "cannot learn from str"),
]  # fmt: skip


@pytest.mark.parametrize(("out", "data", "options", "said"), ERRORS, ids=[error[-1][:40] for error in ERRORS])
def test_what_does_not_fit_is_refused_before_training_in_a_sentence(out, data, options, said):
    model = network(out, torch.float32)
    options = dict(options)
    if callable(make := options.get("optimizer")):
        options["optimizer"] = make(model.parameters())
    with pytest.raises(UsageError, match=said):
        Training(model, data, **options)


BATCHES = [
    (Again(), "the loader gave no batch$"),
    (Again((XT, YT), XT), "must be \\(x, y\\) or \\(x, y, weight\\); the loader gave Tensor"),
    (Again((XT,)), "the loader gave tuple of 1"),
    (Again({"x": XT}), "the loader gave dict"),
    (Again((XT, ["a"] * N)), "not of numbers"),
    (Again((XT, YT[:5])), "a batch of 12 examples, 5 targets"),
    (Again((XT, YT, WT[:7])), "12 examples, 12 targets, 7 weights"),
    (Again((XT, YT, WT[:, None])), r"one number an example; the loader's are \(12, 1\)"),
    (Again((XT[:0], YT[:0])), "a batch of 0 examples"),
    (Again((XT, YT + 5)), r"the loss needs 8 outputs an example for these targets; the network gives \(3,\)"),
    (Again((XT, YT - 1)), "class numbers 0 … 2; example 0 has -1"),
    (Again((XT, YT.double())), r"cannot read outputs of shape \(12, 3\) for torch.float32 targets"),
    (Again((XT, YT[:, None])), r"one class number an example; their shape is \(12, 1\)"),
]


@pytest.mark.parametrize("part", ["train", "valid"])
@pytest.mark.parametrize(("batches", "said"), BATCHES, ids=[said[-30:] for _, said in BATCHES])
def test_a_loaders_batch_that_does_not_fit_is_a_sentence(part, batches, said):
    if part == "valid" and not batches.batches:
        said = "there is nothing to evaluate"
    data, valid = (batches, None) if part == "train" else ((X, Y), batches)
    model = network(dtype=torch.float32)
    training = Training(model, data, valid=valid)
    with pytest.raises(GradatimError, match=said):
        list(training)
    assert model.training


def test_a_generator_that_cannot_start_anew_is_said_so():
    training = Training(network(), (batch for batch in [(XT, YT)]), epochs=2)
    assert next(training).epoch == 1
    with pytest.raises(UsageError, match="gave no batch; it must start anew each time"):
        next(training)


def test_losses_that_cannot_be_are_named():
    weighted = (X, Y, W)
    for loss, data, said in (
        (nn.CrossEntropyLoss(), weighted, "weights need a loss of one value an example"),
        (lambda a, y: 0.5, (X, Y), "the loss must give a tensor; it gave float"),
    ):
        with pytest.raises(UsageError, match=said):
            list(Training(network(), data, loss))

    class Two(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(D, K)

        def forward(self, x):
            return self.layer(x), x

    with pytest.raises(UsageError, match="one tensor of scores; the network gives tuple"):
        Training(Two(), (X, Y))
    with pytest.raises(UsageError, match="the network has no parameter to learn"):
        Training(nn.Flatten(), (X, Y))
    with pytest.raises(UsageError, match="model must be a torch module; it is dict"):
        Training({}, (X, Y))  # type: ignore[arg-type]
