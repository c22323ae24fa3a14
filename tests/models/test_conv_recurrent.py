"""E4, E11: attention over steps, convolutions over time and their network, against plain computations."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from gradatim.checks import UsageError
from gradatim.models.attention_pooling import AttentionPooling
from gradatim.models.building import build
from gradatim.models.strided_convolutions import StridedConvolutions

LENGTHS = torch.tensor([7, 1, 4, 11])
T, D = 11, 3
RNG = np.random.default_rng(1)
X = torch.from_numpy(RNG.normal(size=(4, T, D)))
REAL = torch.arange(T) < LENGTHS[:, None]


def made(name="conv_recurrent", **how):
    entry = {"name": name, "in_features": D, "num_classes": 2, "hidden_size": 4, **how}
    return build(entry, 3, torch.float64).eval()


def test_attention_weighs_by_the_query_and_gives_padding_nothing():
    """To 1e-14: softmax over each sequence's own steps, one sequence and one step at a time."""
    pooling = AttentionPooling(D, 5).double()
    W, v = (one.weight.detach().numpy() for one in (pooling.hidden, pooling.query))
    weights, pooled = pooling.weights(X, REAL).detach().numpy(), pooling(X, REAL).detach().numpy()
    for n, length in enumerate(LENGTHS.tolist()):
        h = X[n, :length].numpy()
        scores = np.array([float(v[0] @ np.tanh(W @ step)) for step in h])
        alpha = np.exp(scores) / np.exp(scores).sum()
        np.testing.assert_allclose(weights[n, :length], alpha, rtol=1e-14)
        assert (weights[n, length:] == 0).all() and weights[n].sum() == pytest.approx(1, rel=1e-14)
        np.testing.assert_allclose(pooled[n], (alpha[:, None] * h).sum(0), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize(("kernel", "stride"), [(5, 2), (3, 1), (9, 4), (1, 3)])
def test_convolutions_are_those_of_each_sequence_alone(kernel, stride):
    """To 1e-13, against torch's conv1d on the sequence without its padding."""
    layers = StridedConvolutions(D, (4, 5), kernel, stride).double()
    h, lengths = layers(X + 7.0 * ~REAL[..., None], LENGTHS)  # whatever stands in the padding
    for n, length in enumerate(LENGTHS.tolist()):
        alone = X[n, :length].t()[None]
        for layer in layers.layers:
            alone = F.conv1d(alone, layer.weight, layer.bias, stride, kernel // 2).relu()
        assert lengths[n] == alone.shape[2]
        torch.testing.assert_close(h[n, : lengths[n]].t()[None], alone, rtol=1e-13, atol=1e-13)
        assert (h[n, lengths[n] :] == 0).all()


@pytest.mark.parametrize("pooling", ["last", "mean", "attention"])
@pytest.mark.parametrize("name", ["conv_recurrent", "sequence_classifier"])
def test_padding_changes_no_number(name, pooling):
    """To 1e-12."""
    model = made(name, pooling=pooling)
    noise = torch.from_numpy(RNG.normal(size=X.shape)) * ~REAL[..., None]
    wider = F.pad(X + noise, (0, 0, 0, 5), value=3.0)
    for n, length in enumerate(LENGTHS.tolist()):
        alone = model(X[n : n + 1, :length], LENGTHS[n : n + 1])
        for together in (model(X, LENGTHS), model(wider, LENGTHS)):
            torch.testing.assert_close(together[n : n + 1], alone, rtol=1e-12, atol=1e-13)


def test_the_order_of_steps_matters_to_every_pooling():
    turned = X.clone()
    turned[3] = turned[3].flip(0)
    for pooling in ("last", "mean", "attention"):
        model = made(pooling=pooling)
        assert not torch.allclose(model(X, LENGTHS)[3], model(turned, LENGTHS)[3])


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"kernel_size": 4}, "kernel_size must be odd"),
        ({"channels": []}, "one number for each convolution"),
        ({"channels": 8}, "one number for each convolution"),
        ({"stride": 0}, "stride must be"),
        ({"pooling": "max"}, "pooling"),
    ],
)
def test_what_cannot_be_is_refused(how, said):
    with pytest.raises(UsageError, match=said):
        made(**how)


def test_other_inputs_are_refused():
    with pytest.raises(UsageError, match=r"reads numbers \(sequences, steps, 3\); it got"):
        made()(X[..., :2], LENGTHS)
    with pytest.raises(UsageError, match="sequence 1 cannot have length 12"):
        made()(X, torch.tensor([1, 12, 3, 4]))
