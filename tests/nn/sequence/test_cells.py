"""E1, E5, E6: any cell on the fused path equals the cell called step by step."""

import itertools

import pytest
import torch
from torch import nn

from gradatim.nn.gru import GRU
from gradatim.nn.layer_norm_lstm import LayerNormLSTM
from gradatim.nn.lstm import LSTM
from gradatim.nn.peephole_lstm import PeepholeLSTM
from gradatim.nn.recurrent import Recurrent
from gradatim.nn.rnn import RNN

from .cells import CELLS

LAYERS = {
    "rnn": RNN,
    "rnn of elu": lambda d, h: RNN(d, h, nonlinearity="elu"),
    "lstm": LSTM,
    "stacked both ways": lambda d, h: LSTM(d, h, 2, bidirectional=True),
    "without bias": lambda d, h: LSTM(d, h, bias=False),
    "projected": lambda d, h: LSTM(d, h, proj_size=h - 1) if h > 1 else LSTM(d, h),
    "general activations": lambda d, h: LSTM(d, h, gate_activation="tanh", activation="softplus"),
    "peephole": lambda d, h: PeepholeLSTM(d, h, bidirectional=True),
    "layer norm": LayerNormLSTM,
    "layer norm projected": lambda d, h: LayerNormLSTM(d, h + 2, proj_size=h),
    "gru after": GRU,
    "gru before": lambda d, h: GRU(d, h, 2, reset="before", bidirectional=True),
    **{cell.__name__: (lambda d, h, cell=cell: Recurrent(cell(d, max(h, 2)))) for cell in CELLS},
    "read backwards": lambda d, h: Recurrent(CELLS[1](d, h), reverse=True),
}
SHAPES = [(1, 1, 2, 3), (6, 3, 4, 5), (5, 17, 3, 3), (3, 2, 1, 1)]


def make(name, d, h, dtype=torch.float64):
    module = LAYERS[name](d, h).double()
    rng = torch.Generator().manual_seed(0)
    for p in module.parameters():
        nn.init.normal_(p, 0, 0.6, generator=rng)
    return module.to(dtype)


def data(t, n, d, dtype=torch.float64):
    rng = torch.Generator().manual_seed(7)
    return torch.randn(t, n, d, dtype=torch.float64, generator=rng).to(dtype)


@pytest.mark.parametrize("name", LAYERS)
def test_outputs_and_gradients_are_those_of_the_definition(name, both_paths):
    """To 1e-10 in float64, whatever the sizes, with and without padding on either side."""
    for (t, n, d, h), side in itertools.product(SHAPES, ("", "right", "left")):
        how = {"lengths": torch.arange(n) * 2 % (t + 1), "padding": side} if side else {}
        fused, defined = both_paths(make(name, d, h), data(t, n, d), **how)
        assert fused.keys() == defined.keys()
        torch.testing.assert_close(fused, defined, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("name", LAYERS)
def test_float32_is_near_the_definition_in_float64(name, both_paths):
    """To 1e-4."""
    _, defined = both_paths(make(name, 4, 5), data(9, 4, 4))
    fused, _ = both_paths(make(name, 4, 5, torch.float32), data(9, 4, 4, torch.float32))
    widened = {
        k: [v.double() for v in vs] if isinstance(vs, list | tuple) else vs.double()
        for k, vs in fused.items()
    }
    wanted = {k: list(v) if isinstance(v, tuple) else v for k, v in defined.items()}
    torch.testing.assert_close(widened, wanted, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.slow) if name in {"peephole", "gru before"} else name
        for name in ("lstm", "peephole", "layer norm", "gru before", "Concatenated", "TwoMaps")
    ],
)
def test_gradients_and_their_gradients_are_finite_differences(name):
    """torch.autograd's gradcheck and gradgradcheck; the second derivative takes the readable path."""
    module, x = make(name, 2, 2), data(3, 2, 2).requires_grad_()
    inputs = (x, *module.parameters())
    assert torch.autograd.gradcheck(lambda x, *_: module(x)[0], inputs)
    assert module.path == "fused"
    assert torch.autograd.gradgradcheck(lambda x, *_: module(x)[0], inputs)


def test_threads_change_nothing(both_paths):
    """A team of two shares rows and columns, more members than rows included; to rounding."""
    module = make("gru before", 40, 96)
    before = torch.get_num_threads()
    try:
        for n, threads in ((1, 2), (5, 2), (2, 3)):
            torch.set_num_threads(threads)
            fused, defined = both_paths(module, data(4, n, 40), lengths=torch.full((n,), 3))
            torch.testing.assert_close(fused, defined, rtol=1e-10, atol=1e-10)
    finally:
        torch.set_num_threads(before)


def test_nothing_in_the_padding_is_read(both_paths):
    """Not even NaN: every gradient is finite, and that of the padding is 0."""
    x = data(6, 3, 4)
    x[4:, 1] = float("nan")
    fused, _ = both_paths(make("lstm", 4, 5), x, lengths=torch.tensor([6, 4, 6]))
    assert all(
        torch.isfinite(v).all() for v in (fused["outputs"], fused["weight_ih_l0"], fused["weight_hh_l0"])
    )
    assert fused["x"][4:, 1].abs().max() == 0
    assert fused["outputs"][4:, 1].abs().max() == 0


@pytest.mark.parametrize("name", ["lstm", "gru before", "TwoMaps"])
def test_a_padded_batch_is_its_sequences_one_by_one(name):
    """Outputs and last states, to 1e-12, on either side; length 0 returns the initial state."""
    module, x, lengths = make(name, 4, 5), data(6, 4, 4), torch.tensor([6, 0, 3, 1])
    whole, last = module(x, lengths=lengths)
    shifted = torch.stack([x[:, n].roll(6 - int(m), 0) for n, m in enumerate(lengths)], 1)
    left, left_last = module(shifted, lengths=lengths, padding="left")
    first = lambda s: s[0] if isinstance(s, tuple) else s  # noqa: E731
    for n, m in enumerate(int(m) for m in lengths):
        alone, end = module(x[:m, n : n + 1])
        torch.testing.assert_close(whole[:m, n], alone[:, 0], rtol=1e-12, atol=1e-12)
        torch.testing.assert_close(left[6 - m :, n], alone[:, 0], rtol=1e-12, atol=1e-12)
        torch.testing.assert_close(first(last)[..., n, :], first(end)[..., 0, :], rtol=1e-12, atol=1e-12)
        torch.testing.assert_close(first(left_last)[..., n, :], first(end)[..., 0, :], rtol=1e-12, atol=1e-12)
        assert not whole[m:, n].any() and not left[: 6 - m, n].any()


@pytest.mark.parametrize("name", ["lstm", "gru after", "MinimalGatedUnit"])
def test_initial_states_are_read_and_have_gradients(name, both_paths):
    module = make(name, 4, 5)
    count = 2 if name == "lstm" else 1
    shape = (3, 5) if name == "MinimalGatedUnit" else (1, 3, 5)
    start = tuple(data(*shape[-2:], 1).reshape(shape) + i for i in range(count))
    fused, defined = both_paths(module, data(4, 3, 4), start)
    assert len(fused["start"]) == count
    torch.testing.assert_close(fused, defined, rtol=1e-10, atol=1e-10)


def test_empty_sequences_and_empty_batches():
    """No step returns the initial state; no sequence, empty tensors."""
    module, start = make("lstm", 4, 5), (data(1, 3, 5), data(1, 3, 5) + 1)
    outputs, last = module(torch.zeros(0, 3, 4, dtype=torch.float64), start)
    assert outputs.shape == (0, 3, 5)
    torch.testing.assert_close(last, start, rtol=0, atol=0)
    outputs, (h, _) = module(torch.zeros(2, 0, 4, dtype=torch.float64))
    assert outputs.shape == (2, 0, 5) and h.shape == (1, 0, 5)
    padding, last = module(data(4, 3, 4), start, lengths=torch.zeros(3, dtype=torch.int64))
    assert not padding.any()
    torch.testing.assert_close(last, start, rtol=0, atol=0)
