"""How autoencoders learn: kill and resume, what is learned from, what is refused."""

import numpy as np
import pytest
import torch

from gradatim.checks import UsageError
from gradatim.models.building import build
from gradatim.unsupervised.again import again
from gradatim.unsupervised.autoencoders import AutoencoderTraining

X = np.random.default_rng(0).random((50, 6)).astype("f4")
NOISY = {"hidden": [4], "corruption": "gaussian", "amount": 0.2, "sparsity_target": 0.1}


def loop(epochs=4, x=X, **more):
    net = build({"name": "autoencoder", "in_features": 6, **NOISY}, 0)
    return AutoencoderTraining(
        net, x, valid=X[:9], epochs=epochs, batch_size=8, lr=0.01, schedule="cosine", **more
    )


@pytest.mark.parametrize("steps", [1, 5, 9])
def test_it_goes_on_to_the_same_bits_from_any_step(steps):
    whole, half = loop(), loop()
    list(whole)
    for _ in range(steps):
        half.advance(0.0)
    rest = loop()
    rest.restore(*half.state())
    list(rest)
    for one, other in zip(whole.model.parameters(), rest.model.parameters(), strict=True):
        assert torch.equal(one, other)
    assert whole.stopping.state() == rest.stopping.state()


def test_validation_is_without_noise_and_counts_the_penalties():
    own = loop(1)
    record = next(own)
    x = torch.from_numpy(X[:9])
    with torch.no_grad():
        found = own.engine.loss.mean(own.model.eval()(x), x).item()
    assert record.valid["loss"] == pytest.approx(found, rel=1e-6) and set(record.valid) == {"loss"}


def test_of_pairs_nobody_looks_at_the_target():
    alone, pair = loop(2), loop(2, x=(X, np.arange(50)))
    assert [r.train_loss for r in alone] == [r.train_loss for r in pair]
    assert np.array_equal(again((X, np.zeros(50))).y, X)


BAD = X.astype(float)
BAD = np.where(np.arange(300).reshape(50, 6) == 20, np.nan, BAD)


@pytest.mark.parametrize(
    ("x", "loss", "said"),
    [
        (X[:1], "squared_error", "learns from at least two examples; there is one"),
        (
            np.ones((9, 6), "f4"),
            "squared_error",
            "every example holds the same numbers: there is no variance",
        ),
        (3 * X - 1, "multilabel", r"numbers from 0 to 1; example 0 holds .* at \d: scale it as \(x \+ "),
        (
            X * [1, 1, 1, 8, 1, 1],
            "multilabel",
            r"at 3: scale it as \(x − .*\)/7\.\d+, or take the loss squared",
        ),
        ([torch.zeros(3, 6)] * 2, "squared_error", "."),
    ],
)
def test_what_cannot_be_learned_is_said(x, loss, said):
    net = build({"name": "autoencoder", "in_features": 6, "hidden": [2]}, 0)
    with pytest.raises(UsageError, match=said):
        AutoencoderTraining(net, x, loss)


def test_a_number_that_is_none_is_named():
    net = build({"name": "autoencoder", "in_features": 6, "hidden": [2]}, 0)
    with pytest.raises(UsageError, match=r"nan|NaN|finite|missing"):
        AutoencoderTraining(net, BAD)
