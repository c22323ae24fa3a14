"""F2, F3: every number of the trace is the network's own, and its gradient autograd's, to 1e-12."""

import numpy as np
import pytest
import torch

from gradatim.checks import UsageError
from gradatim.exercises.exercise import make_exercise
from gradatim.explain.traces.autoencoder import autoencoder
from gradatim.functional.number_losses import SquaredError
from gradatim.models.autoencoder import Autoencoder
from gradatim.models.coded import Coded

DEFAULTS = {
    "x": ((1, 0, 0.5), (0, 1, 1)), "keep": ((1, 1, 0), (1, 0, 1)), "w": ((0.5, -0.5, 1), (-1, 1, 0.5)),
    "b": (0, 0.5), "v": ((1, -0.5), (0.5, 1), (0, 1)), "c": (0, 0, 0.5), "sparsity_target": 0.25,
    "sparsity_cost": 0.5, "code_l1": 0.1, "contractive": 0.1, "lr": 0.2,
}  # fmt: skip
EXAMPLES = [
    {}, {"contractive": 0, "code_l1": 0}, {"sparsity_cost": 0, "contractive": 2},
    {"x": [[1, 0, 2], [0.5, 0.25, 0], [3, 1, 1]], "keep": [[1, 1, 1], [0, 1, 0], [1, 0, 1]],
     "w": [[1, -1, 0.5]], "b": [0.5], "v": [[1], [-1], [0.5]]},
]  # fmt: skip


def networks(given):
    """The network of a run with these weights, L with autograd, and x̃."""
    x, keep = (torch.tensor(given[name], dtype=torch.float64) for name in ("x", "keep"))
    network = Autoencoder(
        x.shape[1], [len(given["w"])], code_activation="sigmoid", sparsity_target=given["sparsity_target"],
        sparsity_cost=given["sparsity_cost"], code_l1=given["code_l1"], contractive=given["contractive"],
    ).double()  # fmt: skip
    with torch.no_grad():
        for parameter, name in zip(network.parameters(), "wbvc", strict=True):
            parameter.copy_(torch.tensor(given[name], dtype=torch.float64))
    code = network.encode(x * keep)
    loss = network.full_loss(SquaredError()).mean(Coded(network.decode(code), code), x)
    loss.backward()
    return network, loss, code


@pytest.mark.parametrize("changed", EXAMPLES)
def test_every_number_is_the_network_s(changed):
    given = DEFAULTS | changed
    trace = autoencoder(**given)
    network, loss, code = networks(given)
    code = code.detach().numpy()
    assert trace.table("The code").column("h = σ(in)") == pytest.approx(code.ravel(), abs=1e-12)
    assert trace.table("The loss").column("before")[-1] == pytest.approx(loss.item(), abs=1e-12)
    again = network.decode(torch.from_numpy(code)).detach().numpy()
    assert trace.table("The reconstruction").column("x̂") == pytest.approx(again.ravel(), abs=1e-12)
    step = trace.table(f"The step with η = {given['lr']}")
    gradient = torch.cat([p.grad.ravel() for p in network.parameters()]).numpy()
    assert step.column("gradient") == pytest.approx(gradient, abs=1e-12)
    after = torch.cat([p.ravel() for p in network.parameters()]).detach().numpy() - given["lr"] * gradient
    assert step.column("after") == pytest.approx(after, abs=1e-12)
    parts = iter(np.split(after, np.cumsum([p.numel() for p in network.parameters()])[:-1]))
    moved = {n: next(parts).reshape(np.shape(given[n])).tolist() for n in "wbvc"}
    _, later, _ = networks(given | moved)
    assert trace.table("The loss").column("after the step")[-1] == pytest.approx(later.item(), abs=1e-12)
    assert later < loss


def test_its_deltas_are_autograd_s():
    x, keep = (torch.tensor(DEFAULTS[name], dtype=torch.float64) for name in ("x", "keep"))
    network, _, _ = networks(DEFAULTS)
    a = (x * keep) @ network.encoder[0].weight.T + network.encoder[0].bias
    a = a.detach().requires_grad_()
    h = torch.sigmoid(a)
    outputs = network.decode(h)
    outputs.retain_grad()
    network.full_loss(SquaredError()).mean(Coded(outputs, h), x).backward()
    trace = autoencoder()
    np.testing.assert_allclose(
        trace.table("δ of the outputs, a row an example").rows, outputs.grad, atol=1e-12
    )
    assert trace.table("δ of the code").column("δ") == pytest.approx(a.grad.numpy().ravel(), abs=1e-12)


@pytest.mark.parametrize("seed", range(4))
def test_the_exercise_asks_for_the_network_s_numbers(seed):
    exercise = make_exercise("autoencoder", seed)
    values = {one.name: one.value for one in exercise.asked}
    network, loss, code = networks(exercise.numbers)
    assert values["loss"] == pytest.approx(loss.item(), abs=1e-12)
    assert [values[name] for name in ("h11", "h12", "h21", "h22")] == pytest.approx(
        code.detach().numpy().ravel(), abs=1e-12
    )
    W = network.encoder[0].weight
    assert values["new_W11"] == pytest.approx((W - exercise.numbers["lr"] * W.grad)[0, 0].item(), abs=1e-12)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"w": ((1, 0),)}, "w must have 3 numbers a row"),
        ({"keep": ((1, 1, 0.5), (1, 1, 1))}, "keep must be"),
        ({"v": ((1, 1),)}, "v must be 3 rows of 2 numbers"), ({"b": (1,)}, "b must be 2 numbers"),
        ({"sparsity_target": 1}, "sparsity_target must be"), ({"lr": 0}, "lr must be a number above 0"),
    ],
)  # fmt: skip
def test_misuse_is_refused(given, said):
    with pytest.raises(UsageError, match=said):
        autoencoder(**given)
