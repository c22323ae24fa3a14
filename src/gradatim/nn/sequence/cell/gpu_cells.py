"""torch's LSTMCell and GRUCell on a GPU, where each is one operation; on a CPU they are many."""

from typing import Any

import torch

from gradatim.nn.sequence.cell.graph import Graph, Node
from gradatim.nn.sequence.cell.layout import Laid

aten = torch.ops.aten


def _lstm(g: Graph, x: Laid, h: Laid, c: Laid, bias_x: Any = None, bias_h: Any = None) -> list[Node]:
    """i, f, g, o = x + h + biases; c ← σ(f) c + σ(i) tanh(g); h = σ(o) tanh(c). The gates are kept, too."""
    gates = g.make("add", _biased(g, x, bias_x), _biased(g, h, bias_h))
    i, f, candidate, o = _parts(g, gates, 4)
    kept = g.make("mul", g.make("sigmoid", f), c.node)
    new = g.make("add", kept, g.make("mul", g.make("sigmoid", i), g.make("tanh", candidate)))
    return [g.make("mul", g.make("sigmoid", o), g.make("tanh", new)), new, gates]


def _gru(g: Graph, x: Laid, h: Laid, state: Laid, bias_x: Any = None, bias_h: Any = None) -> list[Any]:
    """r, z = σ(x + h + biases); n = tanh(x_n + r h_n); h ← (h − n) z + n. What it keeps, nobody reads."""
    xr, xz, xn = _parts(g, _biased(g, x, bias_x), 3)
    hr, hz, hn = _parts(g, _biased(g, h, bias_h), 3)
    r, z = (g.make("sigmoid", g.make("add", *pair)) for pair in ((xr, hr), (xz, hz)))
    n = g.make("tanh", g.make("add", xn, g.make("mul", r, hn)))
    return [g.make("add", g.make("mul", g.make("sub", state.node, n), z), n), None]


def _biased(g: Graph, x: Laid, bias: Any) -> Node:
    return x.node if bias is None else g.make("add", x.node, bias.node)


def _parts(g: Graph, x: Node, count: int) -> list[Node]:
    size = x.width // count
    return [g.slice(x, k * size, size) for k in range(count)]


GPU_CELLS = {aten._thnn_fused_lstm_cell.default: _lstm, aten._thnn_fused_gru_cell.default: _gru}
