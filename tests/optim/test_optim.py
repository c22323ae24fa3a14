"""C1–C7: the optimizers that torch has too are torch's, step for step, on either path."""

import copy
import math
from typing import Any

import numpy as np
import pytest
import torch

from gradatim.checks import UsageError
from gradatim.optim.adadelta import AdaDelta
from gradatim.optim.adagrad import AdaGrad
from gradatim.optim.adam import Adam
from gradatim.optim.adam_uncorrected import AdamUncorrected
from gradatim.optim.adamax import AdaMax
from gradatim.optim.adamw import AdamW
from gradatim.optim.amsgrad import AMSGrad
from gradatim.optim.lion import Lion
from gradatim.optim.momentum import Momentum
from gradatim.optim.muon import Muon
from gradatim.optim.nadam import NAdam
from gradatim.optim.nesterov import Nesterov
from gradatim.optim.nesterov_torch import NesterovTorch
from gradatim.optim.radam import RAdam
from gradatim.optim.rmsprop import RMSProp
from gradatim.optim.rmsprop_centered import RMSPropCentered
from gradatim.optim.sgd import SGD

ADAM = {"lr": 0.01, "betas": (0.8, 0.99), "eps": 1e-7}
PAIRS: dict[str, Any] = {  # ours, torch's, hyper-parameters of both
    "sgd": (SGD, torch.optim.SGD, {"lr": 0.05}),
    "momentum": (Momentum, torch.optim.SGD, {"lr": 0.02, "momentum": 0.9}),
    "nesterov_torch": (
        NesterovTorch,
        lambda p, **hyper: torch.optim.SGD(p, **{"nesterov": True, "momentum": 0.9, **hyper}),
        {"lr": 0.02, "momentum": 0.9},
    ),
    "adagrad": (AdaGrad, torch.optim.Adagrad, {"lr": 0.1, "eps": 1e-7}),
    "rmsprop": (RMSProp, torch.optim.RMSprop, {"lr": 0.01, "alpha": 0.95, "eps": 1e-6}),
    "adam": (Adam, torch.optim.Adam, ADAM),
    "adamw": (AdamW, torch.optim.AdamW, ADAM),
    "adadelta": (AdaDelta, torch.optim.Adadelta, {"lr": 1.5, "rho": 0.8, "eps": 1e-3}),
    "rmsprop_centered": (
        RMSPropCentered,
        lambda p, **hyper: torch.optim.RMSprop(p, **{"centered": True, **hyper}),
        {"lr": 0.01, "alpha": 0.95, "eps": 1e-6},
    ),
    "amsgrad": (AMSGrad, lambda p, **hyper: torch.optim.Adam(p, **{"amsgrad": True, **hyper}), ADAM),
    "adamax": (AdaMax, torch.optim.Adamax, ADAM),
    "radam": (RAdam, torch.optim.RAdam, ADAM),
    "nadam": (NAdam, torch.optim.NAdam, {**ADAM, "momentum_decay": 0.01}),
}
EACH = pytest.mark.parametrize("name", PAIRS)
PATHS = pytest.mark.parametrize(
    ("name", "path"),
    [
        (name, path)
        for name in PAIRS
        for path in ("text", "fused", "auto")
        if path != "fused" or PAIRS[name][0].fused_on
    ],
)


@pytest.fixture(autouse=True)
def double_throughout(request):
    """Torch's NAdam holds its product of μ in torch's default precision, which would be the test's too."""
    if getattr(request.node, "callspec", None) and request.node.callspec.params.get("name") == "nadam":
        torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def made(name, ps, path="auto", **more):
    """Our optimizer, insisting on a path."""
    ours, _, hyper = PAIRS[name]
    asked = {"fused": {"text": False, "fused": True, "auto": None}[path]} if ours.fused_on else {}
    return ours(ps, **{**hyper, **asked, **more})


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


@PATHS
@pytest.mark.parametrize("decay", [0.0, 0.03])
def test_200_steps_are_torch_s(name, path, decay):
    """Double precision, two groups: parameters equal to 1e-12."""
    _, torchs, hyper = PAIRS[name]
    mine, other = parameters(), parameters()
    optimizer = made(name, groups(mine), path, weight_decay=decay)
    walk(optimizer, mine, 0, 200)
    walk(torchs(groups(other), **hyper, weight_decay=decay, foreach=False), other, 0, 200)
    assert (mine[0] - parameters()[0]).abs().max() > 0.1
    same(mine, other)
    assert optimizer.path == ("fused" if path != "text" and type(optimizer).fused_on else "text")


@PATHS
def test_state_comes_from_torch_in_mid_run(name, path):
    ours, torchs, hyper = PAIRS[name]
    straight, moved = parameters(), parameters()
    walk(torchs(groups(straight), **hyper), straight, 0, 60)
    first = torchs(groups(moved), **hyper)
    walk(first, moved, 0, 30)
    second = ours(groups(moved), lr=123.0)
    second.load_state_dict(copy.deepcopy(first.state_dict()))
    for group in second.param_groups:
        group["fused"] = {"text": False, "fused": True, "auto": None}[path]
    walk(second, moved, 30, 60)
    same(moved, straight)
    assert second.path == ("fused" if path != "text" and ours.fused_on else "text")


@PATHS
def test_state_goes_to_torch_in_mid_run(name, path):
    _, torchs, hyper = PAIRS[name]
    straight, moved = parameters(), parameters()
    walk(torchs(groups(straight), **hyper), straight, 0, 60)
    first = made(name, groups(moved), path)
    walk(first, moved, 0, 30)
    second = torchs(groups(moved), lr=123.0)
    second.load_state_dict(copy.deepcopy(first.state_dict()))
    walk(second, moved, 30, 60)
    same(moved, straight)


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
        (torch.optim.Adam, AdamW, "decoupled_weight_decay=False; AdamW has True"),
        (lambda p: torch.optim.SGD(p, momentum=0.9), NesterovTorch, "nesterov=False; NesterovTorch has True"),
        (lambda p: torch.optim.Adagrad(p, lr_decay=0.1), AdaGrad, "lr_decay=0.1; AdaGrad has 0"),
        (
            lambda p: torch.optim.Adagrad(p, initial_accumulator_value=0.1),
            AdaGrad,
            "initial_accumulator_value=0.1; AdaGrad has 0",
        ),
        (lambda p: torch.optim.RMSprop(p, centered=True), RMSProp, "centered=True; RMSProp has False"),
        (lambda p: torch.optim.RMSprop(p, momentum=0.9), RMSProp, "momentum=0.9; RMSProp has 0"),
        (lambda p: torch.optim.Adadelta(p, maximize=True), AdaDelta, "maximize=True; AdaDelta has False"),
        (
            lambda p: torch.optim.NAdam(p, decoupled_weight_decay=True),
            NAdam,
            "decoupled_weight_decay=True; NAdam has False",
        ),
        (
            lambda p: torch.optim.Muon(p[:1], ns_steps=4),
            lambda p: Muon(p[:1]),
            "ns_steps=4; Muon has 5",
        ),
        (lambda p: torch.optim.Adam(p, amsgrad=True), Adam, "amsgrad=True; Adam has False"),
        (torch.optim.Adam, AMSGrad, "amsgrad=False; AMSGrad has True"),
        (torch.optim.RMSprop, RMSPropCentered, "centered=False; RMSPropCentered has True"),
        (
            lambda p: torch.optim.RAdam(p, decoupled_weight_decay=True),
            RAdam,
            "decoupled_weight_decay=True; RAdam has False",
        ),
    ],
)
def test_a_state_of_other_equations_is_refused(saved, ours, sentence):
    state = saved(parameters()).state_dict()
    with pytest.raises(UsageError, match=f"^the saved optimizer has {sentence}$"):
        ours(parameters()).load_state_dict(state)


@pytest.mark.parametrize(
    ("saved", "ours", "sentence"),
    [
        (NesterovTorch, Nesterov, "is momentum_buffer; Nesterov has velocity"),
        (lambda p: torch.optim.SGD(p, momentum=0.9), Nesterov, "is momentum_buffer; Nesterov has velocity"),
        (Nesterov, Momentum, "is velocity; Momentum has momentum_buffer"),
        (Adam, AdamUncorrected, "is step, exp_avg, exp_avg_sq; AdamUncorrected has m, v"),
        (AdamUncorrected, Adam, "is m, v; Adam has step, exp_avg, exp_avg_sq"),
        (Lion, Adam, "is exp_avg; Adam has step, exp_avg, exp_avg_sq"),
        (RMSProp, AdaGrad, "is step, square_avg; AdaGrad has step, sum"),
    ],
)
def test_another_optimizer_s_state_is_refused(saved, ours, sentence):
    ps = parameters()
    optimizer = saved(ps)
    walk(optimizer, ps, 0, 1)
    with pytest.raises(UsageError, match=f"^the saved optimizer's state {sentence}$"):
        ours(parameters()).load_state_dict(optimizer.state_dict())


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
    assert optimizer.path == "text on one vector"
    ps[1].grad = ps[2].grad = None
    optimizer.step()
    assert optimizer.path == "text"


@pytest.mark.parametrize("name", [name for name in PAIRS if PAIRS[name][0].fused_on])
def test_two_precisions_in_one_group(name):
    """A kernel takes one precision at a time."""
    both, apart = (
        [torch.nn.Parameter(p.detach().to(d)) for p in parameters() for d in (torch.float32, torch.float64)]
        for _ in range(2)
    )
    optimizer = made(name, both)
    walk(optimizer, both, 0, 5)
    for d in (torch.float32, torch.float64):
        optimizer = made(name, [p for p in apart if p.dtype == d])
        for t in range(5):
            gradients(apart, t)
            optimizer.step()
    assert optimizer.path == "fused"
    assert all(torch.equal(a, b) for a, b in zip(both, apart, strict=True))


@pytest.mark.parametrize("name", ["sgd", "momentum", "adam"])
@pytest.mark.parametrize("path", ["text", "fused"])
def test_on_a_parabola_the_closed_form(name, path):
    """L = ½ Σ a θ²: SGD (1 − ηa)^k θ₀; momentum, the power of its 2×2 matrix; Adam's first step, η sign."""
    a, start = np.array([0.5, 3.0]), np.array([2.0, -1.0])
    p = torch.nn.Parameter(torch.from_numpy(start.copy()))
    hyper = PAIRS[name][2]
    optimizer = made(name, [p], path)
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


@PATHS
def test_single_precision_stays_single(name, path):
    _, torchs, hyper = PAIRS[name]
    mine, other = ([torch.nn.Parameter(p.detach().float()) for p in parameters()] for _ in range(2))
    walk(made(name, mine, path), mine, 0, 20)
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
    (Nesterov, {"momentum": -0.1}, "momentum must be a number at least 0 and below 1; it is -0.1"),
    (NesterovTorch, {"momentum": 1}, "momentum must be a number at least 0 and below 1; it is 1"),
    (AdaGrad, {"eps": 0}, "eps must be a number above 0; it is 0"),
    (RMSProp, {"alpha": 1}, "alpha must be a number at least 0 and below 1; it is 1"),
    (AdaDelta, {"rho": 1}, "rho must be a number at least 0 and below 1; it is 1"),
    (AdamUncorrected, {"betas": (1, 0)}, "beta1 must be a number at least 0 and below 1; it is 1"),
    (AdamW, {"weight_decay": -0.1}, "weight_decay must be a number at least 0; it is -0.1"),
    (NAdam, {"momentum_decay": -1}, "momentum_decay must be a number at least 0; it is -1"),
    (Lion, {"betas": (0.9, 1)}, "beta2 must be a number at least 0 and below 1; it is 1"),
    (Muon, {"adam_ratio": 0}, "adam_ratio must be a number above 0; it is 0"),
    (Muon, {"momentum": "b"}, "momentum must be a number at least 0 and below 1; it is 'b'"),
]


@pytest.mark.parametrize(("ours", "hyper", "sentence"), BAD)
def test_a_bad_setting_is_refused_by_name(ours, hyper, sentence):
    with pytest.raises(UsageError, match=f"^{sentence}$"):
        ours(parameters(), **hyper)
    with pytest.raises(UsageError, match=f"^{sentence}$"):  # a group's own too
        ours([{"params": parameters(), **hyper}])


def test_a_torch_scheduler_drives_it():
    ps = parameters()
    optimizer = Adam(ps, lr=0.1)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 1, gamma=0.5)
    gradients(ps, 0)
    optimizer.step()
    scheduler.step()
    assert optimizer.param_groups[0]["lr"] == 0.05
