"""C8: schedules against torch's, at their ends, between them, and past the end."""

import math
from functools import partial
from itertools import pairwise

import pytest
import torch

from gradatim import catalog
from gradatim.functional import schedules
from gradatim.functional.schedules import constant, cosine, exponential, inverse_time, one_cycle
from gradatim.training.scheduling import Plateau, warm_up

OF_STEPS = [row for row in catalog.entries("schedule") if row.name != "plateau"]
TOTAL = 200


def factors_of_torch(make, total=TOTAL, lr=1.0):
    """The factor at every step by a torch scheduler."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=lr)
    scheduler = make(optimizer)
    factors = []
    for _ in range(total):
        factors.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return factors


torch_schedulers = torch.optim.lr_scheduler
TWINS = {
    "constant": partial(torch_schedulers.ConstantLR, factor=1.0),
    "step": partial(torch_schedulers.MultiStepLR, milestones=[100, 150], gamma=0.1),
    "exponential": partial(torch_schedulers.ExponentialLR, gamma=0.01 ** (1 / TOTAL)),
    "inverse_time": partial(torch_schedulers.LambdaLR, lr_lambda=lambda t: 1 / (1 + t / (TOTAL / 10))),
    "cosine": partial(torch_schedulers.CosineAnnealingLR, T_max=TOTAL),
    "one_cycle": partial(torch_schedulers.OneCycleLR, max_lr=1.0, total_steps=TOTAL + 1),
}


@pytest.mark.parametrize("row", OF_STEPS, ids=lambda row: row.name)
def test_every_schedule_equals_torch_at_every_step(row):
    total = TOTAL + 1 if row.name == "one_cycle" else TOTAL
    ours = [row.load()(t, total) for t in range(TOTAL)]
    assert ours == pytest.approx(factors_of_torch(TWINS[row.name]), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("row", OF_STEPS, ids=lambda row: row.name)
@pytest.mark.parametrize("total", [1, 2, 7, 1000])
def test_a_schedule_never_leaves_its_range(row, total):
    factors = [row.load()(t, total) for t in range(2 * total)]
    assert all(0 <= factor <= 1 for factor in factors)
    if row.name != "one_cycle":
        assert factors[0] == 1
        assert all(later <= earlier for earlier, later in pairwise(factors))


def test_the_ends_of_each_schedule():
    assert {constant(t, 10) for t in range(20)} == {1.0}
    assert cosine(10, 10) == cosine(400, 40) == 0
    assert cosine(17, 40) == pytest.approx((1 + math.cos(math.pi * 17 / 40)) / 2, abs=1e-15)
    assert exponential(100, 100) == exponential(500, 100) == 0.01
    assert inverse_time(100, 100) == pytest.approx(1 / 11)
    assert one_cycle(0, 100) == pytest.approx(0.04)
    assert one_cycle(29, 100) == 1
    assert one_cycle(99, 100) == one_cycle(300, 100) == pytest.approx(4e-6)
    assert schedules.step(99, 100, milestones=(0.2, 0.4, 0.6), factor=0.5) == 0.125


def test_warm_up_rises_in_a_line_and_hands_over():
    warmed = warm_up(cosine, 0.1)
    assert [warmed(t, 100) for t in range(10)] == pytest.approx([(t + 1) / 10 for t in range(10)])
    assert [warmed(t, 100) for t in range(10, 100)] == [cosine(t, 90) for t in range(90)]


def test_plateau_equals_torch():
    """torch counts an epoch as bad from the second on, and acts when there are more than its patience."""
    losses = [1.0, 0.9, 0.95, 0.92, 0.91, 0.8, 0.8, 0.8, 0.81, 0.7, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9]
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    twin = torch_schedulers.ReduceLROnPlateau(optimizer, factor=0.5, patience=2, threshold=0, eps=0)
    ours = Plateau(factor=0.5, patience=3)
    for loss in losses:
        twin.step(loss)
        ours.after(loss)
        assert ours.scale == optimizer.param_groups[0]["lr"]
    assert ours.scale == 0.0625
