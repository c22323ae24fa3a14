"""Digits on a canvas: boxes are tight around the ink, parts apart, everything a function of the seed."""

import numpy as np
import pytest

from gradatim.checks import UsageError
from gradatim.data.splits import split
from gradatim.data.teaching.digits_on_canvas import COVERED, digits_on_canvas
from gradatim.functional.box_overlap import box_overlap


def test_canvases_are_functions_of_the_seed_and_their_number():
    few, many = digits_on_canvas(n=12, of="digits"), digits_on_canvas(n=24, of="digits")
    np.testing.assert_array_equal(few.x, many.x[:12])
    assert (digits_on_canvas(n=12, of="digits", seed=1).x != few.x).any()
    assert split(many, valid=0.1).sizes() == {"train": 18, "valid": 2, "test": 4}


def test_all_ink_is_in_boxes_and_boxes_are_tight_around_it():
    found = digits_on_canvas(n=60, of="digits", most=3)
    for x, objects in zip(found.x[:, 0], found.y, strict=True):
        there, inside = objects[objects[:, 4] >= 0], np.zeros(x.shape, bool)
        for box in there[:, :4].astype(int):
            left, top, right, bottom = box
            inside[top:bottom, left:right] = True
            cut = x[top:bottom, left:right]
            assert min(cut[0].max(), cut[-1].max(), cut[:, 0].max(), cut[:, -1].max()) > 0
        assert not x[~inside].any() and 1 <= len(there) <= 3
        overlap = box_overlap(there[:, :4], there[:, :4]) - np.eye(len(there))
        assert overlap.max() <= COVERED


def test_one_digit_and_sizes():
    found = digits_on_canvas(n=12, of="digits", most=1, size=32)
    assert found.y.shape == (12, 1, 5) and (found.y[..., 4] >= 0).all() and found.x.shape[2:] == (32, 32)
    for wrong in ({"n": 5}, {"size": 8}, {"most": 0}, {"of": "letters"}):
        with pytest.raises(UsageError):
            digits_on_canvas(**{"of": "digits", "n": 12, **wrong})
