"""A setting is a number, whoever's it is; a momentum of 0 is one, too."""

import copy
from fractions import Fraction

import numpy as np
import pytest
import torch
from torch import nn

from gradatim import catalog
from gradatim.checks import UsageError
from gradatim.optim.adam import Adam
from gradatim.optim.lbfgs import LBFGS
from gradatim.optim.momentum import Momentum
from gradatim.optim.nesterov import Nesterov
from gradatim.optim.nesterov_torch import NesterovTorch
from gradatim.optim.sgd import SGD

STEPPING = [name for name in catalog.names("optimizer") if name != "lbfgs"]
EACH = pytest.mark.parametrize("name", STEPPING)
KINDS = {
    "float32": np.float32, "float64": np.float64, "float16": np.float16, "an array of one": np.array,
    "an array of one in a row": lambda x: np.array([x]), "a tensor": torch.tensor,
    "a tensor of one in a row": lambda x: torch.tensor([x]), "a fraction": Fraction,
}  # fmt: skip


def start():
    return [
        nn.Parameter(torch.from_numpy(np.random.default_rng(i).standard_normal((3, 2)))) for i in range(2)
    ]


def walk(optimizer, ps, steps=3):
    for t in range(steps):
        for i, p in enumerate(ps):
            p.grad = torch.from_numpy(np.random.default_rng([t, i]).standard_normal((3, 2)))
        optimizer.step()


def same(mine, other):
    for a, b in zip(mine, other, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-12, atol=1e-14)


@EACH
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fused", [None, False])
def test_settings_of_every_kind_of_number(name, kind, fused):
    """Powers of two, which all of them hold exactly, in the constructor and in a group: equal steps."""
    ours = catalog.find(name, "optimizer").load()
    plain = {setting: 0.5 for setting in ("lr", "weight_decay", *ours.bounds) if setting != "betas"}
    more = {"betas": (0.5, 0.25)} if "betas" in ours.bounds else {}
    how = {"fused": fused} if ours.fused_on else {}
    cast = KINDS[kind]
    theirs = {key: cast(value) for key, value in plain.items()}
    more_theirs = {key: tuple(cast(one) for one in value) for key, value in more.items()}
    a, b, c = start(), start(), start()
    walk(ours(a, **plain, **more, **how), a)
    optimizer = ours(b, **theirs, **more_theirs, **how)
    walk(optimizer, b)
    walk(ours([{"params": c, **theirs, **more_theirs}], **how), c)
    same(b, a)
    same(c, a)
    kept = {key: value for key, value in optimizer.param_groups[0].items() if key in plain and key != "lr"}
    assert all(type(value) is float for value in kept.values())


def test_whole_numbers_of_numpy():
    p = nn.Parameter(torch.ones(2, dtype=torch.float64))
    optimizer = SGD([p], lr=np.int64(1), weight_decay=np.uint8(0))
    p.grad = torch.full_like(p, 0.25)
    optimizer.step()
    assert p.tolist() == [0.75, 0.75]
    LBFGS(
        [p],
        lr=np.float32(1),
        max_iter=np.int32(3),
        history_size=torch.tensor(2),
        tolerance_grad=np.float32(0),
    )


def test_a_tensor_as_learning_rate_may_be_filled_again():
    """As in torch: the step takes what it holds then, also by torch's schedulers, on both paths."""
    for fused in (None, False):
        lr, p = torch.tensor(0.5), nn.Parameter(torch.ones(3, dtype=torch.float64))
        optimizer = SGD([p], lr=lr, fused=fused)
        scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 1, gamma=0.5)
        p.grad = torch.ones_like(p)
        optimizer.step()
        scheduler.step()
        optimizer.step()
        assert lr.item() == 0.25
        assert p.tolist() == [0.25] * 3
        lr.fill_(1.0)
        optimizer.step()
        assert p.tolist() == [-0.75] * 3


@pytest.mark.parametrize(
    ("value", "shown"),
    [(np.float32(0), "0.0"), (np.array([0.1, 0.2]), "array([0.1, 0.2])"), (np.bool_(True), "True"),
     (torch.tensor([1.0, 2.0]), "tensor([1., 2.])"), (np.float64("nan"), "nan"),
     (torch.tensor(-1.0), "-1.0")],
)  # fmt: skip
def test_what_is_no_number_in_bounds_is_refused_as_ever(value, shown):
    with pytest.raises(UsageError) as raised:
        Adam(start(), lr=value)
    assert str(raised.value) == f"lr must be a number above 0; it is {shown}"


@pytest.mark.parametrize("ours", [Momentum, NesterovTorch])
@pytest.mark.parametrize("fused", [None, False, True])
def test_without_momentum_it_is_gradient_descent(ours, fused):
    """θ ← θ − ηg; and v = g stands ready for a momentum to come, as a schedule may bring it."""
    ps, plain = start(), start()
    optimizer = ours(ps, lr=0.1, momentum=0.0, fused=fused)
    walk(optimizer, ps)
    walk(SGD(plain, lr=0.1), plain)
    same(ps, plain)
    optimizer.param_groups[0]["momentum"] = 0.5
    before, v = ps[0].detach().clone(), ps[0].grad.clone()
    g = torch.ones(3, 2, dtype=torch.float64)
    ps[0].grad, ps[1].grad = g, None
    optimizer.step()
    v = 0.5 * v + g
    expected = v if ours is Momentum else g + 0.5 * v
    torch.testing.assert_close(ps[0].detach(), before - 0.1 * expected, rtol=1e-12, atol=1e-14)


def test_nesterov_s_point_without_momentum_is_the_parameters():
    ps, plain = start(), start()
    walk(Nesterov(ps, lr=0.1, momentum=0.0), ps)
    walk(SGD(plain, lr=0.1), plain)
    same(ps, plain)


@pytest.mark.parametrize("ours", [Momentum, NesterovTorch])
@pytest.mark.parametrize("none", [False, True])
def test_a_plain_sgd_s_state_goes_on_as_plain_sgd(ours, none):
    """A state comes with its settings, here a momentum of 0; also as older versions of torch saved it."""
    ps, straight = start(), start()
    plain = torch.optim.SGD(straight, lr=0.1)
    walk(plain, straight)
    held = plain.state_dict()
    held["param_groups"][0]["nesterov"] = ours is NesterovTorch
    if none:
        held["state"] = {i: {"momentum_buffer": None} for i in range(2)}
    with torch.no_grad():
        for p, q in zip(ps, straight, strict=True):
            p.copy_(q)
    optimizer = ours(ps, lr=9.0)
    optimizer.load_state_dict(held)
    assert optimizer.param_groups[0]["momentum"] == 0
    walk(optimizer, ps)
    walk(plain, straight)
    same(ps, straight)


def test_old_counts_of_steps_are_plain_numbers():
    """Torch before 1.12 saved the step as an int."""
    ps, straight = start(), start()
    first = Adam(straight)
    walk(first, straight)
    held = first.state_dict()
    held = {**held, "state": {i: {**state, "step": 3} for i, state in held["state"].items()}}
    with torch.no_grad():
        for p, q in zip(ps, straight, strict=True):
            p.copy_(q)
    second = Adam(ps)
    second.load_state_dict(copy.deepcopy(held))
    walk(second, ps)
    walk(first, straight)
    same(ps, straight)
