"""E7, E11: taggers and classifiers of padded sequences against torch's layers on packed ones."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from gradatim.checks import UsageError
from gradatim.models.building import build
from gradatim.models.tagger import Tagger

V, K, E, H = 8, 3, 5, 4
SIZES = {"vocabulary_size": V, "num_classes": K, "embedding_size": E, "hidden_size": H}
VALUES = torch.tensor([[3, 1, 4, 1], [5, 0, 0, 0], [2, 6, 5, 0]])
LENGTHS = torch.tensor([4, 1, 3])
CELLS = {"lstm": nn.LSTM, "gru": nn.GRU}


def made(name, **how):
    return build({"name": name, **SIZES, **how}, 2, torch.float64).eval()


def packed(model, cell, layers):
    """Every output (N, T, 2H) and the last state of torch's own layer, on a packed sequence."""
    layer = CELLS[cell](E, H, layers, batch_first=True, bidirectional=True).double()
    layer.load_state_dict(model.encoder.recurrent.torch_state())
    vectors = F.embedding(VALUES, model.encoder.embedding.weight.t())
    out, state = layer(pack_padded_sequence(vectors, LENGTHS, batch_first=True, enforce_sorted=False))
    h = state[0] if cell == "lstm" else state
    return pad_packed_sequence(out, batch_first=True)[0], torch.cat([h[-2], h[-1]], 1)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("layers", [1, 2])
def test_scores_are_those_of_torch_s_layers_on_packed_sequences(cell, layers):
    """To 1e-12."""
    tagger = made("tagger", cell=cell, num_layers=layers, dropout=0.4)
    out, _ = packed(tagger, cell, layers)
    steps = torch.cat([out[n, :length] for n, length in enumerate(LENGTHS)])
    torch.testing.assert_close(tagger(VALUES, LENGTHS), tagger.head(steps), rtol=1e-12, atol=1e-13)
    for pooling in ("last", "mean"):
        model = made("sequence_classifier", cell=cell, num_layers=layers, pooling=pooling)
        out, last = packed(model, cell, layers)
        mean = torch.stack([out[n, :length].mean(0) for n, length in enumerate(LENGTHS)])
        expected = model.head(last if pooling == "last" else mean)
        torch.testing.assert_close(model(VALUES, LENGTHS), expected, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("name", ["tagger", "sequence_classifier"])
def test_one_hot_numbers_are_read_as_the_symbols_that_they_stand_for(name):
    """To 1e-14: E x of a one-hot x is a column of E."""
    symbols = made(name)
    numbers = made(name, vocabulary_size=None, in_features=V)
    numbers.load_state_dict(symbols.state_dict())
    x = F.one_hot(VALUES, V).double()
    torch.testing.assert_close(numbers(x, LENGTHS), symbols(VALUES, LENGTHS), rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize("how", [{"name": "tagger"}, {"name": "sequence_classifier"},
                                 {"name": "sequence_classifier", "pooling": "mean"}])  # fmt: skip
def test_what_stands_in_the_padding_changes_no_bit(how):
    model = made(**how)
    other = VALUES.clone()
    other[1, 1:], other[2, 3] = 7, 4
    wider = F.pad(other, (0, 3), value=6)
    expected = model(VALUES, LENGTHS)
    assert torch.equal(model(other, LENGTHS), expected)
    torch.testing.assert_close(model(wider, LENGTHS), expected, rtol=1e-13, atol=1e-14)


def test_parameters_are_counted():
    """V E, two directions of 4H(E + H + 1), and K(2H + 1)."""
    model = Tagger(**SIZES)
    assert sum(p.numel() for p in model.parameters()) == V * E + 8 * H * (E + H + 1) + K * (2 * H + 1)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: Tagger(**{**SIZES, "cell": "elman"}), "unknown cell 'elman'"),
        (lambda: Tagger(**{**SIZES, "embedding_size": 0}), "embedding_size must be .* at least 1; it is 0"),
        (
            lambda: made("sequence_classifier", pooling="max"),
            "pooling must be last or mean or attention; it is 'max'",
        ),
        (lambda: made("tagger")(VALUES.double(), LENGTHS), r"it got torch.float64 of shape \(3, 4\)"),
        (
            lambda: Tagger(num_classes=2),
            "the steps are symbols or numbers: give vocabulary_size or in_features",
        ),
        (
            lambda: Tagger(3, num_classes=2, in_features=3),
            "the steps are symbols or numbers: give vocabulary_size or",
        ),
        (
            lambda: Tagger(num_classes=2, in_features=3)(VALUES, LENGTHS),
            r"reads numbers \(sequences, steps, 3\); it got torch",
        ),
        (lambda: made("tagger")(VALUES, LENGTHS + 1), "sequence 0 cannot have length 5: .* has 4 steps"),
    ],
)
def test_misuse_is_refused(call, sentence):
    with pytest.raises(UsageError, match=sentence):
        call()
