"""A network of several inputs is called with them, by name or in order, and learns as in a bare loop."""

import copy

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from gradatim.by_hand.network import Network
from gradatim.checks import GradatimError, NonFiniteLoss, UsageError
from gradatim.random import permutation
from gradatim.training.training import Training

N, K = 22, 3
RNG = np.random.default_rng(0)
IMAGE, ROW, IDS = RNG.normal(size=(N, 1, 4, 4)), RNG.normal(size=(N, 3)), RNG.integers(0, 5, N)
Y = RNG.integers(0, K, N)
W = RNG.uniform(0.5, 2, N)


class Both(nn.Module):
    """A picture, a row and a number that is looked up."""

    def __init__(self):
        super().__init__()
        self.conv, self.row = nn.Conv2d(1, 2, 3), nn.Linear(3, 8)
        self.look, self.head = nn.Embedding(5, 8), nn.Linear(8, K)

    def forward(self, image, row, number):
        assert number.dtype == torch.int64 and image.dtype == row.dtype
        h = self.conv(image).flatten(1) + self.row(row) + self.look(number)
        return self.head(torch.tanh(h))


def both(seed=0):
    torch.manual_seed(seed)
    return Both().double()


def train(data, model, **how):
    options = {"epochs": 3, "batch_size": 5, "lr": 0.1, "optimizer": "sgd", "precision": "float64", **how}
    return Training(model, data, **options)


NAMED = {"image": IMAGE, "row": ROW, "number": IDS}
T = [torch.from_numpy(part) for part in (IMAGE, ROW, IDS, Y)]
DATA = {
    "by name": (NAMED, Y),
    "by name in another order": ({name: NAMED[name] for name in ("number", "image", "row")}, Y),
    "in order": ((IMAGE, ROW, IDS), Y),
    "a TensorDataset": TensorDataset(*T),
}


@pytest.mark.parametrize("kind", DATA)
@pytest.mark.parametrize("weighted", [False, True])
def test_the_trajectory_is_that_of_a_bare_loop(kind, weighted):
    model = both()
    oracle = copy.deepcopy(model)
    data = DATA[kind]
    if weighted:
        if kind == "a TensorDataset":
            data = ((IMAGE, ROW, IDS), Y)
        data = (*data, W)
    records = list(train(data, model, valid=DATA[kind]))
    sgd = torch.optim.SGD(oracle.parameters(), lr=0.1)
    w = torch.from_numpy(W if weighted else np.ones(N))
    image, row, number, y = T
    for epoch, record in enumerate(records):
        total = 0.0
        for rows in torch.from_numpy(permutation(0, epoch, N)).split(5):
            each = F.cross_entropy(oracle(image[rows], row[rows], number[rows]), y[rows], reduction="none")
            loss = (each * w[rows]).sum() / w[rows].sum()
            sgd.zero_grad()
            loss.backward()
            sgd.step()
            total += (each * w[rows]).sum().item()
        assert record.train_loss == pytest.approx(total / w.sum().item(), abs=1e-12)
        a = oracle(image, row, number)
        assert record.valid["loss"] == pytest.approx(F.cross_entropy(a, y).item(), abs=1e-12)
        assert record.valid["accuracy"] == (a.argmax(1) == y).double().mean().item()
    for ours, theirs in zip(model.parameters(), oracle.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-12)


class Items(torch.utils.data.Dataset):
    def __init__(self, named):
        self.named = named

    def __len__(self):
        return N

    def __getitem__(self, i):
        image, row, number, y = (part[i] for part in T)
        return ({"image": image, "row": row, "number": number} if self.named else (image, row, number)), y


@pytest.mark.parametrize("named", [True, False])
def test_a_loader_may_give_dicts_and_tuples(named):
    """The same losses as the arrays in one batch, and a batch of as many examples as inputs."""
    expected = [r.train_loss for r in train((NAMED, Y), both(), batch_size=N, shuffle=False)]
    found = [r.train_loss for r in train(DataLoader(Items(named), batch_size=N), both())]
    assert found == pytest.approx(expected, abs=1e-14)
    small = [r.train_loss for r in train(DataLoader(Items(named), batch_size=3), both())]
    ours = [r.train_loss for r in train((NAMED, Y), both(), batch_size=3, shuffle=False)]
    assert small == pytest.approx(ours, abs=1e-13)


@pytest.mark.parametrize("steps", [1, 4, 7])
def test_going_on_in_mid_epoch_is_exact(steps):
    straight = train((NAMED, Y), both(), optimizer="adam", lr=0.01)
    expected = [r.train_loss for r in straight]
    first = train((NAMED, Y), both(), optimizer="adam", lr=0.01)
    while first.step < steps:
        first.advance(0)
    second = train((NAMED, Y), both(5), optimizer="adam", lr=0.01)
    second.restore(*first.state())
    found = [r.train_loss for r in second]
    assert found == expected[3 - len(found) :]


def test_bytes_are_fractions_and_a_rounded_run_learns_from_several_inputs():
    picture = RNG.integers(0, 256, (N, 4, 4)).astype(np.uint8)

    class Checks(Both):
        def forward(self, image, row, number):
            assert image.shape[1:] == (1, 4, 4) and image.max() > 200
            return super().forward(image / 255, row, number)

    torch.manual_seed(0)
    training = Training(
        Checks(), ({"image": picture, "row": ROW, "number": IDS}, Y), epochs=2, precision="bfloat16"
    )
    assert all(np.isfinite(record.train_loss) for record in training)


def test_what_is_not_finite_in_several_inputs_is_found():
    bad = ROW.copy()
    loader = [((torch.from_numpy(IMAGE), torch.from_numpy(bad), torch.from_numpy(IDS)), torch.from_numpy(Y))]
    bad[3, 1] = np.nan

    class Loader:
        def __iter__(self):
            yield from loader

    with pytest.raises(NonFiniteLoss, match=r"at step 1 .* the batch itself holds nan"):
        next(train(Loader(), both()))


def test_misuse_is_refused():
    with pytest.raises(UsageError, match='input "row" has 20 examples, input "image" 22'):
        train(({**NAMED, "row": ROW[:20]}, Y), both())
    with pytest.raises(
        UsageError, match="a network by hand reads one input; several inputs need a torch mod"
    ):
        network = Network([{"name": "dense", "in_features": 3, "out_features": 3}], 0, "float64")
        train((NAMED, Y), network)
    with pytest.raises(UsageError, match=r"cannot read the inputs image, row, id: .*unexpected"):
        train(({"image": IMAGE, "row": ROW, "id": IDS}, Y), both())
    with pytest.raises(UsageError, match=r"cannot read 2 inputs: .*missing"):
        train(((IMAGE, ROW), Y), both())

    class Loader:
        def __iter__(self):
            yield {"row": T[1][:5], "number": T[2]}, T[3]

    with pytest.raises(GradatimError, match='the loader gave a batch of 5 "row", 22 "number", 22 targets'):
        next(train(Loader(), both()))


def test_a_loader_of_a_tensor_dataset_of_several_inputs_is_read_as_the_data_set():
    """(A, B, y) with class numbers, and (A, B, C, y): the last is the target; (x, y, weight) stays."""
    from torch.utils.data import DataLoader, TensorDataset

    from gradatim.data.loader import Loader
    from gradatim.training.batches.layout import BatchSettings
    from gradatim.training.batches.torch_foreign import TorchForeign

    a, b, y, w = torch.randn(12, 3), torch.randn(12, 2), torch.arange(12) % 2, torch.rand(12)
    how = BatchSettings(4, 0, torch.device("cpu"), torch.float32)
    for parts, inputs, weighted in (((a, b, y), 2, False), ((a, b, b, y), 3, False), ((a, y, w), 1, True)):
        batches = TorchForeign(Loader(DataLoader(TensorDataset(*parts), batch_size=4)), how)
        x, target, weight = next(iter(batches.epoch(0)))
        assert (len(x) if isinstance(x, tuple) else 1) == inputs
        torch.testing.assert_close(target, y[:4])
        assert (weight is not None) == weighted
