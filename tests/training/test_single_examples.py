"""A batch of a single example and batch normalisation: before the first step, a sentence and what works."""

import numpy as np
import pytest
import torch
from torch import nn

import gradatim
from gradatim.by_hand.network import Network
from gradatim.checks import UsageError
from gradatim.data.ragged import Ragged
from gradatim.models.building import build
from gradatim.training.batches.layout import leaves_one, size_without_one
from gradatim.training.training import Training

rng = np.random.default_rng(0)
ROWS = [
    {"name": "dense", "in_features": 2, "out_features": 3},
    {"name": "batch_norm", "num_features": 3},
    {"name": "dense", "in_features": 3, "out_features": 2},
]
PICTURES = [
    {"name": "conv2d", "in_channels": 1, "out_channels": 3, "kernel_size": 4},
    {"name": "batch_norm", "num_features": 3},
    {"name": "flatten"},
]


def network(entries, engine):
    return Network(entries, 0) if engine == "numpy" else build({"name": "stack", "layers": entries}, 0)


def rows(n, *shape):
    return rng.standard_normal((n, *shape)).astype("float32"), np.arange(n) % 2


def state(model):
    return {name: np.asarray(value).copy() for name, value in model.state_dict().items()}


@pytest.mark.parametrize("engine", ["numpy", "torch"])
@pytest.mark.parametrize(
    ("n", "size", "better"), [(9, 4, 3), (9, 8, 7), (33, 32, 31), (7, 2, 4), (5, 1, 3), (3, 2, 3)]
)
def test_what_works_is_said_before_the_first_step(engine, n, size, better):
    model = network(ROWS, engine)
    before = state(model)
    with pytest.raises(UsageError, match=rf"layer 1 .*batch_size={size} leaves one of {n}.*={better} does"):
        Training(model, rows(n, 2), batch_size=size)
    for name, value in state(model).items():
        np.testing.assert_array_equal(value, before[name])
    assert next(Training(model, rows(n, 2), batch_size=better, epochs=1)).step == -(-n // better)


@pytest.mark.parametrize("engine", ["numpy", "torch"])
def test_one_example(engine):
    with pytest.raises(UsageError, match="one example alone cannot be normalised"):
        Training(network(ROWS, engine), rows(1, 2))


@pytest.mark.parametrize("engine", ["numpy", "torch"])
def test_pictures_where_a_place_is_left_train_and_others_do_not(engine):
    """A picture of 5 × 5 leaves 4 numbers per channel behind the convolution, one of 4 × 4 a single one."""
    with pytest.raises(UsageError, match="batch_size=3 does"):
        Training(network(PICTURES, engine), rows(9, 1, 4, 4), batch_size=4)
    assert next(Training(network(PICTURES, engine), rows(9, 1, 5, 5), batch_size=4)).step == 3


@pytest.mark.parametrize("engine", ["numpy", "torch"])
def test_validation_examples_need_no_company(engine):
    training = Training(network(ROWS, engine), rows(8, 2), valid=rows(9, 2), batch_size=4)
    assert next(training).step == 2


def test_a_network_of_ones_own_is_left_as_it_was():
    """Torch's own layer, counted batches, random state and modes."""
    model = nn.Sequential(
        nn.BatchNorm1d(2), nn.Linear(2, 3), nn.Dropout(), nn.BatchNorm1d(3), nn.Linear(3, 2)
    )
    model[0].train = lambda mode=True: model[0]  # one that stays in evaluation mode
    model[0].training = False
    before, drawn = state(model), torch.get_rng_state()
    with pytest.raises(UsageError, match=r"layer 3 \(BatchNorm1d\)"):
        Training(model, rows(9, 2), batch_size=4)
    assert torch.equal(torch.get_rng_state(), drawn)
    assert not model[0].training and model[3].training
    for name, value in state(model).items():
        np.testing.assert_array_equal(value, before[name])


def test_two_inputs():
    class Pair(nn.Module):
        def __init__(self):
            super().__init__()
            self.norm, self.out = nn.BatchNorm1d(2), nn.Linear(2, 2)

        def forward(self, a, b):
            return self.out(self.norm(a + b))

    x, y = rows(9, 2)
    with pytest.raises(UsageError, match=r"layer norm .*batch_size=3 does"):
        Training(Pair(), ((x, x), y), batch_size=4)


def test_sequences():
    """The shortest decides: with a batch norm of all steps, one of two steps is enough."""

    class Steps(nn.Module):
        def __init__(self):
            super().__init__()
            self.norm, self.out = nn.BatchNorm1d(2), nn.Linear(2, 2)

        def forward(self, values, lengths):
            h = self.norm(values.reshape(-1, 2)).reshape(values.shape)
            return self.out(h.sum(1))

    lengths = [3, 1, 2, 2, 4]
    for short, refused in ((1, True), (2, False)):
        x = [np.ones((max(n, short), 2), "float32") for n in lengths]
        data = Ragged(x, np.array([0, 1, 0, 1, 0]))
        if refused:
            with pytest.raises(UsageError, match="batch_size=3 does"):
                Training(Steps(), data, batch_size=4)
        else:
            assert next(Training(Steps(), data, batch_size=4)).step == 2


@pytest.mark.parametrize("engine", ["numpy", "torch"])
def test_a_run_is_refused_before_its_folder_is_made(engine, tmp_path):
    with pytest.raises(UsageError, match=r"batch_size=2 does"):
        gradatim.train(
            rows(130, 2), model={"name": "stack", "layers": ROWS}, batch_size=1, engine=engine, epochs=1,
            out=tmp_path / "run", quiet=True,
        )  # fmt: skip
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("engine", ["numpy", "torch"])
def test_a_size_that_nobody_asked_for_is_another(engine, tmp_path):
    """113 to train on, of which the recipe's batches of 16 leave one."""
    model = {"name": "stack", "layers": ROWS}
    run = gradatim.train(
        rows(113, 2), model=model, engine=engine, epochs=1, valid=0, test=rows(9, 2), out=tmp_path / "run",
        quiet=True,
    )  # fmt: skip
    assert run.config["settings"]["batch_size"] == 15
    assert run.config["choices"]["batch_size"].startswith("15: 16 leaves one example")
    assert run.records[0]["step"] == 8


@pytest.mark.parametrize("n", range(2, 40))
@pytest.mark.parametrize("size", [1, 2, 3, 8, 32])
def test_the_size_that_is_said_leaves_none(n, size):
    """By enumeration: no batch of one example, and no nearer size."""
    better = size_without_one(n, size)

    def lone(b):
        return 1 in [min(b, n - at) for at in range(0, n, b)]

    assert not lone(better)
    assert all(lone(b) for b in range(1, n + 1) if abs(b - size) < abs(better - size))
    assert leaves_one(n, size) == lone(size)
