"""I8: every number of a small GPT's forward and backward pass, against autograd in float64."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from gradatim.by_hand.gpt import GPT, make_gpt
from gradatim.by_hand.losses.classes import CrossEntropy
from gradatim.checks import UsageError
from gradatim.explain.traces.gpt import gpt
from gradatim.explain.traces.gpt_values import values_of

ACTIVATIONS = {"gelu": F.gelu, "relu": F.relu}


def in_torch(weights, numbers, heads, activation):
    """The same pass written in torch, every quantity by its name, with its gradient kept."""
    w = {name: torch.from_numpy(value.copy()).requires_grad_() for name, value in weights.items()}
    T = len(numbers) - 1
    blocks = sum(name.endswith("up.weight") for name in w)
    found = {}

    def keep(name, value):
        value.retain_grad()
        found[name] = value
        return value

    def norm(x, name):
        return F.layer_norm(x, x.shape[-1:], w[f"{name}.weight"], w[f"{name}.bias"])

    def dense(x, name):
        return x @ w[f"{name}.weight"].T + w[f"{name}.bias"]

    def cut(x):
        return x.view(T, heads, -1).transpose(0, 1)

    x = keep("x0", w["letters"][numbers[:-1]] + w["positions"])
    for k in range(1, blocks + 1):
        at = f"block{k}"
        n1 = keep(f"{at}.n1", norm(x, f"{at}.norm1"))
        q, key, v = (
            keep(f"{at}.{short}", cut(dense(n1, f"{at}.attention.{name}")))
            for short, name in (("q", "query"), ("k", "key"), ("v", "value"))
        )
        seen = torch.ones(T, T, dtype=torch.bool).tril()
        scores = q @ key.transpose(1, 2) / (w["letters"].shape[1] / heads) ** 0.5
        S = keep(f"{at}.S", scores.masked_fill(~seen, float("-inf")))
        A = keep(f"{at}.A", S.softmax(-1))
        z = keep(f"{at}.z", A @ v)
        joined = keep(f"{at}.joined", z.transpose(0, 1).reshape(T, -1))
        a = keep(f"{at}.a", dense(joined, f"{at}.attention.out"))
        x = keep(f"{at}.middle", x + a)
        n2 = keep(f"{at}.n2", norm(x, f"{at}.norm2"))
        u = keep(f"{at}.u", dense(n2, f"{at}.up"))
        h = keep(f"{at}.h", ACTIVATIONS[activation](u))
        x = keep(f"x{k}", x + keep(f"{at}.f", dense(h, f"{at}.down")))
    s = keep("s", keep("n", norm(x, "norm")) @ w["head.weight"].T)
    loss = F.cross_entropy(s, torch.from_numpy(numbers[1:]))
    loss.backward()
    values = {name: value.detach().numpy() for name, value in found.items()}
    slopes = {f"d{name}": value.grad.numpy() for name, value in w.items()}
    for name, value in found.items():  # "block1.q" → "block1.dq"
        where, dot, what = name.rpartition(".")
        slopes[f"{where}{dot}d{what}"] = value.grad.numpy()
    return {**values, **slopes, "loss": loss.detach().numpy(), "p": s.softmax(1).detach().numpy()}


def compare(found, expected):
    """All that torch has, to 1e-12 in float64."""
    assert expected.keys() <= found.keys()
    for name, value in expected.items():
        np.testing.assert_allclose(found[name], value, rtol=1e-12, atol=1e-12, err_msg=name)


@pytest.mark.parametrize(
    "how",
    [{}, {"text": "banana", "width": 6, "heads": 3, "layers": 2}, {"activation": "relu", "heads": 1},
     {"text": "ab", "width": 4, "feedforward": 3, "seed": 5}],
)  # fmt: skip
def test_every_quantity_and_gradient_of_the_trace_is_autograd_s(how):
    found = gpt(**how).values
    weights = {name: value for name, value in found.items() if f"d{name}" in found and is_weight(name)}
    numbers = np.append(found["letters read"], found["letters next"][-1])
    compare(found, in_torch(weights, numbers, how.get("heads", 2), how.get("activation", "gelu")))
    if not how:
        assert sum(value.size for value in weights.values()) == 228


def is_weight(name):
    return name in ("letters", "positions") or name.endswith((".weight", ".bias"))


def test_gains_and_biases_of_any_value_too():
    """The trace begins with gains 1 and biases 0; here they are drawn."""
    rng = np.random.default_rng(3)
    network = make_gpt(0, GPT(5, 6, 6, 2, 2, 7))
    for value in network.parameters.values():
        value[...] = rng.standard_normal(value.shape)
    numbers = np.array([0, 3, 1, 4, 4, 2, 0])
    scores = network.forward(numbers[None, :-1])[0]
    loss, slope = CrossEntropy().mean_and_gradient(scores, numbers[1:])
    network.backward(slope.reshape(1, *scores.shape))
    compare(values_of(network, numbers, loss), in_torch(network.parameters, numbers, 2, "gelu"))


def test_the_tables_show_these_numbers():
    trace = gpt()
    values = trace.values
    for caption, name in (
        ("x", "x0"), ("a", "block1.a"), ("x + a", "block1.middle"), ("u", "block1.u"), ("f", "block1.f"),
        ("s = W n", "s"), ("∂L/∂s", "ds"), ("∂L/∂n", "block1.dn1"), ("∂L/∂x", "dx0"), ("∂L/∂h", "block1.dh"),
    ):  # fmt: skip
        assert [row[1:] for row in trace.table(caption).rows] == values[name].tolist()
    for h in (0, 1):
        for name in "qkvAz":
            shown = [row[1:] for row in trace.table(f"{name}, head {h + 1}").rows]
            assert shown == values[f"block1.{name}"][h].tolist()
    assert trace.table("∂L/∂W_q").rows == values["dblock1.attention.query.weight"].tolist()
    assert trace.table("S, head 1").rows[1][1:3] == values["block1.S"][0, 1, :2].tolist()
    assert trace.table("S, head 1").rows[1][3:] == [None, None]  # −∞


def test_it_learns_to_say_the_text():
    """Repeated letters have different followers, which only position and attention tell apart."""
    for text in ("hello", "banana", "aabab"):
        assert gpt(text).table("Learning to say it").column("says")[-1] == text


@pytest.mark.parametrize(
    ("how", "words"),
    [({"text": "aaa"}, "two of them different"), ({"text": "a"}, "2 to 24 letters"),
     ({"text": "ab" * 20}, "2 to 24 letters"), ({"width": 6, "heads": 4}, "shared by 4 heads"),
     ({"heads": 0}, "num_heads"), ({"width": 100}, "width"), ({"layers": 0}, "num_layers"),
     ({"activation": "tanh"}, "activation"), ({"lr": 0}, "lr"), ({"seed": -1}, "seed")],
)  # fmt: skip
def test_numbers_that_cannot_be_are_refused(how, words):
    with pytest.raises(UsageError, match=words):
        gpt(**how)


def test_a_text_longer_than_the_context_is_refused():
    with pytest.raises(UsageError, match="7 steps is longer than the context, 6 positions"):
        make_gpt(0, GPT(3, 6)).forward(np.zeros((1, 7), int))
