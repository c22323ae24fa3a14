"""C1–C7: the updates' texts run alike in NumPy and torch, and follow their equations' closed forms."""

import math
from typing import Any

import numpy as np
import pytest
import torch

from gradatim import catalog
from gradatim.functional import updates
from gradatim.functional.updates import adam, adam_uncorrected, lbfgs, lion, momentum, sgd

ADAM = {"lr": 0.1, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}
TEXTS: dict[str, Any] = {  # the text, its states, its hyper-parameters
    "sgd": (sgd, 0, {"lr": 0.1}),
    "momentum": (momentum, 1, {"lr": 0.1, "momentum": 0.9}),
    "nesterov": (updates.nesterov, 1, {"lr": 0.1, "momentum": 0.9}),
    "nesterov_torch": (updates.nesterov_torch, 1, {"lr": 0.1, "momentum": 0.9}),
    "adagrad": (updates.adagrad, 1, {"lr": 0.1, "eps": 1e-7}),
    "ftrl": (updates.ftrl, 3, {"lr": 0.1, "beta": 1.0, "l1": 0.01, "l2": 0.01}),
    "rmsprop": (updates.rmsprop, 1, {"lr": 0.1, "alpha": 0.9, "eps": 1e-8}),
    "rmsprop_centered": (updates.rmsprop_centered, 2, {"lr": 0.1, "alpha": 0.9, "eps": 1e-8}),
    "adadelta": (updates.adadelta, 2, {"lr": 1.0, "rho": 0.9, "eps": 1e-3}),
    "adam": (adam, 2, ADAM),
    "adam_uncorrected": (adam_uncorrected, 2, ADAM),
    "adamw": (updates.adamw, 2, {**ADAM, "weight_decay": 0.1}),
    "amsgrad": (updates.amsgrad, 3, ADAM),
    "adamax": (updates.adamax, 2, ADAM),
    "radam": (updates.radam, 2, ADAM),
    "nadam": (updates.nadam, 3, {**ADAM, "momentum_decay": 0.004}),
    "lion": (lion, 1, {"lr": 0.1, "beta1": 0.9, "beta2": 0.99, "weight_decay": 0.1}),
    "muon": (updates.muon, 1, {"lr": 0.1, "momentum": 0.95, "weight_decay": 0.1}),
}


def run(update, p, gradient, steps, like=np.array):
    """The parameter after some steps from p, as NumPy or torch computes it."""
    text, states, hyper = update
    p = like(p)
    state = [like(np.zeros(p.shape)) for _ in range(states)]
    for t in range(1, steps + 1):
        text(p, gradient(p), t, *state, **hyper)
    return np.asarray(p)


def test_every_text_is_tested_here():
    assert {*TEXTS, "lbfgs"} == set(catalog.names("optimizer"))


@pytest.mark.parametrize("name", TEXTS)
def test_numpy_and_torch_run_the_same_text(name):
    """Double precision, 100 steps on a saddle with a cubic: equal to 1e-14."""
    start = np.random.default_rng(0).standard_normal((3, 4))

    def gradient(p):
        return p * p * p * 0.1 - p

    in_numpy = run(TEXTS[name], start, gradient, 100, np.array)
    in_torch = run(TEXTS[name], start, gradient, 100, torch.tensor)
    assert np.abs(in_numpy - start).max() > 0.1
    np.testing.assert_allclose(in_torch, in_numpy, rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("like", [np.array, torch.tensor])
def test_an_update_works_in_place_and_leaves_the_gradient(name, like):
    text, states, hyper = TEXTS[name]
    p, g, state = like([[1.0, -2.0]]), like([[0.5, 0.25]]), [like([[0.0, 0.0]]) for _ in range(states)]
    assert text(p, g, 1, *state, **hyper) is None
    assert g.tolist() == [[0.5, 0.25]]
    assert p.tolist() != [[1.0, -2.0]]
    assert all(s.tolist() != [[0.0, 0.0]] for s in state)


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


@pytest.mark.parametrize(("t", "size"), [(1, 3.162278), (12, 6.568520), (1000, 1.257584)])
def test_adam_uncorrected_steps_too_far(t, size):
    """Under a constant gradient, in units of η: √(1 − β₂)⁻¹ (1 − β₁) at first, most at t = 12."""
    places = [
        run((adam_uncorrected, 2, {**ADAM, "eps": 1e-12}), [0.0], lambda p: p * 0 - 0.3, n)
        for n in (t - 1, t)
    ]
    np.testing.assert_allclose((places[1] - places[0]) / 0.1, [size], rtol=1e-6)
    assert size == pytest.approx((1 - 0.9**t) / math.sqrt(1 - 0.999**t), rel=1e-6)


def test_adam_uncorrected_is_adam_with_its_means_as_they_are():
    """200 steps in plain Python numbers, to 1e-11."""
    theta, m, v = 3.0, 0.0, 0.0
    array, state = np.array([3.0]), [np.zeros(1), np.zeros(1)]
    for t in range(1, 201):
        g = math.sin(theta) + 0.1 * theta
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        theta -= 0.01 * m / (math.sqrt(v) + 1e-8)
        adam_uncorrected(array, np.sin(array) + 0.1 * array, t, *state, **{**ADAM, "lr": 0.01})
    np.testing.assert_allclose(array, [theta], rtol=1e-11)


def test_adam_uncorrected_steps_farthest_at_the_twelfth():
    walk = [run((adam_uncorrected, 2, ADAM), [0.0], lambda p: p * 0 - 1.0, t)[0] for t in range(60)]
    assert np.argmax(np.diff(walk)) + 1 == 12


def test_adamw_at_a_zero_gradient_only_decays():
    found = run(TEXTS["adamw"], [1.5, -2.0], lambda p: p * 0, 10)
    np.testing.assert_allclose(found, np.array([1.5, -2.0]) * (1 - 0.1 * 0.1) ** 10, rtol=1e-14)


def test_adagrad_under_a_constant_gradient():
    """s = tg², so the t-th step is η/√t: θ_T = θ_0 − η Σ 1/√t, up to ε."""
    found = run((updates.adagrad, 1, {"lr": 0.1, "eps": 1e-15}), [1.0], lambda p: p * 0 + 3.0, 50)
    np.testing.assert_allclose(found, [1 - 0.1 * sum(t**-0.5 for t in range(1, 51))], rtol=1e-13)


def test_adagrad_s_epsilon_stands_outside_the_root():
    found = run((updates.adagrad, 1, {"lr": 1.0, "eps": 0.5}), [0.0], lambda p: p * 0 - 2.0, 1)
    assert found.tolist() == [2 / 2.5]


def test_rmsprop_under_a_constant_gradient():
    """s_t = (1 − αᵗ)g²: the first step is η/√(1 − α), and they fall to η."""
    found = run(
        (updates.rmsprop, 1, {"lr": 0.1, "alpha": 0.9, "eps": 1e-15}), [0.0], lambda p: p * 0 - 7.0, 60
    )
    np.testing.assert_allclose(found, [sum(0.1 / math.sqrt(1 - 0.9**t) for t in range(1, 61))], rtol=1e-13)


def test_adadelta_does_not_know_the_unit_of_the_loss():
    """Without ε, Δ is homogeneous of degree 0 in the loss; the first step is √(ε/((1 − ρ)g² + ε)) g."""
    found = run((updates.adadelta, 2, {"lr": 1.0, "rho": 0.9, "eps": 1e-6}), [0.0], lambda p: p * 0 - 5.0, 1)
    np.testing.assert_allclose(found, [5 * math.sqrt(1e-6 / (0.1 * 25 + 1e-6))], rtol=1e-13)


def test_nadam_is_dozat_s_line_by_line():
    """In plain Python numbers, the product of the μ by multiplication."""
    theta, m, v, product = 3.0, 0.0, 0.0, 1.0
    array, state = np.array([3.0]), [np.zeros(1), np.zeros(1), np.zeros(())]
    for t in range(1, 101):
        g = math.sin(theta) + 0.1 * theta
        mu, ahead = (0.9 * (1 - 0.5 * 0.96 ** (k * 0.004)) for k in (t, t + 1))
        product *= mu
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * g**2
        m_hat = ahead * m / (1 - product * ahead) + (1 - mu) * g / (1 - product)
        theta -= 0.1 * m_hat / (math.sqrt(v / (1 - 0.999**t)) + 1e-8)
        updates.nadam(array, np.sin(array) + 0.1 * array, t, *state, **ADAM, momentum_decay=0.004)
        np.testing.assert_allclose(array, [theta], rtol=1e-11)


def test_lion_is_algorithm_2_line_by_line():
    """With NumPy's own sign, a zero gradient among them: 100 steps to 1e-14."""
    rng = np.random.default_rng(0)
    p = theta = rng.standard_normal(5)
    p, m, held = p.copy(), np.zeros(5), np.zeros(5)
    for t in range(1, 101):
        g = np.sin(theta) + rng.standard_normal(5)
        g[0] = 0.0
        c = 0.9 * m + 0.1 * g
        theta = theta - 0.05 * (np.sign(c) + 0.2 * theta)
        m = 0.99 * m + 0.01 * g
        lion(p, g, t, held, lr=0.05, beta1=0.9, beta2=0.99, weight_decay=0.2)
        np.testing.assert_allclose(p, theta, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("like", [np.array, torch.tensor])
def test_lion_moves_every_parameter_by_lr(like):
    """±η exactly, in the parameter's own precision, and not at all where c is zero."""
    numbers = np.array([1e-300, -1e300, 0.0, -3.0])
    p, g = like(numbers * 0), like(numbers)
    lion(p, g, 1, p * 0, lr=0.1, beta1=0.9, beta2=0.99, weight_decay=0.0)
    assert p.tolist() == [-0.1, 0.1, 0.0, 0.1]


def rosenbrock(x):
    """(1 − a)² + 100 (b − a²)² and its gradient, in NumPy or torch."""
    a, b = x[0], x[1]
    g = x * 0
    g[0], g[1] = -2 * (1 - a) - 400 * a * (b - a * a), 200 * (b - a * a)
    return float((1 - a) ** 2 + 100 * (b - a * a) ** 2), g


def descended(function, x, iterations, history_size=10):
    f, g = function(x)
    pairs: list[Any] = []
    for t in range(1, iterations + 1):
        if float(abs(g).max()) < 1e-12:
            break
        f, g = lbfgs(x, g, t, pairs, f=f, evaluate=function, lr=1.0, history_size=history_size)
    return x, f, g, pairs


def test_lbfgs_in_numpy_and_torch():
    """On Rosenbrock's valley, which enlarges the last digits: 10 iterations to 1e-14, 25 to 1e-9."""
    start = [-1.2, 1.0]
    for iterations, rtol in ((10, 1e-14), (25, 1e-9)):
        in_numpy = descended(rosenbrock, np.array(start), iterations)[0]
        in_torch = descended(rosenbrock, torch.tensor(start, dtype=torch.float64), iterations)[0]
        np.testing.assert_allclose(np.asarray(in_torch), in_numpy, rtol=rtol)


def test_lbfgs_finds_rosenbrock_s_minimum():
    x, f, g, pairs = descended(rosenbrock, np.array([-1.2, 1.0]), 100)
    np.testing.assert_allclose(x, [1.0, 1.0], rtol=1e-10)
    assert f < 1e-20 and np.abs(g).max() < 1e-9
    assert len(pairs) == 10


def test_lbfgs_s_direction_is_bfgs_s():
    """The two loops give −Hg with H by equation 7.16, from γI, in full matrices: to 1e-12."""
    rng = np.random.default_rng(0)
    pairs = []
    for _ in range(4):
        s = rng.standard_normal(6)
        pairs.append((s, s * np.arange(1, 7) + 0.01 * rng.standard_normal(6)))
    s, y = pairs[-1]
    H = (s @ y) / (y @ y) * np.eye(6)
    for s, y in pairs:
        V = np.eye(6) - np.outer(y, s) / (y @ s)
        H = V.T @ H @ V + np.outer(s, s) / (y @ s)
    g = rng.standard_normal(6)
    x = np.zeros(6)
    # A value far below and no slope left: the first trial, a whole step along d, is taken
    lbfgs(x, g, 1, pairs, f=0.0, evaluate=lambda x: (-1e9, g * 0), lr=1.0, history_size=10)
    np.testing.assert_allclose(x, -H @ g, rtol=1e-12)


def test_the_file_imports_neither_library():
    import subprocess
    import sys

    script = (
        "import sys, gradatim.functional.updates\n"
        "assert not {'torch', 'numpy'} & set(sys.modules), 'a library was imported'\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_a_gradient_that_stays_leaves_centred_rmsprop_no_root_of_less_than_zero():
    """s − m² is 0 but for rounding: its steps stay numbers, where a root of −1e-17 would be none."""
    theta, s, m = np.zeros(3), np.zeros(3), np.zeros(3)
    for t in range(1, 4000):
        updates.rmsprop_centered(theta, np.array([0.1, 0.3, 0.7]), t, s, m, lr=1e-9, alpha=0.9, eps=1e-8)
    assert np.isfinite(theta).all() and (s - m * m < 1e-15).all()


def test_amsgrad_s_rate_never_grows():
    """After one large gradient û keeps its size, where v̂ forgets it."""
    p, m, v, u = (np.zeros(1) for _ in range(4))
    largest = 0.0
    for t, g in enumerate([10.0, *[0.01] * 500], 1):
        updates.amsgrad(p, np.array([g]), t, m, v, u, lr=0.1, beta1=0.9, beta2=0.9, eps=1e-8)
        largest = max(largest, v[0])
    assert u[0] == largest == pytest.approx(0.1 * 100, rel=1e-12) and v[0] < 1e-3


def test_adamax_s_first_step_is_the_rate():
    """m̂/u = g/(|g| + ε) at t = 1, to 1e-12."""
    g, p, m, u = np.array([3.0, -1e-3, 20.0]), np.zeros(3), np.zeros(3), np.zeros(3)
    updates.adamax(p, g, 1, m, u, **ADAM)
    np.testing.assert_allclose(p, -0.1 * g / (np.abs(g) + 1e-8), rtol=1e-12)


def test_radam_is_liu_s_line_by_line():
    """Algorithm 2 with torch's bound 5 and place of ε, for β₂ of long and of short memory, to 1e-12."""
    for beta2 in (0.999, 0.9, 0.6, 0.5):  # of the last two ρ∞ is 4 and 3: momentum for ever
        p, m, v = np.array([1.0, -2.0]), np.zeros(2), np.zeros(2)
        theta, first, second = p.copy(), np.zeros(2), np.zeros(2)
        longest = 2 / (1 - beta2) - 1
        for t in range(1, 40):
            g = np.sin(theta * t) + 0.1
            updates.radam(p, g, t, m, v, lr=0.1, beta1=0.9, beta2=beta2, eps=1e-8)
            first = 0.9 * first + 0.1 * g
            second = beta2 * second + (1 - beta2) * g * g
            mean = first / (1 - 0.9**t)
            rho = longest - 2 * t * beta2**t / (1 - beta2**t)
            if rho > 5:
                r = math.sqrt((rho - 4) * (rho - 2) * longest / ((longest - 4) * (longest - 2) * rho))
                theta = theta - 0.1 * r * mean * math.sqrt(1 - beta2**t) / (np.sqrt(second) + 1e-8)
            else:
                theta = theta - 0.1 * mean
            np.testing.assert_allclose(p, theta, rtol=1e-12, atol=1e-14)


def of_ftrl(p, gradients, rates, beta, l1, l2):
    """The parameter after some steps of the text, each at a rate of its own."""
    p, state = p.copy(), [np.zeros(p.shape) for _ in range(3)]
    path = []
    for t, (g, lr) in enumerate(zip(gradients, rates, strict=True), 1):
        updates.ftrl(p, g, t, *state, lr=lr, beta=beta, l1=l1, l2=l2)
        path.append(p.copy())
    return path


def ftrl_of_the_paper(gradients, alpha, beta, l1, l2):
    """Algorithm 1 of McMahan et al. 2013, coordinate by coordinate, from zero: α, z_i, n_i, σ_i."""
    z, n, path = [0.0] * gradients.shape[1], [0.0] * gradients.shape[1], []
    for g in [*gradients, None]:
        w = []
        for z_i, n_i in zip(z, n, strict=True):
            sign = math.copysign(1, z_i)
            w.append(0.0 if abs(z_i) <= l1 else -(z_i - sign * l1) / ((beta + math.sqrt(n_i)) / alpha + l2))
        path.append(w)
        for i, g_i in enumerate([] if g is None else g):
            sigma = (math.sqrt(n[i] + g_i**2) - math.sqrt(n[i])) / alpha
            z[i] += g_i - sigma * w[i]
            n[i] += g_i**2
    return np.array(path[1:])


def test_ftrl_follows_the_paper_s_algorithm():
    """Float64, 60 steps from zero on 5 coordinates: equal to 1e-12; some weights are exactly zero."""
    gradients = np.random.default_rng(3).standard_normal((60, 5)) * [1, 0.1, 2, 0.01, 1]
    hyper = {"beta": 0.7, "l1": 0.8, "l2": 0.05}
    found = of_ftrl(np.zeros(5), gradients, [0.2] * 60, **hyper)
    np.testing.assert_allclose(found, ftrl_of_the_paper(gradients, 0.2, **hyper), atol=1e-12)
    assert (found[-1] == 0).any() and (found[-1] != 0).any()


def test_ftrl_without_penalties_is_adagrad_from_any_start_and_with_any_schedule():
    rng = np.random.default_rng(4)
    gradients, rates, start = rng.standard_normal((40, 6)), rng.uniform(0.01, 0.5, 40), rng.standard_normal(6)
    p, s = start.copy(), np.zeros(6)
    for t, (g, lr) in enumerate(zip(gradients, rates, strict=True), 1):
        updates.adagrad(p, g, t, s, lr=lr, eps=0.3)
    found = of_ftrl(start, gradients, rates, beta=0.3, l1=0.0, l2=0.0)
    np.testing.assert_allclose(found[-1], p, atol=1e-12)


def test_ftrl_steps_to_the_minimum_of_what_it_follows():
    """0 is a subgradient of Σg·θ + ½Σσ(θ − θ_s)² + λ₁|θ| + ½λ₂θ² at every step, to 1e-12."""
    rng = np.random.default_rng(5)
    gradients, rates = rng.standard_normal((30, 4)), rng.uniform(0.1, 0.5, 30)
    l1, l2, beta = 1.5, 0.2, 1.0
    start = rng.standard_normal(4)
    path = [start, *of_ftrl(start, gradients, rates, beta, l1, l2)]
    linear, s, q = np.zeros(4), np.zeros(4), np.zeros(4)
    for t, (g, lr) in enumerate(zip(gradients, rates, strict=True)):
        s = s + g * g
        sigma = (beta + np.sqrt(s)) / lr - q
        q, linear, theta = q + sigma, linear + g - sigma * path[t], path[t + 1]
        smooth = linear + q * theta + l2 * theta
        at_zero = theta == 0
        assert (np.abs(smooth[at_zero]) <= l1 + 1e-12).all()
        np.testing.assert_allclose(smooth[~at_zero], -l1 * np.sign(theta[~at_zero]), atol=1e-12)
