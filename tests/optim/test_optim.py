"""C1, C2, C6: the optimizers are torch's, step for step, on the text's path and the fused one."""

import copy
import math
from typing import Any

import numpy as np
import pytest
import torch

from gradatim import catalog
from gradatim.checks import GradatimError, UsageError
from gradatim.optim.adam import Adam
from gradatim.optim.momentum import Momentum
from gradatim.optim.sgd import SGD

PAIRS: dict[str, Any] = {  # ours, torch's, hyper-parameters of both
    "sgd": (SGD, torch.optim.SGD, {"lr": 0.05}),
    "momentum": (Momentum, torch.optim.SGD, {"lr": 0.02, "momentum": 0.9}),
    "adam": (Adam, torch.optim.Adam, {"lr": 0.01, "betas": (0.8, 0.99), "eps": 1e-7}),
}
EACH = pytest.mark.parametrize("name", PAIRS)
PATHS = pytest.mark.parametrize("fused", [False, True, None])


def parameters(seed=0):
    rng = np.random.default_rng(seed)
    shapes = [(4, 3), (4,), (2, 4, 2)]
    return [torch.nn.Parameter(torch.from_numpy(rng.standard_normal(shape))) for shape in shapes]


def gradients(ps, t):
    """A gradient that depends on the parameter and on the step, of very different sizes."""
    for i, p in enumerate(ps):
        noise = torch.from_numpy(np.random.default_rng([t, i]).standard_normal(p.shape))
        p.grad = ((p.detach().sin() + noise) * 10.0 ** (i - 1)).to(p.dtype)


def groups(ps, **first):
    """Two groups with settings of their own."""
    return [{"params": ps[:2], **first}, {"params": ps[2:], "lr": 0.003, "weight_decay": 0.1}]


def walk(optimizer, ps, start, stop):
    for t in range(start, stop):
        gradients(ps, t)
        optimizer.step()


def same(ours, theirs, rtol=1e-12):
    for a, b in zip(ours, theirs, strict=True):
        torch.testing.assert_close(a, b, rtol=rtol, atol=1e-14)


def test_every_optimizer_is_tested_here():
    assert set(PAIRS) == set(catalog.names("optimizer"))


@EACH
@PATHS
@pytest.mark.parametrize("decay", [0.0, 0.03])
def test_200_steps_are_torch_s(name, fused, decay):
    """Double precision, two groups: parameters equal to 1e-12."""
    ours, torchs, hyper = PAIRS[name]
    mine, other = parameters(), parameters()
    optimizer = ours(groups(mine), **hyper, weight_decay=decay, fused=fused)
    walk(optimizer, mine, 0, 200)
    walk(torchs(groups(other), **hyper, weight_decay=decay, foreach=False), other, 0, 200)
    assert (mine[0] - parameters()[0]).abs().max() > 0.1
    same(mine, other)
    assert optimizer.path == ("text" if fused is False else "fused")


@EACH
@pytest.mark.parametrize("fused", [False, True])
def test_state_comes_from_torch_in_mid_run(name, fused):
    ours, torchs, hyper = PAIRS[name]
    straight, moved = parameters(), parameters()
    walk(torchs(groups(straight), **hyper), straight, 0, 60)
    first = torchs(groups(moved), **hyper)
    walk(first, moved, 0, 30)
    second = ours(groups(moved), lr=123.0, fused=fused)
    second.load_state_dict(copy.deepcopy(first.state_dict()))
    for group in second.param_groups:
        group["fused"] = fused
    walk(second, moved, 30, 60)
    same(moved, straight)
    assert second.path == ("fused" if fused else "text")


@EACH
@pytest.mark.parametrize("fused", [False, True])
def test_state_goes_to_torch_in_mid_run(name, fused):
    ours, torchs, hyper = PAIRS[name]
    straight, moved = parameters(), parameters()
    walk(torchs(groups(straight), **hyper), straight, 0, 60)
    first = ours(groups(moved), **hyper, fused=fused)
    walk(first, moved, 0, 30)
    second = torchs(groups(moved), lr=123.0)
    second.load_state_dict(copy.deepcopy(first.state_dict()))
    walk(second, moved, 30, 60)
    same(moved, straight)


@EACH
def test_state_saved_in_mid_run_goes_on_to_the_bit(name):
    ours, _, hyper = PAIRS[name]
    straight, moved = parameters(), parameters()
    walk(ours(groups(straight), **hyper), straight, 0, 40)
    first = ours(groups(moved), **hyper)
    walk(first, moved, 0, 20)
    held = copy.deepcopy(first.state_dict())
    second = ours(groups(moved), **hyper)
    second.load_state_dict(held)
    walk(second, moved, 20, 40)
    assert all(torch.equal(a, b) for a, b in zip(moved, straight, strict=True))


@pytest.mark.parametrize(
    ("saved", "ours", "sentence"),
    [
        (
            lambda p: torch.optim.SGD(p, momentum=0.9, nesterov=True),
            Momentum,
            "nesterov=True; Momentum has F.*",
        ),
        (
            lambda p: torch.optim.SGD(p, momentum=0.9, dampening=0.5),
            Momentum,
            "dampening=0.5; Momentum has 0",
        ),
        (lambda p: torch.optim.SGD(p, momentum=0.9), SGD, "momentum=0.9; SGD has 0"),
        (lambda p: torch.optim.SGD(p, maximize=True), SGD, "maximize=True; SGD has False"),
        (torch.optim.AdamW, Adam, "decoupled_weight_decay=True; Adam has False"),
        (lambda p: torch.optim.Adam(p, amsgrad=True), Adam, "amsgrad=True; Adam has False"),
    ],
)
def test_a_state_of_other_equations_is_refused(saved, ours, sentence):
    state = saved(parameters()).state_dict()
    with pytest.raises(UsageError, match=f"^the saved optimizer has {sentence}$"):
        ours(parameters()).load_state_dict(state)


def test_the_text_and_the_fused_path_mix():
    """The two paths share their state: changing between them in mid-run changes nothing, to 1e-12."""
    mixed, plain = parameters(), parameters()
    optimizer = Adam(mixed)
    for t in range(40):
        optimizer.param_groups[0]["fused"] = t % 2 == 0
        walk(optimizer, mixed, t, t + 1)
    walk(Adam(plain, fused=False), plain, 0, 40)
    same(mixed, plain)


def test_path_says_what_ran():
    ps = parameters()
    optimizer = Adam(ps)
    assert optimizer.path == "not run yet"
    gradients(ps, 0)
    optimizer.step()
    assert optimizer.path == "fused"
    optimizer.param_groups[0]["fused"] = False
    optimizer.step()
    assert optimizer.path == "text"


@EACH
@PATHS
def test_on_a_parabola_the_closed_form(name, fused):
    """L = ½ Σ a θ²: SGD (1 − ηa)^k θ₀; momentum, the power of its 2×2 matrix; Adam's first step, η sign."""
    a, start = np.array([0.5, 3.0]), np.array([2.0, -1.0])
    p = torch.nn.Parameter(torch.from_numpy(start.copy()))
    ours, _, hyper = PAIRS[name]
    optimizer = ours([p], **hyper, fused=fused)
    steps = 1 if name == "adam" else 30
    for _ in range(steps):
        p.grad = torch.from_numpy(a) * p.detach()
        optimizer.step()
    lr = hyper["lr"]
    if name == "sgd":
        expected = (1 - lr * a) ** steps * start
    elif name == "momentum":
        matrices = [np.array([[0.9, c], [-lr * 0.9, 1 - lr * c]]) for c in a]
        expected = np.array(
            [(np.linalg.matrix_power(m, steps) @ [0, s])[1] for m, s in zip(matrices, start, strict=True)]
        )
    else:
        g = a * start
        expected = start - lr * g / (np.abs(g) + hyper["eps"])
    np.testing.assert_allclose(p.detach().numpy(), expected, rtol=1e-11)


@EACH
@PATHS
def test_a_parameter_without_a_gradient_stays(name, fused):
    ours, _, hyper = PAIRS[name]
    ps = parameters()
    ps[0].grad = torch.ones_like(ps[0])
    optimizer = ours(ps, **hyper, weight_decay=0.1, fused=fused)
    optimizer.step()
    assert torch.equal(ps[1], parameters()[1])
    assert not torch.equal(ps[0], parameters()[0])
    assert set(optimizer.state) <= {ps[0]}


@EACH
def test_a_closure_runs_with_gradients_and_its_loss_comes_back(name):
    ours, _, hyper = PAIRS[name]
    p = torch.nn.Parameter(torch.tensor([3.0], dtype=torch.float64))
    optimizer = ours([p], **hyper)

    def closure():
        optimizer.zero_grad()
        loss = (p * p).sum()
        loss.backward()
        return loss

    assert optimizer.step(closure).item() == 9.0
    assert p.item() < 3.0


@EACH
@PATHS
def test_single_precision_stays_single(name, fused):
    ours, torchs, hyper = PAIRS[name]
    mine, other = ([torch.nn.Parameter(p.detach().float()) for p in parameters()] for _ in range(2))
    walk(ours(mine, **hyper, fused=fused), mine, 0, 20)
    walk(torchs(other, **hyper), other, 0, 20)
    assert all(p.dtype == torch.float32 for p in mine)
    for a, b in zip(mine, other, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-5)


BAD = [
    (SGD, {"lr": 0}, "lr must be a number above 0; it is 0"),
    (SGD, {"lr": math.inf}, "lr must be a number above 0; it is inf"),
    (SGD, {"weight_decay": -1}, "weight_decay must be a number at least 0; it is -1"),
    (Momentum, {"lr": -1}, "lr must be a number above 0; it is -1"),
    (Momentum, {"momentum": 1.0}, "momentum must be a number at least 0 and below 1; it is 1.0"),
    (Momentum, {"weight_decay": "a"}, "weight_decay must be a number at least 0; it is 'a'"),
    (Adam, {"lr": math.nan}, "lr must be a number above 0; it is nan"),
    (Adam, {"betas": (1.0, 0.9)}, "beta1 must be a number at least 0 and below 1; it is 1.0"),
    (Adam, {"betas": (0.9, -0.1)}, "beta2 must be a number at least 0 and below 1; it is -0.1"),
    (Adam, {"betas": (0.9,)}, r"betas must be two numbers; they are \(0.9,\)"),
    (Adam, {"betas": 0.9}, "betas must be two numbers; they are 0.9"),
    (Adam, {"eps": 0.0}, "eps must be a number above 0; it is 0.0"),
    (Adam, {"weight_decay": -1}, "weight_decay must be a number at least 0; it is -1"),
]


@pytest.mark.parametrize(("ours", "hyper", "sentence"), BAD)
def test_a_bad_setting_is_refused_by_name(ours, hyper, sentence):
    with pytest.raises(UsageError, match=f"^{sentence}$"):
        ours(parameters(), **hyper)
    with pytest.raises(UsageError, match=f"^{sentence}$"):  # a group's own too
        ours([{"params": parameters(), **hyper}])


@pytest.mark.parametrize("ours", [SGD, Momentum, Adam])
def test_sparse_gradients_are_refused(ours):
    p = torch.nn.Parameter(torch.ones(3))
    p.grad = torch.tensor([0.0, 1.0, 0.0]).to_sparse()
    with pytest.raises(GradatimError, match=f"^{ours.__name__} does not take sparse gradients$"):
        ours([p]).step()


def test_a_torch_scheduler_drives_it():
    ps = parameters()
    optimizer = Adam(ps, lr=0.1)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 1, gamma=0.5)
    gradients(ps, 0)
    optimizer.step()
    scheduler.step()
    assert optimizer.param_groups[0]["lr"] == 0.05
