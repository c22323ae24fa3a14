"""B7, B8, B16: every printed number, read from the traces' tables and rounded to its printed decimals."""

import numpy as np
import pytest
import torch

from gradatim.checks import UsageError
from gradatim.explain.traces.backprop_or import backprop_or
from gradatim.explain.traces.forward_run import forward_run
from gradatim.explain.traces.learning_loop import learning_loop


def rounded(values, decimals):
    return [round(value, decimals) for value in values]


def test_b7_forward_and_backward():
    trace = backprop_or()
    forward, backward = trace.table("Forward"), trace.table("Backward")
    assert rounded(forward.column("a"), 3) == [4, 0, 0.044]
    assert rounded(forward.column("y = σ(a)"), 3) == [0.982, 0.5, 0.511]
    assert backward.column("unit") == [5, 4, 3]
    assert rounded(backward.column("δ"), 4) == [0.1222, 0.1222, 0.0043]


def test_b7_update_and_the_next_pass():
    trace = backprop_or()
    update, after = trace.table("Update"), trace.table("The next pass")
    pairs = list(zip(update.column("i"), update.column("j"), strict=True))
    assert pairs == [(0, 3), (1, 3), (2, 3), (0, 4), (1, 4), (2, 4), (0, 5), (3, 5), (4, 5)]
    assert update.column("w") == [1, 3, 4, -6, 6, 5, -3.92, 2, 4]
    assert rounded(update.column("new w"), 4) == [
        1.0004, 3.0004, 4, -5.9878, 6.0122, 5, -3.9078, 2.0120, 4.0061
    ]  # fmt: skip
    assert rounded(after.column("a"), 4) == [4.0009, 0.0244, 0.0956]
    assert rounded(after.column("y"), 4) == [0.9820, 0.5061, 0.5239]
    assert rounded(trace.table("The error t − y_5").rows[0], 5) == [0.48899, 0.47612, 0.01287]
    assert round(trace.table("The error t − y_5").rows[0][2], 4) == 0.0129


def test_b7_as_a_common_course_note_rounds_it():
    rows = {row[0]: row[1:] for row in backprop_or().table("Rounded on the way, and exact").rows}
    note = {name: value[0] for name, value in rows.items()}
    assert rounded([note["δ_5"], note["new w_14"]], 4) == [0.1225, 6.0123]
    assert rounded([note["next a_3"], note["next a_4"], note["next a_5"]], 4) == [4.0008, 0.0245, 0.0955]
    assert rounded([note["error before"], note["its drop"]], 3) == [0.490, 0.014]
    exact = {name: value[1] for name, value in rows.items()}
    assert rounded(exact.values(), 4) == [0.1222, 6.0122, 4.0009, 0.0244, 0.0956, 0.4890, 0.0129]
    with pytest.raises(UsageError):
        backprop_or(lr=0.2).table("Rounded on the way, and exact")


def test_b7_all_of_or():
    table = backprop_or().table("Learning OR")
    assert rounded(table.rows[0][1:], 4) == [0.0796, 0.2978, 0.5110, 0.8862]
    assert table.rows[-1][0] == 12
    assert rounded(table.rows[-1][1:], 4) == [0.1213, 0.5130, 0.7288, 0.9378]
    assert "all four are right first after epoch 12" in str(backprop_or())


def test_a_network_that_does_not_learn_or_says_so():
    text = str(backprop_or(w13=0, w23=0, w14=0, w24=0, w35=0, w45=0, w05=-30))
    assert "after 1,000 epochs not all are right" in " ".join(text.split())


def test_b8_forward_backward_and_both_updates():
    trace = learning_loop()
    assert trace.table("Forward").rows == [[4, 4, 8, 4]]
    d = dict(
        zip(
            trace.table("Backward").column("derivative"), trace.table("Backward").column("value"), strict=True
        )
    )
    assert (d["∂L/∂ŷ"], d["∂L/∂h"], d["∂L/∂w3"], d["∂L/∂w1"], d["∂L/∂b1"]) == (4, 10, 16, 20, 10)
    assert (d["∂L/∂w2"], d["∂L/∂b2"]) == (-10, 4)
    update = trace.table("Update: θ − η ∂L/∂θ")
    assert rounded(update.column("three updated"), 12) == [1.3, 2, 2.9, 2.34, -2]
    assert rounded(update.column("all updated"), 12) == [1.3, 2.1, 2.9, 2.34, -2.04]
    _, three, every = trace.table("The next pass").rows
    assert rounded(three[1:], 12) == [3.5, 3.5, 6.19, 0.0361]
    assert rounded(every[1:], 12) == [3.4, 3.4, 5.916, 0.007056]


def test_b8_is_autograd_s_where_the_unit_is_silent():
    rows = learning_loop(x=(-2, -1), y=3).table("Backward").rows
    p = {k: torch.tensor(v, dtype=torch.float64, requires_grad=True)
         for k, v in {"w1": 1.5, "w2": 2.0, "b1": 3.0, "w3": 2.5, "b2": -2.0}.items()}  # fmt: skip
    h = torch.relu(-2 * p["w1"] - p["w2"] + p["b1"])
    ((p["w3"] * h + p["b2"] - 3) ** 2).backward()
    found = {name[3:]: value for name, _, value in rows}
    for name, parameter in p.items():
        assert found[f"∂{name}"] == parameter.grad.item()


def test_b16_forward_and_both_losses():
    trace = forward_run()
    forward = trace.table("Forward")
    assert rounded(forward.column("a"), 4) == [0.28, -0.31, 0.3871]
    assert rounded(forward.column("y"), 4) == [0.5695, 0.4231, 0.5956]
    squared, cross = trace.table("Loss, and what it sends back").rows
    assert rounded(squared[1:3], 5) == [0.08177, -0.09741]
    assert rounded(cross[1:3], 5) == [0.51820, -0.40441]


def test_b16_stays_finite_far_out():
    _, cross = forward_run(b5=-800).table("Loss, and what it sends back").rows
    assert cross[1] == pytest.approx(800, abs=1) and np.isfinite(cross[2])


@pytest.mark.parametrize(
    ("function", "arguments", "sentence"),
    [
        (backprop_or, {"x": [1]}, "x must be 2 numbers with commas between them; it is [1]"),
        (backprop_or, {"lr": 0}, "lr must be a number above 0; it is 0"),
        (backprop_or, {"w03": "a"}, "w03 must be a number that is finite; it is 'a'"),
        (learning_loop, {"x": 3}, "x must be 2 numbers with commas between them; it is 3"),
        (forward_run, {"y": 2}, "y must be a number from 0 to 1; it is 2"),
        (forward_run, {"b4": None}, "b4 must be a number that is finite; it is None"),
    ],
)
def test_what_cannot_be_is_refused(function, arguments, sentence):
    with pytest.raises(UsageError) as error:
        function(**arguments)
    assert str(error.value) == sentence
