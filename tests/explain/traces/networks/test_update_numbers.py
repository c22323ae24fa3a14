"""Every optimizer's equations with the numbers of one weight: each line is right, and so is the last."""

import numpy as np
import pytest
import torch

from filled_arithmetic import check_lines
from gradatim.by_hand.network import Network
from gradatim.explain.traces.networks.step import Setup, work_through
from gradatim.explain.traces.networks.trace_of_step import trace_of
from gradatim.explain.traces.optimizer_step import SEARCHES, optimizer_step
from gradatim.functional.updates import newton_schulz_steps
from gradatim.jobs.trace import trace
from gradatim.optim.numpy_updates import METHODS, NUMBERS

DENSE = [{"name": "dense", "in_features": 3, "out_features": 2}]
LINES = {"sgd": 1, "momentum": 2, "radam": 7, "nadam": 8, "muon": 3, "lbfgs": 3, "lion": 3}


def setup_of(optimizer, steps, seed=3):
    """A step of one layer, with a memory as after so many steps."""
    rng = np.random.default_rng(seed)
    network = Network(DENSE, seed, np.float64)
    state = {}
    for name in METHODS[optimizer].state if steps else ():
        state[name] = (
            np.array(0.4)
            if name in NUMBERS
            else rng.random(8) + (name != "grad_avg") * 0.5 + (name == "square_avg")
        )
    if optimizer == "lbfgs" and steps:
        s = rng.normal(size=(2, 8))
        state = {"s": s, "y": 2 * s}
    x, y = rng.normal(size=(1, 3)), rng.normal(size=(1, 2))
    return Setup(network, x, y, "half_squared_error", 0.1, optimizer=optimizer, state=state, t=steps)


@pytest.mark.parametrize("steps", [0, 7])
@pytest.mark.parametrize("optimizer", METHODS)
def test_the_equations_are_right_in_numbers(optimizer, steps):
    found = trace_of(setup_of(optimizer, steps))
    at = next(
        n for n, part in enumerate(found.parts) if getattr(part, "text", "").startswith("The optimizer:")
    )
    assert check_lines(found.parts[at:], least=1e-2) >= LINES.get(optimizer, 2) - (
        optimizer == "radam" and not steps
    )


@pytest.mark.parametrize(("steps", "length"), [(1, "ρ ≤ 5"), (7, "ρ > 5")])
def test_radam_waits_until_it_knows_the_variance(steps, length):
    assert length in str(trace_of(setup_of("radam", steps)))


def test_muon_s_matrix_on_its_way_is_its_step():
    step = work_through(setup_of("muon", 7))
    g, b = step.shaped["0.weight"], step.new_state["momentum_buffer"]["0.weight"]
    *_, last = newton_schulz_steps(0.05 * g + 0.95 * b)
    moved = step.before["0.weight"] - 0.1 * last
    np.testing.assert_allclose(step.after["0.weight"], moved, rtol=0, atol=1e-12)
    values = torch.linalg.svdvals(torch.tensor(last))
    assert float(values.min()) > 0.6 and float(values.max()) < 1.3


def test_of_what_is_no_matrix_muon_says_that_it_is_adamw():
    setup = setup_of("muon", 0)
    setup.x[...] = 0.01  # the bias has the largest gradient
    text = str(trace_of(setup))
    assert "by AdamW, which has 0.015 of η" in text and "0.0015·" in text


def test_l_bfgs_s_direction_and_length_are_its_step():
    for steps in (0, 7):
        step = work_through(setup_of("lbfgs", steps))
        for name, d in step.search["d"].items():
            moved = step.before[name] + step.search["a"] * d
            np.testing.assert_allclose(step.after[name], moved, rtol=0, atol=1e-12)
        if not steps:
            np.testing.assert_allclose(step.search["d"]["0.bias"], -step.gradients["0.bias"], atol=1e-15)
        else:  # y = 2 s on the plane of both pairs: H halves there, and everywhere as γ = ½
            np.testing.assert_allclose(step.search["d"]["0.bias"], -step.gradients["0.bias"] / 2, atol=1e-12)
    assert "H from the last 2 pairs (s, y)" in str(trace_of(setup_of("lbfgs", 7)))


@pytest.mark.parametrize("name", [name for name in METHODS if name not in SEARCHES])
def test_the_last_of_an_optimizer_s_steps_is_filled_in(name):
    found = optimizer_step(name, 1.5, [0.5, -0.25, 1, 0.125, 0.5, 0.25, -1], lr=0.1)
    assert "Step 7 in numbers:" in str(found)
    assert check_lines(found.parts, least=1e-2) >= LINES.get(name, 2)


def test_several_iterations_of_l_bfgs_are_said():
    net = {"layers": DENSE, "settings": {"max_iter": 4}, "seed": 1}
    text = str(trace(net, input=[1, 2, 3], target=[0, 1], optimizer="lbfgs", loss="huber"))
    assert "times" in text
