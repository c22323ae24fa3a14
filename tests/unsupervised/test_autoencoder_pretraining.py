"""F4: a stacked autoencoder: pairs of layers learn as they would alone, machines unroll, all resumes."""

import numpy as np
import pytest
import torch
from torch import nn

from gradatim.checks import UsageError
from gradatim.data.digits import digits
from gradatim.models.building import build
from gradatim.nn.dense import Dense
from gradatim.nn.rbm import RBM
from gradatim.training.training import Training
from gradatim.unsupervised.autoencoder_pretraining import AutoencoderPretraining
from gradatim.unsupervised.rbm import ContrastiveDivergence

X = (digits().x[:70].reshape(70, 64) / 16).astype(np.float32)
BERNOULLI = "multilabel"
KINDS = ("rbm", "autoencoder", "denoising")


def deep(hidden=(12, 7, 3), seed=0, dtype=torch.float32, **arguments):
    arguments = {"activation": "sigmoid", **arguments}
    return build({"name": "autoencoder", "in_features": 64, "hidden": list(hidden), **arguments}, seed, dtype)


def loop(kind, network=None, loss=BERNOULLI, **more):
    given = {"pretrain_epochs": 2, "epochs": 2, "batch_size": 32, "seed": 3, "valid": X, **more}
    return AutoencoderPretraining(network or deep(), X, loss, kind=kind, **given)


def after(training, stages):
    while training.number < stages:
        training.advance()
    return training


def dense(stack):
    return [layer for layer in stack if isinstance(layer, Dense)]


def same(a, b):
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


def weights(network):
    return {name: value.clone() for name, value in network.state_dict().items()}


def machines_of(training):
    """The machines as they are at the end of each stage, before they are unrolled."""
    found, fold = [], training._fold

    def keep(block):
        machine = training.machine
        found.append({name: p.detach().clone() for name, p in machine.named_parameters()})
        fold(block)

    training._fold = keep
    return found


def test_machines_are_contrastive_divergence_alone_and_unrolled_bit_for_bit():
    network = deep()
    training = loop("rbm", network)
    after(training, 3)
    x = torch.from_numpy(X)
    for k, (up, down) in enumerate(zip(dense(network.encoder), dense(network.decoder)[::-1], strict=True)):
        visible, hidden = down.weight.shape
        alone = RBM(visible, hidden, hidden_units="gaussian" if k == 2 else "bernoulli")
        seed = training._seed_of(training.hidden[k])
        alone.draw_parameters(seed, "")
        how = {"lr": 0.01, "centred": True} if k == 2 else {"lr": 0.1}
        list(ContrastiveDivergence(alone, x.numpy(), epochs=2, batch_size=32, seed=seed, **how))
        assert torch.equal(up.weight, alone.weight) and torch.equal(up.bias, alone.hidden_bias)
        assert torch.equal(down.weight, alone.weight.t()) and torch.equal(down.bias, alone.visible_bias)
        x = alone(x).detach()


@pytest.mark.parametrize(
    ("loss", "more"),
    [(BERNOULLI, {}), (BERNOULLI, {"tied": True}), ("squared_error", {}),
     (BERNOULLI, {"code_activation": "sigmoid"})],
)  # fmt: skip
def test_the_unrolled_network_is_the_mean_field_pass_up_and_down(loss, more):
    """To 1e-12, float64; Gaussian visible units have σ (b + Wᵀ h) for their mean."""
    network = deep(dtype=torch.float64, **more)
    training = AutoencoderPretraining(
        network, X, loss, kind="rbm", pretrain_epochs=3, epochs=1, precision="float64"
    )
    machines = machines_of(training)
    after(training, 3)
    logistic = torch.sigmoid
    h = torch.from_numpy(X).double()
    for k, one in enumerate(machines):
        u = h / (one["log_variance"] / 2).exp() if "log_variance" in one else h
        x = u @ one["weight"].t() + one["hidden_bias"]
        h = x if k == 2 and not more.get("code_activation") else logistic(x)
    code = h
    for k, one in reversed(list(enumerate(machines))):
        h = h @ one["weight"] + one["visible_bias"]
        h = (one["log_variance"] / 2).exp() * h if "log_variance" in one else logistic(h)
        assert ("log_variance" in one) == (k == 0 and loss != BERNOULLI)
    found = network.eval()(torch.from_numpy(X).double())
    outputs = logistic(found.outputs) if loss == BERNOULLI else found.outputs
    torch.testing.assert_close(found.code, code, rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(outputs, h, rtol=1e-12, atol=1e-12)


class Short(nn.Module):
    """One hidden layer, naively: g(V tanh(W x + b) + c)."""

    def __init__(self, up, down, g):
        super().__init__()
        self.W, self.b, self.V, self.c = (nn.Parameter(p.detach().clone()) for p in (*up, *down))
        self.g = g

    def forward(self, x):
        return self.g(torch.tanh(x @ self.W.t() + self.b) @ self.V.t() + self.c)


@pytest.mark.parametrize("kind", ["autoencoder", "denoising"])
def test_a_pair_of_layers_is_a_short_autoencoder_alone(kind):
    """To 1e-10, float64: the first with a linear output, the second with g behind its decoder."""
    network, twin = (deep((12, 7), 0, torch.float64, activation="tanh", code_activation="tanh") for _ in "ab")
    how = {"noise": 0.0} if kind == "denoising" else {}
    training = AutoencoderPretraining(
        network, X, kind=kind, pretrain_epochs=2, epochs=1, seed=3, how=how, precision="float64"
    )
    after(training, 2)
    h = X.astype(np.float64)
    for k, g in enumerate([nn.Identity(), torch.tanh]):
        up, down = dense(twin.encoder)[k], dense(twin.decoder)[::-1][k]
        short = Short((up.weight, up.bias), (down.weight, down.bias), g)
        seed = training._seed_of(training.hidden[k])
        list(Training(short, (h, h), lambda a, y: ((a - y) ** 2).mean(1), epochs=2, lr=1e-3, seed=seed,
                      precision="float64"))  # fmt: skip
        for found, expected in (
            (dense(network.encoder)[k].weight, short.W), (dense(network.encoder)[k].bias, short.b),
            (dense(network.decoder)[::-1][k].weight, short.V),
            (dense(network.decoder)[::-1][k].bias, short.c),
        ):  # fmt: skip
            torch.testing.assert_close(found, expected, rtol=1e-10, atol=1e-10)
        h = np.tanh(h @ short.W.detach().numpy().T + short.b.detach().numpy())


@pytest.mark.parametrize("tied", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_a_finished_pair_stays_until_fine_tuning_moves_all(kind, tied):
    network = deep((12, 7), tied=tied)
    training = after(loop(kind, network), 1)
    inner, outer = training.opposite[1].bias, training.opposite[0]
    first = [p.detach().clone() for p in (*dense(network.encoder)[0].parameters(), *outer.parameters())]
    untouched = inner.detach().clone()
    after(training, 2)
    assert not torch.equal(untouched, inner)
    assert all(map(torch.equal, first, (*dense(network.encoder)[0].parameters(), *outer.parameters())))
    training.advance()
    assert not torch.equal(first[0], dense(network.encoder)[0].weight)


@pytest.mark.parametrize("tied", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_it_goes_on_exactly_from_every_place_of_every_stage(kind, tied):
    """Paused after every third advance, restored into a new network: the same bits as without a pause."""
    given = {"schedule": "cosine", "lr": 0.01, "pretrain_epochs": 1}
    whole = loop(kind, deep(tied=tied), **given)
    records = list(whole)
    parts, found, places = loop(kind, deep(tied=tied), **given), [], set()
    while not parts.finished:
        for _ in range(3):
            record = parts.advance(0.0)
            found += [] if record is None else [record]
        places.add(parts.number)
        tensors, numbers = parts.state()
        parts = loop(kind, deep(tied=tied), **given)
        parts.restore(tensors, numbers)
    assert places == {0, 1, 2, 3}
    assert [(r.stage, r.epoch, r.train_loss) for r in found] == [
        (r.stage, r.epoch, r.train_loss) for r in records
    ]
    assert same(weights(whole.model), weights(parts.model))


@pytest.mark.parametrize(
    ("kind", "arguments", "loss", "said"),
    [
        ("supervised", {}, BERNOULLI, "an autoencoder has no labels"),
        ("rbm", {"activation": "gelu"}, BERNOULLI, "have the activation gelu: give activation=sigmoid"),
        ("rbm", {"code_activation": "tanh"}, BERNOULLI, "code_activation is tanh: give code_activation="),
        ("rbm", {"tied": True}, "squared_error", "a tied decoder cannot: give --loss bernoulli_nll"),
        ("rbm", {"hidden": (5,)}, "squared_error", "a linear code right on Gaussian inputs"),
        ("autoencoder", {"decoder": [9, 12]}, BERNOULLI, "do not mirror the encoder's, .*leave out decoder="),
        ("autoencoder", {"decoder": []}, BERNOULLI, "do not mirror the encoder's"),
    ],
)  # fmt: skip
def test_what_cannot_be_pretrained_is_said(kind, arguments, loss, said):
    with pytest.raises(UsageError, match=said):
        loop(kind, deep(**arguments), loss)


def test_inputs_outside_the_unit_interval_are_refused_under_the_bernoulli_loss():
    with pytest.raises(UsageError, match="numbers from 0 to 1"):
        AutoencoderPretraining(deep(), X * 16, BERNOULLI, kind="rbm")
