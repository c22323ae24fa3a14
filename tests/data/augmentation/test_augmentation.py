"""What the network sees is a function of (seed, epoch, example); mixtures and their targets."""

import numpy as np
import pytest
import torch
from scipy.stats import beta as beta_of
from scipy.stats import kstest

from gradatim.checks import UsageError
from gradatim.data.augmentation.augmentation import Augmentation
from gradatim.data.augmentation.draws import Draws
from gradatim.data.augmentation.mixing import CutMix, Mixup
from gradatim.data.augmentation.mixing import beta as beta_from
from gradatim.data.augmentation.policies import in_full, operations_of
from gradatim.device import channels_last
from gradatim.functional.void import VOID
from gradatim.random import permutation

N = 40
X = torch.from_numpy(np.random.default_rng(0).normal(size=(N, 3, 12, 12)))
Y = torch.arange(N) % 3
POLICIES = ["flip", "standard", "strong", "crop+mixup+cutout", "mixup+cutmix:p=0.5+erasing:p=1", "flip+flip",
            "resized_crop+colour+colour_shift", "turn+rotate+scale"]  # fmt: skip


def augmentation(policy, seed=0, x=X, y=Y, w=None, classes=3):
    found = Augmentation(policy, seed, x, y, w)
    found.classes = classes
    return found


@pytest.mark.parametrize("policy", POLICIES)
def test_the_batch_that_an_example_is_in_has_no_part_in_it(policy):
    whole = augmentation(policy)(2, np.arange(N))
    some = np.array([31, 4, 17])
    for one, all_of_it in zip(augmentation(policy)(2, some), whole, strict=True):
        assert all_of_it is None or torch.equal(one, all_of_it[some])
    alone = augmentation(policy)(2, np.array([17]))[0]
    assert torch.equal(alone[0], whole[0][17])


@pytest.mark.parametrize("policy", POLICIES)
def test_another_epoch_and_another_seed_show_other_pictures(policy):
    rows = np.arange(N)
    first = augmentation(policy)(0, rows)[0]
    assert torch.equal(first, augmentation(policy)(0, rows)[0])
    for other in (augmentation(policy)(1, rows)[0], augmentation(policy, seed=1)(0, rows)[0]):
        changed = (other != first).flatten(1).any(1).double().mean()
        assert changed > 0.3


def test_nothing_reads_or_moves_a_global_random_state():
    before, of_numpy = torch.get_rng_state(), np.random.get_state()[1].copy()
    augmentation("strong+mixup:alpha=0.2+cutmix")(0, np.arange(N))
    assert torch.equal(before, torch.get_rng_state()) and np.array_equal(of_numpy, np.random.get_state()[1])


def test_what_else_is_in_a_policy_changes_none_of_its_draws():
    flips = augmentation("flip")(0, np.arange(N))[0]
    cut = augmentation("flip+cutout:size=3")(0, np.arange(N))[0]
    assert torch.equal(cut[cut != 0], flips[cut != 0])


def test_a_picture_that_is_not_rotated_stays_sharp():
    found = augmentation("rotate:p=0.5")(0, np.arange(N))[0]
    rotated = augmentation("rotate")(0, np.arange(N))[0]
    sharp = (found - X).abs().flatten(1).max(1).values < 1e-12
    assert 0.3 < sharp.double().mean() < 0.7
    assert torch.equal(found[~sharp], rotated[~sharp])


def test_the_same_operation_twice_draws_twice():
    once, twice = (augmentation(policy)(0, np.arange(N))[0] for policy in ("flip", "flip+flip"))
    back = [torch.equal(one, x) for one, x in zip(twice, X, strict=True)]
    assert not torch.equal(once, twice) and 8 < sum(back) < 32


def test_the_pictures_that_are_held_stay_as_they_are():
    x, y = X.clone(), Y.clone()
    augmentation("strong+mixup+erasing:p=1", x=x, y=y)(0, np.arange(N))
    assert torch.equal(x, X) and torch.equal(y, Y)


def test_pictures_whose_channels_lie_last_stay_so():
    last = X.contiguous(memory_format=torch.channels_last)
    seen = augmentation("strong+mixup", x=last)(0, np.arange(N))[0]
    assert seen.is_contiguous(memory_format=torch.channels_last)
    assert torch.allclose(seen, augmentation("strong+mixup")(0, np.arange(N))[0], rtol=0, atol=1e-12)


@pytest.mark.parametrize("policy", ["flip", "crop+rotate+cutout", "colour"])
def test_grey_pictures_keep_the_order_of_memory_that_convolutions_are_quickest_on(policy):
    grey = channels_last(X[:, :1].contiguous())
    assert augmentation(policy, x=grey)(0, np.arange(N))[0].stride() == grey.stride() == (144, 1, 12, 1)
    plain = X[:, :1].contiguous()
    assert augmentation(policy, x=plain)(0, np.arange(N))[0].stride() == plain.stride() == (144, 144, 12, 1)


def test_mixup_is_its_equation_with_partners_each_of_whom_comes_once():
    x, y, w = augmentation("mixup")(3, np.arange(N))
    partners = permutation(0, "augment mixup 3", N)
    share = Draws(0, 3, np.arange(N), "mixup").uniform("share")
    own = torch.from_numpy(share)
    q = torch.nn.functional.one_hot(Y, 3).double()
    wanted = own[:, None, None, None] * X + (1 - own)[:, None, None, None] * X[partners]
    assert sorted(partners.tolist()) == list(range(N)) and w is None
    assert torch.allclose(x, wanted, rtol=0, atol=1e-14)
    assert torch.allclose(y, own[:, None] * q + (1 - own)[:, None] * q[partners], rtol=0, atol=1e-14)


@pytest.mark.parametrize("alpha", [0.2, 1.0, 4.0])
def test_shares_are_of_the_beta_distribution(alpha):
    shares = beta_from(Draws(0, 0, np.arange(5000)).uniform("share"), alpha)
    assert kstest(shares, beta_of(alpha, alpha).cdf).pvalue > 0.001


def test_numbers_are_mixed_as_numbers():
    y = torch.linspace(-3, 5, N, dtype=torch.float64)
    mixed = augmentation("mixup", y=y, classes=None)(0, np.arange(N))[1]
    own = torch.from_numpy(Draws(0, 0, np.arange(N), "mixup").uniform("share"))
    assert torch.allclose(mixed, own * y + (1 - own) * y[permutation(0, "augment mixup 0", N)], atol=1e-14)


def test_the_share_of_cutmix_is_the_area_that_is_an_examples_own():
    x = torch.arange(N, dtype=torch.float64)[:, None, None, None].expand(N, 1, 9, 7).contiguous()
    y = torch.arange(N)
    seen, shares, _ = augmentation("cutmix", x=x, y=y, classes=N)(0, np.arange(N))
    own = (seen == x).double().mean((1, 2, 3))
    partners = torch.from_numpy(permutation(0, "augment cutmix 0", N))
    for i in range(N):
        if partners[i] != i:
            assert shares[i, i].item() == pytest.approx(own[i].item(), abs=1e-12)
            assert shares[i, partners[i]].item() == pytest.approx(1 - own[i].item(), abs=1e-12)
    assert 0 < own.min() < 0.3 and torch.allclose(shares.sum(1), torch.ones(N, dtype=torch.float64))


def test_masks_move_and_are_cut_with_their_pictures():
    """The mask by a rule of the pixels is that rule's of what the network sees."""
    y = (X[:, 0] > 0.2).long()
    seen, masks, _ = augmentation("flip:axis=both+crop:pad=3+turn+cutmix", y=y, classes=None)(1, np.arange(N))
    assert torch.equal(masks, (seen[:, 0] > 0.2).long())


def test_boxes_move_and_are_cut_with_their_pictures():
    """The box around what is lit in what the network sees, to the bit of a pixel's side."""
    x, y = torch.zeros(N, 1, 12, 12), torch.full((N, 2, 5), -1.0)
    for i in range(N):
        left, top, right, bottom = 2 + i % 4, 3 + i % 3, 7 + i % 4, 8 + i % 4
        x[i, 0, top:bottom, left:right] = 1
        y[i, 0] = torch.tensor([left / 12, top / 12, right / 12, bottom / 12, i % 5])
    seen, boxes, _ = augmentation("flip:axis=both+crop:pad=2+turn", x=x, y=y, classes=None)(1, np.arange(N))
    assert (boxes[:, 1, 4] == -1).all() and (boxes[:, 0, 4] == torch.arange(N) % 5).all()
    for one, box in zip(seen[:, 0], boxes[:, 0, :4] * 12, strict=True):
        rows, columns = torch.nonzero(one.amax(1))[:, 0], torch.nonzero(one.amax(0))[:, 0]
        found = [columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]
        assert torch.allclose(box, torch.tensor([float(edge) for edge in found]), atol=1e-4)
    with pytest.raises(UsageError, match="cutmix cannot mix boxes"):
        augmentation("cutmix", x=x, y=y)


def test_masks_stay_masks_where_pictures_are_interpolated():
    y = (X[:, 0] > 0.2).long()
    masks = augmentation("strong+rotate:degrees=90", y=y)(1, np.arange(N))[1]
    assert masks.dtype == torch.long and set(masks.unique().tolist()) <= {0, 1}


def test_pixels_that_are_not_known_move_with_their_pictures():
    """A rule of the picture says which those are; the known ones weigh alike, also in part of a picture."""
    rule = lambda x: torch.where(x[:, 0] > 1, VOID, (x[:, 0] > 0.2).long())  # noqa: E731
    policy = "flip:axis=both+crop:pad=3+turn+cutmix"
    weights = torch.arange(1.0, N + 1)
    for w in (None, weights):
        found = Augmentation(policy, 0, X, rule(X), w, has_void=True)
        seen, masks, weight = found(1, np.arange(N))
        assert torch.equal(masks, rule(seen)) and (masks == VOID).any()
        share = (masks != VOID).double().mean((1, 2))
        assert torch.allclose(weight, share if w is None else share * w)
    turned = Augmentation("rotate:degrees=90+scale", 0, X, rule(X))(1, np.arange(N))[1]
    assert set(turned.unique().tolist()) == {0, 1, VOID}


def test_weights_weigh_what_an_example_brings_into_a_mixture():
    """w′ l(a, y′) = λ w_i l(a, y_i) + (1 − λ) w_j l(a, y_j), of the cross entropy."""
    w = torch.rand(N, dtype=torch.float64, generator=torch.Generator().manual_seed(0)) * (Y != 1)
    _, y, weights = augmentation("mixup", w=w)(0, np.arange(N))
    own = torch.from_numpy(Draws(0, 0, np.arange(N), "mixup").uniform("share"))
    partners = torch.from_numpy(permutation(0, "augment mixup 0", N))
    a = torch.linspace(-2, 2, 3 * N, dtype=torch.float64).view(N, 3)
    loss = torch.nn.functional.cross_entropy
    wanted = own * w * loss(a, Y, reduction="none")
    wanted += (1 - own) * w[partners] * loss(a, Y[partners], reduction="none")
    assert torch.allclose(weights * loss(a, y, reduction="none"), wanted, rtol=0, atol=1e-13)


def test_uniform_numbers_are_uniform_over_examples_epochs_and_names():
    for draws in (
        Draws(0, 0, np.arange(20_000)).uniform("a"),
        np.array([Draws(0, epoch, np.array([5])).uniform("a")[0] for epoch in range(2000)]),
        Draws(0, 0, np.arange(1000)).several("b", 20).ravel(),
    ):
        assert kstest(draws, "uniform").pvalue > 0.001
    a, b = (Draws(0, 0, np.arange(20_000)).uniform(name) for name in "ab")
    assert abs(np.corrcoef(a, b)[0, 1]) < 0.03


def test_policies_stand_for_their_operations():
    assert operations_of("none") == ()
    assert operations_of("standard") == operations_of("flip+crop")
    assert in_full("strong+mixup") == "flip+crop+trivial_augment+cutout+mixup"
    assert operations_of("cutout:size=8+flip:p=0.25,axis=both")[1].p == 0.25


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        ("fliip", "unknown augmentation 'fliip': did you mean flip?"),
        ("", "such as standard"),
        ("flip+", "unknown augmentation ''"),
        (3, "it is 3"),
        ("flip:q=1", "flip takes no argument 'q'"),
        ("flip:p=two", "p of flip must be a number; it is 'two'"),
        ("flip:p=2", "p of flip must be a number at least 0 and at most 1; it is 2"),
        ("flip:p=0.1,p=0.2", "p is given twice"),
        ("flip:axis=diagonal", "axis of flip must be horizontal or vertical or both"),
        ("standard:p=1", "standard stands for several operations"),
        ("cutout:size=0", "size of cutout must be a whole number of at least 1"),
        ("cutout:size=1.5", "size of cutout must be a whole number"),
        ("erasing:low=0.5", "high of erasing must be a number at least 0.5"),
        ("mixup:alpha=0", "alpha of mixup must be a number above 0"),
        ("+".join(["flip"] * 17), "16 operations at most"),
    ],
)
def test_a_policy_that_cannot_be_is_refused(policy, message):
    with pytest.raises(UsageError) as error:
        operations_of(policy)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("policy", "x", "y", "message"),
    [
        ("turn", X[..., :8], Y, "12 pixels high and 8 wide"),
        ("crop:pad=12", X, Y, "pad of crop must be below the 12 pixels"),
        ("flip", X[:, :2], Y, "examples are of shape (2, 12, 12)"),
        ("flip", X.flatten(1), Y, "examples are of shape (432,)"),
        ("flip", X.to(torch.uint8), Y, "pictures are augmented as fractions; these are torch.uint8"),
        ("mixup", X, (X[:, 0] > 0).long(), "mixup cannot mix masks: a pixel is of one class; take cutmix"),
    ],
)
def test_what_cannot_be_augmented_is_refused(policy, x, y, message):
    with pytest.raises(UsageError) as error:
        Augmentation(policy, 0, x, y)
    assert message in str(error.value)


def test_operations_have_defaults_that_may_be():
    assert CutMix().mixes_masks and not Mixup().mixes_masks
