"""COCO's average precision: pycocotools, and its answers to the same random pictures, kept in a file."""

import json
from pathlib import Path

import numpy as np
import pytest

from coco_cases import KINDS, by_pycocotools, case
from gradatim.problems.average_precision import Objects, average_precision, hits_of

ORACLE = Path(__file__).parents[1] / "oracles" / "coco_eval.json"  # made by `write_oracle` below
SEEDS = range(4)


def _objects(boxes, classes, scores):
    return Objects(np.array(boxes, float).reshape(-1, 4), np.array(classes, int), np.array(scores, float))


@pytest.mark.parametrize("kind", KINDS)
def test_average_precision_is_that_of_pycocotools_as_kept(kind):
    for seed, expected in enumerate(json.loads(ORACLE.read_text())[kind]):
        wanted = np.array([[np.nan if one is None else one for one in row] for row in expected])
        found = average_precision(*case(kind, seed))
        np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_average_precision_is_that_of_pycocotools(kind):
    pytest.importorskip("pycocotools")
    for seed in SEEDS:
        pictures = case(kind, seed + 100)
        np.testing.assert_allclose(average_precision(*pictures), by_pycocotools(*pictures), rtol=0, atol=1e-9)


def test_of_two_answers_to_one_object_the_second_is_wrong():
    truth = _objects([[0, 0, 10, 10], [20, 20, 30, 30]], [0, 0], [1, 1])
    answer = _objects([[0, 0, 10, 10], [0, 0, 10, 9], [20, 20, 30, 30]], [0, 0, 0], [0.9, 0.8, 0.7])
    # hits 1 0 1: precision 1 up to recall 1/2, 2/3 up to 1; 51 recalls and 50
    found = average_precision([answer], [truth], 1)[0, 0]
    assert found == pytest.approx((51 + 50 * 2 / 3) / 101, abs=1e-12)


def test_a_class_without_objects_has_no_average_precision_and_one_without_answers_0():
    truth, answer = _objects([[0, 0, 4, 4]], [1], [1]), _objects([[0, 0, 4, 4]], [0], [0.5])
    found = average_precision([answer], [truth], 2)
    assert np.isnan(found[:, 0]).all() and (found[:, 1] == 0).all()


def test_an_answer_takes_the_free_object_that_it_overlaps_with_most():
    objects = np.array([[0.0, 0.0, 10.0, 10.0], [0.0, 0.0, 10.0, 8.0]])
    boxes = np.array([[0.0, 0.0, 10.0, 8.0], [0.0, 0.0, 10.0, 8.0]])
    assert hits_of(boxes, objects, np.array([0.5, 0.9])).tolist() == [[True, True], [True, False]]


def test_only_the_hundred_best_answers_of_a_class_in_a_picture_count():
    truth = _objects([[0, 0, 4, 4]], [0], [1])
    wrong = [[50, 50, 60, 60]] * 100
    answer = _objects([*wrong, [0, 0, 4, 4]], [0] * 101, [0.9] * 100 + [0.1])
    assert average_precision([answer], [truth], 1)[0, 0] == 0


def write_oracle() -> None:
    """The answers of pycocotools to the pictures of `coco_cases`, into the file."""
    found = {kind: [by_pycocotools(*case(kind, seed)).round(12) for seed in SEEDS] for kind in KINDS}

    def plain(table):
        return [[None if np.isnan(one) else one for one in row] for row in table.tolist()]

    ORACLE.write_text(json.dumps({kind: [*map(plain, tables)] for kind, tables in found.items()}))
