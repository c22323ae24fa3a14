"""I8: sinusoidal, learned and rotary positions by their formulas."""

import cmath
import math

import pytest
import torch

from gradatim.checks import UsageError
from gradatim.nn.positions import Positions, rotate, sinusoidal


def test_sinusoids_are_those_of_the_paper():
    """sin and cos of t/10000^(2i/D), place by place; widths that are odd have one cosine less."""
    for width in (1, 5, 8):
        found = sinusoidal(torch.arange(30), width)
        for t in (0, 1, 7, 29):
            for column in range(width):
                a = t / 10000 ** (2 * (column // 2) / width)
                assert found[t, column].item() == pytest.approx(
                    (math.sin, math.cos)[column % 2](a), abs=1e-12
                )


def test_rotary_positions_are_a_turn_in_the_complex_plane():
    """(x_i, x_{i+d/2}) as a complex number times e^(i a), in every head; an odd last number stays."""
    for d in (4, 5):
        x = torch.randn(1, 6, 2 * d, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
        found = rotate(x, torch.arange(6), heads=2)
        for t in range(6):
            for head in range(2):
                ours, turned = x[0, t, head * d : (head + 1) * d], found[0, t, head * d : (head + 1) * d]
                half = d // 2
                for i in range(half):
                    z = complex(ours[i], ours[i + half]) * cmath.exp(1j * t / 10000 ** (2 * i / (2 * half)))
                    assert complex(turned[i], turned[i + half]) == pytest.approx(z, abs=1e-12)
                assert torch.equal(turned[2 * half :], ours[2 * half :])


def test_what_is_added_and_what_is_turned():
    h = torch.zeros(1, 3, 4, dtype=torch.float64)
    learned = Positions("learned", 4, 5)
    assert torch.equal(learned.add(h, torch.tensor([1, 2, 4]))[0], learned.vectors.weight[[1, 2, 4]].double())
    assert torch.equal(Positions("rotary", 4, 5).add(h, torch.arange(3)), h)
    q = torch.ones(1, 1, 4)
    assert torch.equal(Positions("learned", 4, 5).turn(q, q, 1)[0], q)
    k = torch.ones(1, 3, 4)
    turned, keys = Positions("rotary", 4, 5).turn(q, k, 1)
    torch.testing.assert_close(turned, keys[:, -1:])  # the query is that of the last step


def test_places_beyond_the_learned_ones_and_unknown_kinds_are_refused():
    with pytest.raises(UsageError, match="6 steps or more is longer than the 5 positions that are learned"):
        Positions("learned", 4, 5).add(torch.zeros(1, 6, 4), torch.arange(6))
    with pytest.raises(UsageError, match="positions"):
        Positions("alibi", 4, 5)
