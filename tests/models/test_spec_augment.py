"""Recordings changed while training: lengths and padding, repetition, and what evaluation leaves alone."""

import torch

from gradatim.models.spec_augment import SpecAugment, _stretched, _tone, _warped

X = torch.randn(40, 50, 32, generator=torch.Generator().manual_seed(0))
LENGTHS = torch.arange(11, 51)
X = X * (torch.arange(50) < LENGTHS[:, None])[..., None]


def test_evaluation_and_no_amount_leave_recordings_alone():
    for layer in (SpecAugment(1.0).eval(), SpecAugment(0.0)):
        x, lengths = layer(X, LENGTHS)
        assert x is X and lengths is LENGTHS


def test_draws_are_a_function_of_the_place():
    layer = SpecAugment(1.0)
    layer.place(3, "a", 7)
    x, lengths = layer(X, LENGTHS)
    other, _ = layer(X, LENGTHS)  # the next call draws anew
    layer.place(3, "a", 7)
    again, _ = layer(X, LENGTHS)
    assert torch.equal(x, again) and (x.shape != other.shape or not torch.equal(x, other))
    assert ((lengths >= 0.75 * LENGTHS - 1) & (lengths <= 1.25 * LENGTHS + 1)).all()
    behind = torch.arange(x.shape[1]) >= lengths[:, None]
    assert not x[behind].any() and x.shape[1] == lengths.max()


def test_a_stretched_line_is_a_line():
    line = torch.arange(10.0)[None, :, None]
    x, lengths = _stretched(line, torch.tensor([10]), torch.tensor([1.9], dtype=torch.float64))
    assert lengths.tolist() == [19]
    torch.testing.assert_close(x[0, :, 0], torch.linspace(0, 9, 19))
    x, lengths = _stretched(line, torch.tensor([4]), torch.tensor([1.0], dtype=torch.float64))
    assert x[0, :, 0].tolist() == [0, 1, 2, 3]


def test_a_warped_line_is_a_line_and_a_shift_moves_it():
    line = torch.arange(8.0)[None, None]
    one, half = (torch.tensor([n], dtype=torch.float64) for n in (1.0, 0.5))
    assert _warped(line, one, 2 * one)[0, 0].tolist() == [2, 3, 4, 5, 6, 7, 7, 7]
    torch.testing.assert_close(_warped(line, half, half)[0, 0], 0.5 * torch.arange(8.0) + 0.5)


def test_a_tone_is_smooth_and_within_its_bounds():
    shapes = _tone(torch.eye(3), 33)
    assert shapes.abs().max() <= 1 and shapes.diff(dim=1).abs().max() < 0.2
    torch.testing.assert_close(shapes[0], torch.linspace(-1, 1, 33))


def test_gaps_are_as_wide_as_their_share():
    layer = SpecAugment(1.0)
    ones = torch.ones(400, 20, 40)
    x, lengths = layer(ones, torch.full((400,), 20))
    real = torch.arange(x.shape[1]) < lengths[:, None]
    silent_bands = ((x == 0) | ~real[..., None]).all(1).sum(1)
    silent_steps = ((x == 0).all(2) & real).sum(1)
    assert 8 < silent_bands.max() <= 16 and 0 < silent_steps.max() <= 6
