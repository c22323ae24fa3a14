"""D32: objects read from maps, their measures, what validation settles, what is written; one box."""

import numpy as np
import pytest
from scipy.special import expit, logit

from gradatim.checks import GradatimError, UsageError
from gradatim.data.boxes import padded
from gradatim.data.covering import Covering
from gradatim.data.question import Question
from gradatim.problems.average_precision import Objects
from gradatim.problems.box_answers import hits
from gradatim.problems.boxes import Boxes
from gradatim.problems.centers import objects_of_maps
from gradatim.problems.choose import pose, problem_from
from gradatim.problems.evidence import BoxPairs, ByClass, OneBoxPairs
from gradatim.problems.one_box import OneBox

SIZE = (24, 32)  # height and width; maps are of 6 × 8 places of four pixels
NAMES = ("cat", "dog")
BOXES = Boxes(NAMES, "center_points", size=SIZE)
ONE = OneBox(NAMES, "class_and_box", size=SIZE)
RNG = np.random.default_rng(0)


def maps_of(objects, background=-9.0):
    """Maps (1, 6, 6, 8) that say these objects: box in pixels, class, score."""
    a = np.zeros((1, 6, 6, 8))
    a[:, :2] = background
    for (left, top, right, bottom), kind, score in objects:
        x, y = (left + right) / 8, (top + bottom) / 8
        i, j = int(y), int(x)
        a[0, kind, i, j] = logit(score)
        a[0, 2:, i, j] = (right - left) / 4, (bottom - top) / 4, x - j, y - i
    return a


def test_objects_come_back_from_their_maps():
    """To 1e-9, the highest score first."""
    boxes = (2.0, 3.0, 11.0, 15.0), (20.0, 4.0, 30.0, 22.0), (1.0, 18.0, 7.0, 23.0)
    some = list(zip(boxes, (1, 0, 1), (0.6, 0.9, 0.02), strict=True))
    (found,) = objects_of_maps(maps_of(some), SIZE)
    np.testing.assert_allclose(found.boxes, [some[1][0], some[0][0], some[2][0]], atol=1e-9)
    np.testing.assert_allclose(found.scores, [0.9, 0.6, 0.02], atol=1e-9)
    assert found.classes.tolist() == [0, 1, 1]
    assert len(objects_of_maps(maps_of([((2, 3, 11, 15), 1, 0.009)]), SIZE)[0].boxes) == 0


def test_peaks_are_what_none_of_the_eight_around_exceeds():
    """Against loops over places, without suppression."""
    a = RNG.standard_normal((3, 6, 6, 8))
    for one, found in zip(a, objects_of_maps(a, SIZE, overlap=1.0), strict=True):
        expected = []
        for k, i, j in np.ndindex(2, 6, 8):
            around = one[k, max(0, i - 1) : i + 2, max(0, j - 1) : j + 2]
            if one[k, i, j] == around.max():
                expected.append((expit(one[k, i, j]), k))
        expected.sort(reverse=True)
        np.testing.assert_allclose(found.scores, [score for score, _ in expected], rtol=1e-12)
        assert found.classes.tolist() == [k for _, k in expected]
        assert (found.boxes >= 0).all() and (found.boxes <= [32, 24, 32, 24]).all()


def test_two_neighbouring_peaks_with_one_box_are_one_object():
    a = maps_of([((8.0, 8.0, 20.0, 20.0), 0, 0.8)])
    a[0, 0, 3, 4], a[0, 2:, 3, 4] = a[0, 0, 3, 3], a[0, 2:, 3, 3]
    a[0, 4, 4 - 1, 4] -= 1  # the same middle, from the place beside it
    assert len(objects_of_maps(a, SIZE)[0].boxes) == 1 < len(objects_of_maps(a, SIZE, overlap=1.0)[0].boxes)


TRUE = [[((2.0, 3.0, 11.0, 15.0), 1), ((20.0, 4.0, 30.0, 22.0), 0)], [], [((4.0, 4.0, 12.0, 12.0), 1)]]
Y = padded(
    [np.array([box for box, _ in one]).reshape(-1, 4) for one in TRUE],
    [[NAMES[k] for _, k in one] for one in TRUE], NAMES,
)  # fmt: skip
RIGHT = np.concatenate([maps_of([(*one, 0.9) for one in some]) for some in TRUE])


def test_measures_of_right_answers_of_none_and_of_a_wrong_one():
    right = BOXES.measures(RIGHT, Y)
    assert [right[name] for name in ("map", "map_50", "ap(cat)", "ap(dog)")] == pytest.approx([1] * 4)
    assert list(right)[-1] == "loss" and right["loss"] == pytest.approx(BOXES.mean_loss(RIGHT, Y))
    nothing = BOXES.measures(np.full_like(RIGHT, -9.0), Y)
    assert nothing["map"] == nothing["map_50"] == 0
    wrong = RIGHT.copy()
    wrong[0, 4, 2, 1] += 3  # the dog of the first picture is said 12 pixels to the right
    wrong[0, 1] = np.where(wrong[0, 1] > 0, logit(0.95), wrong[0, 1])
    assert BOXES.measures(wrong, Y)["ap(dog)"] == pytest.approx(51 / 101 * 0.5)  # a miss before a hit
    assert BOXES.in_short(right).keys() == {"map", "map_50", "loss"}
    empty = BOXES.measures(RIGHT, np.where([False] * 4 + [True], -1.0, Y))
    assert empty["map"] == 0


def test_validation_settles_the_threshold_with_the_best_f1():
    """Against every threshold between two scores."""
    some = RIGHT + 0.0
    some[:, :2] += RNG.normal(0, 2, some[:, :2].shape) + 5
    settled = BOXES.settle(some, Y, None)
    found, truths = BOXES.found(some), list(BOXES.truths(Y))

    def f1(threshold):
        said = [one.take(one.scores >= threshold) for one in found]
        right = sum(int(hits(a, t).sum()) for a, t in zip(said, truths, strict=True))
        return 2 * right / (sum(len(one.boxes) for one in said) + 3)

    scores = np.concatenate([one.scores for one in found])
    assert f1(settled.threshold) == max(f1(score) for score in scores) > 0
    assert f"{settled.threshold:.2g} or more" in settled.settled()
    assert BOXES.settle(RIGHT, np.where([False] * 4 + [True], -1.0, Y), None) is BOXES
    with pytest.raises(UsageError, match="settled by validation"):
        BOXES.check_settling("0.5", None)


def test_answers_are_listed_in_the_pixels_of_the_file():
    places = [Covering.of((48, 80), SIZE), None, Covering.of((24, 32), SIZE)]
    of, columns = BOXES.listed(RIGHT, places)
    assert of == [0, 0, 2] and columns["class"][2] == "dog" and columns["score"] == pytest.approx([0.9] * 3)
    # 48×80 is halved and 8 pixels are cut off at both sides
    row = columns["class"].index("cat")
    assert [columns[edge][row] for edge in ("x1", "y1", "x2", "y2")] == pytest.approx([48, 8, 68, 44])
    assert [columns[edge][2] for edge in ("x1", "y1", "x2", "y2")] == pytest.approx([4, 4, 12, 12])
    assert BOXES.columns(RIGHT) == {"objects(cat)": [1, 0, 0], "objects(dog)": [1, 0, 1]}
    arrays = BOXES.arrays(RIGHT)
    assert arrays["boxes"].shape == (3, 2, 4) and arrays["prediction"][1].tolist() == ["", ""]


def test_evidence_shows_the_worst_pictures_first_and_counts_objects():
    wrong = RIGHT.copy()
    wrong[2, :2] = -9.0
    pairs, counts = BOXES.evidence(wrong, Y)
    assert isinstance(pairs, BoxPairs) and isinstance(counts, ByClass)
    assert pairs.rows[0] == 2 and pairs.rows[-1] == 1 and len(pairs.predicted[0]) == 0
    assert counts.right.tolist() == [1, 1] and counts.support.tolist() == [1, 2] and counts.unit == "object"
    assert 0 <= pairs.guess <= 1 and BOXES.evidence(RIGHT, np.where([False] * 4 + [True], -1.0, Y)) == ()


def test_records_come_back_and_bad_ones_are_refused():
    question = Question("detection", NAMES, size=SIZE)
    for problem in (BOXES.settle(RIGHT, Y, None), ONE):
        assert problem_from(problem.as_dict()) == problem
    assert pose(question) == BOXES and BOXES.question == question
    assert pose(Question("localisation", NAMES, size=SIZE)) == ONE
    for entry, value in (("size", [24]), ("size", [0, 2]), ("threshold", "x"), ("loss", "dice")):
        with pytest.raises(GradatimError, match=entry):
            problem_from({**BOXES.as_dict(), entry: value})
    with pytest.raises(UsageError, match="objects of one class at least"):
        Boxes((), "center_points", size=SIZE).head()
    with pytest.raises(UsageError, match="detection takes center_points"):
        pose(question, None, "dice")


def test_one_box_says_class_and_edges_in_their_order():
    a = np.array([[0.0, 2.0, 0.75, 0.9, 0.25, -0.5]])
    (found,) = ONE.found(a)
    np.testing.assert_allclose(found.boxes, [[8, 0, 24, 21.6]])
    assert found.classes.tolist() == [1] and found.scores[0] == pytest.approx(expit(2.0))


def test_measures_of_one_box():
    y = padded([np.array([[8.0, 6.0, 24.0, 18.0]])] * 3, [["dog"], ["dog"], ["cat"]], NAMES)
    a = np.array([[0, 1, 0.25, 0.25, 0.75, 0.75], [1, 0, 0.25, 0.25, 0.75, 0.75], [1, 0, 0.5, 0.25, 1, 0.75]])
    found = ONE.measures(a.astype(float), y)
    assert found["mean_iou"] == pytest.approx((1 + 1 + 1 / 3) / 3)
    assert found["accuracy"] == pytest.approx(2 / 3) and found["localised"] == pytest.approx(1 / 3)
    pairs, counts = ONE.evidence(a.astype(float), y)
    assert isinstance(pairs, OneBoxPairs) and pairs.rows[-1] == 0 and counts.right.tolist() == [0, 1]
    assert pairs.guess == pytest.approx(1)  # all boxes are the same
    assert isinstance(ONE.found(a.astype(float))[0], Objects)
    assert ONE.head().outputs == 6 and ONE.constant(y)[2].tolist() == [8, 6, 24, 18, 1]


def test_localisation_is_for_one_object_a_picture():
    with pytest.raises(UsageError, match="2 of 3 have another number, such as picture 0, which has 2"):
        pose(Question("localisation", NAMES, size=SIZE), Y)
    with pytest.raises(UsageError, match="leave --task out to detect"):
        ONE.targets(Y)
