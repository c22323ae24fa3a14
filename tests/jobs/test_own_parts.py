"""An optimizer and a network's class of one's own: trained, kept, resumed to the bit, or refused."""

from functools import partial

import numpy as np
import pytest
import torch
from torch import nn

import gradatim
from gradatim.checks import UsageError
from gradatim.optim.adam import Adam

RNG = np.random.default_rng(0)
X = RNG.normal(size=(120, 4)).astype(np.float32)
Y = (X[:, 0] * X[:, 1] > 0).astype(int)
HOW = {"threads": 1, "quiet": True, "schedule": "constant", "batch_size": 16}

OWN = {
    "own:Rprop": torch.optim.Rprop,
    "own:lambda": lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9),
    "own:Adam": Adam,
    "own:Adamax": torch.optim.Adamax,
    "own:partial": partial(torch.optim.ASGD, lr=0.02),
}


def weights_of(run):
    return {name: value.numpy() for name, value in run.model.state_dict().items()}


class Net(nn.Module):
    def __init__(self, hidden=8, deep=False):
        super().__init__()
        middle = [nn.Linear(hidden, hidden), nn.ReLU()] if deep else []
        self.layers = nn.Sequential(nn.Linear(4, hidden), nn.ReLU(), *middle, nn.Linear(hidden, 2))

    def forward(self, x):
        return self.layers(x)


@pytest.mark.parametrize(
    "name",
    [one if one in ("own:lambda", "own:Adam") else pytest.param(one, marks=pytest.mark.slow) for one in OWN],
)
def test_a_run_with_an_optimizer_of_its_own_goes_on_as_if_it_had_never_stopped(name, tmp_path):
    optimizer = OWN[name]
    whole = gradatim.train((X, Y), optimizer=optimizer, epochs=4, out=tmp_path / "whole", **HOW)
    assert whole.config["settings"]["optimizer"] == name
    assert whole.config["settings"]["engine"] == "torch"
    gradatim.train((X, Y), optimizer=optimizer, epochs=2, out=tmp_path / "half", **HOW)
    half = gradatim.train((X, Y), resume=tmp_path / "half", optimizer=optimizer, epochs=4, quiet=True)
    ours, theirs = weights_of(half), weights_of(whole)
    for parameter, value in theirs.items():
        np.testing.assert_array_equal(ours[parameter], value)
    losses = [[record["train_loss"] for record in run.records] for run in (half, whole)]
    assert losses[0] == losses[1]


def test_an_own_optimizer_steps_as_torch_s(tmp_path):
    """One batch of everything, one step: w ← w − 0.5 g, to 1e-6."""
    net = nn.Linear(4, 2)
    before, x, y = net.weight.detach().clone(), torch.from_numpy(X), torch.from_numpy(Y)
    loss = nn.functional.cross_entropy(net(x), y)
    (g,) = torch.autograd.grad(loss, net.weight)
    data = gradatim.data.dataset.Dataset(X, Y, (0, 1))
    run = gradatim.train(
        data, model=net, optimizer=lambda p: torch.optim.SGD(p, lr=0.5), epochs=1, valid=0.0, test=data,
        out=tmp_path / "run", **{**HOW, "batch_size": 120},
    )  # fmt: skip
    torch.testing.assert_close(run.model.weight.detach(), before - 0.5 * g, atol=1e-6, rtol=1e-5)


def test_a_class_takes_the_learning_rate_and_a_function_does_not(tmp_path):
    run = gradatim.train((X, Y), optimizer=torch.optim.Adagrad, lr=0.02, epochs=1, out=tmp_path / "a", **HOW)
    assert run.records[0]["lr"] == 0.02
    with pytest.raises(UsageError, match="a function that makes an optimizer gives it its learning rate"):
        gradatim.train((X, Y), optimizer=lambda p: torch.optim.SGD(p, lr=0.2), lr=0.1, epochs=1, **HOW)


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"optimizer": 3}, "optimizer must be a name, a class such as torch.optim.SGD"),
        (
            {"optimizer": lambda p: None},
            "optimizer must make a torch optimizer of the parameters; it made None",
        ),
        ({"optimizer": torch.optim.LBFGS}, "take the optimizer named lbfgs"),
        ({"optimizer": torch.optim.Rprop, "weight_decay": 0.1}, "has its weight decay"),
        ({"optimizer": torch.optim.Rprop, "engine": "numpy"}, "the optimizer is of torch"),
        ({"optimizer": torch.optim.SGD(nn.Linear(4, 2).parameters())}, "give that as model="),
        (
            {"optimizer": torch.optim.SGD(nn.Linear(4, 2).parameters()), "model": nn.Linear(4, 2)},
            "not of the network",
        ),
        ({"optimizer": "own:SGD"}, "an optimizer of your own is given in Python"),
        ({"optimizer": torch.optim.Rprop, "model": "rbm"}, "--optimizer is not for rbm"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(how, message):
    with pytest.raises(UsageError, match=message):
        gradatim.train((X, Y), epochs=1, **{**HOW, **how})


def test_a_resumed_run_is_given_the_same_optimizer_again(tmp_path, command):
    table = tmp_path / "t.csv"
    table.write_text("a,b,y\n" + "".join(f"{i},{i % 7},{i % 2}\n" for i in range(80)))
    gradatim.train(
        table, target="y", optimizer=torch.optim.Rprop, epochs=1, baselines=False, out="run", **HOW
    )
    with pytest.raises(
        UsageError, match=r"has an optimizer of its own .Rprop., which no file holds: go on in Python"
    ):
        gradatim.train(resume="run", epochs=2, quiet=True)
    _, said = command("train", "--resume", "run", "--epochs", "2", status=2)
    assert "gradatim.train(resume='run', optimizer=…)" in said
    _, said = command("train", "--config", "run/config.json", status=2)
    assert "is of a run with an optimizer of its own: name another with --optimizer" in said
    with pytest.raises(gradatim.GradatimError, match="optimizer is Rprop, this one is SGD"):
        gradatim.train(resume="run", optimizer=torch.optim.SGD, epochs=2, quiet=True)
    gradatim.train((X, Y), epochs=1, out="other", **HOW)
    with pytest.raises(UsageError, match="optimizer cannot change"):
        gradatim.train((X, Y), resume="other", optimizer=torch.optim.Rprop, epochs=2, quiet=True)


def test_a_class_is_made_with_its_arguments_by_the_seed_and_comes_back(tmp_path):
    before = torch.random.get_rng_state()
    run = gradatim.train(
        (X, Y), model=Net, network={"hidden": 5, "deep": True}, epochs=1, out=tmp_path / "a", **HOW
    )
    assert torch.equal(torch.random.get_rng_state(), before)
    again = gradatim.train(
        (X, Y), model=Net, network={"hidden": 5, "deep": True}, epochs=1, out=tmp_path / "b", **HOW
    )
    for name, value in weights_of(run).items():
        np.testing.assert_array_equal(weights_of(again)[name], value)
    loaded = gradatim.load(tmp_path / "a", classes={"Net": Net})
    assert loaded.model.layers[0].out_features == 5
    np.testing.assert_array_equal(loaded.predict(X).probabilities, run.predict(X).probabilities)
    for how in ({"model": Net}, {"classes": {"Net": Net}}):
        on = gradatim.train((X, Y), resume=tmp_path / "a", epochs=2, quiet=True, **how)
        assert len(on.model.layers) == 5
    gradatim.load(tmp_path / "a", classes={"Net": lambda: Net(5, True)})


def test_a_class_that_cannot_be_made_so_is_refused():
    for network, message in (
        ({"width": 3}, "unexpected keyword argument 'width'"),
        ({"hidden": np.array([3])}, "kept in the run as JSON"),
    ):
        with pytest.raises(UsageError, match=message):
            gradatim.train((X, Y), model=Net, network=network, epochs=1, **HOW)
    with pytest.raises(UsageError, match="dict is none"):
        gradatim.train((X, Y), model=dict, epochs=1, **HOW)
