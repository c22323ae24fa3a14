"""Scenes of coloured shapes: captions are true of the pixels, and unseen combinations are held out."""

import numpy as np
import pytest

from gradatim.data.teaching.shape_scenes import (
    COLOURS,
    FORMS,
    RADII,
    Scene,
    Shape,
    draw_scene,
    picture_of,
    unseen_combinations,
)

SIDE = 40
UNSEEN = unseen_combinations(0)
SCENES = [draw_scene(0, number, number % 6 == 5) for number in range(600)]


def test_unseen_combinations_are_in_every_test_scene_and_in_no_other():
    for number, scene in enumerate(SCENES):
        held = [(one.colour, one.form) in UNSEEN for one in scene.shapes]
        assert any(held) == (number % 6 == 5), scene.caption
    seen = {(one.colour, one.form) for n, s in enumerate(SCENES) if n % 6 != 5 for one in s.shapes}
    assert len(seen) == len(COLOURS) * len(FORMS) - len(UNSEEN)  # all others are learned from
    assert {c for c, _ in seen} == set(COLOURS) and {f for _, f in seen} == set(FORMS)


def test_the_caption_is_true_of_the_shapes():
    for scene in SCENES:
        first, *others = scene.shapes
        assert scene.caption.startswith(f"a {first.size} {first.colour} {first.form}")
        for one, two in zip(scene.shapes, others, strict=False):
            if " above " in scene.caption:
                assert one.row + one.radius < two.row and f"{one} above {two}" in scene.caption
            else:
                assert one.column + one.radius < two.column and f"{one} left of {two}" in scene.caption
        if not others:
            row, column = (int(3 * place) for place in (first.row, first.column))
            words = scene.caption.split()
            assert ("top" in words, "bottom" in words) == (row == 0, row == 2)
            assert ("left" in words, "right" in words) == (column == 0, column == 2)
        assert all(RADII[one.size][0] <= one.radius <= RADII[one.size][1] for one in scene.shapes)


def test_the_colour_stands_where_the_shape_is():
    for number, scene in enumerate(SCENES[:200]):
        picture = picture_of(scene, 0, number, SIDE).astype(float)
        for one in scene.shapes:
            middle = picture[:, int(one.row * SIDE), int(one.column * SIDE)] / one.brightness
            nearest = min(COLOURS, key=lambda name: np.abs(middle - COLOURS[name]).sum())
            assert nearest == one.colour, scene.caption


@pytest.mark.parametrize(
    ("form", "share"),  # of the square around it, π/4 of a circle
    [("circle", np.pi / 4), ("square", 0.89**2), ("triangle", 1.75 / 4), ("diamond", 0.5), ("bar", 0.4),
     ("cross", 0.33 + 0.33 * 0.67)],
)  # fmt: skip
def test_a_form_covers_its_share_of_the_square_around_it(form, share):
    one = Shape("large", "white", form, 0.5, 0.5, 0.4, 1.0)
    picture = picture_of(Scene((one,), ""), 0, 0, 200)
    assert np.isclose((picture[0] > 140).sum() / 160**2, share, atol=0.02)


def test_a_scene_is_a_function_of_seed_and_number():
    assert draw_scene(3, 17, False) == draw_scene(3, 17, False) != draw_scene(4, 17, False)
    pictures = [picture_of(SCENES[7], 0, 7, SIDE) for _ in range(2)]
    assert np.array_equal(*pictures) and pictures[0].dtype == np.uint8


def test_seeds_hold_other_combinations_out():
    held = [set(unseen_combinations(seed)) for seed in range(8)]
    assert len(set.union(*held)) == 48 and all(len({c for c, _ in one}) == 6 for one in held)
    assert {f for _, f in held[5]} == set(FORMS) and unseen_combinations(8) == unseen_combinations(0)
    scenes = [draw_scene(3, number, False) for number in range(300)]
    assert not held[3] & {(one.colour, one.form) for scene in scenes for one in scene.shapes}
