"""Clips of moving shapes: captions are true of the pixels, and pairs of shape and action are held out."""

from itertools import product

import numpy as np
import pytest

from gradatim.checks import UsageError
from gradatim.data.teaching.moving_shapes import ACTIONS, draw_scene, is_held_out, moving_shapes
from gradatim.data.teaching.shape_scenes import COLOURS, FORMS, GREY

FOUND = moving_shapes(n=360, frames=10, size=24)
TEST = np.asarray(FOUND.official_test)
CAPTIONS = [references[0].split() for references in FOUND.references]


def test_no_test_pair_is_learned_from_but_each_of_its_parts():
    learned = {tuple(words[1:]) for words, test in zip(CAPTIONS, TEST, strict=True) if not test}
    tested = {tuple(words[1:]) for words, test in zip(CAPTIONS, TEST, strict=True) if test}
    assert TEST.sum() == 60 and not learned & tested
    assert {words[-1] for words in learned} == {words[-1] for words in tested} == set(ACTIONS)


@pytest.mark.parametrize("seed", range(6))
def test_of_every_shape_one_action_is_held_out_another_one_for_each_seed(seed):
    for colour, form in product(range(len(COLOURS)), range(len(FORMS))):
        held = [is_held_out(colour, form, action, seed) for action in range(len(ACTIONS))]
        assert sum(held) == 1
        assert held.index(True) != [is_held_out(colour, form, k, seed + 1) for k in range(6)].index(True)


def test_what_is_said_is_true_of_the_pixels():
    for x, words in zip(FOUND.inputs, CAPTIONS, strict=True):
        ink = (np.abs(x.astype(int) - GREY) > 40).any(0)  # (T, H, W), behind the noise
        area, here = ink.sum((1, 2)), ink.any((1, 2))
        rows = np.array([np.flatnonzero(one.any(1)).mean() if one.any() else np.nan for one in ink])
        columns = np.array([np.flatnonzero(one.any(0)).mean() if one.any() else np.nan for one in ink])
        told = {
            "rises": rows[0] - rows[-1] > 6, "falls": rows[-1] - rows[0] > 6,
            "grows": area[-1] > 1.8 * area[0], "shrinks": area[0] > 1.8 * area[-1],
            "swings": np.ptp(columns) > 6, "blinks": 2 <= here.sum() <= 8,
        }  # fmt: skip
        where_here = {
            name: bool(is_true) for name, is_true in told.items() if name != "blinks" or not here.all()
        }
        assert [name for name, is_true in where_here.items() if is_true] == [words[-1]], words


def test_a_clip_is_a_function_of_seed_and_number():
    few = moving_shapes(n=12, frames=10, size=24)
    assert (few.inputs == FOUND.inputs[:12]).all() and few.references == FOUND.references[:12]
    assert draw_scene(1, 3, False) != draw_scene(0, 3, False)


def test_bad_sizes_are_refused():
    for asked in ({"n": 11}, {"frames": 3}, {"size": 23}):
        with pytest.raises(UsageError, match=next(iter(asked))):
            moving_shapes(**asked)
