"""E1–E3, E5, E6, E8, E16, E19, E20: printed numbers against autograd and the worked examples."""

import numpy as np
import pytest
import torch

from gradatim.checks import UsageError
from gradatim.explain.traces.gru import gru
from gradatim.explain.traces.hello import hello
from gradatim.explain.traces.lstm import lstm
from gradatim.explain.traces.page import as_page
from gradatim.explain.traces.rnn import rnn
from gradatim.explain.traces.rnn_gradients import rnn_gradients
from gradatim.explain.traces.rnn_unrolled import rnn_unrolled


def rounded(values, decimals=4):
    return [round(value, decimals) for value in values]


def t(value):
    return torch.tensor(float(value), dtype=torch.float64, requires_grad=True)


# ---- lstm


def test_e5_every_gate_of_every_step():
    memory = lstm().table("Memory and output")
    for gate in "fio":
        assert rounded(memory.column(gate)) == [0.7311, 0.5914]
    assert rounded(memory.column("C̃")) == [0.7616, 0.3536]
    assert rounded(memory.column("C")) == [0.5568, 0.5384]
    assert rounded(memory.column("h")) == [0.3696, 0.2908]
    sums = lstm().table("Every gate of every step")
    assert sums.column("W [h, x] + b")[4] == "1·0.3696 + 1·0 + 0"
    assert rounded(sums.column("value")[:4]) == [0.7311, 0.7311, 0.7616, 0.7311]


def test_the_lstm_s_gradients_are_autograd_s():
    """Weights, biases, and what every step hands back, to 1e-13."""
    given = {"wfh": 0.3, "wfx": -0.7, "bf": 1, "wih": 0.2, "wix": 0.9, "bi": -0.1, "wch": 1.2, "wcx": -0.4,
             "bc": 0.3, "woh": -0.8, "wox": 0.6, "bo": 0.5, "h": 0.2, "c": -0.3}  # fmt: skip
    x, y = (0.5, -1.0, 2.0), 0.7
    trace = lstm(x=x, y=y, **given)
    p = {name: t(value) for name, value in given.items()}
    h, c, states = p["h"], p["c"], []
    for value in x:
        f, i, o = (torch.sigmoid(p[f"w{g}h"] * h + p[f"w{g}x"] * value + p[f"b{g}"]) for g in "fio")
        c = f * c + i * torch.tanh(p["wch"] * h + p["wcx"] * value + p["bc"])
        h = o * torch.tanh(c)
        for state in (h, c):
            state.retain_grad()
        states.append((h, c))
    ((h - y) ** 2 / 2).backward()
    for gate, wh, wx, b in trace.table("Gradients: sums over the steps of ∂L/∂a · [h, x] and of ∂L/∂a").rows:
        g = "c" if gate == "C̃" else gate
        expected = [p[f"w{g}h"].grad, p[f"w{g}x"].grad, p[f"b{g}"].grad]
        np.testing.assert_allclose([wh, wx, b], expected, rtol=1e-12)
    back = trace.table("Backward, the last step first")
    for row, (h_t, c_t) in zip(back.rows, reversed(states), strict=True):
        np.testing.assert_allclose(row[1:3], [h_t.grad, c_t.grad], rtol=1e-12)
    first = trace.table("Handed to the step before").rows[-1]
    np.testing.assert_allclose(first[1:], [p["h"].grad, p["c"].grad], rtol=1e-12)


def test_slips_show_where_they_matter():
    """Swapped results and a missing tanh are wrong at once or a step later; an added h where w_h ≠ w_x."""
    caption = "h as it is, and with each slip"
    first, second = lstm().table(caption).rows
    assert rounded(first[1:]) == [0.3696, 0.3696, 0.4070, 0.3696]
    assert rounded(second[1:]) == [0.2908, 0.3212, 0.3398, 0.2908]
    assert "goes unnoticed here" in " ".join(str(lstm()).split())
    other = lstm(wfh=0.5)
    assert "goes unnoticed" not in str(other)
    row = other.table(caption).rows[1]
    assert abs(row[1] - row[4]) > 1e-3


# ---- rnn


def test_the_rnn_s_numbers_are_autograd_s():
    trace = rnn()
    p = {"w_hh": t(0.8), "w_xh": t(0.5), "b": t(0.1), "w_hy": t(2)}
    h, loss, states = t(0), 0, []
    for x, y in zip((1, 0.5, -1), (0.5, 0, -0.5), strict=True):
        h = torch.tanh(p["w_hh"] * h + p["w_xh"] * x + p["b"])
        h.retain_grad()
        states.append(h)
        loss = loss + (p["w_hy"] * h - y) ** 2 / 2
    loss.backward()
    assert f"L = {loss.item():.4f}" in str(trace)
    np.testing.assert_allclose(trace.table("Forward").column("h_t"), [s.item() for s in states], rtol=1e-13)
    back = trace.table("Backward, the last step first")
    np.testing.assert_allclose(back.column("∂L/∂h_t")[::-1], [s.grad for s in states], rtol=1e-12)
    shares = trace.table("Every step's share of the gradients, and their sums")
    np.testing.assert_allclose(shares.rows[-1][1:], [v.grad for v in p.values()], rtol=1e-12)
    np.testing.assert_allclose(
        np.sum([row[1:] for row in shares.rows[:-1]], 0), shares.rows[-1][1:], rtol=1e-13
    )


def test_e3_the_gradient_cut_every_k_steps_is_autograd_s_with_a_detached_state():
    x, y = (1, 0.5, -1, 0.3, 0.7), (0.5, 0, -0.5, 1, 0.2)
    table = rnn(x=x, y=y, h=0.3).table("Gradients when cut every k steps")
    for k, *found in table.rows:
        p = [t(0.8), t(0.5), t(0.1)]
        h, loss = torch.tensor(0.3, dtype=torch.float64), 0
        for number, (x_t, y_t) in enumerate(zip(x, y, strict=True)):
            h = h.detach() if number % k == 0 else h
            h = torch.tanh(p[0] * h + p[1] * x_t + p[2])
            loss = loss + (2 * h - y_t) ** 2 / 2
        loss.backward()
        np.testing.assert_allclose(found, [v.grad for v in p], rtol=1e-12)


# ---- gru


@pytest.mark.parametrize("form", ["Course form", "Torch's form"])
def test_both_grus_are_autograd_s(form):
    given = {"wrh": 0.3, "wrx": -0.7, "br": 0.4, "wzh": 0.2, "wzx": 0.9, "bz": -0.1, "whh": 1.2, "whx": -0.4,
             "bh": 0.3, "h": 0.5}  # fmt: skip
    x, y = (0.5, -1.0, 2.0), 0.7
    trace = gru(x=x, y=y, **given)
    p = {name: t(value) for name, value in given.items()}
    h, states = p["h"], []
    for value in x:
        r, z = (torch.sigmoid(p[f"w{g}h"] * h + p[f"w{g}x"] * value + p[f"b{g}"]) for g in "rz")
        inside = p["whh"] * (r * h) if form == "Course form" else r * (p["whh"] * h)
        candidate = torch.tanh(inside + p["whx"] * value + p["bh"])
        h = (1 - z) * h + z * candidate if form == "Course form" else (1 - z) * candidate + z * h
        states.append(h.item())
    loss = (h - y) ** 2 / 2
    loss.backward()
    np.testing.assert_allclose(trace.table(f"{form}: forward").column("h"), states, rtol=1e-13)
    back = trace.table(f"{form}: backward from L = ½(h_T − y)² = {loss.item():.4f}")
    np.testing.assert_allclose(back.column("∂L/∂h before")[-1], p["h"].grad, rtol=1e-12)
    for gate, *found in trace.table(f"{form}: gradients, sums over the steps").rows:
        g = "h" if gate == "h̃" else gate
        expected = [p[f"w{g}h"].grad, p[f"w{g}x"].grad, p[f"b{g}"].grad]
        np.testing.assert_allclose(found, expected, rtol=1e-11)


# ---- hello


def test_hello_shows_every_quantity_and_spells():
    trace = hello()
    assert "33 weights" in str(trace)
    x, s = torch.eye(4, dtype=torch.float64)[[0, 1, 2, 2]], []
    W = [
        torch.tensor(trace.table(n).rows, dtype=torch.float64, requires_grad=True)
        for n in ("W_xh", "W_hh", "W_hy")
    ]
    h = torch.zeros(3, dtype=torch.float64)
    for x_t in x:
        h = torch.tanh(W[0] @ x_t + W[1] @ h)
        s.append(W[2] @ h)
    loss = torch.nn.functional.cross_entropy(torch.stack(s), torch.tensor([1, 2, 2, 3]))
    loss.backward()
    p = np.array([row[1:] for row in trace.table("p = softmax(s)").rows])
    np.testing.assert_allclose(p, torch.softmax(torch.stack(s), 1).detach().numpy(), rtol=1e-12)
    for name, weight in zip(("W_xh", "W_hh", "W_hy"), W, strict=True):
        found = np.array(trace.table(f"∂L/∂{name}").rows)
        np.testing.assert_allclose(found, weight.grad.numpy(), rtol=1e-12, atol=1e-15)
        after = np.array(trace.table(f"new {name}").rows)
        np.testing.assert_allclose(after, (weight - 0.5 * weight.grad).detach().numpy(), rtol=1e-13)
    learning = trace.table("Learning to spell")
    np.testing.assert_allclose(learning.column("L")[0], loss.item(), rtol=1e-13)
    assert learning.column("spells")[-1] == "hello" != learning.column("spells")[0]
    assert learning.column("L")[-1] < learning.column("L")[0]


def test_hello_s_tables_are_of_the_first_step():
    """Tables must not be views of buffers that later steps overwrite."""
    losses = hello().table("Loss")
    np.testing.assert_allclose(
        np.mean(losses.column("−log p")), hello().table("Learning to spell").column("L")[0], rtol=1e-13
    )
    h = np.array([row[1:] for row in hello().table("h = tanh(a)").rows])
    W = np.array(hello().table("W_hy").rows)
    np.testing.assert_allclose(
        h @ W.T, np.array([row[1:] for row in hello().table("s = W_hy h").rows]), atol=1e-14
    )
    a = np.array([row[1:] for row in hello().table("a = W_xh x + W_hh h_before").rows])
    np.testing.assert_allclose(np.tanh(a), h, rtol=1e-14)


def test_an_index_of_several_signs_is_set_lower_on_the_page():
    page = as_page(rnn())
    assert "<msub><mi>h</mi><mrow><mi>t</mi><mo>−</mo><mn>1</mn></mrow></msub>" in page
    assert "_{" not in page


def test_a_word_that_is_not_learned_says_so():
    assert "It does not spell “hello” after 5,000 updates" in " ".join(str(hello(lr=1e-6)).split())


# ---- rnn-gradients and rnn-unrolled


def test_e8_as_printed():
    trace = rnn_gradients()
    table = trace.table("‖∂h_T/∂h_0‖₂ over T = 100 steps")
    assert table.column("measured") == ["2.656·10⁻⁵", "1", "13,781"] == table.column("s^T")
    shear = trace.table("Linear, this U")
    assert (shear.rows[1], shear.rows[-1]) == ([1, "10.02"], [100, "1.578·10⁻²⁷"])
    assert trace.tables()[-1].rows == [["1", "13,781", "1"]]
    assert "10.02 times" in " ".join(str(trace).split())


def test_numbers_beyond_floating_point_are_refused():
    with pytest.raises(UsageError, match="1000 to the power of 100 is beyond the numbers"):
        rnn_gradients(large=1000)


def test_e19_as_printed():
    trace = rnn_unrolled(steps=9)
    same = trace.table("The same output")
    np.testing.assert_allclose(same.column("recurrent"), same.column("unrolled"), rtol=1e-13)
    shares = trace.table("Every layer's own gradient, their sum, and backpropagation through time")
    np.testing.assert_allclose(shares.column("sum"), shares.column("BPTT"), rtol=1e-12, atol=1e-14)
    assert shares.columns[1:-2] == ["layer 1", "layer 2", "layer 3", "layer 8", "layer 9"]
    assert trace.table("What grows with the sequence").rows[-1] == [900, 8, 7200, 2]


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: rnn(x=(1, 2), y=(1,)), "y must be 2 numbers with commas between them; it is (1,)"),
        (lambda: lstm(x="ab"), "x must be numbers with commas between them; it is 'ab'"),
        (lambda: gru(wzh="a"), "wzh must be a number that is finite; it is 'a'"),
        (lambda: hello(word="zzz"), "word must have at least two different letters; it is 'zzz'"),
        (lambda: rnn_gradients(steps=0), "steps must be a whole number of at least 1; it is 0"),
        (lambda: rnn_unrolled(hidden=0), "hidden must be a whole number of at least 1; it is 0"),
    ],
)
def test_what_cannot_be_is_refused(call, sentence):
    with pytest.raises(UsageError) as error:
        call()
    assert str(error.value) == sentence
