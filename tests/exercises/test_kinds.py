"""Every trace of the catalogue is an exercise: its numbers drawn by a seed, its values those of the trace."""

import shlex

import numpy as np
import pytest
import torch

from gradatim import catalog
from gradatim.checks import UsageError
from gradatim.cli.parse_values import network_arguments
from gradatim.exercises.exercise import make_exercise, trace_command
from gradatim.exercises.kind import decimals_of
from gradatim.exercises.kinds import all_kinds, kind_of
from gradatim.exercises.update_steps import OWN
from gradatim.explain.traces.page import as_page
from gradatim.explain.traces.record import table_text
from gradatim.jobs.trace import trace as trace_of

SEEDS = (0, 7, 123)


def values(exercise):
    return {one.name: one.value for one in exercise.asked}


@pytest.mark.parametrize("trace", catalog.names("trace"))
def test_every_trace_is_an_exercise(trace):
    assert trace in all_kinds(), (
        f"the trace {trace} is no exercise: write a Kind (draw, asked) for it into KINDS of a family in "
        "gradatim/exercises (single_units.py, units.py, convolutions.py, through_time.py, update_steps.py), "
        "or a new family and its row in FAMILIES of exercises/kinds.py"
    )


def test_no_exercise_is_without_its_trace_and_names_are_one_s_own():
    kinds = all_kinds()
    short = [kind.short for kind in kinds.values() if kind.short]
    assert len(set(short)) == len(short) and not set(short) & kinds.keys()
    assert all(kind_of(kind.short).trace == name for name, kind in kinds.items() if kind.short)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", all_kinds())
def test_an_exercise_is_a_function_of_its_seed_and_gives_nothing_away(kind, seed):
    exercise, again = make_exercise(kind, seed), make_exercise(kind, seed)
    assert (exercise.numbers, exercise.asked) == (again.numbers, again.asked)
    assert any(make_exercise(kind, seed + k).numbers != exercise.numbers for k in (1, 2, 3))
    names = [one.name for one in exercise.asked]
    assert len(set(names)) == len(names) > 1
    assert all(
        name.isidentifier() and np.isfinite(one.value)
        for name, one in zip(names, exercise.asked, strict=True)
    )
    assert all(one.decimals or one.value == round(one.value) for one in exercise.asked)
    assert "backtick" not in str(exercise) and "`" not in str(exercise)
    assert as_page(exercise.sheet()).startswith("<!DOCTYPE html>")
    assert all(
        mark.right
        for mark in exercise.check({one.name: round(one.value, one.decimals) for one in exercise.asked})
    )


@pytest.mark.parametrize("kind", all_kinds())
def test_the_trace_s_command_gives_the_solution(kind):
    exercise = make_exercise(kind, 3)
    _, verb, name, *settings = shlex.split(trace_command(exercise))
    assert (verb, name) == ("trace", kind)
    assert [t.rows for t in trace_of(name, network_arguments(settings)).tables()] == [
        t.rows for t in exercise.solution.tables()
    ]


@pytest.mark.parametrize("seed", SEEDS)
def test_backpropagation_agrees_with_autograd(seed):
    exercise = make_exercise("backprop", seed)
    n, asked = exercise.numbers, values(exercise)
    w = {
        k: torch.tensor(float(v), dtype=torch.float64, requires_grad=True)
        for k, v in n.items()
        if k[0] == "w"
    }
    x1, x2 = n["x"]
    y3 = torch.sigmoid(w["w03"] + w["w13"] * x1 + w["w23"] * x2)
    y4 = torch.sigmoid(w["w04"] + w["w14"] * x1 + w["w24"] * x2)
    y5 = torch.sigmoid(w["w05"] + w["w35"] * y3 + w["w45"] * y4)
    (0.5 * (n["target"] - y5) ** 2).backward()
    right = {
        "y3": y3, "y4": y4, "y5": y5, "delta5": -w["w05"].grad, "delta4": -w["w04"].grad,
        "delta3": -w["w03"].grad,
        "new_w35": w["w35"] - n["lr"] * w["w35"].grad, "new_w13": w["w13"] - n["lr"] * w["w13"].grad,
    }  # fmt: skip
    assert asked == pytest.approx({name: value.item() for name, value in right.items()}, abs=1e-14)
    assert min(abs(asked[name]) for name in ("delta3", "delta4", "delta5")) > 0.003


@pytest.mark.parametrize("seed", SEEDS)
def test_the_learning_loop_agrees_with_autograd(seed):
    exercise = make_exercise("loop", seed)
    n, asked = exercise.numbers, values(exercise)
    p = {
        k: torch.tensor(float(n[k]), dtype=torch.float64, requires_grad=True)
        for k in ("w1", "w2", "b1", "w3", "b2")
    }

    def loss():
        z = p["w1"] * n["x"][0] + p["w2"] * n["x"][1] + p["b1"]
        return z, p["w3"] * torch.relu(z) + p["b2"]

    z, y = loss()
    ((y - n["y"]) ** 2).backward()
    assert z > 0 and asked["z"] == z.item() and asked["y_hat"] == pytest.approx(y.item())
    for name, value in p.items():
        assert asked[f"d{name}"] == pytest.approx(value.grad.item())
    with torch.no_grad():
        for value in p.values():
            value -= n["lr"] * value.grad
        assert asked["new_L"] == pytest.approx((loss()[1] - n["y"]).item() ** 2)


@pytest.mark.parametrize("seed", SEEDS)
def test_an_lstm_s_gates_agree_with_torch_s_cell(seed):
    exercise = make_exercise("lstm", seed)
    n, asked = exercise.numbers, values(exercise)
    cell = torch.nn.LSTMCell(1, 1).double()
    with torch.no_grad():
        for name, letter in (("weight_ih", "x"), ("weight_hh", "h")):
            getattr(cell, name).copy_(torch.tensor([[float(n[f"w{g}{letter}"])] for g in "ifco"]))
        cell.bias_ih.copy_(torch.tensor([float(n[f"b{g}"]) for g in "ifco"]))
        cell.bias_hh.zero_()
        h = c = torch.zeros(1, 1, dtype=torch.float64)
        for t, x in enumerate(n["x"], 1):
            h, c = cell(torch.tensor([[float(x)]], dtype=torch.float64), (h, c))
            assert (asked[f"h{t}"], asked[f"C{t}"]) == pytest.approx((h.item(), c.item()), abs=1e-14)


@pytest.mark.parametrize("seed", SEEDS)
def test_convolutions_agree_with_torch(seed):
    n = make_exercise("conv", seed).numbers
    asked = values(make_exercise("conv", seed))
    x, k = (torch.tensor(n[key], dtype=torch.float64)[None, None] for key in ("x", "kernel"))
    for letter, kernel in (("y", k), ("t", k.flip(2, 3))):
        right = torch.nn.functional.conv2d(x, kernel)[0, 0]
        assert [asked[f"{letter}{i}{j}"] for i in (1, 2) for j in (1, 2)] == right.ravel().tolist()
    n = make_exercise("conv-1d", seed).numbers
    asked = values(make_exercise("conv-1d", seed))
    x, k = (
        torch.tensor(n[key], dtype=torch.float64).reshape(1, 1, -1).requires_grad_()
        for key in ("x", "kernels")
    )
    y = torch.nn.functional.conv1d(x, k, stride=n["stride"], padding=n["padding"])
    (y.square().sum() / 2).backward()
    for letter, right in (("y", y), ("dw", k.grad), ("dx", x.grad)):
        found = [asked[f"{letter}{i}"] for i in range(1, right.numel() + 1)]
        assert found == pytest.approx(right.ravel().tolist())


@pytest.mark.parametrize("seed", range(8))
def test_an_optimizer_s_steps_agree_with_torch(seed):
    exercise = make_exercise("optimizer", seed)
    n, asked = exercise.numbers, values(exercise)
    w = torch.nn.Parameter(torch.tensor(float(n["w"]), dtype=torch.float64))
    kinds = {
        "sgd": (torch.optim.SGD, {}), "momentum": (torch.optim.SGD, {"momentum": 0.9}),
        "nesterov_torch": (torch.optim.SGD, {"momentum": 0.9, "nesterov": True}),
        "adagrad": (torch.optim.Adagrad, {"eps": 1e-7}), "rmsprop": (torch.optim.RMSprop, {"alpha": 0.9}),
        "adam": (torch.optim.Adam, {"betas": (0.9, 0.99)}),
    }  # fmt: skip
    assert kinds.keys() == OWN.keys()
    kind, settings = kinds[n["optimizer"]]
    step = kind([w], lr=n["lr"], **settings)
    for t, g in enumerate(n["gradients"], 1):
        w.grad = torch.tensor(g, dtype=torch.float64)
        step.step()
        assert asked[f"w{t}"] == pytest.approx(w.item(), abs=1e-12)


def test_the_norms_of_gradients_are_those_that_the_trace_measures():
    from gradatim.explain.traces.sums_as_text import short

    exercise = make_exercise("rnn-gradients", 5)
    asked = values(exercise)
    table = next(t for t in exercise.solution.tables() if t.caption.startswith("‖∂h_T/∂h_0‖₂ over"))
    assert table.column("measured")[::2] == [short(asked["small"]), short(asked["large"])]


@pytest.mark.parametrize("kind", ["lstm", "gru", "rnn"])
def test_no_state_stays_zero(kind):
    for seed in range(20):
        asked = values(make_exercise(kind, seed))
        assert abs(asked["h1"]) > 1e-3 and asked["h1"] != asked["h2"]


def test_decimals():
    assert [decimals_of(v) for v in (2, 0.5, 0.25, 0.125, 1 / 3)] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(("kind", "says"), [("backprob", "did you mean"), ("sgd", "sgd is an optimizer")])
def test_an_unknown_kind_says_what_may_be_meant(kind, says):
    with pytest.raises(UsageError, match=says):
        make_exercise(kind, 0)
    with pytest.raises(UsageError, match="seed must be a whole number of at least 0"):
        make_exercise("lstm", -1)


@pytest.mark.parametrize("kind", all_kinds())
def test_matrices_are_given_with_all_their_decimals(kind):
    exercise = make_exercise(kind, 3)
    for table in exercise.problem.tables():
        given = exercise.numbers.get(table.caption)
        if given is not None and not table.columns:
            said = [[float(cell.replace("−", "-")) for cell in row] for row in table_text(table)]
            np.testing.assert_allclose(said, given, atol=1e-9)
