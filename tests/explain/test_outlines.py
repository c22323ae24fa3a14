"""The outlines of masks over their pictures."""

import numpy as np
import pytest

from gradatim.explain.outlines import BOTH, PREDICTED, TRUE, outline, with_outlines

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("width", [1, 2, 3, 4])
def test_lines_run_where_classes_end(width):
    """By loops: pixel n is on the line of an end in front of pixel m where −⌊w/2⌋ ≤ n − m < w − ⌊w/2⌋."""
    mask = np.kron(RNG.integers(0, 3, (3, 4)), np.ones((4, 5), int))
    expected = np.zeros(mask.shape, bool)
    for i, j in np.ndindex(*mask.shape):
        for shift in range(-(width // 2), width - width // 2):
            if i and mask[i, j] != mask[i - 1, j] and 0 <= i + shift < len(mask):
                expected[i + shift, j] = True
            if j and mask[i, j] != mask[i, j - 1] and 0 <= j + shift < mask.shape[1]:
                expected[i, j + shift] = True
    np.testing.assert_array_equal(outline(mask, width), expected)


def test_a_mask_of_one_class_or_one_row_has_no_line():
    assert not outline(np.ones((4, 5), int)).any() and not outline(np.ones((1, 1), int)).any()
    assert outline(np.array([[0, 1]])).tolist() == [[False, True]]


def test_both_masks_are_drawn_and_small_pictures_enlarged():
    true, predicted = np.zeros((8, 8), int), np.zeros((8, 8), int)
    true[:, 4:], predicted[:4, 4:], predicted[4:, 6:] = 1, 1, 1
    grey = np.full((8, 8), 50, np.uint8)
    drawn = with_outlines(grey, true, predicted, 32)
    assert drawn.shape == (32, 32, 3)
    assert (
        (drawn[2, 16] == BOTH).all() and (drawn[30, 16] == TRUE).all() and (drawn[30, 24] == PREDICTED).all()
    )
    assert (drawn == 50).all(2).mean() > 0.9 and (grey == 50).all()
    large = with_outlines(np.zeros((100, 60, 3), np.uint8), np.eye(100, 60), np.eye(100, 60), 50)
    assert large.shape == (100, 60, 3) and (large[1, 1] == BOTH).all()
