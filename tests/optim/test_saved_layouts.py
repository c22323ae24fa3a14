"""A saved state goes on in a network that lies otherwise in memory."""

import copy

import numpy as np
import pytest
import torch
from torch import nn

from gradatim import catalog
from gradatim.checks import UsageError
from gradatim.optim.adam import Adam
from gradatim.optim.nadam import NAdam

STEPPING = [name for name in catalog.names("optimizer") if name != "lbfgs"]
FUSED = ["sgd", "momentum", "nesterov_torch", "adam", "adamw", "adagrad", "amsgrad"]
EACH = pytest.mark.parametrize("name", STEPPING)
MATRIX = (4, 6)
HUGE = 1e6  # what stands beside a view


def transposed(x):
    return x.transpose(0, 1).contiguous().transpose(0, 1), None


def strided(x):
    """base[::2]: every other row of a larger tensor."""
    base = torch.full((2 * len(x), *x.shape[1:]), HUGE, dtype=x.dtype)
    base[::2] = x
    return base[::2], base


def sliced(x):
    """base[:, 1:-1]: columns of a larger tensor."""
    base = torch.full((len(x), x.shape[1] + 2, *x.shape[2:]), HUGE, dtype=x.dtype)
    base[:, 1:-1] = x
    return base[:, 1:-1], base


def expanded(x):
    """One number, seen at every place: as of autograd.grad(p.sum(), p)."""
    return x.flatten()[0].clone().expand(x.shape), None


def drawn(shape, *seed):
    return torch.from_numpy(np.random.default_rng(seed).standard_normal(shape))


def optimizer_of(name, params, **settings):
    """The catalogue's optimizer, without weight decay unless asked."""
    decay = {} if name == "lbfgs" else {"weight_decay": 0.0}
    return catalog.find(name, "optimizer").load()(params, **{**decay, **settings})


def same(a, b):
    torch.testing.assert_close(a.detach().contiguous(), b.detach().contiguous(), rtol=1e-12, atol=1e-14)


def beside(base, p):
    """What lies in the larger tensor around a view of it."""
    kept = base.clone()
    torch.as_strided(kept, p.shape, p.stride(), p.storage_offset()).fill_(HUGE)
    return kept


def convolutions(layout):
    model = nn.Sequential(
        nn.Conv2d(3, 4, 2), nn.Tanh(), nn.Conv2d(4, 3, 1), nn.Flatten(), nn.Linear(12, 2)
    ).double()
    with torch.no_grad():
        for i, p in enumerate(model.parameters()):
            p.copy_(0.5 * drawn(tuple(p.shape), i, 5))
    return model.to(memory_format=layout)


def walk(model, optimizer, start, stop):
    for t in range(start, stop):
        optimizer.zero_grad()
        (model(drawn((5, 3, 3, 3), t, 6)) ** 2).mean().backward()
        optimizer.step()


LAYOUTS = [torch.contiguous_format, torch.channels_last]


@EACH
@pytest.mark.parametrize("before", LAYOUTS)
@pytest.mark.parametrize("after", LAYOUTS)
def test_state_loads_into_another_layout(name, before, after):
    """As by load_state_dict, of itself and as saved to a file, which forgets the order: equal to 1e-12."""
    straight = convolutions(torch.contiguous_format)
    settings = {"fused": False} if name in FUSED else {}
    walk(straight, optimizer_of(name, straight.parameters(), lr=0.01, **settings), 0, 12)
    first = convolutions(before)
    optimizer = optimizer_of(name, first.parameters(), lr=0.01)
    walk(first, optimizer, 0, 6)
    saved = optimizer.state_dict()
    in_file = copy.deepcopy(saved)
    for state in in_file["state"].values():
        state.update({key: value.contiguous() for key, value in state.items()})
    for held in (saved, in_file):
        second = convolutions(after)
        second.load_state_dict(first.state_dict())
        other = optimizer_of(name, second.parameters())
        other.load_state_dict(copy.deepcopy(held))
        walk(second, other, 6, 12)
        assert (other.path == "fused") == (name in FUSED), "a state is laid out beside its parameter"
        for a, b in zip(second.parameters(), straight.parameters(), strict=True):
            same(a, b)


@EACH
def test_the_network_changes_its_layout_under_the_optimizer(name):
    straight, model = convolutions(torch.contiguous_format), convolutions(torch.contiguous_format)
    walk(straight, optimizer_of(name, straight.parameters(), lr=0.01), 0, 12)
    optimizer = optimizer_of(name, model.parameters(), lr=0.01)
    for start, layout in ((0, LAYOUTS[0]), (4, LAYOUTS[1]), (8, LAYOUTS[0])):
        model.to(memory_format=layout)
        walk(model, optimizer, start, start + 4)
    for a, b in zip(model.parameters(), straight.parameters(), strict=True):
        same(a, b)


@pytest.mark.parametrize("layout", [strided, sliced, transposed, expanded])
def test_state_that_lies_anywhere_is_laid_out(layout):
    """A saved moment that is itself a view: its neighbours stay."""
    p, plain = nn.Parameter(drawn(MATRIX, 1)), nn.Parameter(drawn(MATRIX, 1))
    first, second = Adam([p]), Adam([plain])
    for q, o in ((p, first), (plain, second)):
        q.grad = torch.ones_like(q)
        o.step()
    saved = copy.deepcopy(first.state_dict())
    value, base = layout(saved["state"][0]["exp_avg"])
    saved["state"][0]["exp_avg"] = value
    first.load_state_dict(saved)
    for q, o in ((p, first), (plain, second)):
        q.grad = torch.ones_like(q)
        o.step()
    assert first.path == "fused"
    same(p, plain)
    assert base is None or (beside(base, value) == HUGE).all()


@EACH
def test_a_state_of_another_shape_is_refused(name):
    """Also where as many numbers are in it: they would be others' means."""
    p, q = nn.Parameter(drawn(MATRIX, 1)), nn.Parameter(drawn((6, 4), 1))
    optimizer = optimizer_of(name, [p])
    p.grad = torch.ones_like(p)
    optimizer.step()
    other = optimizer_of(name, [q])
    if name == "sgd":  # without a state
        other.load_state_dict(optimizer.state_dict())
        return
    with pytest.raises(
        UsageError, match=r"^the saved \w+ of parameter 0 has the shape \(4, 6\); here it is \(6, 4\)$"
    ):
        other.load_state_dict(optimizer.state_dict())


def test_nadam_s_one_number_is_no_layout():
    p = nn.Parameter(drawn(MATRIX, 1))
    optimizer = NAdam([p])
    p.grad = torch.ones_like(p)
    optimizer.step()
    held = optimizer.state_dict()
    optimizer.load_state_dict(copy.deepcopy(held))
    assert optimizer.state[p]["mu_product"].shape == ()
