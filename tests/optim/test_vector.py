"""Small parameters as one vector: to the bit what each would do alone, whatever is done to them meanwhile."""

import copy
import pickle

import numpy as np
import pytest
import torch
from torch import nn

from gradatim import catalog
from gradatim.checks import GradatimError
from gradatim.optim import vector
from gradatim.optim.adam import Adam
from gradatim.optim.adamw import AdamW
from gradatim.optim.nadam import NAdam
from gradatim.optim.rmsprop import RMSProp

ELEMENTWISE = [name for name in catalog.names("optimizer") if name not in ("lbfgs", "muon")]
EACH = pytest.mark.parametrize("name", ELEMENTWISE)
TOGETHER = "text on one vector"


@pytest.fixture(params=["together", "alone"])
def either(request, monkeypatch):
    """The test runs on the vector, and then with every parameter alone."""
    if request.param == "alone":
        monkeypatch.setattr(vector, "SMALL", 0)
    return request.param


def optimizer_of(name, params, **settings):
    """The catalogue's optimizer, on its text."""
    ours = catalog.find(name, "optimizer").load()
    return ours(params, **settings, **({"fused": False} if ours.fused_on else {}))


def network(dtype=torch.float32, seed=0):
    """Parameters of sizes that fill no processor register."""
    rng = np.random.default_rng(seed)
    layers = nn.Sequential(nn.Linear(7, 13), nn.Tanh(), nn.Linear(13, 5), nn.Tanh(), nn.Linear(5, 3)).to(
        dtype
    )
    with torch.no_grad():
        for p in layers.parameters():
            p.copy_(torch.from_numpy(rng.standard_normal(tuple(p.shape))))
    return layers


def backward(model, t):
    x = torch.from_numpy(np.random.default_rng(t).standard_normal((9, 7))).to(model[0].weight.dtype)
    loss = (model(x) ** 2).mean()
    loss.backward()
    return loss.item()


def walk(model, optimizer, start, stop):
    for t in range(start, stop):
        optimizer.zero_grad()
        backward(model, t)
        optimizer.step()


def values(model):
    return [p.detach().clone() for p in model.parameters()]


def same(mine, other):
    assert all(torch.equal(a, b) for a, b in zip(mine, other, strict=True))


def alone(monkeypatch, run):
    """What `run` gives where every parameter moves alone."""
    with monkeypatch.context() as patch:
        patch.setattr(vector, "SMALL", 0)
        return run()


@EACH
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("decay", [0.0, 0.03])
def test_together_is_alone_to_the_bit(name, dtype, decay, monkeypatch):
    """60 steps; afterwards parameters and saved state are equal, entry by entry."""

    def run():
        model = network(dtype)
        optimizer = optimizer_of(name, model.parameters(), weight_decay=decay)
        walk(model, optimizer, 0, 60)
        return optimizer.path, values(model), optimizer.state_dict()

    path, mine, state = run()
    path_alone, theirs, state_alone = alone(monkeypatch, run)
    assert (path, path_alone) == (TOGETHER, "text")
    same(mine, theirs)
    assert state["param_groups"] == state_alone["param_groups"]
    assert state["state"].keys() == state_alone["state"].keys()
    for number, entry in state["state"].items():
        assert entry.keys() == state_alone["state"][number].keys()
        for key, value in entry.items():
            theirs = state_alone["state"][number][key]
            assert value.shape == theirs.shape and value.dtype == theirs.dtype and torch.equal(value, theirs)


@EACH
@pytest.mark.parametrize("first", ["together", "alone"])
def test_a_state_goes_between_the_two(name, first, monkeypatch):
    """Saved by one, it goes on in the other, to the bit."""
    model, straight = network(), network()
    walk(straight, optimizer_of(name, straight.parameters()), 0, 12)
    monkeypatch.setattr(vector, "SMALL", vector.SMALL if first == "together" else 0)
    one = optimizer_of(name, model.parameters())
    walk(model, one, 0, 6)
    saved = pickle.loads(pickle.dumps(one.state_dict()))
    monkeypatch.undo()
    monkeypatch.setattr(vector, "SMALL", 0 if first == "together" else vector.SMALL)
    other = optimizer_of(name, model.parameters())
    other.load_state_dict(saved)
    walk(model, other, 6, 12)
    assert {one.path, other.path} == {TOGETHER, "text"}
    same(values(model), values(straight))


def test_a_state_with_its_numbers_shared_goes_to_torch():
    """Torch counts every parameter's steps in place: each must have a count of its own."""
    model, straight = network(torch.float64), network(torch.float64)
    walk(straight, Adam(straight.parameters(), fused=False), 0, 10)
    ours = Adam(model.parameters(), fused=False)
    walk(model, ours, 0, 5)
    theirs = torch.optim.Adam(model.parameters())
    theirs.load_state_dict(ours.state_dict())
    walk(model, theirs, 5, 10)
    for a, b in zip(values(model), values(straight), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-12, atol=1e-14)


def test_the_module_keeps_its_tensors():
    """Neither memory nor gradients of the parameters are moved, and no two share a storage."""
    model = network()
    ps = list(model.parameters())
    places = [p.data_ptr() for p in ps]
    optimizer = NAdam(ps)
    walk(model, optimizer, 0, 3)
    assert optimizer.path == TOGETHER
    assert [p.data_ptr() for p in ps] == places
    assert all(p.untyped_storage().nbytes() == p.nbytes for p in ps)
    optimizer.zero_grad()
    assert all(p.grad is None for p in ps)


def test_what_is_large_moves_alone(monkeypatch):
    monkeypatch.setattr(vector, "SMALL", 13 * 4)  # the 5 × 13 and the 13 × 7 matrix are larger
    model = network()
    optimizer = RMSProp(model.parameters())
    walk(model, optimizer, 0, 1)
    (layout,) = optimizer._layouts.values()
    assert [p.shape for p, _ in layout.alone] == [(13, 7), (5, 13), (3, 5)]
    assert [[tuple(p.shape) for p in v.params] for v in layout.vectors] == [[(13,), (5,), (3,)]]


def test_a_vector_has_an_end(monkeypatch):
    monkeypatch.setattr(vector, "LARGEST", 110 * 4)
    model = network()
    optimizer = RMSProp(model.parameters())
    walk(model, optimizer, 0, 1)
    (layout,) = optimizer._layouts.values()
    assert [v.theta.numel() for v in layout.vectors] == [13 * 7 + 13, 5 * 13 + 5 + 3 * 5 + 3]
    assert not layout.alone


def test_one_parameter_tied_in_two_places(either):
    """One Parameter under two names moves once, by its whole gradient."""
    first, second = nn.Linear(4, 4), nn.Linear(4, 4)
    second.weight = first.weight
    model = nn.Sequential(first, nn.Tanh(), second)
    optimizer = RMSProp(model.parameters(), lr=0.1)
    (model(torch.ones(2, 4)) ** 2).sum().backward()
    expected = first.weight.detach() - 0.1 * (g := first.weight.grad) / ((0.01 * g * g).sqrt() + 1e-8)
    optimizer.step()
    torch.testing.assert_close(first.weight.detach(), expected)
    assert second.weight is first.weight


@EACH
def test_two_parameters_on_one_memory_move_one_after_the_other(name, monkeypatch):
    """As without the vector: the second's update sees the first's."""

    def run():
        model = network()
        model[2].bias.data = model[0].bias.data[:5]
        walk(model, optimizer_of(name, model.parameters()), 0, 5)
        return values(model)

    mine = run()
    same(mine, alone(monkeypatch, run))
    assert torch.equal(mine[3], mine[1][:5])


@EACH
def test_what_is_done_to_parameters_between_steps_counts(name, monkeypatch):
    """In place, by load_state_dict, also by assignment, by new memory, by another shape of it."""
    other = network(seed=3).state_dict()

    def run():
        model = network()
        optimizer = optimizer_of(name, model.parameters())
        walk(model, optimizer, 0, 2)
        with torch.no_grad():
            model[0].weight.clamp_(-0.5, 0.5)
        walk(model, optimizer, 2, 4)
        model.load_state_dict(other)
        walk(model, optimizer, 4, 6)
        model[2].weight.data = model[2].weight.data * 0.5
        walk(model, optimizer, 6, 8)
        model[4].weight.data = model[4].weight.data.t().contiguous().t()
        walk(model, optimizer, 8, 10)
        with torch.no_grad():
            optimizer.state_dict()["state"].get(0, {}).get("exp_avg", torch.zeros(1)).zero_()
        walk(model, optimizer, 10, 12)
        return values(model)

    same(run(), alone(monkeypatch, run))


def test_state_that_is_replaced_counts(monkeypatch):
    def run():
        model = network()
        optimizer = NAdam(model.parameters())
        walk(model, optimizer, 0, 3)
        optimizer.state[model[2].weight]["exp_avg"] = torch.ones(5, 13)
        walk(model, optimizer, 3, 5)
        optimizer.state[model[0].weight] = {}
        walk(model, optimizer, 5, 8)
        return values(model)

    same(run(), alone(monkeypatch, run))


@EACH
def test_parameters_without_a_gradient_stay_and_count_no_step(name, monkeypatch):
    """A layer that takes part in every third step; one text moves all, yet its step count is its own."""

    def run():
        model = network()
        optimizer = optimizer_of(name, model.parameters())
        for t in range(9):
            walk_without = t % 3
            optimizer.zero_grad()
            backward(model, t)
            if walk_without:
                model[2].weight.grad = model[2].bias.grad = None
            before = model[2].weight.detach().clone()
            optimizer.step()
            assert torch.equal(before, model[2].weight) == bool(walk_without)
        return values(model), [int(s.get("step", 0)) for s in optimizer.state.values()]

    (mine, steps), (theirs, _) = run(), alone(monkeypatch, run)
    same(mine, theirs)
    assert steps in ([9, 9, 3, 3, 9, 9], [0] * 6, [])


def test_a_frozen_layer_is_not_in_the_vector():
    model = network()
    model[0].requires_grad_(False)
    optimizer = NAdam(model.parameters(), weight_decay=0.1)
    was = values(model)
    walk(model, optimizer, 0, 3)
    now = values(model)
    assert torch.equal(now[0], was[0]) and torch.equal(now[1], was[1]) and not torch.equal(now[2], was[2])
    assert optimizer.path == TOGETHER and model[0].weight not in optimizer.state


def test_groups_have_vectors_of_their_own(monkeypatch):
    def run():
        model = network()
        parts = [list(model[0].parameters()), list(model[2].parameters()) + list(model[4].parameters())]
        groups = [{"params": parts[0], "lr": 0.01}, {"params": parts[1], "lr": 0.1, "weight_decay": 0.1}]
        optimizer = AdamW(groups, fused=False)
        walk(model, optimizer, 0, 5)
        return values(model), len(optimizer._layouts)

    (mine, groups), (theirs, _) = run(), alone(monkeypatch, run)
    same(mine, theirs)
    assert groups == 2


def test_double_precision_in_mid_run(either):
    """As in torch: the parameters are double from there on, the state stays as it was."""
    model = network()
    optimizer = RMSProp(model.parameters())
    walk(model, optimizer, 0, 2)
    model.double()
    before = values(model)
    walk(model, optimizer, 2, 4)
    assert all(p.dtype == torch.float64 for p in model.parameters())
    assert all(not torch.equal(a, b) for a, b in zip(before, values(model), strict=True))
    assert optimizer.state[model[0].weight]["square_avg"].dtype == torch.float32


def test_two_precisions_in_one_group(monkeypatch):
    def run():
        ps = [nn.Parameter(torch.full((3,), 2.0, dtype=d)) for d in (torch.float32, torch.float64) * 2]
        optimizer = NAdam(ps)
        for _ in range(4):
            for p in ps:
                p.grad = p.detach().sin()
            optimizer.step()
        return [p.detach() for p in ps]

    same(run(), alone(monkeypatch, run))


@EACH
def test_channels_last(name, monkeypatch):
    """The layout of the parameters' memory stays, and the steps are the same to the bit."""

    def run(layout):
        torch.manual_seed(0)
        model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Conv2d(4, 2, 3)).to(memory_format=layout)
        optimizer = optimizer_of(name, model.parameters())
        for t in range(4):
            optimizer.zero_grad()
            for i, p in enumerate(model.parameters()):
                noise = np.random.default_rng([t, i]).standard_normal(tuple(p.shape))
                p.grad = (
                    torch.from_numpy(noise)
                    .float()
                    .to(memory_format=layout if p.ndim == 4 else torch.contiguous_format)
                )
            optimizer.step()
        return model, values(model)

    model, mine = run(torch.channels_last)
    same(mine, alone(monkeypatch, lambda: run(torch.channels_last)[1]))
    same(mine, run(torch.contiguous_format)[1])
    assert model[0].weight.is_contiguous(memory_format=torch.channels_last)


@EACH
def test_copies_and_pickles_go_on_by_themselves(name, either):
    """deepcopy and pickle of model and optimizer together: three that go on alike, and none moves another."""
    model = network()
    optimizer = optimizer_of(name, model.parameters())
    walk(model, optimizer, 0, 4)
    pair = (model, optimizer)
    twins = [copy.deepcopy(pair), pickle.loads(pickle.dumps(pair))]
    stood = values(twins[0][0])
    walk(model, optimizer, 4, 8)
    same(values(twins[0][0]), stood)
    for twin, its in twins:
        walk(twin, its, 4, 8)
        same(values(twin), values(model))


@EACH
def test_double_backward(name, monkeypatch):
    """A penalty on the gradient of the input; and gradients that themselves have a graph."""

    def run(create_graph):
        model = network()
        optimizer = optimizer_of(name, model.parameters())
        for t in range(3):
            optimizer.zero_grad()
            x = torch.from_numpy(np.random.default_rng(t).standard_normal((4, 7))).float().requires_grad_()
            loss = (model(x) ** 2).mean()
            (slope,) = torch.autograd.grad(loss, x, create_graph=True)
            grads = torch.autograd.grad(
                loss + slope.square().sum(), list(model.parameters()), create_graph=create_graph
            )
            for p, g in zip(model.parameters(), grads, strict=True):
                p.grad = g
            optimizer.step()
        return values(model)

    for create_graph in (False, True):
        same(run(create_graph), alone(monkeypatch, lambda c=create_graph: run(c)))


def test_a_gradient_that_becomes_sparse_is_refused(either):
    ps = [nn.Parameter(torch.ones(3)), nn.Parameter(torch.ones(2))]
    optimizer = RMSProp(ps)
    for p in ps:
        p.grad = torch.ones_like(p)
    optimizer.step()
    ps[0].grad = torch.tensor([0.0, 1.0, 0.0]).to_sparse()
    with pytest.raises(GradatimError, match=r"^RMSProp does not take sparse gradients$"):
        optimizer.step()


def test_subclasses_of_tensors_move_alone():
    class Marked(torch.Tensor):
        pass

    ps = [
        nn.Parameter(torch.ones(3).as_subclass(Marked)),
        nn.Parameter(torch.ones(2)),
        nn.Parameter(torch.ones(4)),
    ]
    optimizer = RMSProp(ps)
    for p in ps:
        p.grad = torch.ones_like(p)
    optimizer.step()
    (layout,) = optimizer._layouts.values()
    assert [p is ps[0] for p, _ in layout.alone] == [True]


def test_an_empty_parameter_and_a_number():
    ps = [nn.Parameter(torch.zeros(0, 3)), nn.Parameter(torch.tensor(2.0)), nn.Parameter(torch.ones(2))]
    optimizer = NAdam(ps, lr=0.1)
    for p in ps:
        p.grad = torch.ones_like(p)
    optimizer.step()
    assert ps[1].item() < 2.0 and ps[0].shape == (0, 3)
    assert optimizer.state[ps[1]]["exp_avg"].shape == ()
