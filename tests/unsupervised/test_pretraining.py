"""F4, F8: greedy pretraining: stages are what they would be alone, frozen layers stay, all go on."""

import numpy as np
import pytest
import torch
from torch import nn

from gradatim.checks import NonFiniteLoss, UsageError
from gradatim.data.dataset import Dataset
from gradatim.data.digits import digits
from gradatim.models.building import build
from gradatim.nn.corruption import Corruption
from gradatim.nn.gaussian_rbm import GaussianRBM
from gradatim.nn.rbm import RBM
from gradatim.training.training import Training
from gradatim.unsupervised.block_networks import BlockWithDecoder, BlockWithOutput
from gradatim.unsupervised.blocks import blocks_of, inputs_of
from gradatim.unsupervised.gaussian import GaussianContrastiveDivergence
from gradatim.unsupervised.pretraining import KINDS, Pretraining
from gradatim.unsupervised.rbm import ContrastiveDivergence

DIGITS = digits()
X = (DIGITS.x[:70].reshape(70, 1, 8, 8) / 16).astype(np.float32)
Y = DIGITS.y[:70]
EXAMPLES = Dataset(X, Y, tuple(range(10)))


def dense(activation="sigmoid", seed=0, hidden=(12, 7)):
    return build(
        {"name": "mlp", "in_features": 64, "out_features": 10, "hidden": list(hidden),
         "activation": activation, "dropout": 0.2}, seed,
    )  # fmt: skip


def convolutional():
    return build({"name": "small_cnn", "in_channels": 1, "num_classes": 10, "stages": 1, "width": 0.25})


def loop(kind, network=None, **more):
    given = {"pretrain_epochs": 2, "epochs": 2, "batch_size": 32, "seed": 3, "valid": EXAMPLES, **more}
    return Pretraining(network or dense(), EXAMPLES, kind=kind, **given)


def weights(network):
    return {name: value.clone() for name, value in network.state_dict().items()}


def same(a, b):
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


def after(training, stages):
    """Learn to the end of so many stages."""
    while training.number < stages:
        training.advance()
    return training


def test_a_stage_of_a_machine_is_contrastive_divergence_alone_bit_for_bit():
    network = dense()
    after(loop("rbm", network), 1)
    alone = RBM(64, 12)
    alone.draw_parameters(3, "")
    list(ContrastiveDivergence(alone, X, epochs=2, batch_size=32, lr=0.1, seed=3))
    first = blocks_of(network)[0][0].weight
    assert torch.equal(first.weight, alone.weight) and torch.equal(first.bias, alone.hidden_bias)


def test_the_second_machine_learns_from_the_probabilities_of_the_first():
    network = dense()
    training = after(loop("rbm", network), 1)
    h = torch.sigmoid(torch.nn.functional.linear(torch.from_numpy(X).flatten(1), *_parameters(network, 0)))
    alone = RBM(12, 7)
    seed = training._seed_of(training.hidden[1])
    alone.draw_parameters(seed, "")
    list(ContrastiveDivergence(alone, h.detach().numpy(), epochs=2, batch_size=32, lr=0.1, seed=seed))
    after(training, 2)
    assert torch.equal(_parameters(network, 1)[0], alone.weight)


def _parameters(network, k):
    block = blocks_of(network)[0][k].weight
    return block.weight, block.bias


@pytest.mark.parametrize("activation", ["sigmoid", "relu"])
def test_the_deviations_of_gaussian_units_are_folded_into_the_weights(activation):
    """To 1e-6, float32: the block's forward pass is the machine's; of rectified units their input is."""
    rows = (X * 40 - 7).reshape(70, 64)
    network = dense(activation, hidden=(12,))
    training = Pretraining(network, (rows, Y), kind="rbm", pretrain_epochs=2, epochs=1, seed=3)
    machine = training.machine
    assert isinstance(machine, GaussianRBM) and isinstance(training.under_way, GaussianContrastiveDivergence)
    while training.under_way.epoch < 1:
        training.advance()
    training.under_way.advance()  # the last epoch, without what follows it
    x = torch.from_numpy(rows)
    with torch.no_grad():
        told = machine._of_hidden(x)
        training._end_stage()
        found = torch.nn.functional.linear(x, *_parameters(network, 0))
    assert torch.allclose(found, told, rtol=1e-5, atol=1e-5)


def test_a_stage_with_labels_is_training_of_the_short_network_alone():
    network, twin = dense("relu"), dense("relu")
    after(loop("supervised", network, lr=0.01), 1)
    block = blocks_of(twin)[0][0]
    flat = Dataset(X.reshape(70, 64), Y, EXAMPLES.classes)
    short = BlockWithOutput(block, torch.from_numpy(flat.x[:1]), 10, 3)
    list(Training(short, flat, epochs=2, batch_size=32, seed=3, lr=0.01))
    assert torch.equal(_parameters(network, 0)[0], _parameters(twin, 0)[0])
    assert same({"b": _parameters(network, 0)[1]}, {"b": _parameters(twin, 0)[1]})


@pytest.mark.parametrize("kind", KINDS)
def test_a_finished_layer_stays_until_fine_tuning_moves_all(kind):
    network = dense()
    training = after(loop(kind, network), 1)
    first = [p.detach().clone() for p in _parameters(network, 0)]
    rest = [p.detach().clone() for p in blocks_of(network)[1].weight.parameters()]
    after(training, 2)
    assert all(map(torch.equal, first, _parameters(network, 0)))
    assert all(
        map(torch.equal, rest, blocks_of(network)[1].weight.parameters())
    )  # the output has not learned
    training.advance()
    assert not torch.equal(first[0], _parameters(network, 0)[0])


CASES = [(kind, dense) for kind in KINDS] + [("denoising", convolutional), ("supervised", convolutional)]


@pytest.mark.parametrize(("kind", "make"), CASES)
def test_it_goes_on_exactly_from_every_place_of_every_stage(kind, make):
    """Paused after every third advance, restored into a new network: the same bits as without a pause."""
    given = {"ema": 0.9, "patience": 2, "schedule": "cosine", "lr": 0.01, "pretrain_epochs": 1}
    whole = loop(kind, make(), **given)
    records = list(whole)
    parts, found, places = loop(kind, make(), **given), [], set()
    while not parts.finished:
        for _ in range(3):
            record = parts.advance(0.0)
            found += [] if record is None else [record]
        places.add((parts.number, parts.batch))
        tensors, numbers = parts.state()
        parts = loop(kind, make(), **given)
        parts.restore(tensors, numbers)
    assert {number for number, _ in places} == {0, 1, 2} and {batch > 0 for _, batch in places} == {
        True,
        False,
    }
    assert [(r.stage, r.epoch, r.train_loss, r.valid) for r in found] == [
        (r.stage, r.epoch, r.train_loss, r.valid) for r in records
    ]
    whole.keep()
    parts.keep()
    assert same(weights(whole.model), weights(parts.model))


def test_an_interrupt_and_a_limit_of_time_stop_between_two_steps():
    training = loop("rbm")
    training.interrupt()
    assert training.advance() is None and not training.begun
    assert [r.stage for r in training][-1] == ""  # iterating goes on
    short = loop("rbm", max_minutes=1e-9)
    assert list(short) == [] and short.out_of_time and short.course.place == "in epoch 1 of 2 of layer 1 of 2"
    assert after(loop("rbm"), 1).course.place == "after layer 1 of 2"


def test_more_epochs_are_the_last_stages():
    training = loop("denoising")
    training.extend(5)
    records = list(training)
    assert [r.epoch for r in records] == [1, 2, 1, 2, 1, 2, 3, 4, 5]
    assert [r.stage for r in records[:4]] == ["layer 1 of 2"] * 2 + ["layer 2 of 2"] * 2
    training.extend(6)
    assert [r.epoch for r in training] == [6]
    with pytest.raises(UsageError, match="6 epochs are done already; --epochs 2 is fewer"):
        training.extend(2)


def test_a_loss_that_is_not_finite_says_in_which_layer():
    with pytest.raises(NonFiniteLoss, match=r"layer 1 of 2: "):
        list(loop("autoencoder", pretrain_lr=1e38))


def test_a_layer_that_says_the_same_of_all_ends_it_in_a_sentence():
    network = dense("relu")
    training = after(loop("rbm", network), 1)
    with torch.no_grad():
        _parameters(network, 0)[1].fill_(-1e6)
    with pytest.raises(UsageError, match="layer 2 of 2 cannot learn: no column varies"):
        list(training)


def test_blocks_are_cut_at_the_weight_layers_of_every_stack():
    def said(network):
        hidden, output = blocks_of(network)
        return [[type(layer).__name__ for layer in block.layers] for block in (*hidden, output)]

    assert said(dense("relu")) == [["Dense", "Activation"], ["Dense", "Activation"], ["Dense"]]
    assert said(convolutional()) == [["Convolution"], ["Convolution", "MaxPool2d"], ["Linear"]]
    lenet = build({"name": "lenet5_modern", "in_channels": 1, "input_size": [28, 28]})
    assert said(lenet) == [["Conv2d", "ReLU", "MaxPool2d"]] * 2 + [["Linear", "ReLU"]] * 2 + [["Linear"]]
    layers = [
        {"name": "conv2d", "in_channels": 1, "out_channels": 3, "kernel_size": 3, "stride": 2},
        {"name": "batch_norm", "num_features": 3}, {"name": "relu"}, {"name": "global_avg_pool"},
        {"name": "dense", "in_features": 3, "out_features": 10},
    ]  # fmt: skip
    stack = build({"name": "stack", "layers": layers})
    assert said(stack) == [["Conv2d", "BatchNorm", "Activation"], ["Dense"]]
    list(Pretraining(stack, EXAMPLES, kind="denoising", pretrain_epochs=1, epochs=1))


@pytest.mark.parametrize("make", [convolutional, dense])
def test_the_blocks_in_their_order_are_the_network(make):
    network = make()
    hidden, output = blocks_of(network)
    network.eval()
    with torch.no_grad():
        expected = network(torch.from_numpy(X))
        found = output.layers(torch.from_numpy(inputs_of(output, hidden, X, "float32")))
    assert torch.allclose(found, expected, rtol=1e-5, atol=1e-5)  # float32


def test_masking_sets_a_share_to_zero_and_leaves_the_rest():
    network = build({"name": "mlp", "in_features": 64, "out_features": 10, "hidden": [4]})
    loop = Pretraining(network, (X, Y), kind="denoising", how={"noise": 0.3})
    layer = loop.begin_stage().model.noise
    found = layer.train()(torch.ones(10_000))
    assert isinstance(layer, Corruption) and set(found.tolist()) == {0.0, 1.0}
    assert abs(float(found.mean()) - 0.7) < 0.02
    noisy = Corruption("gaussian", 0.3)(torch.zeros(10_000))
    assert abs(float(noisy.std()) - 0.3) < 0.01 and abs(float(noisy.mean())) < 0.01


def test_a_decoder_of_convolutions_gives_every_pixel():
    block = blocks_of(convolutional())[0][1]
    x = torch.zeros(2, 4, 8, 8)
    assert BlockWithDecoder(block, x, nn.Identity(), 0)(x).shape == (2, 4 * 64)


def test_what_cannot_be_pretrained_is_said():
    with pytest.raises(UsageError, match="no hidden layer to pretrain"):
        loop("autoencoder", dense(hidden=()))
    with pytest.raises(UsageError, match="rbm pretrains dense layers only"):
        loop("rbm", convolutional())
    with pytest.raises(UsageError, match="layer 1 has another activation: give activation=sigmoid"):
        loop("rbm", dense("tanh"))
    with pytest.raises(UsageError, match=r"resnet18 cannot be pretrained layer by layer: it is no stack"):
        loop("denoising", build({"name": "resnet18", "num_classes": 10, "in_channels": 1}))
    with pytest.raises(UsageError, match="supervised pretraining needs labels"):
        Pretraining(dense(), Dataset(X), "squared_error", kind="supervised")
    with pytest.raises(UsageError, match="k must be"):
        loop("rbm", how={"k": 0})
    with pytest.raises(UsageError, match="unknown kind of pretraining 'rmb': did you mean rbm"):
        loop("rmb")
