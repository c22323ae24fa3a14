"""Changes of tones and colours against Pillow and closed forms; erasing against its rectangles."""

import numpy as np
import pytest
import torch
from PIL import Image, ImageEnhance, ImageOps

from gradatim.data.augmentation import colour, tones
from gradatim.data.augmentation.colour import Colour, ColourShift
from gradatim.data.augmentation.draws import Draws
from gradatim.data.augmentation.erasing import Cutout, Erasing
from gradatim.data.augmentation.operation import Pictures
from gradatim.data.augmentation.trivial_augment import (
    ENHANCE,
    LEVELS,
    MOVES,
    NAMES,
    TONES,
    TrivialAugment,
    choose,
)

RANDOM = np.random.default_rng(1)
BYTES = np.stack([np.rint(255 * RANDOM.beta(a, 3, size=(20, 16, 3))).astype(np.uint8) for a in (1, 3, 9)])
V = torch.from_numpy(BYTES.transpose(0, 3, 1, 2) / 255.0)


def by_pillow(function):
    return np.stack([np.asarray(function(Image.fromarray(one))) for one in BYTES]).transpose(0, 3, 1, 2)


def same(found, wanted, steps):
    """Bytes that are at most so many tones apart: Pillow rounds or cuts off to bytes on its way."""
    assert np.abs(255 * found.numpy() - wanted.astype(float)).max() <= steps + 1e-9


@pytest.mark.parametrize("factor", [0.01, 0.6, 1.0, 1.99])
@pytest.mark.parametrize(
    ("ours", "theirs", "steps"),
    [
        (colour.brightness, ImageEnhance.Brightness, 1),
        (colour.contrast, ImageEnhance.Contrast, 2.1),
        (colour.saturation, ImageEnhance.Color, 2.1),
        (tones.sharpness, ImageEnhance.Sharpness, 2.1),
    ],
)
def test_enhancements_are_those_of_pillow(ours, theirs, steps, factor):
    same(ours(V, np.full(3, factor)), by_pillow(lambda one: theirs(one).enhance(factor)), steps)


def test_tones_are_those_of_pillow():
    same(tones.autocontrast(V), by_pillow(ImageOps.autocontrast), 1)
    same(tones.equalize(V), by_pillow(ImageOps.equalize), 0)
    for bits in (2, 5, 8):
        same(
            tones.posterize(V, np.full(3, bits)), by_pillow(lambda one, b=bits: ImageOps.posterize(one, b)), 0
        )
    for threshold in (0, 100, 255):
        wanted = by_pillow(lambda one, t=threshold: ImageOps.solarize(one, t))
        same(tones.solarize(V, np.full(3, threshold)), wanted, 0)


def test_a_picture_of_one_tone_stays_as_it_is():
    v = torch.full((1, 3, 4, 4), 0.3, dtype=torch.float64)
    for found in (tones.autocontrast(v), tones.equalize(v)):
        assert torch.equal(found, v)


def test_each_picture_gets_its_own_factor():
    found = colour.brightness(V, np.array([0.0, 1.0, 0.5]))
    assert torch.equal(found, V * torch.tensor([0.0, 1.0, 0.5], dtype=V.dtype)[:, None, None, None])


def test_colours_stay_between_black_and_white_of_their_channel():
    x = V * torch.tensor([1.0, 2.0, 3.0], dtype=V.dtype)[:, None, None] - 1
    pictures = Pictures.of(x)
    assert torch.allclose(pictures.as_held(pictures.as_shares(x)), x, rtol=0, atol=1e-14)
    found = Colour(brightness=1, contrast=1, saturation=1).change(x, Draws(0, 0, np.arange(3)), pictures)
    assert (found >= pictures.low - 1e-12).all() and (found <= pictures.high + 1e-12).all()


def test_what_is_added_to_a_picture_has_a_share_of_the_covariance_of_the_pixels():
    pictures = Pictures.of(V)
    pixels = V.numpy().transpose(1, 0, 2, 3).reshape(3, -1)
    assert np.allclose(pictures.covariance, np.cov(pixels, bias=True), rtol=1e-12)
    shifts = ColourShift(deviation=0.2).shifts(Draws(0, 0, np.arange(40_000)), pictures.covariance)
    assert np.allclose(
        np.cov(shifts.T), 0.04 * pictures.covariance, atol=0.02 * 0.04 * pictures.covariance.max()
    )
    assert np.abs(shifts.mean(0)).max() < 3 * shifts.std() / 200


def test_a_colour_shift_is_one_colour_for_all_of_a_picture():
    found = ColourShift().change(V, Draws(0, 0, np.arange(3)), Pictures.of(V)) - V
    assert torch.allclose(found, found[:, :, :1, :1].expand_as(found), rtol=0, atol=1e-14)


def test_cutout_takes_a_square_around_any_pixel():
    n, size = 20_000, (10, 10)
    x = torch.ones(n, 1, *size)
    gone = Cutout(size=4).change(x, Draws(0, 0, np.arange(n)), Pictures(size, x, x, np.eye(1)))[:, 0] == 0
    rows, columns = gone.any(2).sum(1), gone.any(1).sum(1)
    assert torch.equal(gone.sum((1, 2)), rows * columns)  # a rectangle
    assert set(rows.tolist()) == {2, 3, 4} and (rows == 4).float().mean() == pytest.approx(0.7, abs=0.01)
    # row r is in it for each of the centres r − 1 … r + 2 that there are
    centres = np.array([sum(0 <= c < 10 for c in range(r - 1, r + 3)) for r in range(10)]) / 10
    assert np.allclose(gone.any(2).double().mean(0), centres, atol=0.015)


def test_erasing_takes_the_share_of_the_area_that_it_should():
    size, n = (40, 30), 20_000
    top, left, bottom, right = Erasing(p=0.75).places(Draws(0, 0, np.arange(n)), size)
    h, w = bottom - top, right - left
    assert min(top.min(), left.min()) >= 0 and bottom.max() <= 40 and right.max() <= 30
    erased = h * w > 0
    assert erased.mean() == pytest.approx(0.75, abs=0.01)
    share = (h * w)[erased] / 1200
    assert share.min() > 0.01 and share.max() <= 0.4
    assert ((h + 1) / np.maximum(w, 1))[erased].min() >= 0.3 and (h / (w + 1))[erased].max() <= 1 / 0.3


def test_erasing_puts_noise_between_the_least_and_the_greatest_of_each_channel():
    x = V.repeat(20, 1, 1, 1)
    pictures, draws = Pictures.of(x), Draws(0, 0, np.arange(60))
    operation = Erasing(p=1, low=0.3)
    found = operation.change(x, draws, pictures)
    assert (found >= pictures.low).all() and (found <= pictures.high).all()
    top, left, bottom, right = operation.places(draws, (20, 16))
    inside = torch.zeros(60, 20, 16, dtype=torch.bool)
    for one, (t, l, b, r) in enumerate(zip(top, left, bottom, right, strict=True)):
        inside[one, t:b, l:r] = True
    assert torch.equal(found.where(~inside[:, None], x), x)
    noise = pictures.as_shares(found).permute(0, 2, 3, 1)[inside]
    assert noise.mean().item() == pytest.approx(0.5, abs=0.01) and noise.var().item() == pytest.approx(
        1 / 12, abs=0.003
    )


def test_trivial_augment_has_the_operations_and_strengths_of_its_paper():
    assert len(NAMES) == 14 and LEVELS == 31
    assert {name: most for name, (most, _) in MOVES.items()} == {
        "shear_x": 0.99, "shear_y": 0.99, "translate_x": 32.0, "translate_y": 32.0, "rotate": 135.0,
    }  # fmt: skip
    assert len(ENHANCE) == 4 and len(TONES) == 5
    chosen, strength = choose(Draws(0, 0, np.arange(62_000), "trivial_augment"))
    assert np.bincount(chosen, minlength=14) == pytest.approx(62_000 / 14, rel=0.06)
    levels = np.bincount(np.rint(30 * np.abs(strength)).astype(int), minlength=31)
    assert levels == pytest.approx(2000, rel=0.1)
    assert (strength < 0).mean() == pytest.approx(0.5 * 30 / 31, abs=0.01)


def test_a_picture_that_drew_identity_stays_as_it_is():
    draws = Draws(0, 0, np.arange(60), "trivial_augment")
    move, change = TrivialAugment().parts()
    chosen, _ = choose(draws)
    stays = chosen == NAMES.index("identity")
    assert stays.any() and np.array_equal(
        move.maps(draws, (8, 8))[stays], np.repeat(np.eye(2, 3)[None], stays.sum(), 0)
    )
    x = V.repeat(20, 1, 1, 1)
    assert torch.equal(change.change(x, draws, Pictures.of(x))[stays], x[stays])
