"""Overlap of boxes and non-maximum suppression: pixels counted, the definition in words, pycocotools."""

import numpy as np
import pytest

from gradatim.checks import UsageError
from gradatim.functional.box_overlap import box_overlap, non_maximum_suppression

RNG = np.random.default_rng(0)


def _boxes(n, whole=False):
    corner, sides = RNG.uniform(0, 20, (n, 2)), RNG.uniform(1, 12, (n, 2))
    boxes = np.concatenate([corner, corner + sides], 1)
    return np.round(boxes) if whole else boxes


def test_overlap_of_whole_boxes_is_that_of_their_pixels():
    a, b = _boxes(12, whole=True), _boxes(9, whole=True)

    def pixels(box):
        left, top, right, bottom = map(int, box)
        return {(x, y) for x in range(left, right) for y in range(top, bottom)}

    for i, j in np.ndindex(12, 9):
        one, other = pixels(a[i]), pixels(b[j])
        expected = len(one & other) / len(one | other) if one | other else 0
        assert box_overlap(a[i : i + 1], b[j : j + 1])[0, 0] == pytest.approx(expected, abs=1e-15)


def test_overlap_is_that_of_pycocotools():
    mask = pytest.importorskip("pycocotools.mask")
    a, b = _boxes(20), _boxes(30)
    sides = [np.concatenate([one[:, :2], one[:, 2:] - one[:, :2]], 1) for one in (a, b)]
    np.testing.assert_allclose(box_overlap(a, b), mask.iou(*sides, [0] * 30), rtol=0, atol=1e-12)


def test_boxes_without_area_overlap_with_nothing():
    point = np.array([[3.0, 3.0, 3.0, 3.0]])
    assert box_overlap(point, point)[0, 0] == 0 and box_overlap(point, np.zeros((0, 4))).shape == (1, 0)


@pytest.mark.parametrize("overlap", [0.0, 0.3, 0.5, 1.0])
def test_suppression_is_its_definition(overlap):
    """Take the best that is left, drop what overlaps with it, until nothing is left: written out."""
    boxes, scores, classes = _boxes(60), np.round(RNG.random(60), 1), RNG.integers(0, 3, 60)
    left, expected = list(range(60)), []
    while left:
        best = max(left, key=lambda i: (scores[i], -i))
        expected.append(best)
        left = [
            i for i in left
            if i != best and not (
                classes[i] == classes[best] and box_overlap(boxes[[i]], boxes[[best]])[0, 0] > overlap
            )
        ]  # fmt: skip
    assert non_maximum_suppression(boxes, scores, classes, overlap).tolist() == expected
    assert non_maximum_suppression(boxes[:0], scores[:0]).tolist() == []


def test_what_are_no_boxes_is_refused():
    with pytest.raises(UsageError, match=r"a must be boxes \(N, 4\).*\(3, 5\)"):
        box_overlap(np.zeros((3, 5)), np.zeros((3, 4)))
    with pytest.raises(UsageError, match="3 boxes need as many scores"):
        non_maximum_suppression(np.zeros((3, 4)), np.zeros(2))
    with pytest.raises(UsageError, match="overlap must be"):
        non_maximum_suppression(np.zeros((3, 4)), np.zeros(3), overlap=1.5)
