"""E3, E9: truncated BPTT through Training: a bare torch loop's trajectory, exact resumption."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from gradatim.by_hand.network import Network
from gradatim.checks import NonFiniteLoss, UsageError
from gradatim.data.streams import Windows
from gradatim.data.text import split_text, text_of
from gradatim.models.building import build
from gradatim.training.training import Training

RNG = np.random.default_rng(0)
TEXT = text_of("".join(RNG.choice(list("abcd "), 400)) + "abcde " * 50, "letters")
TRAIN, VALID = split_text(TEXT)
K, H, LENGTH, STREAMS = len(TEXT.vocabulary), 8, 10, 3


def network(seed=1, **how):
    entry = {"name": "char_lm", "vocabulary_size": K, "hidden_size": H, **how}
    return build(entry, seed, torch.float64)


def training(model=None, data=None, **how):
    how = {"epochs": 3, "batch_size": STREAMS, "lr": 0.01, "precision": "float64", **how}
    how.setdefault("valid", Windows(VALID, LENGTH))
    return Training(model or network(), data or Windows(TRAIN, LENGTH), **how)


def test_the_trajectory_is_that_of_a_bare_loop_with_torch_s_layers():
    """3 epochs of 21 windows, Adam, clipped: each epoch's losses to 1e-10, the carried state detached."""
    record, seen = None, 0
    model = network()
    lstm, head = nn.LSTM(K, H).double(), nn.Linear(H, K).double()
    own = {name: value.detach().clone() for name, value in model.state_dict().items()}
    lstm.weight_ih_l0.data.copy_(own["lstm.weight_ih_l0"])
    lstm.weight_hh_l0.data.copy_(own["lstm.weight_hh_l0"])
    lstm.bias_ih_l0.data.copy_(own["lstm.bias_l0"])
    lstm.bias_hh_l0.data.zero_().requires_grad_(False)
    lstm.bias_hh_l0.requires_grad_(False)
    head.load_state_dict({"weight": own["head.weight"], "bias": own["head.bias"]})
    parameters = [p for p in (*lstm.parameters(), *head.parameters()) if p.requires_grad]
    adam = torch.optim.Adam(parameters, lr=0.01)
    eye = torch.eye(K, dtype=torch.float64)

    def losses(text, learn):
        S = (len(text) - 1) // STREAMS
        tokens = torch.from_numpy(text.tokens)
        x = torch.stack([tokens[n * S : n * S + S] for n in range(STREAMS)], 1)
        y = torch.stack([tokens[n * S + 1 : n * S + S + 1] for n in range(STREAMS)], 1)
        nonlocal seen
        state, total, count = None, 0.0, 0
        for first in range(0, S, LENGTH):
            if learn and state is not None:
                for part in state:
                    part[:, seen % STREAMS] = 0  # one stream in turn begins anew
            seen += learn
            out, state = lstm(eye[x[first : first + LENGTH]], state)
            state = tuple(part.detach() for part in state)
            target = y[first : first + LENGTH].reshape(-1)
            loss = F.cross_entropy(head(out).flatten(0, 1), target)
            if learn:
                adam.zero_grad()
                loss.backward()
                torch.nn.utils.clip_grad_norm_(parameters, 0.5)
                adam.step()
            total, count = total + loss.item() * len(target), count + len(target)
        return total / count

    for record in training(model, clip_norm=0.5):
        np.testing.assert_allclose(record.train_loss, losses(TRAIN, True), rtol=1e-6)
        np.testing.assert_allclose(record.valid["loss"], losses(VALID, False), rtol=1e-6)
    assert record is not None and record.step == 3 * 21
    np.testing.assert_allclose(model.lstm.weight_hh_l0.detach(), lstm.weight_hh_l0.detach(), atol=1e-6)


def test_every_character_of_a_stream_is_learned_once_an_epoch():
    held = training().data
    batches = list(held.epoch(0))
    assert len(batches) == len(held) == 21
    x, y = Windows(TRAIN, LENGTH).streams(STREAMS)
    np.testing.assert_array_equal(torch.cat([b[0] for b in batches]).numpy(), x)
    np.testing.assert_array_equal(torch.cat([b[1] for b in batches]).numpy(), y.reshape(-1))
    later = list(held.epoch(2, 5))
    assert all(torch.equal(a[0], b[0]) for a, b in zip(batches[5:], later, strict=True))


@pytest.mark.parametrize("dropout", [0.0, 0.3])
@pytest.mark.parametrize("steps", [1, 7, 21, 30, 41])
def test_going_on_in_mid_epoch_is_exact_to_the_bit(steps, dropout):
    """The state after `steps` windows, brought into a new object, and the whole run that was not stopped."""
    straight = training(network(dropout=dropout))
    expected = [record.train_loss for record in straight]
    first = training(network(dropout=dropout))
    while first.step < steps:
        first.advance(0)
    tensors, numbers = first.state()
    if first.batch:
        assert {name for name in tensors if name.startswith("carried.")} == {"carried..0", "carried..1"}
    second = training(network(seed=99, dropout=dropout))
    second.restore({name: tensor.clone() for name, tensor in tensors.items()}, numbers)
    found = [record.train_loss for record in second]
    assert found == expected[3 - len(found) :]
    for name, value in straight.model.state_dict().items():
        assert torch.equal(value, second.model.state_dict()[name]), name


def test_without_the_carried_state_going_on_would_differ():
    first = training()
    for _ in range(7):
        first.advance(0)
    tensors, numbers = first.state()
    cut = {name: tensor for name, tensor in tensors.items() if not name.startswith("carried.")}
    losses = []
    for held in (tensors, cut):
        second = training(network(seed=99))
        second.restore(held, numbers)
        losses.append(next(iter(second)).train_loss)
    assert losses[0] != losses[1]


def test_an_epoch_starts_from_no_state_and_evaluation_leaves_it_alone():
    one = training()
    for _ in range(4):
        one.advance(0)
    carried = [part.clone() for part in one.model.carried]
    first = one.evaluate(Windows(VALID, LENGTH))
    assert all(torch.equal(a, b) for a, b in zip(carried, one.model.carried, strict=True))
    one.model.carried = None
    assert one.evaluate(Windows(VALID, LENGTH)) == first
    # A network that was used before begins its first epoch as a fresh one does
    used = network()
    used(torch.zeros(5, STREAMS, dtype=torch.long))
    assert next(iter(training(used))).train_loss == next(iter(training())).train_loss


def test_a_state_whose_window_failed_comes_back():
    one = training()
    one.advance(0)
    before = [part.clone() for part in one.model.carried]
    with torch.no_grad():
        one.model.head.bias[0] = float("nan")
    with pytest.raises(NonFiniteLoss):
        one.advance(0)
    assert all(torch.equal(a, b) for a, b in zip(before, one.model.carried, strict=True))


def test_accumulated_windows_carry_on():
    one = training(accumulate=4, epochs=1)
    assert next(iter(one)).step == 6  # of 21 windows


def test_it_learns_what_can_be_known():
    """ "abcde " repeated: each character but the first few is certain."""
    text = text_of("abcde " * 60)
    model = build({"name": "char_lm", "vocabulary_size": 6, "hidden_size": 16}, 0)
    records = list(Training(model, Windows(text, 20), epochs=30, batch_size=2, lr=0.02))
    assert records[-1].train_loss < 0.05 and records[0].train_loss > 1


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: training(data=Windows(TRAIN.part(0, 8), LENGTH)), "letters has 8 characters here, fewer"),
        (lambda: training(valid=Windows(VALID, 500)), "letters has 70 characters here, fewer"),
        (lambda: training(build({"name": "mlp", "in_features": 2, "out_features": 6}, 0)),
         "a text is learned by a network that carries its state, such as char_lm"),
        (lambda: training(network(vocabulary_size=3)), "the network cannot read a text of 6 dist"),
        (lambda: training(optimizer="lbfgs", lr=None), "lbfgs asks for a step's loss several times, but"),
        (lambda: training(Network([{"name": "dense", "in_features": 2, "out_features": 6}], 0, "float64")),
         "a network by hand learns a text with by_hand.truncated; here it takes a torch one"),
    ],
)  # fmt: skip
def test_misuse_is_refused(call, sentence):
    with pytest.raises(UsageError) as error:
        call()
    assert str(error.value).startswith(sentence)
