from math import log10

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradatim.explain.axes import linear, logarithmic, of_epochs, of_losses, round_step

reasonable = st.floats(-1e9, 1e9).map(lambda value: float(f"{value:.5g}"))
positive = st.floats(-20, 20).map(lambda power: 10.0**power)


@given(span=positive, most=st.integers(2, 12))
def test_a_step_is_1_2_or_5_times_a_power_of_ten_and_the_smallest_that_fits(span, most):
    step = round_step(span, most)
    assert f"{step:e}".rstrip("+-0123456789").rstrip("e").rstrip("0").rstrip(".") in {"1", "2", "5"}
    assert span / step <= most * (1 + 1e-6)
    assert span / (step / 2.5) > most * (1 - 1e-6)


@given(values=st.lists(reasonable, min_size=1, max_size=5))
def test_a_linear_axis_contains_its_values_between_even_marks(values):
    axis = linear("loss", values)
    marks = [mark for mark, _ in axis.ticks]
    room = 1e-6 * (axis.high - axis.low)
    assert axis.low - room <= min(values)
    assert max(values) <= axis.high + room
    assert 2 <= len(marks) <= 8
    assert len({label for _, label in axis.ticks}) == len(marks)


@given(values=st.lists(positive, min_size=2, max_size=5))
def test_a_logarithmic_axis_contains_its_values_between_marks_in_order(values):
    axis = logarithmic("loss", [*values, 1000 * max(values)])
    marks = [mark for mark, _ in axis.ticks]
    assert marks == sorted(set(marks))
    assert axis.low <= min(values)
    assert 1000 * max(values) <= axis.high
    assert len(marks) <= 15
    assert [axis.place(axis.low), axis.place(axis.high)] == pytest.approx([0, 1])


@pytest.mark.parametrize("values", [[5e-324], [5e-324, 0.0], [1e-310, 3e-308], [0.0], [2e-301, 1.0]])
def test_numbers_too_small_to_have_digits_are_drawn_at_0(values):
    axis = of_losses("loss", values)
    assert not axis.log and axis.low == 0 < axis.high
    assert all(0 <= axis.place(value) <= 1 for value in values)


def test_a_logarithmic_axis_places_by_logarithm():
    axis = logarithmic("loss", [0.01, 10.0])
    assert axis.place(1.0) == pytest.approx((0 - log10(axis.low)) / (log10(axis.high) - log10(axis.low)))


def test_marks_are_written_with_the_digits_they_need():
    assert [label for _, label in linear("loss", [0.0, 0.2]).ticks] == ["0", "0.05", "0.10", "0.15", "0.20"]
    assert [label for _, label in linear("loss", [0, 2e6]).ticks] == [
        "0",
        "0.5M",
        "1.0M",
        "1.5M",
        "2.0M",
    ]


def test_epochs_are_marked_at_whole_round_numbers():
    assert [label for _, label in of_epochs(1, 40).ticks] == ["10", "20", "30", "40"]
    assert [label for _, label in of_epochs(1, 3).ticks] == ["1", "2", "3"]
    assert [label for _, label in of_epochs(1, 1).ticks] == ["1"]
