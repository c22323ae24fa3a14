"""A clip's frames are changed alike: each as a picture that drew what the clip draws."""

import numpy as np
import pytest
import torch

from gradatim.checks import UsageError
from gradatim.data.augmentation.augmentation import Augmentation

N, T = 12, 3
X = torch.from_numpy(np.random.default_rng(0).normal(size=(N, 3, T, 10, 12)))
Y = torch.arange(N) % 3
ROWS = np.array([7, 2, 11, 0])
POLICIES = ["flip", "standard", "rotate+scale", "resized_crop+colour+colour_shift", "strong",
            "erasing:p=1+mixup", "cutmix+trivial_augment"]  # fmt: skip


@pytest.mark.parametrize("policy", POLICIES)
def test_every_frame_is_a_picture_with_the_draws_of_its_clip(policy):
    """To 1e-12, in double precision."""
    clips = Augmentation(policy, 3, X, Y)
    clips.classes = 3
    seen, y, _ = clips(2, ROWS)
    assert seen.shape == (len(ROWS), 3, T, 10, 12) and seen.is_contiguous()
    for t in range(T):
        pictures = Augmentation(policy, 3, X[:, :, t].contiguous(), Y)
        pictures.classes = 3
        pictures.__dict__["pictures"] = clips.pictures  # black, white and covariance are those of all frames
        frame, its, _ = pictures(2, ROWS)
        assert torch.allclose(seen[:, :, t], frame, rtol=0, atol=1e-12) and torch.equal(y, its)


def test_what_stands_still_stands_still_in_what_the_network_sees():
    still = X[:, :, :1].expand(-1, -1, T, -1, -1).contiguous()
    seen = Augmentation("strong+erasing:p=1+mixup", 0, still, Y)(0, np.arange(N))[0]
    assert torch.equal(seen, seen[:, :, :1].expand_as(seen)) and not torch.equal(seen, still)


def test_the_batch_has_no_part_in_it_and_clips_that_are_held_stay():
    held = X.clone()
    policy = Augmentation("strong+erasing:p=1", 1, held, Y)
    whole, alone = policy(1, np.arange(N))[0], policy(1, np.array([5]))[0]
    assert torch.equal(alone[0], whole[5]) and torch.equal(held, X)


def test_targets_of_three_axes_beside_clips_are_no_masks():
    assert not Augmentation("flip", 0, X, torch.zeros(N, 4, 2)).has_masks


def test_clips_of_other_channels_are_refused():
    with pytest.raises(
        UsageError, match=r"for clips \(1, T, H, W\) or .*; examples are of shape \(2, 3, 8, 8\)"
    ):
        Augmentation("flip", 0, torch.zeros(4, 2, 3, 8, 8), Y[:4])
    with pytest.raises(UsageError, match="pad of crop must be below the 10 pixels of a side"):
        Augmentation("crop:pad=10", 0, X, Y)
