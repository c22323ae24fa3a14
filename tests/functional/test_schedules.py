"""C8: schedules at their ends, between them, and past the end."""

import math
from itertools import pairwise

import pytest

from gradatim import catalog
from gradatim.functional.schedules import constant, cosine


def test_every_schedule_is_tested_here():
    assert {row.load() for row in catalog.entries("schedule")} == {constant, cosine}


@pytest.mark.parametrize("row", catalog.entries("schedule"), ids=lambda row: row.name)
@pytest.mark.parametrize("total", [1, 7, 1000])
def test_a_schedule_begins_at_one_and_never_leaves_its_range(row, total):
    schedule = row.load()
    assert schedule(0, total) == 1
    factors = [schedule(step, total) for step in range(2 * total)]
    assert all(0 <= factor <= 1 for factor in factors)
    assert all(later <= earlier for earlier, later in pairwise(factors))


def test_constant():
    assert {constant(step, 10) for step in range(20)} == {1.0}


@pytest.mark.parametrize(("share", "factor"), [(0, 1), (1 / 3, 0.75), (0.5, 0.5), (2 / 3, 0.25), (1, 0)])
def test_cosine_at_known_angles(share, factor):
    assert cosine(round(600 * share), 600) == pytest.approx(factor, abs=1e-15)


def test_cosine_is_half_a_wave():
    """½(1 + cos(π t/T)), to 1e-15; past the end it stays at 0."""
    assert cosine(17, 40) == pytest.approx((1 + math.cos(math.pi * 17 / 40)) / 2, abs=1e-15)
    assert cosine(41, 40) == cosine(400, 40) == 0
