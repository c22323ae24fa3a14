"""C1–C7: what every optimizer of the catalogue keeps: groups, frozen layers, saved state, memory."""

import copy
import gc

import numpy as np
import pytest
import torch
from torch import nn

from gradatim import catalog
from gradatim.checks import GradatimError

ALL = catalog.names("optimizer")
STEPPING = [name for name in ALL if name != "lbfgs"]  # whose step needs no closure
EVERY = pytest.mark.parametrize("name", ALL)
EACH = pytest.mark.parametrize("name", STEPPING)


def optimizer_named(name):
    return catalog.find(name, "optimizer").load()


def network(seed=0):
    """Two dense layers, from a fixed random state."""
    rng = np.random.default_rng(seed)
    layers = nn.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 2)).double()
    with torch.no_grad():
        for p in layers.parameters():
            p.copy_(torch.from_numpy(rng.standard_normal(tuple(p.shape))))
    return layers


X = torch.from_numpy(np.random.default_rng(1).standard_normal((16, 3)))
Y = torch.from_numpy(np.random.default_rng(2).standard_normal((16, 2)))


def closure_of(model, optimizer):
    def closure():
        optimizer.zero_grad()
        loss = ((model(X) - Y) ** 2).mean()
        loss.backward()
        return loss

    return closure


def walk(model, optimizer, steps):
    for _ in range(steps):
        optimizer.step(closure_of(model, optimizer))


def values(model):
    return [p.detach().clone() for p in model.parameters()]


@EVERY
def test_it_learns(name):
    """The loss of a small network on 16 examples falls at the optimizer's own learning rate."""
    model = network()
    optimizer = optimizer_named(name)(model.parameters())
    before = closure_of(model, optimizer)().item()
    walk(model, optimizer, 3 if name == "lbfgs" else 50)
    assert closure_of(model, optimizer)().item() < before


@EVERY
def test_state_saved_in_mid_run_goes_on_to_the_bit(name):
    straight, moved = network(), network()
    walk(straight, optimizer_named(name)(straight.parameters(), lr=0.05), 8)
    first = optimizer_named(name)(moved.parameters(), lr=0.05)
    walk(moved, first, 4)
    held = copy.deepcopy(first.state_dict())
    second = optimizer_named(name)(moved.parameters())
    second.load_state_dict(held)
    walk(moved, second, 4)
    assert all(torch.equal(a, b) for a, b in zip(values(moved), values(straight), strict=True))
    assert second.param_groups[0]["lr"] == 0.05


@EVERY
def test_a_frozen_layer_stays_and_takes_no_memory(name):
    model = network()
    model[0].requires_grad_(False)
    optimizer = optimizer_named(name)(model.parameters(), lr=0.05)
    was = values(model)
    walk(model, optimizer, 3)
    now = values(model)
    assert torch.equal(now[0], was[0]) and torch.equal(now[1], was[1])
    assert not torch.equal(now[2], was[2]) and not torch.equal(now[3], was[3])
    held = sum(v.numel() for state in optimizer.state.values() for v in state.values() if hasattr(v, "numel"))
    if name == "lbfgs":  # kept with the first parameter, of the live ones' length
        assert all(optimizer.state[model[0].weight][key].shape[1] == 12 for key in ("s", "y"))
    else:
        assert set(optimizer.state) <= set(model[2].parameters())
        assert held <= 3 * (12 + 2)


@EVERY
def test_a_layer_frozen_in_mid_run_stays(name):
    model = network()
    optimizer = optimizer_named(name)(model.parameters(), lr=0.05)
    walk(model, optimizer, 3)
    model[0].requires_grad_(False)
    optimizer.zero_grad(set_to_none=True)
    was = values(model)
    walk(model, optimizer, 3)
    now = values(model)
    assert torch.equal(now[0], was[0]) and torch.equal(now[1], was[1])
    assert not torch.equal(now[2], was[2])


@EVERY
def test_no_gradient_no_step(name):
    model = network()
    optimizer = optimizer_named(name)(model.parameters(), lr=0.05)
    was = values(model)
    optimizer.step(lambda: torch.zeros(()))
    assert all(torch.equal(a, b) for a, b in zip(values(model), was, strict=True))
    assert not optimizer.state


@EACH
def test_each_group_has_its_learning_rate(name):
    """Layers in groups of their own settings move as alone, under optimizers of those settings."""
    ours = optimizer_named(name)
    together, apart = network(), network()
    settings = [{"lr": 0.05, "weight_decay": 0.1}, {"lr": 0.002, "weight_decay": 0.0}]
    parts = [together[0], together[2]]
    one = ours([{"params": list(m.parameters()), **s} for m, s in zip(parts, settings, strict=True)])
    each = [ours(m.parameters(), **s) for m, s in zip([apart[0], apart[2]], settings, strict=True)]
    for _ in range(10):
        walk(together, one, 1)
        apart.zero_grad()
        ((apart(X) - Y) ** 2).mean().backward()
        for optimizer in each:
            optimizer.step()
    assert all(torch.equal(a, b) for a, b in zip(values(together), values(apart), strict=True))
    assert not torch.equal(values(together)[0], values(network())[0])


@EACH
def test_weight_decay_pulls_to_zero(name):
    """At a zero gradient: decoupled, θ ← (1 − ηλ)θ exactly; coupled, towards zero; without, nothing moves."""
    ours = optimizer_named(name)
    start = [torch.tensor([[2.0, -1.0], [0.5, 3.0]]), torch.tensor([2.0, -1.0])]

    def stepped(decay):
        ps = [nn.Parameter(v.clone()) for v in start]
        for p in ps:
            p.grad = torch.zeros_like(p)
        ours(ps, lr=0.05, weight_decay=decay).step()
        return [p.detach() for p in ps]

    assert all(torch.equal(p, v) for p, v in zip(stepped(0.0), start, strict=True))
    shrunk = stepped(0.5)
    assert all((p.abs() < v.abs()).all() for p, v in zip(shrunk, start, strict=True))
    if ours.decoupled:
        rates = (0.05, 0.05 * 0.015) if name == "muon" else (0.05, 0.05)
        for p, v, lr in zip(shrunk, start, rates, strict=True):
            torch.testing.assert_close(p, v * (1 - lr * 0.5), rtol=1e-7, atol=0)


@EVERY
def test_a_closure_runs_with_gradients_and_its_loss_comes_back(name):
    p = nn.Parameter(torch.tensor([3.0], dtype=torch.float64))
    optimizer = optimizer_named(name)([p])

    def closure():
        optimizer.zero_grad()
        loss = (p * p).sum()
        loss.backward()
        return loss

    assert optimizer.step(closure).item() == 9.0
    assert p.item() < 3.0


@EVERY
def test_single_precision_stays_single(name):
    model = network().float()
    optimizer = optimizer_named(name)(model.parameters())
    optimizer.step(lambda: _backward(model, optimizer))
    assert all(p.dtype == torch.float32 for p in model.parameters())
    for state in optimizer.state.values():
        assert all(v.dtype == torch.float32 for v in state.values() if isinstance(v, torch.Tensor))


def _backward(model, optimizer):
    optimizer.zero_grad()
    loss = ((model(X.float()) - Y.float()) ** 2).mean()
    loss.backward()
    return loss


@EVERY
def test_the_gradient_is_left_as_it_is(name):
    model = network()
    optimizer = optimizer_named(name)(model.parameters(), lr=1e-3)
    closure_of(model, optimizer)()
    held = [p.grad.clone() for p in model.parameters()]
    optimizer.step(((model(X) - Y) ** 2).mean)  # reads the gradients that stand there
    assert all(torch.equal(p.grad, g) for p, g in zip(model.parameters(), held, strict=True))


@pytest.mark.slow
@EACH
def test_no_tensor_is_left_behind(name):
    """Ten more steps make not one tensor more, and nothing that is kept remembers how it was computed."""
    model = network()
    optimizer = optimizer_named(name)(model.parameters())

    def alive():
        gc.collect()
        return sum(type(thing) in (torch.Tensor, nn.Parameter) for thing in gc.get_objects())

    gc.collect()
    gc.freeze()  # what stands now is left out of the count
    try:
        walk(model, optimizer, 2)
        before = alive()
        walk(model, optimizer, 10)
        assert alive() == before
    finally:
        gc.unfreeze()
    kept = [v for state in optimizer.state.values() for v in state.values()]
    assert all(not v.requires_grad for v in kept)


@EVERY
def test_sparse_gradients_are_refused(name):
    ours = optimizer_named(name)
    p = nn.Parameter(torch.ones(3))
    p.grad = torch.tensor([0.0, 1.0, 0.0]).to_sparse()
    with pytest.raises(GradatimError, match=f"^{ours.__name__} does not take sparse gradients$"):
        ours([p]).step(lambda: torch.zeros(()))
