"""The network of CTC: the contract of pairs, padding, beam search, and what cannot be said."""

import itertools

import pytest
import torch
import torch.nn.functional as F

from gradatim.decoding.beam_search import beam_search
from gradatim.models.ctc import BLANK, CTC, LEAST

K = 5


@pytest.fixture
def network():
    torch.manual_seed(0)
    return CTC(6, num_symbols=K, hidden_size=4, channels=[4]).double().eval()


X = torch.randn(3, 12, 6, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
LENGTHS = torch.tensor([12, 7, 9])
Y = torch.tensor([[2, 2, 3, 1], [4, 1, 0, 0], [0, 3, 1, 0]])
Y_LENGTHS = torch.tensor([4, 2, 3])


def test_its_cross_entropy_is_the_loss_of_torch(network):
    scores = network(X, LENGTHS, Y, Y_LENGTHS)
    symbols = torch.cat([y[:n] for y, n in zip(Y, Y_LENGTHS, strict=True)])
    frames = network.frames(X, LENGTHS)
    oracle = F.ctc_loss(
        frames.transpose(0, 1), Y, (LENGTHS + 1) // 2, Y_LENGTHS - 1, blank=BLANK, reduction="sum"
    )
    loss = F.cross_entropy(scores, symbols, reduction="sum")
    assert loss.item() == pytest.approx(oracle.item(), abs=1e-9)


def test_padding_changes_nothing(network):
    together = network(X, LENGTHS, Y, Y_LENGTHS)
    alone = [
        network(X[i : i + 1, : LENGTHS[i]], LENGTHS[i : i + 1], Y[i : i + 1, :n], Y_LENGTHS[i : i + 1])
        for i, n in enumerate(Y_LENGTHS)
    ]
    torch.testing.assert_close(together, torch.cat(alone), atol=1e-10, rtol=0)


def test_step_by_step_it_says_what_it_says_of_a_whole_answer(network):
    scores = network(X, LENGTHS, Y, Y_LENGTHS).split(Y_LENGTHS.tolist())
    memory, state = network.remember(X, LENGTHS)
    said = torch.full((3,), K)
    for t in range(4):
        found, state = network.advance(said, memory, state)
        for i, own in enumerate(scores):
            if t < len(own):
                torch.testing.assert_close(found[i], own[t], atol=1e-10, rtol=0)
        said = Y[:, t].where(Y[:, t] != BLANK, torch.tensor(2))


def test_a_wide_beam_finds_the_likeliest_answer(network):
    found = beam_search(network, X[:1, :8], torch.tensor([8]), K, 5, beam=60, length_penalty=0.0)[0][0]
    symbols = [k for k in range(K) if k != BLANK]
    best, likeliest = None, -1e9
    for n in range(5):
        for y in itertools.product(symbols, repeat=n):
            answer = torch.tensor([[*y, BLANK]])
            scores = network(X[:1, :8], torch.tensor([8]), answer, torch.tensor([n + 1]))
            log_p = scores.gather(1, answer[0][:, None]).sum().item()
            if log_p > likeliest:
                best, likeliest = [*y, BLANK], log_p
    assert found.symbols == best
    assert found.log_p == pytest.approx(likeliest, abs=1e-9)


def test_more_symbols_than_frames_have_a_loss_and_a_gradient_that_are_numbers(network):
    y = torch.tensor([[2, 2, 2, 2, 2, 2, 2, 1]])
    scores = network(X[:1, :4], torch.tensor([4]), y, torch.tensor([8]))
    assert scores.min().item() >= LEAST - 1
    F.cross_entropy(scores, y[0]).backward()
    assert all(p.grad is None or p.grad.isfinite().all() for p in network.parameters())
