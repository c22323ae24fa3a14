"""G6: a network that has grown computes what it computed, to rounding, in float64."""

import copy

import pytest
import torch
from torch import nn

from gradatim.checks import UsageError
from gradatim.models.building import build
from gradatim.transfer.net2net import grow

F64 = torch.float64
EXACT = {"atol": 1e-12, "rtol": 0}


def network(**entry):
    torch.manual_seed(0)
    made = build(entry, seed=1, dtype=F64)
    with torch.no_grad():  # biases, norms and running statistics are none that are easy to keep
        for name, t in made.state_dict().items():
            if t.is_floating_point() and t.ndim == 1:
                t.copy_(torch.rand_like(t) + (0.5 if "var" in name or "weight" in name else -0.5))
    return made


def grown(entry, more, **how):
    old, new = network(**entry), network(**{**entry, **more})
    grow(old, new, seed=3, **how)
    return old, new


CHARS = {"name": "char_lm", "vocabulary_size": 4, "hidden_size": 3}
MLP = {"name": "mlp", "in_features": 5, "out_features": 3, "hidden": [4, 6]}


@pytest.mark.parametrize("hidden", [[9, 6], [4, 13], [8, 7], [4, 6, 6], [4, 5, 6], [10, 8, 12, 9]])
@pytest.mark.parametrize("noise", [0.0, 1.0])
def test_dense_layers_wider_and_deeper(hidden, noise):
    old, new = grown(MLP, {"hidden": hidden}, noise=noise)
    x = torch.randn(50, 5, dtype=F64)
    for training in (False, True):
        torch.testing.assert_close(new.train(training)(x), old.train(training)(x), **EXACT)


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "gelu"])
def test_any_activation_of_single_units_can_be_wider(activation):
    old, new = grown({**MLP, "activation": activation}, {"hidden": [7, 11]})
    x = torch.randn(20, 5, dtype=F64)
    torch.testing.assert_close(new(x), old(x), **EXACT)
    with pytest.raises(UsageError, match="behind a ReLU alone"):
        grown({**MLP, "activation": activation}, {"hidden": [4, 6, 6]})


def test_convolutions_with_batch_norm_in_both_modes():
    old, new = grown({"name": "small_cnn", "in_channels": 2, "num_classes": 3, "stages": 2, "dropout": 0.0,
                      "width": 0.25}, {"width": 0.6})  # fmt: skip
    x = torch.randn(6, 2, 9, 7, dtype=F64)
    torch.testing.assert_close(new.eval()(x), old.eval()(x), **EXACT)
    torch.testing.assert_close(new.train()(x), old.train()(x), **EXACT)  # statistics of copies are equal
    torch.testing.assert_close(new.eval()(x), old.eval()(x), **EXACT)  # and so are the running ones


def stack(channels, second=False):
    """A convolution, perhaps a second one, a pool, and a dense layer on what is laid flat."""
    layers = [{"name": "conv2d", "in_channels": 1, "out_channels": channels, "kernel_size": 3, "padding": 1},
              {"name": "batch_norm", "num_features": channels}, {"name": "relu"}]  # fmt: skip
    if second:
        layers += [{"name": "conv2d", "in_channels": channels, "out_channels": channels, "kernel_size": 3,
                    "padding": 1},
                   {"name": "batch_norm", "num_features": channels}, {"name": "relu"}]  # fmt: skip
    return {"name": "stack", "layers": [
        *layers, {"name": "max_pool2d", "kernel_size": 2}, {"name": "flatten"},
        {"name": "dense", "in_features": 9 * channels, "out_features": 4},
    ]}  # fmt: skip


@pytest.mark.parametrize(("more", "second"), [(3, True), (5, False), (7, True)])
def test_maps_laid_flat_and_a_convolution_put_in(more, second):
    x = torch.randn(30, 1, 6, 6, dtype=F64)
    old, new = network(**stack(3)), network(**stack(more, second))
    with torch.no_grad():  # the running statistics are those of x
        maps = old[0](x).transpose(0, 1).flatten(1)
        old[1].running_mean.copy_(maps.mean(1))
        old[1].running_var.copy_(maps.var(1, correction=0))
    grow(old, new, examples=x)
    torch.testing.assert_close(new.eval()(x), old.eval()(x), **EXACT)
    torch.testing.assert_close(new.train()(x), old.train()(x), **EXACT)  # a norm put in by x keeps them, too


@pytest.mark.parametrize("cell", ["lstm", "gru", "gru_before", "rnn", "rnn_relu", "peephole"])
def test_recurrent_layers(cell):
    entry = {"name": "char_lm", "vocabulary_size": 7, "hidden_size": 5, "num_layers": 2, "cell": cell}
    old, new = grown(entry, {"hidden_size": 9})
    x = torch.randint(0, 7, (11, 3))
    torch.testing.assert_close(new(x), old(x), **EXACT)
    torch.testing.assert_close(new(x), old(x), **EXACT)  # from the state that each has carried
    both = {"name": "sequence_classifier", "vocabulary_size": 7, "num_classes": 3, "hidden_size": 4,
            "num_layers": 2, "cell": cell}  # fmt: skip
    old, new = grown(both, {"hidden_size": 6})
    given = x.t(), torch.tensor([11, 4, 7])
    torch.testing.assert_close(new.eval()(*given), old.eval()(*given), **EXACT)


def test_copies_come_to_differ_unless_the_shares_are_equal():
    for noise, differ in ((1.0, True), (0.0, False)):
        _, new = grown({**MLP, "hidden": [2]}, {"hidden": [4]}, noise=noise)
        first = new[1].weight
        pairs = [(j, i) for j in (2, 3) for i in (0, 1) if torch.equal(first[j], first[i])]
        assert len(pairs) == 2  # each new unit is a copy
        optimizer = torch.optim.Adam(new.parameters(), lr=0.01)
        x, y = torch.randn(40, 5, dtype=F64), torch.randint(0, 3, (40,))
        for _ in range(30):
            optimizer.zero_grad()
            nn.functional.cross_entropy(new(x), y).backward()
            optimizer.step()
        apart = all((first[j] - first[i]).abs().max() > 1e-3 for j, i in pairs)
        assert apart == differ
        assert differ or all(torch.allclose(first[j], first[i]) for j, i in pairs)


@pytest.mark.parametrize(
    ("entry", "more", "said"),
    [
        (MLP, {"hidden": [3, 6]}, "layer 1 has 4 units, and 3 are asked for: a network grows and loses none"),
        (MLP, {"hidden": [4]}, "has 3 layers with weights, and 2 are asked for"),
        (MLP, {"hidden": [4, 3, 6]}, "6 units, and 3 are asked for"),
        ({**MLP, "activation": "maxout"}, {"hidden": [5, 6]}, "maxout behind layer 1 reads several units"),
        (MLP, {"hidden": [5, 6], "activation": "tanh"}, "behind layer 1 stands relu, and .* is asked for"),
        ({"name": "resnet_cifar", "depth": 8}, {"width": 2.0}, "is no chain of layers, so it cannot grow"),
        (CHARS, {"num_layers": 2}, "leave num_layers at 1"),
        ({**CHARS, "cell": "layer_norm"}, {"hidden_size": 5}, "reads all its units together"),
        ({**CHARS, "cell": "gru"}, {"cell": "gru_before"}, "compute other than those asked for"),
    ],
)  # fmt: skip
def test_what_cannot_grow_is_said(entry, more, said):
    with pytest.raises(UsageError, match=said):
        grown(entry, more)


def test_the_old_network_stays_as_it_is():
    old = network(**MLP)
    before = copy.deepcopy(old.state_dict())
    grow(old, network(**{**MLP, "hidden": [9, 9, 9]}))
    assert all(torch.equal(t, before[name]) for name, t in old.state_dict().items())
