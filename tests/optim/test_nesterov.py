"""C3: both forms are the look-ahead at a constant rate; under a changing one only the course's is."""

import copy

import numpy as np
import pytest
import torch

from gradatim.optim.nesterov import Nesterov
from gradatim.optim.nesterov_torch import NesterovTorch

A = torch.tensor([0.5, 3.0, 20.0], dtype=torch.float64)  # curvatures of the parabola ½ Σ a θ²
START = torch.tensor([2.0, -1.0, 0.3], dtype=torch.float64)
RHO = 0.9


def look_ahead(rates):
    """v′ = ρv − ηg(θ + ρv), θ ← θ + v′; gives every θ + ρv, where the other forms stand."""
    theta, v = START.clone(), torch.zeros(3, dtype=torch.float64)
    for lr in rates:
        v = RHO * v - lr * A * (theta + RHO * v)
        theta = theta + v
        yield theta + RHO * v


def stepped(kind, rates):
    p = torch.nn.Parameter(START.clone())
    optimizer = kind([p], lr=rates[0], momentum=RHO)
    for lr in rates:
        optimizer.param_groups[0]["lr"] = lr
        p.grad = A * p.detach()
        optimizer.step()
        yield p.detach().clone()


CONSTANT = [0.02] * 100
FALLING = [0.02 * 0.97**t for t in range(100)]


@pytest.mark.parametrize("kind", [Nesterov, NesterovTorch])
def test_at_a_constant_rate_both_are_the_look_ahead(kind):
    for ours, expected in zip(stepped(kind, CONSTANT), look_ahead(CONSTANT), strict=True):
        torch.testing.assert_close(ours, expected, rtol=1e-12, atol=1e-15)


def test_under_a_falling_rate_only_one_is():
    """The course's form is the look-ahead still; torch's velocity shrinks with η, so it ends elsewhere."""
    expected = list(look_ahead(FALLING))
    for ours, theirs in zip(stepped(Nesterov, FALLING), expected, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-12, atol=1e-15)
    apart = [
        float((ours - theirs).norm() / theirs.norm())
        for ours, theirs in zip(stepped(NesterovTorch, FALLING), expected, strict=True)
    ]
    assert apart[0] < 1e-15  # nothing has changed yet
    assert 0.01 < apart[9] < 0.3
    assert max(apart) > 0.1


def test_the_course_s_form_is_torch_s_at_a_constant_rate():
    """200 steps on a function that is no parabola, in double precision: equal to 1e-11."""

    def walked(make):
        p = torch.nn.Parameter(START.clone())
        optimizer = make([p])
        for t in range(200):
            noise = torch.from_numpy(np.random.default_rng(t).standard_normal(3))
            p.grad = A * p.detach().sin() + 0.1 * noise
            optimizer.step()
        return p.detach()

    ours = walked(lambda p: Nesterov(p, lr=0.01, momentum=RHO, weight_decay=0.1))
    theirs = walked(
        lambda p: torch.optim.SGD(p, lr=0.01, momentum=RHO, nesterov=True, weight_decay=0.1, foreach=False)
    )
    torch.testing.assert_close(ours, theirs, rtol=1e-11, atol=1e-13)


def test_the_velocities_differ_by_the_rate():
    ours, theirs = (torch.nn.Parameter(START.clone()) for _ in range(2))
    one, other = Nesterov([ours], lr=0.02), NesterovTorch([theirs], lr=0.02, fused=False)
    for _ in range(5):
        for p, optimizer in ((ours, one), (theirs, other)):
            p.grad = A * p.detach()
            optimizer.step()
    v, buffer = one.state[ours]["velocity"], other.state[theirs]["momentum_buffer"]
    torch.testing.assert_close(v, -0.02 * buffer, rtol=1e-12, atol=0)
    assert copy.deepcopy(one.state_dict())["state"][0].keys() == {"velocity"}
