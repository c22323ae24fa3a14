"""Dropout between layers, variational dropout and zoneout: their masks, and both paths alike."""

import pytest
import torch
from torch import nn

from gradatim.checks import Notice, UsageError, notice
from gradatim.models.building import build
from gradatim.nn.dropout import Dropout
from gradatim.nn.gru import GRU
from gradatim.nn.layer_norm_lstm import LayerNormLSTM
from gradatim.nn.lstm import LSTM
from gradatim.nn.peephole_lstm import PeepholeLSTM
from gradatim.nn.rnn import RNN

X = torch.randn(6, 4, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0))


def placed(layer, seed=1, step=0):
    for name, module in layer.named_modules():
        if isinstance(module, Dropout):
            module.place(seed, name, step)
    return layer


@pytest.mark.parametrize(
    "noise",
    [
        {"dropout": 0.5, "num_layers": 3},
        {"variational_dropout": 0.4, "bidirectional": True},
        {"zoneout": 0.3},
        {"zoneout": (0.0, 0.5), "variational_dropout": 0.2, "num_layers": 2, "bidirectional": True},
    ],
    ids=str,
)
def test_both_paths_draw_the_same_masks(noise, both_paths, monkeypatch):
    """To 1e-10; the masks are functions of (seed, layer, step), so the twin is placed again."""
    layer = LSTM(3, 5, **noise).double()
    forward = layer.forward
    monkeypatch.setattr(layer, "forward", lambda *a, **k: (placed(layer), forward(*a, **k))[1])
    for how in ({}, {"lengths": torch.tensor([6, 0, 3, 5])}):
        fused, defined = both_paths(layer, X, **how)
        torch.testing.assert_close(fused, defined, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("noise", [{"dropout": 0.5}, {"variational_dropout": 0.5}, {"zoneout": 0.5}], ids=str)
def test_masks_are_functions_of_seed_layer_and_step(noise):
    layer = LSTM(3, 5, 2, **noise).double()
    first = placed(layer)(X)[0]
    assert torch.equal(placed(layer)(X)[0], first)
    assert not torch.equal(placed(layer, step=1)(X)[0], first)
    assert not torch.equal(placed(layer, seed=2)(X)[0], first)
    assert not torch.equal(layer(X)[0], placed(layer, seed=2)(X)[0])


@pytest.mark.parametrize("kind", [RNN, LSTM, GRU, PeepholeLSTM, LayerNormLSTM])
@pytest.mark.parametrize("how", [{}, {"bidirectional": True}], ids=str)
def test_dropout_of_a_single_layer_is_told_to_do_nothing(kind, how):
    notice.cache_clear()
    with pytest.warns(
        Notice, match=rf"^dropout=0\.5 of {kind.__name__} .* it does nothing; put a layer of dr"
    ):
        layer = kind(3, 5, dropout=0.5, **how).double()
    assert torch.equal(layer(X)[0], layer.eval()(X)[0])
    kind(3, 5, 2, dropout=0.5, **how)  # nothing is told here, nor without dropout
    kind(3, 5, **how)


def test_networks_whose_dropout_falls_elsewhere_too_tell_nothing():
    sizes = {"num_classes": 3, "vocabulary_size": 4, "dropout": 0.5}
    for network in ({"name": "char_lm", "vocabulary_size": 4, "dropout": 0.5}, {"name": "tagger", **sizes}):
        build(network)
    build({"name": "sequence_classifier", **sizes, "cell": "gru"})


def test_dropout_between_layers_spares_the_last():
    """One layer has nothing between; with p near 1 the second reads almost only zeros."""
    notice.cache_clear()
    with pytest.warns(Notice):
        one = LSTM(3, 5, dropout=0.9).double()
    assert torch.equal(one(X)[0], one.eval()(X)[0])
    two = LSTM(3, 5, 2, dropout=0.999).double()
    silent = LSTM(3, 5, 2).double()
    silent.load_state_dict(two.state_dict())
    with torch.no_grad():
        silent.weight_ih_l1.zero_()
    torch.testing.assert_close(two(X)[0], silent(X)[0])


def test_zoneout_in_evaluation_is_the_mean():
    """E[s_t] over masks, given s_{t−1}: one step, p s_0 + (1 − p) s̃_1, to 1e-12."""
    layer = LSTM(3, 5, zoneout=(0.25, 0.5)).double().eval()
    plain = LSTM(3, 5).double()
    plain.load_state_dict(layer.state_dict())
    start = tuple(torch.full((1, 4, 5), v, dtype=torch.float64) for v in (0.3, -0.7))
    _, (h, c) = layer(X[:1], start)
    _, (h1, c1) = plain(X[:1], start)
    torch.testing.assert_close(h, 0.25 * start[0] + 0.75 * h1, rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(c, 0.5 * start[1] + 0.5 * c1, rtol=1e-12, atol=1e-12)


def test_a_zoned_out_unit_keeps_its_state_exactly():
    layer = GRU(3, 50, zoneout=0.5).double()
    out, _ = layer(X, torch.full((1, 4, 50), 0.123456789, dtype=torch.float64))
    kept = out[0] == 0.123456789
    assert 0.35 < kept.double().mean() < 0.65
    stays = (out[1:] == out[:-1]).double().mean()
    assert 0.4 < stays < 0.6


def test_variational_masks_are_the_same_at_every_step():
    """h_t = U (m ⊙ h_{t−1}) with U = 1: what is dropped once is dropped at every step."""
    from gradatim.nn.rnn import RNN

    layer = RNN(1, 40, nonlinearity="identity", bias=False, variational_dropout=0.5).double()
    with torch.no_grad():
        layer.weight_ih_l0.zero_()
        nn.init.eye_(layer.weight_hh_l0)
    out, _ = layer(torch.zeros(5, 2, 1, dtype=torch.float64), torch.ones(1, 2, 40, dtype=torch.float64))
    for t in range(5):
        assert set(out[t].unique().tolist()) == {0.0, 2.0 ** (t + 1)}


@pytest.mark.parametrize(
    ("noise", "sentence"),
    [
        ({"dropout": 1}, "dropout must be a number at least 0 and below 1; it is 1"),
        ({"zoneout": -0.1}, "zoneout must be a number at least 0 and below 1; it is -0.1"),
        ({"zoneout": (0.1,)}, r"zoneout must be one number, or one for each of \('h', 'c'\); it is \(0.1,\)"),
    ],
)
def test_probabilities_outside_0_1_are_refused(noise, sentence):
    with pytest.raises(UsageError, match=f"^{sentence}$"):
        LSTM(3, 5, **noise)


@pytest.mark.parametrize("reset", ["after", "before"])
def test_a_gru_s_products_read_the_mask_and_its_carry_does_not(reset, both_paths, monkeypatch):
    """Gal & Ghahramani 2016: against a plain loop whose products alone are masked, to 1e-12."""
    layer = placed(GRU(3, 5, reset=reset, variational_dropout=0.4).double())
    out, _ = layer(X)
    m = placed(layer).variational[0].mask(X.shape[1], 5, X)
    assert 0 < int((m == 0).sum()) < m.numel()
    p, h, expected = dict(layer.named_parameters()), torch.zeros(X.shape[1], 5, dtype=torch.float64), []
    for x in X:
        wx, seen = x @ p["weight_ih_l0"].t() + p["bias_l0"], h * m
        u = seen @ p["weight_hh_l0"].t()
        r, z = torch.sigmoid(wx[:, :5] + u[:, :5]), torch.sigmoid(wx[:, 5:10] + u[:, 5:10])
        if reset == "after":
            n = torch.tanh(wx[:, 10:] + r * (u[:, 10:] + p["bias_hn_l0"]))
            h = (1 - z) * n + z * h
        else:
            h = (1 - z) * h + z * torch.tanh(wx[:, 10:] + (r * seen) @ p["weight_hh_l0"][10:].t())
        expected.append(h)
    torch.testing.assert_close(out, torch.stack(expected), rtol=1e-12, atol=1e-12)
    forward = layer.forward
    monkeypatch.setattr(layer, "forward", lambda *a, **k: (placed(layer), forward(*a, **k))[1])
    fused, defined = both_paths(layer, X)
    torch.testing.assert_close(fused, defined, rtol=1e-10, atol=1e-10)
