"""C7: the strong Wolfe conditions hold at every step that is found, on functions made to be hard."""

import math

import pytest

from gradatim.functional.line_search import C1, C2, Trial, strong_wolfe

FUNCTIONS = {  # φ and φ′, φ′(0) < 0
    "parabola": (lambda a: (a - 3) ** 2, lambda a: 2 * (a - 3)),
    "quartic": (lambda a: a**4 - 2 * a, lambda a: 4 * a**3 - 2),
    "More and Thuente 1": (lambda a: -a / (a * a + 2), lambda a: (a * a - 2) / (a * a + 2) ** 2),
    "More and Thuente 2": (
        lambda a: (a + 0.004) ** 5 - 2 * (a + 0.004) ** 4,
        lambda a: 5 * (a + 0.004) ** 4 - 8 * (a + 0.004) ** 3,
    ),
    "waves": (lambda a: math.cos(3 * a) + 0.01 * a * a - a, lambda a: -3 * math.sin(3 * a) + 0.02 * a - 1),
    "a wall of infinities": (
        lambda a: a * a - a if a < 2 else math.inf,
        lambda a: 2 * a - 1 if a < 2 else math.nan,
    ),
    "steep": (lambda a: math.exp(-50 * a) + a, lambda a: 1 - 50 * math.exp(-50 * a)),
}


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("first", [1e-4, 0.1, 1.0, 10.0, 1e3])
def test_the_conditions_hold(name, first):
    phi, slope = FUNCTIONS[name]
    asked = []

    def trial(a):
        asked.append(a)
        return Trial(a, phi(a), slope(a), None)

    start = Trial(0.0, phi(0.0), slope(0.0), None)
    found = strong_wolfe(trial, start, first, most=60)
    assert found.a > 0
    assert found == (found.a, phi(found.a), slope(found.a), None)
    assert found.f <= start.f + C1 * found.a * start.slope
    assert abs(found.slope) <= C2 * abs(start.slope)
    assert len(asked) <= 30


def test_a_first_trial_that_serves_is_the_only_one():
    asked = []

    def trial(a):
        asked.append(a)
        return Trial(a, (a - 1) ** 2, 2 * (a - 1), "g")

    assert strong_wolfe(trial, Trial(0.0, 1.0, -2.0, "g"), 1.0).g == "g"
    assert asked == [1.0]


def test_where_nothing_is_lower_the_start_comes_back():
    """As rounding makes it at a minimum: every trial is higher than its slope promises."""
    start = Trial(0.0, 1.0, -1e-20, "here")
    asked = []

    def trial(a):
        asked.append(a)
        return Trial(a, 1.0 + 1e-15, 1e-20, "there")

    assert strong_wolfe(trial, start, 1.0, most=10) is start
    assert len(asked) == 10


def test_a_bracket_that_rounding_closes():
    start = Trial(0.0, 1.0, -1.0, None)
    assert strong_wolfe(lambda a: Trial(a, math.inf, math.inf, None), start, 1e-322, most=60) == start
