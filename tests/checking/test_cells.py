"""Recurrent cells of students: right ones in every form, and each slip with its hint."""

import numpy as np
import pytest

from gradatim.checking.cell_slips import run_gru, run_lstm, run_rnn
from gradatim.checking.definitions import definition_of

GATED = """
import numpy as np

def s(a):
    return 1 / (1 + np.exp(-a))

class LSTM:
    def __init__(self, input_size, hidden_size):
        for g in "fico":
            setattr(self, f"W_{g}", np.zeros((hidden_size, hidden_size + input_size)))
            setattr(self, f"b_{g}", np.zeros(hidden_size))

    def forward(self, x, h, c):
        hx = np.concatenate([h, x], -1)
        f, i, o = (s(hx @ getattr(self, f"W_{g}").T + getattr(self, f"b_{g}")) for g in "fio")
        g = np.tanh(hx @ self.W_c.T + self.b_c)
        c = f * c + i * g
        return READ, c
"""
STACKED = """
import numpy as np

def lstm_step(x, h, c, W, U, b):
    s = lambda a: 1 / (1 + np.exp(-a))
    H = len(h)
    a = W @ x + U @ h + b
    GATES = a[:H], a[H:2*H], a[2*H:3*H], a[3*H:]
    c = s(f) * c + s(i) * np.tanh(g)
    return s(o) * np.tanh(c), c
"""
GRU = """
import numpy as np

class GRU:
    def __init__(self, input_size, hidden_size):
        D, H = input_size, hidden_size
        self.params = {f"{k}_{g}": np.zeros(size) for g in "rzh"
                       for k, size in (("W", (D, H)), ("U", (H, H)), ("b", (1, H)))}

    def forward(self, x, h):
        p, s = self.params, lambda a: 1 / (1 + np.exp(-a))
        r = s(x @ p["W_r"] + h @ p["U_r"] + p["b_r"])
        z = s(x @ p["W_z"] + h @ p["U_z"] + p["b_z"])
        n = np.tanh(x @ p["W_h"] + (r * h) @ p["U_h"] + p["b_h"])
        return (1 - z) * h + z * n
"""
RNN = """
import numpy as np

class RNN:
    def __init__(self, n_in, n_hidden):
        self.Wx, self.Wh = np.zeros((n_hidden, n_in)), np.zeros((n_hidden, n_hidden))
        self.b = np.zeros(n_hidden)

    def forward(self, x):
        T, N, D = x.shape
        self.x, self.h = x, [np.zeros((N, len(self.b)))]
        for x_t in x:
            self.h.append(np.tanh(x_t @ self.Wx.T + self.h[-1] @ self.Wh.T + self.b))
        return np.stack(self.h[1:])

    def backward(self, g):
        self.dWx, self.dWh, self.db = 0 * self.Wx, 0 * self.Wh, 0 * self.b
        later, dx = 0, []
        for t in reversed(range(len(g))):
            da = (g[t] + later) * (1 - self.h[t + 1] ** 2)
            self.dWx += da.T @ self.x[t]
            self.dWh += da.T @ self.h[t]
            self.db += da.sum(0)
            later = da @ self.Wh
            dx.append(da @ self.Wx)
        return np.stack(dx[::-1])
"""
TORCH = """
import torch
from torch import nn

class Stacked(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        H = hidden_size
        self.weight_ih = nn.Parameter(torch.randn(4 * H, input_size))
        self.weight_hh = nn.Parameter(torch.randn(4 * H, H))
        self.bias_ih, self.bias_hh = nn.Parameter(torch.randn(4 * H)), nn.Parameter(torch.randn(4 * H))

    def forward(self, x):
        h = c = x.new_zeros(x.shape[1], self.weight_hh.shape[1])
        out = []
        for x_t in x:
            a = x_t @ self.weight_ih.T + h @ self.weight_hh.T + self.bias_ih + self.bias_hh
            i, f, g, o = a.chunk(4, -1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            h = torch.sigmoid(o) * torch.tanh(c)
            out.append(h)
        return torch.stack(out), (h, c)

class Linear(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        for g in "ifgo":
            setattr(self, f"x_{g}", nn.Linear(input_size, hidden_size))
            setattr(self, f"h_{g}", nn.Linear(hidden_size, hidden_size, bias=False))

    def forward(self, x, h, c):
        i, f, g, o = (getattr(self, f"x_{k}")(x) + getattr(self, f"h_{k}")(h) for k in "ifgo")
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        return o.sigmoid() * c.tanh(), c

class Detached(Linear):
    def forward(self, x, h, c):
        return super().forward(x, h.detach(), c)

class BatchFirst(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.inner = nn.LSTM(input_size, hidden_size, batch_first=True)

    def forward(self, x):
        return self.inner(x)
"""


def test_a_cell_gate_by_gate_is_right(checked):
    verdict = checked(GATED.replace("READ", "o * np.tanh(c)"), "LSTM", "lstm")
    assert (verdict.status, verdict.numbers, verdict.gradients) == ("right", "numpy", False)
    assert verdict.comparison.names == ["c", "h"]
    assert "Only outputs were compared" in str(verdict)


@pytest.mark.parametrize(
    ("read", "says"),
    [
        ("o * c", "yours reads out o ⊙ c; the definition o ⊙ tanh(c)"),
        ("i * np.tanh(c)", ""),
    ],
)
def test_a_wrong_output_names_its_number_formula_and_slip(checked, read, says):
    verdict = checked(GATED.replace("READ", read), "LSTM", "lstm")
    difference = verdict.comparison.difference
    assert (verdict.status, difference.name, difference.place) == ("differs", "h", (0, 0, 0))
    case = definition_of("lstm").cases[0]
    assert difference.definition == case.expected["h"][0, 0, 0] != difference.hers
    assert verdict.comparison.formula == "h_t     = o ⊙ σ_h(c_t)"
    assert verdict.comparison.hint == says


@pytest.mark.parametrize(
    ("gates", "status", "says"),
    [
        ("i, f, g, o", "right", None),
        ("f, i, g, o", "differs", "your gates stand in the order f, i, g, o; the definition's is i, f, g, o"),
        ("i, g, f, o", "differs", "your gates stand in the order i, g, f, o; the definition's is i, f, g, o"),
    ],
)
def test_a_function_of_one_step_and_its_gate_order(checked, gates, status, says):
    verdict = checked(STACKED.replace("GATES", gates), "lstm_step", "lstm")
    assert verdict.status == status
    assert says is None or verdict.comparison.hint == says


def test_both_forms_of_the_gru(checked):
    assert checked(GRU, "GRU", "gru:reset=before").status == "right"
    verdict = checked(GRU, "GRU", "gru")
    assert (
        verdict.status == "differs" and "--against gru:reset=before checks yours" in verdict.comparison.hint
    )
    exchanged = GRU.replace("(1 - z) * h + z * n", "z * h + (1 - z) * n")
    assert checked(exchanged, "GRU", "gru:reset=before").comparison.hint == "your z and 1 − z are exchanged"


def test_a_sequence_with_its_backward_pass(checked):
    verdict = checked(RNN, "RNN", "rnn")
    assert verdict.status == "right"
    assert verdict.comparison.names == ["h", "grad x", "grad W", "grad U", "grad b"]
    kept = RNN.replace(
        "        self.b = np", "        self.dWx = np.zeros((n_hidden, n_in))\n        self.b = np"
    )
    assert checked(kept.replace("self.dWx, self.dWh", "_, self.dWh"), "RNN", "rnn").status == "right"
    cut = RNN.replace("later = da @ self.Wh", "later = 0")
    verdict = checked(cut, "RNN", "rnn")
    assert verdict.status == "differs" and verdict.comparison.difference.name == "grad x"
    assert "right so far" in str(verdict)
    assert (
        "every step begins with h = 0"
        in checked(RNN.replace("self.h[-1] @", "self.h[0] @"), "RNN", "rnn").comparison.hint
    )


@pytest.mark.parametrize("name", ["Stacked", "Linear"])
def test_torch_modules_are_compared_by_autograd(checked, name):
    verdict = checked(TORCH, name, "lstm", timeout=60)
    assert (verdict.status, verdict.numbers) == ("right", "torch")
    assert {"grad x", "grad W", "grad U", "grad b"} <= set(verdict.comparison.names)


def test_torch_modules_that_cut_the_gradient_or_read_the_batch_first(checked):
    verdict = checked(TORCH, "Detached", "lstm", timeout=60)
    assert verdict.status == "differs" and verdict.comparison.difference.name == "grad x"
    assert "time first" in checked(TORCH, "BatchFirst", "lstm", timeout=60).comparison.hint


def test_what_has_no_place_for_a_weight_says_which(checked):
    missing = GATED.replace("READ", "o * np.tanh(c)").replace('for g in "fico":', 'for g in "fic":')
    verdict = checked(missing, "LSTM", "lstm")
    assert verdict.status == "failed" and "it has no weights for x of o" in verdict.failure


@pytest.mark.parametrize(
    ("name", "run"),
    [
        ("lstm", run_lstm),
        ("gru", run_gru),
        ("gru:reset=before", lambda a: run_gru(a, "before")),
        ("rnn", run_rnn),
    ],
)
def test_the_cells_that_slips_are_made_from_are_right_without_one(name, run):
    for case in definition_of(name).cases:
        for key, value in run(case.arrays).items():
            np.testing.assert_allclose(value, case.expected[key], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", ["lstm", "gru", "gru:reset=before", "rnn"])
def test_every_slip_differs_from_the_definition_and_from_the_others(name):
    definition = definition_of(name)
    slips = [
        (said, np.concatenate([one["h"].ravel() for one in found])) for said, found in definition.slips()
    ]
    right = np.concatenate([case.expected["h"].ravel() for case in definition.cases])
    for k, (said, found) in enumerate(slips):
        assert not np.allclose(found, right), said
        for other, numbers in slips[:k]:
            assert not np.allclose(found, numbers), (said, other)
