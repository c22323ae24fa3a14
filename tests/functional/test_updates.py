"""C1, C2, C6: the updates' texts run alike in NumPy and torch, and follow their equations' closed forms."""

import math
from typing import Any

import numpy as np
import pytest
import torch

from gradatim.functional.updates import adam, momentum, sgd

ADAM = {"lr": 0.1, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}
TEXTS: dict[str, Any] = {
    "sgd": (sgd, 0, {"lr": 0.1}),
    "momentum": (momentum, 1, {"lr": 0.1, "momentum": 0.9}),
    "adam": (adam, 2, ADAM),
}


def run(update, p, gradient, steps, like=np.array):
    """The parameter after some steps from p, as NumPy or torch computes it."""
    text, states, hyper = update
    p = like(p)
    state = [like(np.zeros(p.shape)) for _ in range(states)]
    for t in range(1, steps + 1):
        text(p, gradient(p), t, *state, **hyper)
    return np.asarray(p)


@pytest.mark.parametrize("name", TEXTS)
def test_numpy_and_torch_run_the_same_text(name):
    """Double precision, 100 steps on a saddle with a cubic: equal to 1e-15."""
    start = np.random.default_rng(0).standard_normal((3, 4))

    def gradient(p):
        return p * p * p * 0.1 - p

    in_numpy = run(TEXTS[name], start, gradient, 100, np.array)
    in_torch = run(TEXTS[name], start, gradient, 100, torch.tensor)
    assert np.abs(in_numpy - start).max() > 0.1
    np.testing.assert_allclose(in_torch, in_numpy, rtol=1e-15, atol=1e-15)


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("like", [np.array, torch.tensor])
def test_an_update_works_in_place_and_leaves_the_gradient(name, like):
    text, states, hyper = TEXTS[name]
    p, g, state = like([1.0, -2.0]), like([0.5, 0.25]), [like([0.0, 0.0]) for _ in range(states)]
    assert text(p, g, 1, *state, **hyper) is None
    assert g.tolist() == [0.5, 0.25]
    assert p.tolist() != [1.0, -2.0]
    assert all(s.tolist() != [0.0, 0.0] for s in state)


def test_sgd_on_a_parabola():
    """L = ½ a θ²: θ_k = (1 − ηa)^k θ_0."""
    a, start = np.array([0.5, 3.0]), np.array([2.0, -1.0])
    found = run((sgd, 0, {"lr": 0.2}), start, lambda p: a * p, 30)
    np.testing.assert_allclose(found, (1 - 0.2 * a) ** 30 * start, rtol=1e-13)


def test_momentum_under_a_constant_gradient():
    """v_t = (1 − ρ^t)/(1 − ρ) g, so θ_T = θ_0 − η g Σ_t v_t/g: steps grow up to 1/(1 − ρ) times η g."""
    rho, T = 0.9, 40
    found = run((momentum, 1, {"lr": 0.01, "momentum": rho}), [1.0], lambda p: p * 0 + 2.0, T)
    steps = [(1 - rho**t) / (1 - rho) for t in range(1, T + 1)]
    np.testing.assert_allclose(found, [1.0 - 0.01 * 2.0 * sum(steps)], rtol=1e-13)


def test_momentum_on_a_parabola_is_a_linear_recurrence():
    """(v, θ) ← [[ρ, a], [−ηρ, 1 − ηa]] (v, θ)."""
    a, lr, rho = 3.0, 0.1, 0.9
    step = np.array([[rho, a], [-lr * rho, 1 - lr * a]])
    expected = (np.linalg.matrix_power(step, 50) @ [0.0, 1.0])[1]
    found = run((momentum, 1, {"lr": lr, "momentum": rho}), [1.0], lambda p: a * p, 50)
    np.testing.assert_allclose(found, [expected], rtol=1e-12)


def test_momentum_without_momentum_is_gradient_descent():
    def gradient(p):
        return 2 * p

    start = np.array([1.0, -3.0])
    found = run((momentum, 1, {"lr": 0.1, "momentum": 0.0}), start, gradient, 10)
    assert (found == run(TEXTS["sgd"], start, gradient, 10)).all()


def test_adam_is_algorithm_1_line_by_line():
    """Kingma & Ba 2015, Algorithm 1 in plain Python numbers, with the recursions in the paper's form."""
    p = theta = 3.0
    m = v = 0.0
    array, state = np.array([p]), [np.zeros(1), np.zeros(1)]
    for t in range(1, 101):
        g = math.sin(theta) + 0.1 * theta
        m = 0.9 * m + (1 - 0.9) * g
        v = 0.999 * v + (1 - 0.999) * g**2
        theta -= 0.1 * (m / (1 - 0.9**t)) / (math.sqrt(v / (1 - 0.999**t)) + 1e-8)
        adam(array, np.sin(array) + 0.1 * array, t, *state, **ADAM)
        np.testing.assert_allclose(array, [theta], rtol=1e-11)


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
def test_adam_s_first_step_is_lr_times_the_sign(scale):
    """m̂/√v̂ = g/|g| at t = 1 (for |g| ≫ ε): the step does not depend on the gradient's scale."""
    g = scale * np.array([1.0, -0.5, 3.0])
    p, state = np.zeros(3), [np.zeros(3), np.zeros(3)]
    adam(p, g, 1, *state, **ADAM)
    np.testing.assert_allclose(p, -0.1 * g / (np.abs(g) + 1e-8), rtol=1e-12)
    np.testing.assert_allclose(p, -0.1 * np.sign(g), rtol=3e-5)


def test_adam_under_a_constant_gradient_walks_evenly():
    """m̂ = g and v̂ = g² at every t, thanks to the corrections: θ_T = θ_0 − T η g/(|g| + ε)."""
    found = run(TEXTS["adam"], [0.0], lambda p: p * 0 - 0.3, 500)
    np.testing.assert_allclose(found, [500 * 0.1 * 0.3 / (0.3 + 1e-8)], rtol=1e-11)


def test_adam_at_a_zero_gradient_stands_still():
    assert run(TEXTS["adam"], [1.5], lambda p: p * 0, 10).tolist() == [1.5]


def test_the_file_imports_neither_library():
    import subprocess
    import sys

    script = (
        "import sys, gradatim.functional.updates\n"
        "assert not {'torch', 'numpy'} & set(sys.modules), 'a library was imported'\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
