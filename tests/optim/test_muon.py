"""C7: Muon is torch's where its matrices keep double precision; AdamW moves the rest."""

import copy

import numpy as np
import pytest
import torch

from gradatim.functional import updates
from gradatim.optim.muon import Muon

SHAPES = [(4, 3), (3, 4), (5, 5), (1, 6), (6, 1)]


def matrices(seed=0, dtype=torch.float64):
    rng = np.random.default_rng(seed)
    return [torch.nn.Parameter(torch.from_numpy(rng.standard_normal(s)).to(dtype)) for s in SHAPES]


def walk(optimizer, ps, start, stop):
    for t in range(start, stop):
        for i, p in enumerate(ps):
            noise = torch.from_numpy(np.random.default_rng([t, i]).standard_normal(p.shape)).to(p.dtype)
            p.grad = (p.detach().sin() + noise) * 10.0 ** (i - 2)
        optimizer.step()


def same(ours, theirs, rtol=1e-12):
    for a, b in zip(ours, theirs, strict=True):
        torch.testing.assert_close(a, b, rtol=rtol, atol=1e-13)


@pytest.fixture
def torch_in_double(monkeypatch):
    """Torch rounds to bfloat16 before Newton–Schulz; not here."""
    monkeypatch.setattr(torch.Tensor, "bfloat16", torch.Tensor.clone)


@pytest.mark.parametrize("decay", [0.0, 0.1])
def test_200_steps_are_torch_s(torch_in_double, decay):
    mine, other = matrices(), matrices()
    walk(Muon(mine, lr=0.02, weight_decay=decay), mine, 0, 200)
    walk(torch.optim.Muon(other, lr=0.02, momentum=0.95, weight_decay=decay), other, 0, 200)
    assert all((p - q).abs().max() > 0.1 for p, q in zip(mine, matrices(), strict=True))
    same(mine, other)


def test_torch_s_bfloat16_is_near():
    """Why it is called a deviation: after one step the two differ by less than a bfloat16 loses, 2 %."""
    mine, other = matrices(), matrices()
    walk(Muon(mine, lr=0.02), mine, 0, 1)
    walk(torch.optim.Muon(other, lr=0.02, weight_decay=0.0), other, 0, 1)
    for p, q, was in zip(mine, other, matrices(), strict=True):
        assert 1e-5 < (p - q).norm() / (p - was).norm() < 0.02


def test_the_state_comes_from_torch_and_goes_there(torch_in_double):
    straight, there, back = matrices(), matrices(), matrices()
    walk(torch.optim.Muon(straight, lr=0.02, weight_decay=0.1), straight, 0, 30)
    first = torch.optim.Muon(there, lr=0.02, weight_decay=0.1)
    walk(first, there, 0, 15)
    second = Muon(there)
    second.load_state_dict(copy.deepcopy(first.state_dict()))
    walk(second, there, 15, 30)
    same(there, straight)
    first = Muon(back, lr=0.02, weight_decay=0.1)
    walk(first, back, 0, 15)
    second = torch.optim.Muon(back)
    second.load_state_dict(copy.deepcopy(first.state_dict()))
    walk(second, back, 15, 30)
    same(back, straight)


def test_a_step_is_nearly_orthogonal():
    """NS keeps the singular vectors of the momentum and brings its values to 0.67 … 1.22."""
    rng = np.random.default_rng(3)
    for shape in [(8, 5), (5, 8), (6, 6)]:
        u, s, vt = np.linalg.svd(rng.standard_normal(shape), full_matrices=False)
        g = u @ np.diag(np.linspace(1, 0.1, len(s))) @ vt
        p, b = np.zeros(shape), np.zeros(shape)
        updates.muon(p, g, 1, b, lr=1.0, momentum=0.95, weight_decay=0.0)
        o = -p / max(1, shape[0] / shape[1]) ** 0.5
        inside = u.T @ o @ vt.T
        values = np.diag(inside)
        np.testing.assert_allclose(inside, np.diag(values), atol=1e-12)
        assert values.min() > 0.67 and values.max() < 1.22


def test_a_zero_matrix_stays():
    p, b = np.ones((3, 2)), np.zeros((3, 2))
    updates.muon(p, np.zeros((3, 2)), 1, b, lr=1.0, momentum=0.95, weight_decay=0.0)
    assert (p == 1).all()


def test_the_size_of_the_gradient_does_not_matter():
    steps = []
    for scale in (1e-4, 1.0, 1e4):
        p, b = np.zeros((4, 3)), np.zeros((4, 3))
        g = scale * np.random.default_rng(0).standard_normal((4, 3))
        updates.muon(p, g, 1, b, lr=0.1, momentum=0.9, weight_decay=0.0)
        steps.append(p)
    np.testing.assert_allclose(steps[0], steps[1], rtol=1e-10)
    np.testing.assert_allclose(steps[2], steps[1], rtol=1e-10)


def test_what_is_no_matrix_moves_by_adamw():
    """A bias, a filter and a number: torch's AdamW at 0.015 of the rate, to 1e-12."""
    rng = np.random.default_rng(5)
    starts = [rng.standard_normal(shape) for shape in [(4,), (2, 3, 2), ()]]
    mine, other = ([torch.nn.Parameter(torch.tensor(s)) for s in starts] for _ in range(2))
    walk(Muon(mine, lr=0.2, weight_decay=0.1, betas=(0.8, 0.99)), mine, 0, 50)
    walk(torch.optim.AdamW(other, lr=0.003, weight_decay=0.1, betas=(0.8, 0.99)), other, 0, 50)
    same(mine, other)
    assert not torch.equal(mine[0].detach(), torch.tensor(starts[0]))


def test_the_state_is_torch_s_by_shape():
    ps = [torch.nn.Parameter(torch.ones(2, 2)), torch.nn.Parameter(torch.ones(2))]
    optimizer = Muon(ps)
    walk(optimizer, ps, 0, 1)
    assert set(optimizer.state[ps[0]]) == {"momentum_buffer"}
    assert set(optimizer.state[ps[1]]) == {"step", "exp_avg", "exp_avg_sq"}


@pytest.mark.parametrize("scale", [1e25, 1e30])
def test_a_gradient_whose_squares_are_beyond_the_type_moves_as_far(scale):
    """O depends on the gradient's direction only: float32 squares overflow at 1.8e19, and the step was 0."""
    moved = []
    for size in (1.0, scale):
        ps = matrices(dtype=torch.float32)
        for i, p in enumerate(ps):
            noise = np.random.default_rng([0, i]).standard_normal(p.shape)
            p.grad = torch.from_numpy(noise).float() * size
        Muon(ps, lr=0.02).step()
        moved.append([p.detach() for p in ps])
    for p, q, was in zip(*moved, matrices(dtype=torch.float32), strict=True):
        torch.testing.assert_close(q, p, rtol=1e-5, atol=1e-6)
        assert (p - was.detach()).abs().max() > 1e-3
