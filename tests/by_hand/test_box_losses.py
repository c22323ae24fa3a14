"""D32: the losses of boxes against their definitions in loops, differences, and each other."""

import numpy as np
import pytest
import torch

from gradatim import catalog
from gradatim.by_hand.losses.by_name import BOX_LOSSES, loss_by_name
from gradatim.checks import UsageError
from gradatim.functional.box_overlap import box_overlap
from gradatim.functional.heat_maps import deviation_of

RNG = np.random.default_rng(2)
N, K, SIZE = 4, 3, (5, 6)


def objects(m):
    middle, half = RNG.uniform(0.05, 0.95, (N, m, 2)), RNG.uniform(0.02, 0.3, (N, m, 2))
    boxes = np.concatenate([np.clip(middle - half, 0, 1), np.clip(middle + half, 0, 1)], 2)
    return np.concatenate([boxes, RNG.integers(0, K, (N, m, 1))], 2)


def center_points(a, y, size_weight, offset_weight):
    """Equations 1 to 4 in loops over places, classes and objects."""
    height, width = SIZE
    found = []
    for one, every in zip(a, y, strict=True):
        some, total = [each for each in every if each[4] >= 0], torch.zeros((), dtype=a.dtype)
        middles = []
        for left, top, right, bottom, kind in some:
            w, h = (right - left) * width, (bottom - top) * height
            x, y_ = (left + right) / 2 * width, (top + bottom) / 2 * height
            j, i = int(np.floor(x)), int(np.floor(y_))
            middles.append((int(kind), i, j, w, h))
            said = one[K:, i, j]
            total = total + size_weight * ((said[0] - w).abs() + (said[1] - h).abs())
            total = total + offset_weight * ((said[2] - (x - j)).abs() + (said[3] - (y_ - i)).abs())
        for k, i, j in np.ndindex(K, *SIZE):
            p, heat = torch.sigmoid(one[k, i, j]), 0.0
            for kind, row, column, w, h in middles:
                if kind == k:
                    sigma = (2 * radius(w, h) + 1) / 6
                    heat = max(heat, np.exp(-((i - row) ** 2 + (j - column) ** 2) / (2 * sigma**2)))
            if heat == 1:
                total = total - (1 - p) ** 2 * torch.log(p)
            else:
                total = total - (1 - heat) ** 4 * p**2 * torch.log(1 - p)
        found.append(total / max(1, len(some)))
    return torch.stack(found)


def radius(w, h):
    """The largest r with (w − r)(h − r) = 2 w h o/(1 + o), o = 0.7, by halving."""
    low, high = 0.0, min(w, h)
    for _ in range(100):
        r = (low + high) / 2
        low, high = (r, high) if (w - r) * (h - r) > 2 * w * h * 0.7 / 1.7 else (low, r)
    return low


def class_and_box(a, y, box_weight):
    found = []
    for one, (each,) in zip(a, y, strict=True):
        if each[4] < 0:
            found.append(0 * one.sum())
            continue
        p = torch.exp(one[:K]) / torch.exp(one[:K]).sum()
        squares = sum((one[K + d] - each[d]) ** 2 for d in range(4))
        found.append(-torch.log(p[int(each[4])]) + box_weight * squares)
    return torch.stack(found)


CENTERS, ONE = objects(4), objects(1)
CENTERS[1, 1:, 4], CENTERS[2, :, 4], ONE[2, 0, 4] = -1, -1, -1  # one object, none
CENTERS[3, 1] = CENTERS[3, 0]  # the same object twice
CASES = {  # arguments, outputs, targets, the losses of the pictures
    "center_points": (
        {"size_weight": 0.3, "offset_weight": 0.7}, RNG.standard_normal((N, K + 4, *SIZE)), CENTERS,
        center_points,
    ),
    "class_and_box": ({"box_weight": 2.5}, RNG.standard_normal((N, K + 4)), ONE, class_and_box),
}  # fmt: skip


def test_every_loss_of_boxes_has_a_case():
    assert set(CASES) == set(BOX_LOSSES) <= set(catalog.names("loss"))


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("weighted", [False, True])
def test_values_and_gradients_are_those_of_the_definition(name, weighted):
    """By hand and in torch, to 1e-12 in float64."""
    arguments, a, y, defined = CASES[name]
    w = RNG.uniform(0, 2, N) if weighted else None
    at = torch.from_numpy(a).requires_grad_()
    expected = defined(at, y, **arguments)
    mean = expected.mean() if w is None else (expected * torch.from_numpy(w)).sum() / w.sum()
    (gradient,) = torch.autograd.grad(mean, at)
    by_hand = loss_by_name(name, **arguments)
    np.testing.assert_allclose(by_hand(a, y), expected.detach(), rtol=1e-12)
    assert by_hand.mean(a, y, w) == pytest.approx(mean.item(), rel=1e-12)
    np.testing.assert_allclose(by_hand.gradient(a, y, w), gradient, rtol=1e-10, atol=1e-14)
    twin, again = catalog.find(name, "loss").load()(**arguments), torch.from_numpy(a).requires_grad_()
    value = twin.mean(again, torch.from_numpy(y), None if w is None else torch.from_numpy(w))
    assert value.item() == pytest.approx(mean.item(), rel=1e-12)
    np.testing.assert_allclose(torch.autograd.grad(value, again)[0], gradient, rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("name", CASES)
def test_slopes_by_central_differences(name):
    """Of outputs drawn, which lie at no kink; to 1e-7."""
    arguments, a, y, _ = CASES[name]
    loss, step = loss_by_name(name, **arguments), 1e-6
    slope = loss.slope(a, y)
    for place in [tuple(RNG.integers(0, n) for n in a.shape) for _ in range(40)]:
        up, down = a.copy(), a.copy()
        up[place] += step
        down[place] -= step
        expected = (loss(up, y)[place[0]] - loss(down, y)[place[0]]) / (2 * step)
        assert slope[place] == pytest.approx(expected, rel=1e-6, abs=1e-7)


def test_a_box_moved_by_the_radius_overlaps_by_seven_tenths():
    """σ = (2r + 1)/6, to 1e-6."""
    for w, h in ((8.0, 8.0), (3.0, 11.0), (20.0, 1.5)):
        r = (6 * deviation_of(torch.tensor(w).double(), torch.tensor(h).double()).item() - 1) / 2
        box = np.array([[0.0, 0.0, w, h]])
        assert box_overlap(box, box + r)[0, 0] == pytest.approx(0.7, abs=1e-6)


def test_what_are_no_boxes_is_refused_in_a_sentence():
    points, one = (catalog.find(name, "loss").load()() for name in ("center_points", "class_and_box"))
    maps, y = torch.zeros(2, K + 4, 3, 3), torch.from_numpy(CENTERS[:2])
    with pytest.raises(UsageError, match=r"reads maps \(N, K \+ 4, h, w\), as small_detector gives them"):
        points(torch.zeros(2, 7), y)
    with pytest.raises(UsageError, match=r"the network gives 5 numbers, and there is a class [12]"):
        points(torch.zeros(2, 5, 3, 3), y)
    with pytest.raises(UsageError, match="one box a picture"):
        one(maps.flatten(1), y)
    with pytest.raises(UsageError, match="there are 1 scores, but a class 2"):
        one(torch.zeros(1, 5), torch.tensor([[[0.0, 0, 1, 1, 2]]]))
    with pytest.raises(UsageError, match="size_weight"):
        loss_by_name("center_points", size_weight=-1)
