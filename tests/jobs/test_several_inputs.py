"""Several inputs, by name and in order, through every verb."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.data import TensorDataset

import gradatim
from gradatim import UsageError
from gradatim.runs.tensors import read_tensors

RNG = np.random.default_rng(0)
A, B = RNG.normal(size=(120, 3)).astype("f4"), RNG.normal(size=(120, 2)).astype("f4")
Y = (A[:, 0] + B[:, 0] > 0).astype(int)
QUICK = {"quiet": True, "threads": 1, "epochs": 3, "batch_size": 16, "lr": 0.01, "schedule": "constant",
         "weight_decay": 0.0, "keep": "last"}  # fmt: skip


class Two(nn.Module):
    def __init__(self):
        super().__init__()
        torch.manual_seed(1)
        self.a, self.b = nn.Linear(3, 8), nn.Linear(2, 8, bias=False)
        self.out = nn.Linear(8, 2)

    def forward(self, a, b):
        return self.out(torch.tanh(self.a(a) + self.b(b)))


class Twin(nn.Module):
    """The same function of both inputs side by side."""

    def __init__(self):
        super().__init__()
        two = Two()
        self.both, self.out = nn.Linear(5, 8), two.out
        with torch.no_grad():
            self.both.weight.copy_(torch.cat([two.a.weight, two.b.weight], 1))
            self.both.bias.copy_(two.a.bias)

    def forward(self, x):
        return self.out(torch.tanh(self.both(x)))


def test_they_are_learned_as_a_twin_learns_them_side_by_side(tmp_path):
    run = gradatim.train(({"a": A, "b": B}, Y), model=Two(), out=tmp_path / "two", valid=0, test=(
        {"b": B[:40], "a": A[:40]}, Y[:40]), **QUICK)  # fmt: skip
    both = np.concatenate([A, B], 1)
    twin = gradatim.train((both, Y), model=Twin(), out=tmp_path / "twin", valid=0, test=(both[:40], Y[:40]),
                          **QUICK)  # fmt: skip
    assert run.config["choices"]["inputs"] == "a, b: each as it is, for a network of your own"
    order = [r["train_loss"] for r in run.records]
    assert all(np.isfinite(order)) and order[-1] < order[0]
    assert order == pytest.approx([r["train_loss"] for r in twin.records], rel=1e-4)
    assert np.allclose(run.predict({"a": A, "b": B}).a, twin.predict(both).a, atol=1e-4)


@pytest.mark.parametrize(
    ("data", "new"),
    [
        (({"a": A, "b": B}, Y), {"b": B, "a": A}),
        ({"x": {"a": A, "b": B}, "y": Y}, {"a": A, "b": B}),
        ({"a": A, "b": B, "y": Y}, {"a": A, "b": B}),
        ({"x_a": A, "x_b": B, "y": Y}, {"a": A, "b": B}),
        (((A, B), Y), (A, B)),
        (((torch.tensor(A), torch.tensor(B)), Y), [A, B]),
        (TensorDataset(torch.tensor(A), torch.tensor(B), torch.tensor(Y)), (A, B)),
    ],
)
def test_every_verb_takes_them(tmp_path, data, new):
    run = gradatim.train(data, model=Two(), out=tmp_path / "run", **QUICK)
    test = run.data.test
    found = run.predict({"a": A, "b": B} if test.x.names else (A, B))
    with torch.no_grad():
        by_hand = run.model.eval()(torch.tensor(A), torch.tensor(B)).numpy()
    assert np.allclose(found.a, by_hand, atol=1e-6)
    part = run.predict(test.x.arguments())
    assert run.metrics["accuracy"] == np.mean(part.labels == test.y)
    again = gradatim.load(tmp_path / "run", classes={"Two": Two}, data=data)
    assert np.array_equal(again.predict(new).a, found.a) and again.evaluate() == run.evaluate()
    assert again.evaluate(data)["metrics"]["accuracy"] == np.mean(found.labels == Y)
    assert "Confusion matrix" in again.report().read_text()


def test_they_go_on_to_the_same_bits(tmp_path):
    data = ({"a": A, "b": B}, Y)
    gradatim.train(data, model=Two(), out=tmp_path / "whole", **{**QUICK, "epochs": 4})
    gradatim.train(data, model=Two(), out=tmp_path / "half", **{**QUICK, "epochs": 2})
    gradatim.train(data, model=Two(), resume=tmp_path / "half", epochs=4, quiet=True)
    whole, half = (
        read_tensors(tmp_path / f"{name}/model.safetensors", "model")[0] for name in ("whole", "half")
    )
    assert all(np.array_equal(whole[name], half[name]) for name in whole)


def test_the_mean_gradient_is_that_of_torch(tmp_path):
    """To 1e-5."""
    from gradatim.jobs.plots.runs import mean_gradients

    run = gradatim.train(({"a": A, "b": B}, Y), model=Two(), out=tmp_path / "run", **QUICK)
    arrays, used = mean_gradients(run.trained, run.data.train)
    model, train = run.model, run.data.train
    model.zero_grad()
    outputs = model(*(torch.tensor(part) for part in train.x.arrays))
    nn.functional.cross_entropy(outputs, torch.tensor(train.y)).backward()
    assert used == len(train)
    for name, p in model.named_parameters():
        assert np.allclose(arrays[name], p.grad.numpy(), atol=1e-5)


def test_whole_numbers_among_them_are_looked_up(tmp_path):
    class Lookup(nn.Module):
        def __init__(self):
            super().__init__()
            self.table, self.row = nn.Embedding(5, 2), nn.Linear(3, 2)

        def forward(self, word, row):
            return self.table(word) + self.row(row)

    words = np.arange(120) % 5
    run = gradatim.train(({"word": words, "row": A}, words % 2), model=Lookup(), out=tmp_path / "r", **QUICK)
    table = run.model.table.weight.detach().numpy()
    row = A @ run.model.row.weight.detach().numpy().T + run.model.row.bias.detach().numpy()
    assert np.allclose(run.predict({"word": words, "row": A}).a, table[words] + row, atol=1e-5)


def test_a_file_of_arrays_holds_them_by_name(tmp_path):
    np.savez(tmp_path / "two.npz", x_a=A, x_b=B, y=Y)
    np.savez(tmp_path / "new.npz", b=B, a=A)
    run = gradatim.train(tmp_path / "two.npz", model=Two(), out=tmp_path / "run", **QUICK)
    expected = run.predict({"a": A, "b": B}).a
    for name in ("two", "new"):
        assert np.array_equal(run.predict(tmp_path / f"{name}.npz").a, expected)
    again = gradatim.load(tmp_path / "run", classes={"Two": Two})
    assert again.evaluate() == run.evaluate()


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    out = tmp_path_factory.mktemp("several") / "run"
    return gradatim.train(({"a": A, "b": B}, Y), model=Two(), out=out, **{**QUICK, "epochs": 1})


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (lambda run: run.predict(A), "the network reads 2 inputs: give {'a': …, 'b': …}"),
        (lambda run: run.predict({"a": A}), "the inputs are a; expected a, b"),
        (
            lambda run: run.predict({"a": A, "b": A}),
            r'input "b" has the shape \(3,\) an example; the network',
        ),
        (lambda run: run.predict({"a": A, "b": B[:4]}), 'input "b" has 4 examples, input "a" 120'),
        (lambda run: run.evaluate((A, Y)), "the network reads 2 inputs, a, b; it was given one array"),
    ],
)
def test_what_does_not_fit_is_named(run, asked, said):
    with pytest.raises(UsageError, match=said):
        asked(run)


@pytest.mark.parametrize("model", [None, "mlp", "rbm"])
def test_they_need_a_network_of_ones_own(model):
    with pytest.raises(
        UsageError, match=r"^a network of your own that takes these inputs \(a, b\) is needed"
    ):
        gradatim.train(({"a": A, "b": B}, Y), model=model, quiet=True)


def test_a_network_that_does_not_take_them_is_told_so():
    with pytest.raises(UsageError, match="the network cannot read the inputs a, c"):
        gradatim.train(({"a": A, "c": B}, Y), model=Two(), **QUICK)
