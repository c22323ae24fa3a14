"""The network of music: padding, time, and a plain loop beside it."""

import numpy as np
import pytest
import torch
from torch import nn

from gradatim.checks import UsageError
from gradatim.data.rolls import Rolls
from gradatim.models.building import build
from gradatim.training.batches.layout import BatchSettings
from gradatim.training.batches.torch_padded import TorchPadded
from gradatim.training.training import Training

CELLS = ("lstm", "gru", "rnn")

RNG = np.random.default_rng(0)
PIECES = Rolls([(RNG.random((n, 88)) < 0.05) * 1 for n in (7, 2, 11, 1, 5)])


def network(cell="lstm", layers=1, dtype=torch.float64, **more):
    entry = {
        "name": "music_rnn",
        "in_features": 88,
        "out_features": 88,
        "hidden_size": 6,
        "num_layers": layers,
    }
    return build({**entry, "cell": cell, **more}, seed=1, dtype=dtype)


def prepared(rolls):
    return rolls.changed(values=rolls.values.astype(float), y=rolls.y.astype(float))


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("cell", CELLS)
def test_padding_changes_no_score(cell, layers):
    """To 1e-12 in float64: every piece alone, and all padded together, with anything at the padding."""
    net = network(cell, layers).eval()
    x = [torch.tensor(PIECES.sequence(i), dtype=torch.float64) for i in range(len(PIECES))]
    alone = torch.cat([net(one[None], torch.tensor([len(one)])) for one in x])
    padded = nn.utils.rnn.pad_sequence(x, batch_first=True, padding_value=1.0)
    together = net(padded, torch.tensor([len(one) for one in x]))
    assert (together - alone).abs().max() < 1e-12


@pytest.mark.parametrize("size", [1, 2, 5])
def test_the_loss_of_an_epoch_is_the_mean_over_all_frames_whatever_the_batches(size):
    """To 1e-12: an independent sum over frames by torch's own LSTM."""
    net = network().eval()
    peer = nn.LSTM(88, 6, batch_first=True).double()
    with torch.no_grad():
        peer.weight_ih_l0.copy_(net.recurrent.weight_ih_l0)
        peer.weight_hh_l0.copy_(net.recurrent.weight_hh_l0)
        peer.bias_ih_l0.copy_(net.recurrent.bias_l0)
        peer.bias_hh_l0.zero_()
    total = frames = 0
    for i in range(len(PIECES)):
        state, frame = None, torch.zeros(1, 1, 88, dtype=torch.float64)  # the first is predicted from none
        for true in torch.tensor(PIECES.roll(i), dtype=torch.float64):
            out, state = peer(frame, state)
            p = torch.sigmoid(net.head.weight @ out[0, 0] + net.head.bias)
            total -= (true * p.log() + (1 - true) * (1 - p).log()).sum().item()
            frame, frames = true[None, None], frames + 1
    training = Training(net, prepared(PIECES), "multilabel", epochs=1, batch_size=size, lr=1e-300,
                        valid=prepared(PIECES), precision="float64")  # fmt: skip
    record = next(iter(training))
    assert record.valid["loss"] == pytest.approx(total / frames, rel=1e-12)


def test_a_frame_is_told_from_those_before_it_alone():
    net = network("gru").eval()
    x = torch.tensor(PIECES.sequence(2), dtype=torch.float64)[None]
    changed = x.clone()
    changed[0, 6:] = 1 - changed[0, 6:]
    length = torch.tensor([x.shape[1]])
    before, after = net(x, length), net(changed, length)
    assert torch.equal(before[:6], after[:6]) and (before[6:] != after[6:]).any()


@pytest.mark.parametrize("cell", CELLS)
def test_a_piece_is_played_on_as_it_is_read(cell):
    net = network(cell, 2).eval()
    x = torch.tensor(PIECES.sequence(2), dtype=torch.float64)[None]
    whole, state, parts = net(x, torch.tensor([x.shape[1]])), None, []
    for frame in x[0]:
        scores, state = net.scores(frame[None, None], state)
        parts.append(scores[0, 0])
    assert (torch.stack(parts) - whole).abs().max() < 1e-12


def test_weights_that_are_moved_by_notes_read_a_piece_that_is_moved():
    """The cost of a transposed piece, by a network whose keys are moved as far, is that of the piece."""
    net, other = network().eval(), network().eval()
    with torch.no_grad():
        other.recurrent.weight_ih_l0.copy_(net.recurrent.weight_ih_l0.roll(5, 1))
        other.head.weight.copy_(net.head.weight.roll(5, 0))
    x = torch.tensor(PIECES.sequence(0), dtype=torch.float64)[None]
    length = torch.tensor([x.shape[1]])
    assert (other(x.roll(5, 2), length) - net(x, length).roll(5, 1)).abs().max() < 1e-12


def test_few_notes_sound_before_anything_is_learned():
    p = torch.sigmoid(network(hidden_size=200).eval()(torch.zeros(1, 9, 88).double(), torch.tensor([9])))
    assert 2 < p.sum(1).mean() < 6


def test_batches_hold_every_frame_once():
    batches = TorchPadded(prepared(PIECES), BatchSettings(2, 0, torch.device("cpu"), torch.float64))
    found = torch.cat([y for _, y, _ in batches.epoch(1)])
    assert len(found) == len(PIECES.values) and torch.equal(
        found.sum(0), torch.tensor(PIECES.y).sum(0).double()
    )


def test_what_is_no_frame_is_refused():
    with pytest.raises(UsageError, match=r"frames \(pieces, frames, 88\)"):
        network()(torch.zeros(2, 3, 87).double(), torch.tensor([3, 2]))
    with pytest.raises(UsageError, match="cell"):
        network("lstn")


def test_an_lstm_with_dropout_has_noise_on_its_state_unless_another_is_asked_for():
    found = [
        network(dropout=p, **more).recurrent for p, more in ((0.5, {}), (0.0, {}), (0.5, {"zoneout": 0.1}))
    ]
    assert [one.variational is not None for one in found] == [True, False, False]
