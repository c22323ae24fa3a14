import json
from itertools import pairwise

import numpy as np
import pytest
import torch

import gradatim
from gradatim import UsageError
from gradatim.training.scheduling import Plateau, schedule_of
from gradatim.training.training import Training

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 3))
Y = (X[:, 0] > 0).astype(int) + (X[:, 1] > 0.5)


def training(**options):
    model = gradatim.build(
        {"name": "mlp", "in_features": 3, "out_features": 3, "hidden": [5]}, dtype=torch.float64
    )
    settings = {"epochs": 4, "batch_size": 10, "lr": 0.1, "optimizer": "sgd", "precision": "float64"}
    return Training(model, (X, Y), **{**settings, **options})


@pytest.mark.parametrize(
    ("text", "step", "expected"),
    [
        ("cosine", 50, 0.5),
        ("step:milestones=0.2/0.4,factor=0.5", 45, 0.25),
        ("exponential:final=0.0001", 50, 0.01),
        ("inverse_time:decay=1", 100, 0.5),
        ("constant:warmup=0.2", 9, 0.5),
        ("cosine:warmup=0.5", 75, 0.5),
    ],
)
def test_a_schedule_is_read_with_its_arguments(text, step, expected):
    assert schedule_of(text)(step, 100) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("cosin", "unknown schedule 'cosin': did you mean cosine"),
        ("step:facto=0.1", "step takes no argument 'facto': did you mean factor"),
        ("step:factor", "factor of step must be a number"),
        ("step:factor=tenth", "factor of step must be a number, or numbers such as 0.3/0.6; it is 'tenth'"),
        ("exponential:final=0", "final of exponential must be a number above 0; it is 0"),
        ("cosine:warmup=1", "warmup must be a number at least 0 and below 1"),
        ("plateau:warmup=0.1", "plateau takes no warmup"),
        ("plateau:best=1", "plateau takes no argument 'best'"),
        (3, "schedule must be a name or a function"),
    ],
)
def test_what_is_no_schedule_is_named(text, says):
    with pytest.raises(UsageError, match=says):
        schedule_of(text)


def test_a_function_is_a_schedule_and_is_asked_at_every_step():
    asked = []

    def schedule(step, total):
        asked.append((step, total))
        return 0.5

    records = list(training(schedule=schedule))
    assert asked == [(t, 16) for t in range(16)]
    assert {record.lr for record in records} == {0.05}


def test_plateau_lowers_the_rate_and_its_state_is_in_the_checkpoint():
    options = {"schedule": "plateau:patience=1,factor=0.5", "lr": 50.0, "epochs": 12, "valid": (X, Y)}
    whole = training(**options)
    rates = [record.lr for record in whole]
    assert rates[-1] < 50
    assert all(later in (earlier, earlier / 2) for earlier, later in pairwise(rates))
    part = training(**options)
    for record in part:
        if record.epoch == 6:
            break
    tensors, numbers = part.state()
    again = training(**options)
    again.restore(tensors, json.loads(json.dumps(numbers)))
    assert [record.lr for record in again] == rates[6:]
    for name, value in again.model.state_dict().items():
        assert torch.equal(value, whole.model.state_dict()[name])


def test_plateau_needs_validation():
    with pytest.raises(UsageError, match="plateau needs validation examples"):
        training(schedule="plateau")


def test_plateau_waits_for_its_patience():
    plateau = Plateau(factor=0.1, patience=2)
    scales = []
    for loss in (1.0, 1.0, 1.0, 1.0, 1.0, 0.5):
        plateau.after(loss)
        scales.append(plateau.scale)
    assert scales == pytest.approx([1, 1, 0.1, 0.1, 0.01, 0.01])


@pytest.mark.parametrize(
    "how", [{"clip_norm": 0.05}, {"clip_value": 0.01}, {"clip_norm": 0.05, "clip_value": 0.02}]
)
def test_clipped_training_equals_a_bare_loop_with_torchs_clipping(how):
    run = training(**how, batch_size=40, accumulate=1)
    twin = gradatim.build(run.model.description, dtype=torch.float64)
    optimizer = torch.optim.SGD(twin.parameters(), lr=0.1)
    x, y = torch.from_numpy(X), torch.from_numpy(Y)
    for record in run:
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(twin(x), y)
        loss.backward()
        if "clip_norm" in how:
            norm = torch.cat([p.grad.reshape(-1) for p in twin.parameters()]).norm()
            for p in twin.parameters():
                p.grad *= min(1.0, how["clip_norm"] / float(norm))
        if "clip_value" in how:
            torch.nn.utils.clip_grad_value_(twin.parameters(), how["clip_value"])
        optimizer.step()
        assert record.train_loss == pytest.approx(float(loss.detach()), rel=1e-12)


@pytest.mark.parametrize("name", ["clip_norm", "clip_value"])
@pytest.mark.parametrize("limit", [0, -1, float("nan")])
def test_a_limit_that_is_none_is_refused(name, limit):
    with pytest.raises(UsageError, match=f"{name} must be a number above 0"):
        training(**{name: limit})
