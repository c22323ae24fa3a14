"""E4: one to many and many to many with other lengths, against cells step by step and on tasks they learn."""

import pytest
import torch
import torch.nn.functional as F

from gradatim import catalog
from gradatim.models.building import build
from gradatim.models.shapes_of_use import SHAPES

END = 0


def learned(network, inputs, y, *lengths, steps=150):
    """The network after some steps of Adam with teacher forcing on (inputs, y)."""
    optimizer = torch.optim.Adam(network.parameters(), lr=0.02)
    for _ in range(steps):
        optimizer.zero_grad()
        F.cross_entropy(network(*inputs, y, *lengths).flatten(0, -2), y.flatten()).backward()
        optimizer.step()
    return network.eval()


def test_a_decoder_is_its_cell_step_by_step():
    """To 1e-12 in float64: torch's GRU cell, fed the symbols one after the other."""
    decoder = build(
        {"name": "sequence_decoder", "in_features": 3, "num_symbols": 4, "hidden_size": 5}, 1, torch.float64
    )
    v, y = torch.randn(2, 3, dtype=torch.float64), torch.tensor([[1, 3, 0], [2, 2, 1]])
    layer = torch.nn.GRU(5, 5, batch_first=True).double()
    layer.load_state_dict(decoder.recurrent.torch_state())
    h = torch.tanh(v @ decoder.start.weight.t() + decoder.start.bias)[None]
    before = torch.full((2,), 4)
    for t in range(3):
        out, h = layer(decoder.embedding.weight.t()[before][:, None], h)
        scores = out[:, 0] @ decoder.head.weight.t() + decoder.head.bias
        torch.testing.assert_close(decoder(v, y)[:, t], scores, rtol=1e-12, atol=1e-13)
        before = y[:, t]


def test_generating_feeds_back_what_was_said():
    """What is generated, given as the right symbols, has the highest scores itself."""
    decoder = build({"name": "sequence_decoder", "in_features": 3, "num_symbols": 6, "hidden_size": 8}, 2)
    v = torch.randn(5, 3)
    said = decoder.generate(v, 7)
    assert torch.equal(decoder(v, said).argmax(2), said)


@pytest.mark.slow
def test_one_to_many_is_learned_by_counting_down():
    """From a number n, one-hot, the sequence n, n − 1, …, 1 and the end, which it says from there on."""
    v = torch.eye(6)
    y = torch.tensor([[max(n - t, END) for t in range(7)] for n in range(6)])
    network = build(
        {"name": "sequence_decoder", "in_features": 6, "num_symbols": 6, "hidden_size": 24, "end": END}
    )
    assert torch.equal(learned(network, (v,), y).generate(v, 7), y)


@pytest.mark.slow
def test_many_to_many_is_learned_by_turning_sequences_around():
    """Sequences of two to four digits, turned around and ended, whatever stands in the padding."""
    generator = torch.Generator().manual_seed(0)
    lengths = torch.randint(2, 5, (160,), generator=generator)
    x = torch.randint(1, 5, (160, 4), generator=generator)
    y = torch.full((160, 5), END)
    for n, length in enumerate(lengths.tolist()):
        y[n, :length] = x[n, :length].flip(0)
        x[n, length:] = 0
    sizes = {"vocabulary_size": 5, "num_symbols": 5, "embedding_size": 16, "hidden_size": 32, "end": END}
    all_steps = torch.full((160,), 5)
    network = learned(build({"name": "encoder_decoder", **sizes}), (x, lengths), y, all_steps)
    assert torch.equal(network.generate(x, lengths, 5), y)
    noise = torch.where(torch.arange(4) < lengths[:, None], x, 3)
    found, wanted = (network(one, lengths, y, all_steps) for one in (noise, x))
    torch.testing.assert_close(found, wanted, rtol=1e-6, atol=1e-6)


def test_every_shape_has_a_network_and_its_problem():
    assert [one.name for one in SHAPES] == [
        "one to one", "one to many", "many to one", "many to many, aligned", "many to many, translated",
    ]  # fmt: skip
    for one in SHAPES:
        assert catalog.find(one.network, "network") and (
            not one.problem or catalog.find(one.problem, "problem")
        )
        assert max(*one.reads, *one.says) < one.steps
