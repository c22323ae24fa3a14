"""E12: every number of a decoding step and of its gradients against autograd, in float64."""

import math

import numpy as np
import pytest
import torch

from gradatim.checks import UsageError
from gradatim.explain.traces.attention import attention
from gradatim.functional.attention_scores import SCORES

RNG = np.random.default_rng(3)
SHAPES = {"h": (4, 2), "s": (2,), "y": (3,), "w": (2, 2), "u": (2, 2), "v": (2,), "r": (2, 2), "e": (2, 3),
          "c": (2, 2), "o": (5, 2)}  # fmt: skip
NUMBERS = {name: RNG.normal(size=shape).round(3).tolist() for name, shape in SHAPES.items()}


def numbers(trace, caption):
    return np.array(trace.table(caption).rows, float)


def score_of(score, p, s, h):
    if score == "additive":
        return p["v"] @ torch.tanh(p["w"] @ s + p["u"] @ h)
    if score == "concat":
        return p["v"] @ torch.tanh(torch.cat([p["w"], p["u"]], 1) @ torch.cat([s, h]))
    if score == "scaled_dot":
        return (p["w"] @ s) @ (p["u"] @ h) / math.sqrt(2)
    return s @ p["w"] @ h if score == "general" else s @ h


@pytest.mark.parametrize("length", [None, 3, 1])
@pytest.mark.parametrize("score", SCORES)
def test_every_number_is_autograds(score, length):
    """To 1e-12: scores, weights, context, state, probabilities, loss, and the derivative by everything."""
    trace = attention(**NUMBERS, score=score, length=length, target=2)
    p = {
        name: torch.tensor(value, dtype=torch.float64, requires_grad=True) for name, value in NUMBERS.items()
    }
    steps = length or 4
    e = torch.stack([score_of(score, p, p["s"], p["h"][l]) for l in range(steps)])
    alpha = e.softmax(0)
    c = alpha @ p["h"][:steps]
    new = torch.tanh(p["r"] @ p["s"] + p["e"] @ p["y"] + p["c"] @ c)
    words = (p["o"] @ new).softmax(0)
    for value in (e, alpha, c, new):
        value.retain_grad()
    (-words[2].log()).backward()

    def same(found, wanted):
        np.testing.assert_allclose(found, np.asarray(wanted.detach()), rtol=1e-12, atol=1e-14)

    weights = trace.table("Weights: softmax of the scores")
    same(weights.column("e_l")[:steps], e)
    assert weights.column("e_l")[steps:-1] == ["padding"] * (4 - steps)
    same(weights.column("α_l")[:steps], alpha)
    same(trace.table("Context").column("c"), c)
    same(trace.table("New state").column("s′ = tanh(a)"), new)
    same(trace.table("Word").column("p"), words)
    back = numbers(trace, "Behind the memory")
    same(back[:steps, 1], alpha.grad)
    same(back[:steps, 2], e.grad)
    same(back[:, 3:], p["h"].grad)
    same(trace.table("Behind the new state").column("∂L/∂s′"), new.grad)
    same(trace.table("Behind the state before").column("∂L/∂s"), p["s"].grad)
    for name in "reco":
        same(numbers(trace, f"∂L/∂{name.upper()}"), p[name].grad)
    found = {table.caption: np.array(table.rows, float) for table in trace.tables() if not table.columns}
    if score == "concat":
        same(found["∂L/∂W"], torch.cat([p["w"].grad, p["u"].grad], 1))
    elif p["w"].grad is not None:
        same(found["∂L/∂W"], p["w"].grad)
    if score in ("additive", "scaled_dot"):
        same(found["∂L/∂U"], p["u"].grad)
    if score in ("additive", "concat"):
        same(found["∂L/∂v"][0], p["v"].grad)


def test_the_example_s_own_numbers():
    """By a pocket calculator: tanh 2.5 + tanh(−0.5), …; three real steps and one of padding."""
    weights = attention().table("Weights: softmax of the scores")
    assert [round(value, 4) for value in weights.column("e_l")[:3]] == [0.5245, -0.443, -1.6667]
    assert [round(value, 4) for value in weights.column("α_l")] == [0.6703, 0.2547, 0.0749, 0, 1]
    text = str(attention())
    assert "0.6703·1 + 0.2547·0 + 0.07493·(−1)" in text and "The last one is padding" in text
    assert "The last 2 are padding" in str(attention(length=2)) and "padding" not in str(
        attention(length=None)
    )


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"score": "dott"}, "score must be additive or dot or general or concat or scaled_dot; it is 'dott'"),
        ({"h": [[1, 2, 3]], "length": None, "score": "dot"}, "dot multiplies .* they have 2 and 3"),
        ({"s": [1]}, "r must be 1 × 1 numbers beside the others; it is 2 × 2"),
        ({"v": [1, 2, 3]}, "v must be 1 × 2 numbers beside the others; it is 1 × 3"),
        ({"w": [[1, 2], [3]]}, "the rows of w must have one length"),
        ({"length": 5}, "length must be a whole number of at most 4"),
        ({"target": 3}, "target must be a whole number of at most 2"),
        ({"s": [float("nan"), 1]}, "s must be"),
    ],
)
def test_numbers_that_do_not_fit_are_named(arguments, sentence):
    with pytest.raises(UsageError, match=sentence):
        attention(**arguments)
