"""What hears frames: padding changes nothing, whichever it is; lengths; a speller that attends."""

import pytest
import torch

from gradatim.checks import UsageError
from gradatim.decoding.attention import attention_weights
from gradatim.models.listen_attend_spell import ListenAttendSpell
from gradatim.models.listeners import LISTENERS, Listener
from gradatim.models.sound_classifier import SoundClassifier
from gradatim.nn.pyramid import Pyramid

X = torch.randn(2, 13, 6, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
LENGTHS = torch.tensor([13, 6])
STEPS = {"convolutions": [4, 2], "flat": [13, 6], "pyramid": [4, 2]}


@pytest.mark.parametrize("kind", LISTENERS)
def test_padding_changes_nothing(kind):
    listener = Listener(kind, 6, 4, 3, "gru", (5, 5)).double()
    h, lengths = listener(X, LENGTHS)
    alone, own = listener(X[1:, :6], LENGTHS[1:])
    assert lengths.tolist() == STEPS[kind] and own.tolist() == STEPS[kind][1:]
    torch.testing.assert_close(h[1:, : own[0]], alone, atol=1e-12, rtol=0)
    assert not h[1, lengths[1] :].any()


def test_the_pyramid_is_the_layer_of_that_name():
    listener = Listener("pyramid", 6, 4, 3, "lstm", ()).double()
    layer = Pyramid(6, 4, 3, "lstm", batch_first=True).double()
    layer.load_state_dict(listener.recurrent.state_dict())
    torch.testing.assert_close(listener(X, LENGTHS)[0], layer(X, LENGTHS)[0])


@pytest.mark.parametrize("kind", LISTENERS)
def test_a_class_does_not_depend_on_padding(kind):
    torch.manual_seed(0)
    network = SoundClassifier(6, num_classes=3, hidden_size=4, listener=kind).double().eval()
    torch.testing.assert_close(network(X, LENGTHS)[1:], network(X[1:, :6], LENGTHS[1:]), atol=1e-12, rtol=0)
    with pytest.raises(UsageError, match=r"hears frames \(recordings, steps, 6\)"):
        network(X[..., :3], LENGTHS)
    with pytest.raises(UsageError, match="listener"):
        SoundClassifier(6, num_classes=3, listener="ear")


def test_the_speller_says_step_by_step_what_it_says_of_a_whole_answer():
    torch.manual_seed(0)
    network = ListenAttendSpell(6, num_symbols=5, hidden_size=4, embedding_size=3).double().eval()
    y, y_lengths = torch.tensor([[2, 3, 1], [4, 1, 0]]), torch.tensor([3, 2])
    scores = network(X, LENGTHS, y, y_lengths).split([3, 2])
    memory, state = network.remember(X, LENGTHS)
    said = torch.full((2,), 5)
    for t in range(3):
        found, state = network.advance(said, memory, state)
        for i, own in enumerate(scores):
            if t < len(own):
                torch.testing.assert_close(found[i], own[t], atol=1e-10, rtol=0)
        torch.testing.assert_close(state["attention"].sum(1), torch.ones(2, dtype=torch.float64))
        assert not state["attention"][1, 2:].any()  # behind the end of what is heard
        said = y[:, t]
    assert attention_weights(network, X, LENGTHS, y, 5).shape == (2, 3, 4)
