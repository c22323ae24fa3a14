"""What the gates of a language model's cells do at every step of a text (curriculum E15)."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from gradatim.nn.coupled_lstm import CoupledLSTM
from gradatim.nn.gru import GRU
from gradatim.nn.input_to_every_layer import InputToEveryLayer
from gradatim.nn.jordan import Jordan
from gradatim.nn.layer_norm_lstm import EPS, LayerNormLSTM
from gradatim.nn.lstm import LSTM
from gradatim.nn.peephole_lstm import PeepholeLSTM
from gradatim.nn.rnn import RNN

State = tuple[Tensor, ...]
Gates = dict[str, Tensor]


class GateValues(NamedTuple):
    """The values of one gate of one layer, (T, H)."""

    layer: int  # 1 is the lowest
    gate: str
    values: Tensor


@torch.no_grad()
def gate_values(network: Any, tokens: Tensor) -> list[GateValues]:
    """Every gate of every layer of a `char_lm` at each step of a text, from a state of zeros on.

    LSTMs have the gates input, forget, output, candidate, and cell, tanh(c_t); a GRU reset, update and
    candidate; all have hidden, h_t, and a Jordan network also its outputs y_t.

    Shapes: tokens (T,) → values (T, H) for each gate of each layer, as each step left them.

    >>> from gradatim.models.char_lm import CharLM
    >>> found = gate_values(CharLM(vocabulary_size=4, hidden_size=3), torch.tensor([0, 2, 1]))
    >>> [one.gate for one in found], tuple(found[0].values.shape)
    (['input', 'forget', 'output', 'candidate', 'cell', 'hidden'], (3, 3))
    """
    e: Any = network.vectors(tokens[:, None])
    read: Any = e
    found = []
    for k in range(network.layers.num_layers):
        layer, p = _layer(network.layers, k)
        if k and isinstance(network.layers, InputToEveryLayer):
            read = torch.cat([read, e], -1)
        state = tuple(e.new_zeros(1, width) for width in layer.widths)
        states = [state]
        for x in read:
            state = layer.step(p, x, *state)
            states.append(state)
        whole = tuple(torch.cat(parts) for parts in zip(*states, strict=True))
        before, after = tuple(s[:-1] for s in whole), tuple(s[1:] for s in whole)
        gates = GATES[type(layer)](layer, p, read[:, 0], before, after)
        found += [GateValues(k + 1, name, values) for name, values in gates.items()]
        read = after[0][:, None]
    return found


def _layer(layers: Any, k: int) -> tuple[Any, Any]:
    """The module that layer k is of, and its parameters by the names of the equations."""
    every = isinstance(layers, InputToEveryLayer)
    held: Any = layers.layers[k] if every else layers
    at = 0 if every else k
    return held, SimpleNamespace(**{name: getattr(held, f"{name}_l{at}") for name in held.shapes(1)})


def _sum(layer: Any, p: Any, x: Tensor, h: Tensor) -> Tensor:
    """W x_t + U h_{t−1} + b, of every gate."""
    return F.linear(x, p.weight_ih, p.bias if layer.bias else None) + F.linear(h, p.weight_hh)


def _lstm_gates(layer: Any, i: Tensor, f: Tensor, o: Tensor, g: Tensor, after: State) -> Gates:
    """From the gates' values; what is read of the memory is σ_h(c_t)."""
    h, c = after
    return {"input": i, "forget": f, "output": o, "candidate": g, "cell": layer.sigma_h(c), "hidden": h}


def _lstm(layer: Any, p: Any, x: Tensor, before: State, after: State) -> Gates:
    i, f, g, o = _sum(layer, p, x, before[0]).chunk(4, -1)
    s = layer.sigma_g
    return _lstm_gates(layer, s(i), s(f), s(o), layer.sigma_h(g), after)


def _peephole(layer: Any, p: Any, x: Tensor, before: State, after: State) -> Gates:
    i, f, g, o = _sum(layer, p, x, before[0]).chunk(4, -1)
    peep_i, peep_f, peep_o = p.peep.chunk(3)
    s = layer.sigma_g
    i, f, o = i + peep_i * before[1], f + peep_f * before[1], o + peep_o * after[1]
    return _lstm_gates(layer, s(i), s(f), s(o), layer.sigma_h(g), after)


def _coupled(layer: Any, p: Any, x: Tensor, before: State, after: State) -> Gates:
    i, g, o = _sum(layer, p, x, before[0]).chunk(3, -1)
    i = layer.sigma_g(i)
    return _lstm_gates(layer, i, 1 - i, layer.sigma_g(o), layer.sigma_h(g), after)


def _layer_norm(layer: Any, p: Any, x: Tensor, before: State, after: State) -> Gates:
    width = p.gain_ih.shape
    wx = F.layer_norm(F.linear(x, p.weight_ih), width, p.gain_ih, p.bias if layer.bias else None, EPS)
    uh = F.layer_norm(F.linear(before[0], p.weight_hh), width, p.gain_hh, None, EPS)
    i, f, g, o = (wx + uh).chunk(4, -1)
    s = layer.sigma_g
    return _lstm_gates(layer, s(i), s(f), s(o), layer.sigma_h(g), after)


def _gru(layer: Any, p: Any, x: Tensor, before: State, after: State) -> Gates:
    size = 2 * layer.hidden_size
    (h,) = before
    wx = F.linear(x, p.weight_ih, p.bias if layer.bias else None)
    r, z = torch.sigmoid(wx[:, :size] + F.linear(h, p.weight_hh[:size])).chunk(2, -1)
    un = p.weight_hh[size:]
    if layer.reset == "before":
        n = torch.tanh(wx[:, size:] + F.linear(r * h, un))
    else:
        n = torch.tanh(wx[:, size:] + r * F.linear(h, un, p.bias_hn if layer.bias else None))
    return {"reset": r, "update": z, "candidate": n, "hidden": after[0]}


def _rnn(layer: Any, p: Any, x: Tensor, before: State, after: State) -> Gates:
    return {"hidden": after[0]}


def _jordan(layer: Any, p: Any, x: Tensor, before: State, after: State) -> Gates:
    q = torch.softmax(before[0], -1) if layer.feedback == "softmax" else before[0]
    h = layer.g(F.linear(x, p.weight_ih, p.bias if layer.bias else None) + F.linear(q, p.weight_yh))
    return {"hidden": h, "outputs": after[0]}


GATES: dict[type, Callable[[Any, Any, Tensor, State, State], Gates]] = {
    LSTM: _lstm, PeepholeLSTM: _peephole, CoupledLSTM: _coupled, LayerNormLSTM: _layer_norm, GRU: _gru,
    RNN: _rnn, Jordan: _jordan,
}  # fmt: skip
