"""C7: L-BFGS reaches the minimum that torch's reaches, says no clearly, and saves its state exactly."""

import copy

import numpy as np
import pytest
import torch
from torch import nn

from gradatim.checks import GradatimError, UsageError
from gradatim.optim.adam import Adam
from gradatim.optim.lbfgs import LBFGS


def closure_of(optimizer, loss_of):
    def closure():
        optimizer.zero_grad()
        loss = loss_of()
        loss.backward()
        return loss

    return closure


def minimised(make, steps, seed=0):
    """A small classifier with weight decay, a smooth problem with its minimum inside; its gradient's norm."""
    rng = np.random.default_rng(seed)
    x = torch.from_numpy(rng.standard_normal((60, 4)))
    y = torch.from_numpy(rng.integers(0, 3, 60))
    model = nn.Linear(4, 3).double()
    with torch.no_grad():
        for p in model.parameters():
            p.copy_(torch.from_numpy(rng.standard_normal(tuple(p.shape))))
    optimizer = make(model.parameters())

    def loss_of():
        decay = sum((p * p).sum() for p in model.parameters())
        return nn.functional.cross_entropy(model(x), y) + 0.01 * decay

    closure = closure_of(optimizer, loss_of)
    for _ in range(steps):
        optimizer.step(closure)
    loss = closure().item()
    norm = torch.cat([p.grad.flatten() for p in model.parameters()]).norm().item()
    return [p.detach().clone() for p in model.parameters()], loss, norm, optimizer


def test_a_network_s_minimum_is_torch_s():
    """A convex loss has one minimum: both gradients below 1e-7, and the parameters equal to 1e-6."""
    ours, loss, norm, optimizer = minimised(lambda ps: LBFGS(ps, tolerance_change=0), 4)
    theirs, torch_s, torch_norm, other = minimised(
        lambda ps: torch.optim.LBFGS(ps, line_search_fn="strong_wolfe", tolerance_change=0), 4
    )
    assert norm < 1e-7 and torch_norm < 1e-6
    assert loss == pytest.approx(torch_s, rel=1e-13)
    for a, b in zip(ours, theirs, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-5, atol=1e-6)
    asked = next(iter(optimizer.state.values()))["func_evals"]
    assert asked <= 1.5 * next(iter(other.state.values()))["func_evals"]


def test_a_hidden_layer_s_gradient_vanishes():
    """tanh and weight decay: no convexity, but ‖∇L‖ falls below 1e-6."""
    rng = np.random.default_rng(0)
    x = torch.from_numpy(rng.standard_normal((40, 3)))
    y = (x[:, :1] * x[:, 1:2]).detach()
    model = nn.Sequential(nn.Linear(3, 6), nn.Tanh(), nn.Linear(6, 1)).double()
    with torch.no_grad():
        for p in model.parameters():
            p.copy_(torch.from_numpy(rng.standard_normal(tuple(p.shape))))
    optimizer = LBFGS(model.parameters(), max_iter=500, tolerance_change=0)

    def loss_of():
        decay = sum((p * p).sum() for p in model.parameters())
        return ((model(x) - y) ** 2).mean() + 1e-3 * decay

    closure = closure_of(optimizer, loss_of)
    before = optimizer.step(closure).item()
    assert closure().item() < 0.1 * before
    assert torch.cat([p.grad.flatten() for p in model.parameters()]).norm() < 1e-6


def valley(start=(-1.2, 1.0), **settings):
    p = nn.Parameter(torch.tensor(start, dtype=torch.float64))
    optimizer = LBFGS([p], **settings)
    return p, optimizer, closure_of(optimizer, lambda: (1 - p[0]) ** 2 + 100 * (p[1] - p[0] ** 2) ** 2)


def test_rosenbrock_s_minimum_as_torch_s():
    p, optimizer, closure = valley(tolerance_grad=1e-10, tolerance_change=0)
    for _ in range(4):
        optimizer.step(closure)
    q = nn.Parameter(torch.tensor([-1.2, 1.0], dtype=torch.float64))
    theirs = torch.optim.LBFGS(
        [q], line_search_fn="strong_wolfe", tolerance_grad=1e-10, tolerance_change=1e-20
    )
    again = closure_of(theirs, lambda: (1 - q[0]) ** 2 + 100 * (q[1] - q[0] ** 2) ** 2)
    for _ in range(4):
        theirs.step(again)
    torch.testing.assert_close(p.detach(), torch.ones(2, dtype=torch.float64), rtol=1e-10, atol=0)
    torch.testing.assert_close(q.detach(), torch.ones(2, dtype=torch.float64), rtol=1e-10, atol=0)
    closure()
    assert p.grad.norm() < 1e-9


def test_the_state_goes_on_to_the_bit_through_tensors_and_plain_numbers():
    """In the middle of the valley, through what a checkpoint holds: tensors, and JSON's numbers."""
    straight, one, closure = valley(max_iter=3, history_size=4)
    for _ in range(6):
        one.step(closure)
    moved, first, closure = valley(max_iter=3, history_size=4)
    for _ in range(3):
        first.step(closure)
    held = copy.deepcopy(first.state_dict())
    for state in held["state"].values():
        kinds = {key: type(value) for key, value in state.items()}
        assert kinds == {"s": torch.Tensor, "y": torch.Tensor, "live": list, "n_iter": int, "func_evals": int}
    last, second, closure = valley(moved.tolist())
    second.load_state_dict(held)
    for _ in range(3):
        second.step(closure)
    assert torch.equal(last, straight)
    assert second.state[last]["n_iter"] == one.state[straight]["n_iter"] == 18


def test_as_many_pairs_as_asked_are_kept():
    p, optimizer, closure = valley(max_iter=12, history_size=5)
    optimizer.step(closure)
    assert optimizer.state[p]["s"].shape == optimizer.state[p]["y"].shape == (5, 2)


def test_pairs_of_other_parameters_are_forgotten():
    a, b = (nn.Parameter(torch.tensor([3.0], dtype=torch.float64)) for _ in range(2))
    optimizer = LBFGS([a, b], max_iter=2)
    closure = closure_of(optimizer, lambda: torch.sum((a - 1) ** 4 + a * a * b.exp() + b * b))
    optimizer.step(closure)
    assert optimizer.state[a]["s"].shape[1] == 2
    b.requires_grad_(False)
    b.grad = None
    was = b.clone()
    optimizer.step(closure)
    assert torch.equal(b, was)
    assert optimizer.state[a]["s"].shape[1] == 1


def test_a_closure_that_fails_leaves_the_last_point_taken():
    p, optimizer, closure = valley(max_iter=50)
    asked = []

    def failing():
        asked.append(p.detach().clone())
        if len(asked) == 9:
            raise RuntimeError("no power")
        return closure()

    with pytest.raises(RuntimeError, match="no power"):
        optimizer.step(failing)
    assert not torch.equal(p, asked[-1])
    assert any(torch.equal(p, point) for point in asked[:-1])
    optimizer.step(closure)
    assert closure().item() < 1e-8


def test_it_stops_where_the_gradient_is_small():
    p, optimizer, closure = valley((1.0, 1.0))
    assert optimizer.step(closure).item() == 0.0
    assert p.tolist() == [1.0, 1.0]
    assert optimizer.state[p]["func_evals"] == 1


def test_what_it_cannot_do_it_says():
    ps = [nn.Parameter(torch.ones(2)), nn.Parameter(torch.ones(2, dtype=torch.float64))]
    sentence = "^lbfgs needs a closure that computes the loss of the whole data: "
    with pytest.raises(UsageError, match=sentence):
        LBFGS(ps[:1]).step()
    with pytest.raises(UsageError, match=r"^LBFGS moves all parameters as one vector: it takes one group$"):
        LBFGS([{"params": ps[:1]}, {"params": ps[1:]}])
    with pytest.raises(UsageError, match=r"^LBFGS moves one vector; its parts are torch.float32 on cpu and "):
        LBFGS(ps)
    with pytest.raises(GradatimError, match=r"^the loss is nan"):
        LBFGS(ps[:1]).step(lambda: ps[0].sum() * float("nan"))
    other = Adam(ps[:1])
    ps[0].grad = torch.ones(2)
    other.step()
    with pytest.raises(
        UsageError, match=r"^the saved optimizer's state is step, exp_avg, exp_avg_sq; LBFGS has "
    ):
        LBFGS(ps[:1]).load_state_dict(other.state_dict())


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"lr": 0}, "lr must be a number above 0; it is 0"),
        ({"max_iter": 0}, "max_iter must be a whole number of at least 1; it is 0"),
        ({"history_size": 1.5}, "history_size must be a whole number of at least 1; it is 1.5"),
        ({"tolerance_grad": -1}, "tolerance_grad must be a number at least 0; it is -1"),
        ({"tolerance_change": None}, "tolerance_change must be a number at least 0; it is None"),
    ],
)
def test_a_bad_setting_is_refused_by_name(settings, sentence):
    with pytest.raises(UsageError, match=f"^{sentence}$"):
        LBFGS([nn.Parameter(torch.ones(2))], **settings)


def test_pairs_of_another_network_are_refused():
    def searched(shape):
        p = nn.Parameter(torch.ones(shape, dtype=torch.float64))
        optimizer = LBFGS([p])

        def closure():
            optimizer.zero_grad()
            loss = (p**4).sum()
            loss.backward()
            return loss

        optimizer.step(closure)
        return optimizer

    held = searched((2, 3)).state_dict()
    searched((3, 2)).load_state_dict(held)  # as many numbers
    with pytest.raises(UsageError, match=r"^the saved pairs of LBFGS have 6 numbers each, not as many as"):
        searched((2, 2)).load_state_dict(held)
