"""A run's network traced: its example, its optimizer and what that remembers, beside torch and the engine."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

import gradatim
from gradatim.checks import UsageError
from gradatim.explain.traces.page import as_page


@pytest.fixture(scope="module")
def by_hand(tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "digits"
    return gradatim.train(
        "digits", epochs=1, hidden=[8], dropout=0.0, schedule="constant", engine="numpy", out=out, quiet=True
    )


@pytest.fixture(scope="module")
def lenet(tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "lenet"
    return gradatim.train("digits", model="lenet5", epochs=1, optimizer="adam", out=out, quiet=True)


def test_the_step_is_the_one_that_the_engine_would_take(by_hand):
    """Adam's state is the checkpoint's: the same update as torch's Adam with that state, in float64."""
    found = gradatim.trace(by_hand, example=3)
    model, part = by_hand.model.double(), by_hand.data.test
    x = torch.from_numpy(by_hand.trained.encoder.inputs(part.take(np.array([2])), np.float64))
    loss = torch.nn.functional.cross_entropy(model(x), torch.from_numpy(part.y[2:3]).long())
    model.zero_grad()  # of training
    loss.backward()
    assert found.values["loss"] == pytest.approx(loss.item(), rel=1e-12)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
    state = gradatim.trace(by_hand, example=3).values["state"]
    names = ["h1.weight", "h1.bias", "y.weight", "y.bias"]
    for p, name in zip(model.parameters(), names, strict=True):
        g = p.grad
        np.testing.assert_allclose(found.values["gradients"][name], g.numpy(), rtol=0, atol=1e-12)
        m = (torch.tensor(state["exp_avg"][name], dtype=torch.float64) - 0.1 * g) / 0.9
        v = (torch.tensor(state["exp_avg_sq"][name], dtype=torch.float64) - 0.001 * g * g) / 0.999
        assert float(m.abs().max()) > 0  # it remembers
        optimizer.state[p] = {"step": torch.tensor(41.0), "exp_avg": m, "exp_avg_sq": v}
    optimizer.step()
    for p, name in zip(model.parameters(), names, strict=True):
        np.testing.assert_allclose(
            found.values["new_parameters"][name], p.detach().numpy(), rtol=0, atol=1e-12
        )
    by_hand.model.float()


def test_what_is_said_of_an_example(by_hand):
    text = str(gradatim.trace(by_hand, example=3)).replace("\n", " ")
    assert f"The right class is {by_hand.data.test.y[2]}" in text
    assert "Example 3 of the 359 of the test part" in text and "step 42" in text and "remembers" in text
    opened = gradatim.trace(by_hand, unit="h1.3").table("h1.3: its inputs, the largest products first")
    assert opened.rows[-1][0] == "bias" and len(opened.rows) == 18


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"example": 360}, "has 359 examples; there is no example 360"),
        ({"example": 0}, "example must be a whole number of at least 1"),
        ({"split": "tets"}, "split must be train or valid or test"),
        ({"input": [1]}, "--input is for a network's .json file"),
        ({"optimizer": "adan"}, "unknown optimizer 'adan'"),
    ],
)
def test_what_a_run_does_not_have(by_hand, options, sentence):
    with pytest.raises(UsageError) as error:
        gradatim.trace(by_hand, **options)
    assert sentence in str(error.value)


def test_another_optimizer_starts_with_an_empty_memory(by_hand):
    found = gradatim.trace(by_hand, optimizer="sgd", lr=0.1)
    g, w, new = (found.values[name]["y.bias"] for name in ("gradients", "parameters", "new_parameters"))
    np.testing.assert_allclose(new, np.array(w) - 0.1 * np.array(g), rtol=0, atol=1e-15)


def test_lenet_5_has_a_twin_whose_numbers_are_torch_s(lenet):
    found = gradatim.trace(lenet, example=2)
    part, model = lenet.data.test, lenet.model.double()
    x = torch.from_numpy(lenet.trained.encoder.inputs(part.take(np.array([1])), np.float64))
    loss = torch.nn.functional.cross_entropy(model(x), torch.from_numpy(part.y[1:2]).long())
    model.zero_grad()  # of training
    loss.backward()
    assert found.values["loss"] == pytest.approx(loss.item(), rel=1e-12)
    wanted = {"h1.weight": model.c1.weight, "h2.weight": model.s2.weight, "h2.bias": model.s2.bias,
              "h3.weight6": model.c3.weight6, "h3.bias": model.c3.bias, "h5.weight": model.c5.weight,
              "h6.weight": model.f6.weight}  # fmt: skip
    for name, p in wanted.items():
        right = p.grad.numpy()
        np.testing.assert_allclose(
            found.values["gradients"][name], right, rtol=0, atol=1e-12 * max(1, abs(right).max())
        )
    lenet.model.float()


def test_a_page_of_lenet_5_is_small_enough_and_opens_its_filters(lenet):
    page = as_page(gradatim.trace(lenet))
    assert len(page.encode()) <= 2_000_000
    assert page.count('<article class="unit"') == 1 + 6 + 6 + 16 + 16 + 120 + 84 + 10


def test_on_the_command_line(by_hand, command):
    out, err = command("trace", by_hand.path, "--example", "3", "--set", "lr=0.1", "--json")
    content = json.loads(out)
    assert err == "" and content["before"]["values"]["loss"] == content["values"]["loss"]
    Path("net.json").write_text('{"units": [1, 1], "weights": {"w12": 2, "b2": 0}}')
    of_file = ("trace", "net.json", "--target", "1")
    assert command(*of_file, "--input", "1", "--unit", "2", "--out", "n.html") == (
        "",
        "the trace is in n.html\n",
    )
    assert "the input must have 1 number; it has 2" in command(*of_file, "--input", "1,2", status=2)[1]
    assert "there is no run 'nope'" in command("trace", "nope", "--example", "1", status=2)[1]
    assert "is for a run or a network's .json file" in command("trace", "lstm", "--example", "1", status=2)[1]


def test_a_member_of_a_mean_is_traced_alone(tmp_path):
    rows = np.random.default_rng(0).standard_normal((120, 3)).round(3).tolist()
    lines = ["a,b,c,answer", *(f"{a},{b},{c},{'yes' if a + b > 0 else 'no'}" for a, b, c in rows)]
    (tmp_path / "rows.csv").write_text("\n".join(lines))
    run = gradatim.train(
        tmp_path / "rows.csv", target="answer", epochs=1, members=2, hidden=[4], out=tmp_path / "run",
        baselines=False, quiet=True,
    )  # fmt: skip
    found = gradatim.trace(run, member=2, example=5)
    tensors = run.trained.model.state_dict()
    last = max(name for name in tensors if name.startswith("0.members.1.") and name.endswith("weight"))
    np.testing.assert_allclose(found.values["parameters"]["y.weight"], tensors[last], rtol=1e-7)
    assert "in member 2 of the 2" in str(found).replace("\n", " ")
    assert found.values["state"]["exp_avg"]["y.bias"] != [0.0]
    with pytest.raises(UsageError, match="has 2 members; there is no member 3"):
        gradatim.trace(run, member=3)


@pytest.mark.parametrize("optimizer", ["muon", "nadam", "lbfgs", "adamw"])
def test_every_optimizer_s_state_is_found_again(tmp_path, optimizer):
    """Another epoch of the run would move its weights as the trace does: here its step is counted on."""
    out = tmp_path / "run"
    run = gradatim.train(
        "digits", epochs=1, hidden=[4], dropout=0.0, optimizer=optimizer, out=out, quiet=True
    )
    text = str(gradatim.trace(run)).replace("\n", " ")
    assert "nan" not in text and f"The optimizer: {optimizer}" in text and "step 1," not in text


class Flat(torch.nn.Module):
    """Dense layers over the picture's numbers, which `forward` itself lays in a row, perhaps halved."""

    def __init__(self, factor=1.0):
        super().__init__()
        self.first, self.g = gradatim.nn.Dense(64, 5), torch.nn.Tanh()
        self.last, self.factor = torch.nn.Linear(5, 10), factor

    def forward(self, x):
        return self.last(self.g(self.first(x.flatten(1) * self.factor)))


def test_a_module_of_one_s_own_that_lays_its_picture_in_a_row(tmp_path):
    run = gradatim.train("digits", epochs=1, model=Flat(), out=tmp_path / "run", quiet=True)
    found = gradatim.trace(run, example=2)
    part, model = run.data.test, run.model.double()
    x = torch.from_numpy(run.trained.encoder.inputs(part.take(np.array([1])), np.float64))
    loss = torch.nn.functional.cross_entropy(model(x), torch.from_numpy(part.y[1:2]).long())
    model.zero_grad()  # of training
    loss.backward()
    assert found.values["loss"] == pytest.approx(loss.item(), rel=1e-12)
    np.testing.assert_allclose(
        found.values["gradients"]["h1.weight"], model.first.weight.grad.numpy(), rtol=0, atol=1e-12
    )


def test_what_a_module_does_in_front_of_its_first_layer_is_not_passed_over(tmp_path):
    run = gradatim.train("digits", epochs=1, model=Flat(0.5), out=tmp_path / "run", quiet=True)
    with pytest.raises(UsageError, match="between its layers it computes mul"):
        gradatim.trace(run)
