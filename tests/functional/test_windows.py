"""D6, and the places of windows against torch's own shapes."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st

from gradatim.checks import UsageError
from gradatim.functional.windows import check_groups, check_pictures, places, window

small = st.integers(1, 5)


def test_d6_to_the_printed_sizes():
    assert [places(227, 11, 0, 4), places(55, 3, 0, 2), places(6, 3, 0, 2), places(224, 11, 0, 4)] == [
        55, 27, 2, 54
    ]  # fmt: skip
    assert places(32, 5, 2 * 0, 1) == 28


@given(st.integers(1, 12), small, st.integers(1, 4), st.integers(0, 3), st.integers(1, 3))
def test_places_of_a_convolution_are_torch_s(n, f, s, p, d):
    w = window("conv1d", 1, f, s, p, d)
    if n + 2 * p < d * (f - 1) + 1:
        with pytest.raises(UsageError, match="needs examples of at least"):
            w.places((n,))
        return
    assert w.places((n,)) == F.conv1d(torch.zeros(1, 1, n), torch.zeros(1, 1, f), None, s, p, d).shape[2:]


@given(st.integers(1, 12), small, st.integers(1, 7), st.integers(0, 2), st.booleans())
def test_places_of_a_pooling_are_torch_s(n, f, s, p, ceil):
    w = window("max_pool1d", 1, f, s, p, ceil_mode=ceil)
    if 2 * p > f or n + 2 * p < f:
        return
    count = w.places((n,))[0]
    assert count == F.max_pool1d(torch.zeros(1, 1, n), f, s, p, 1, ceil).shape[2]
    before, after = w.pads((n,))[0]
    assert n + before + after >= (count - 1) * s + f  # every window is whole
    # what torch's means divide by, from the sums of ones
    for padded in (True, False):
        ones = F.avg_pool1d(torch.ones(1, 1, n), f, s, p, ceil, padded)[0, 0]
        inside = w.overlaps((n,), False)[0]
        expected = [a / b for a, b in zip(inside, w.overlaps((n,), padded)[0], strict=True)]
        assert ones.tolist() == pytest.approx(expected, abs=1e-6)


@given(st.integers(1, 12), small, st.integers(1, 4), st.integers(1, 3))
def test_same_gives_as_many_places_as_steps(n, f, s, d):
    """TensorFlow's rule: ⌈n/s⌉ places, the odd zero behind, and no window begins outside the padding."""
    w = window("conv1d", 1, f, s, "same", d)
    (count,), ((before, after),) = w.places((n,)), w.pads((n,))
    assert count == -(-n // s)
    assert after - before in (0, 1)
    reach = d * (f - 1) + 1
    assert before + after == max((count - 1) * s + reach - n, 0)


def test_what_cannot_be_is_refused():
    def said(function, *arguments):
        with pytest.raises(UsageError) as error:
            function(*arguments)
        return str(error.value)

    assert said(window("conv2d", 2, 5, 1, 0).places, (3, 9)) == (
        "conv2d with a window of 5×5 needs examples of at least 5×5; these are 3×9"
    )
    assert said(window("conv2d", 2, 5, 1, [1, 0]).places, (3, 3)) == (
        "conv2d with a window of 5×5 and padding 1×0 needs examples of at least 3×5; these are 3×3"
    )
    assert said(window, "conv2d", 2, [3], 1, 0) == (
        "kernel_size must be one number or 2, one for each axis; it is [3]"
    )
    assert said(window, "conv2d", 2, 3, 0, 0) == "stride must be a whole number of at least 1; it is 0"
    assert said(window, "conv2d", 2, 3, 1, "valid") == (
        "padding must be whole numbers, 'same' or 'same_lower'; it is 'valid'"
    )
    assert said(check_groups, "conv2d", 3, 6, 4) == (
        "conv2d with 3 groups needs channels in multiples of 3; there are 6 in and 4 out"
    )
    assert said(check_pictures, "conv2d", (2, 3, 8), 2, 3) == (
        "conv2d takes batches (N, channels, height, width); examples of shape (3, 8) are not that"
    )
    assert said(check_pictures, "conv1d", (2, 3), 1) == (
        "conv1d takes batches (N, channels, length); examples of shape (3,) are not that"
    )
    assert said(check_pictures, "conv2d", (2, 1, 8, 8), 2, 3) == (
        "conv2d of 3 channels got examples of shape (1, 8, 8)"
    )
