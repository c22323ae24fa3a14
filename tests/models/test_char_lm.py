"""E9: the character model against torch's own layers, and the state that it carries."""

import pytest
import torch
from torch import nn

from gradatim.checks import UsageError
from gradatim.models.building import build
from gradatim.models.char_lm import CharLM

K, H = 5, 4


def made(**how):
    return build({"name": "char_lm", "vocabulary_size": K, "hidden_size": H, **how}, 3, torch.float64)


def reference(model, x, state=None):
    """The same with torch.nn.LSTM, in evaluation mode."""
    lstm = nn.LSTM(model.lstm.input_size, H, model.lstm.num_layers).double()
    own = dict(model.lstm.named_parameters())
    for k in range(model.lstm.num_layers):
        for theirs, ours in (
            (f"weight_ih_l{k}", None),
            (f"weight_hh_l{k}", None),
            (f"bias_ih_l{k}", f"bias_l{k}"),
        ):
            getattr(lstm, theirs).data.copy_(own[ours or theirs])
        getattr(lstm, f"bias_hh_l{k}").data.zero_()
    e = torch.eye(K, dtype=torch.float64)[x]
    if model.embedding is not None:
        e = e @ model.embedding.weight.T
    hidden, state = lstm(e, state)
    return hidden @ model.head.weight.T + model.head.bias, state


@pytest.mark.parametrize("how", [{}, {"num_layers": 2}, {"embedding_size": 3}, {"dropout": 0.5}])
def test_scores_are_those_of_torch_s_lstm(how):
    """To 1e-12, with a state and without, and gradients by every parameter exist."""
    model = made(**how).eval()
    x = torch.randint(0, K, (7, 2), generator=torch.Generator().manual_seed(0))
    scores, (h, c) = model.scores(x)
    expected, (h2, c2) = reference(model, x)
    for a, b in ((scores, expected), (h, h2), (c, c2)):
        torch.testing.assert_close(a, b, rtol=1e-12, atol=1e-14)
    again, _ = model.scores(x, (h, c))
    torch.testing.assert_close(again, reference(model, x, (h, c))[0], rtol=1e-12, atol=1e-14)
    again.sum().backward()
    assert all(p.grad is not None for p in model.parameters())


def test_parameters_are_counted():
    """One bias a layer: 4H(K + H + 1) and K(H + 1); with an embedding of 3, 3K more and 3 columns for K."""
    count = lambda model: sum(p.numel() for p in model.parameters())  # noqa: E731
    assert count(made()) == 4 * H * (K + H + 1) + K * (H + 1)
    assert count(made(embedding_size=3)) == 3 * K + 4 * H * (3 + H + 1) + K * (H + 1)


def test_windows_that_go_on_give_what_the_whole_sequence_gives():
    model = made().eval()
    x = torch.randint(0, K, (9, 2), generator=torch.Generator().manual_seed(1))
    whole = model(x)
    model.carried = None
    parts = torch.cat([model(x[:4]), model(x[4:5]), model(x[5:])])
    torch.testing.assert_close(parts, whole, rtol=1e-13, atol=1e-15)


def test_no_gradient_passes_from_window_to_window():
    model = made()
    model(torch.zeros(3, 2, dtype=torch.long))
    assert all(not part.requires_grad for part in model.carried)
    model.zero_grad()
    model(torch.ones(3, 2, dtype=torch.long)).sum().backward()  # would fail on a graph that was freed


def test_scores_leave_the_carried_state_alone():
    model = made()
    model(torch.zeros(3, 2, dtype=torch.long))
    before = model.carried
    model.scores(torch.ones(4, 7, dtype=torch.long))
    assert model.carried is before


def test_forget_gates_start_open():
    assert made().lstm.bias_l0[H : 2 * H].tolist() == [1] * H


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: CharLM(0), "vocabulary_size must be a whole number of at least 1; it is 0"),
        (lambda: CharLM(5, hidden_size=0), "hidden_size must be a whole number of at least 1; it is 0"),
        (lambda: CharLM(5, dropout=1), "dropout must be a number at least 0 and below 1; it is 1"),
        (
            lambda: CharLM(5, embedding_size=-1),
            "embedding_size must be a whole number of at least 0; it is -1",
        ),
        (
            lambda: CharLM(5)(torch.zeros(3, 2)),
            "a character model reads whole numbers (steps, sequences); it got",
        ),
        (
            lambda: CharLM(5)(torch.zeros(3, dtype=torch.long)),
            "a character model reads whole numbers (steps, sequ",
        ),
    ],
)
def test_misuse_is_refused(call, sentence):
    with pytest.raises(UsageError) as error:
        call()
    assert str(error.value).startswith(sentence)
