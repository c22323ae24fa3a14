"""The learning-rate finder's picture, and ticks of large numbers."""

import matplotlib
import pytest
from matplotlib.figure import Figure

from gradatim.explain.figures.lr import power_label
from gradatim.explain.figures.style import shorten_ticks

matplotlib.use("agg")


def test_a_tick_a_little_below_a_power_of_ten_is_that_power():
    assert power_label(9.999999999e-7) == "10⁻⁶" and power_label(0.1) == "0.1"


@pytest.mark.parametrize(
    ("reach", "tick", "label"), [(3e5, 2.5e5, "250k"), (2e6, 5e5, "0.5M"), (-4e5, -2e5, "−200k")]
)
def test_large_numbers_have_letters_not_an_offset(reach, tick, label):
    axes = Figure().add_subplot()
    axes.set_ylim(sorted((0, reach)))
    shorten_ticks(axes)
    assert axes.yaxis.get_major_formatter()(tick, 0) == label
