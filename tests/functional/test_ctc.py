"""CTC against the sum over every alignment, and against torch's loss, its gradient too."""

import itertools

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from gradatim.functional.ctc import collapse, next_symbols, prefix_paths

BLANK, K = 1, 4


def log_p_of(log_p, y):
    """Log p(y, end | frames) by the prefixes, of one sequence of symbols."""
    symbols = torch.tensor([[*y, BLANK]])
    b, n = prefix_paths(log_p, symbols[:, :-1], BLANK)
    last = torch.cat([torch.full((1, 1), BLANK), symbols[:, :-1]], 1)
    found = next_symbols(log_p, b, n, last, BLANK)
    return found[0].gather(1, symbols[0][:, None]).sum(), found[0]


@pytest.fixture
def frames():
    generator = torch.Generator().manual_seed(0)
    return torch.randn(1, 6, K, generator=generator, dtype=torch.float64).log_softmax(2)


def test_every_sequence_has_the_probability_of_its_alignments(frames):
    by_hand = {}
    for path in itertools.product(range(K), repeat=6):
        said = tuple(collapse(list(path), BLANK))
        p = np.exp(sum(float(frames[0, t, k]) for t, k in enumerate(path)))
        by_hand[said] = by_hand.get(said, 0.0) + p
    assert sum(by_hand.values()) == pytest.approx(1.0, abs=1e-12)
    for said in [(), (2,), (2, 2), (0, 3), (3, 0, 3), (0, 0, 0), (2, 3, 0, 2)]:
        assert float(log_p_of(frames, said)[0]) == pytest.approx(np.log(by_hand[said]), abs=1e-10)


def test_what_follows_a_prefix_has_the_probability_of_all_that_begins_so(frames):
    whole = {}
    for path in itertools.product(range(K), repeat=6):
        said = tuple(collapse(list(path), BLANK))
        whole[said] = whole.get(said, 0.0) + np.exp(sum(float(frames[0, t, k]) for t, k in enumerate(path)))

    def begins(prefix):
        return sum(p for said, p in whole.items() if said[: len(prefix)] == prefix)

    rows = log_p_of(frames, (2, 2))[1].exp()
    for place, prefix in enumerate([(), (2,), (2, 2)]):
        wanted = [whole.get(prefix, 0.0) if k == BLANK else begins((*prefix, k)) for k in range(K)]
        np.testing.assert_allclose(rows[place], np.array(wanted) / begins(prefix), atol=1e-10)


@pytest.mark.parametrize("y", [(2,), (2, 2), (0, 3, 3, 2)])
def test_loss_and_gradient_are_those_of_torch(frames, y):
    scores = frames.clone().requires_grad_()
    log_p_of(scores.log_softmax(2), y)[0].neg().backward()
    other = frames.clone().requires_grad_()
    loss = F.ctc_loss(
        other.log_softmax(2).transpose(0, 1), torch.tensor([y]), torch.tensor([6]), torch.tensor([len(y)]),
        blank=BLANK, reduction="sum",
    )  # fmt: skip
    loss.backward()
    assert float(log_p_of(frames, y)[0]) == pytest.approx(-loss.item(), abs=1e-10)
    torch.testing.assert_close(scores.grad, other.grad, atol=1e-10, rtol=0)
