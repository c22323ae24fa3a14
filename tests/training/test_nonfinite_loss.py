"""A number that stops being finite is named by step, epoch, batch and layer, and is never saved."""

import copy

import numpy as np
import pytest
import torch

from gradatim.checks import NonFiniteLoss
from gradatim.models.building import build
from gradatim.training.nonfinite_loss import are_finite
from gradatim.training.training import Training

D, K = 3, 3


def examples(n=20, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, D)), rng.integers(0, K, n)


def network(dropout=0.0):
    return build({"name": "mlp", "in_features": D, "out_features": K, "hidden": [4], "dropout": dropout}, 1)


def exploding(**options):
    options = {"optimizer": "sgd", "lr": 1e25, "epochs": 3, "batch_size": 5, **options}
    return Training(network(), examples(), **options)


def said(training):
    with pytest.raises(NonFiniteLoss) as caught:
        list(training)
    return str(caught.value)


def test_a_rate_that_explodes_is_named_by_step_and_layer_and_the_parameters_are_those_before():
    training = exploding()
    before, step = [], training.engine.step

    def noted(*given):
        before.append(copy.deepcopy(training.model.state_dict()))
        return step(*given)

    training.engine.step = noted
    message = said(training)
    bad = len(before)
    assert bad > 1
    assert message.startswith(f"at step {bad} (epoch 1, batch {bad}) the loss became ")
    assert "layer 3 (Dense) gave" in message and message.endswith("try a learning rate below 1e+25")
    assert training.step == bad - 1
    for name, tensor in training.model.state_dict().items():
        assert torch.equal(tensor, before[-1][name]) and torch.isfinite(tensor).all()


@pytest.mark.parametrize(
    "options", [{}, {"accumulate": 2}, {"schedule": "cosine"}, {"lr": 3e18, "epochs": 9}]
)
def test_where_steps_are_not_checked_a_replay_finds_the_same_step_and_layer(options):
    direct, deferred = exploding(**options), exploding(**options)
    deferred.engine.check_each_step = False
    message = said(direct)
    assert said(deferred) == message
    assert deferred.step == direct.step
    for name, tensor in deferred.model.state_dict().items():
        assert torch.equal(tensor, direct.model.state_dict()[name])


def test_a_replay_draws_what_was_drawn_in_a_later_epoch_too():
    def late(check):
        model = network(dropout=0.5)
        training = Training(model, examples(), optimizer="adam", epochs=5, batch_size=5)
        training.engine.check_each_step = check
        step = training.engine.step

        def third_epoch(group, seen, factor):
            if seen == 2 * 4 + 2:  # its third batch
                (x, y, w) = group[0]
                group = [(torch.full_like(x, torch.inf), y, w)]
            return step(group, seen, factor)

        training.engine.step = third_epoch  # type: ignore[method-assign]
        return training

    message = said(late(True))
    assert (
        message.startswith("at step 11 (epoch 3, batch 3) ")
        and "the batch itself holds an infinite" in message
    )
    assert said(late(False)) == message


def test_a_state_is_refused_after_a_bad_step_in_mid_epoch():
    training = exploding()
    training.engine.check_each_step = False
    for _ in range(3):
        assert training.advance(seconds=0) is None  # its loss is not finite, and nobody has looked
    with pytest.raises(NonFiniteLoss, match=r"at step \d \(epoch 1, batch \d\) .* layer 3 \(Dense\)"):
        training.state()


@pytest.mark.parametrize("check", [True, False])
def test_an_update_that_ruins_the_parameters_is_not_kept_though_the_loss_was_finite(check):
    def root_of_nothing(a, y):
        return (a - a).abs().sqrt().mean()  # 0, and its gradient nan

    training = Training(network(), examples(), root_of_nothing, "sgd", epochs=1, batch_size=20)
    training.engine.check_each_step = check
    assert (
        said(training)
        == "step 1 (epoch 1) left nan in 1.weight of layer Dense; try a learning rate below 0.01"
    )
    training = Training(network(), examples(), root_of_nothing, "sgd", epochs=1, batch_size=5)
    training.engine.check_each_step = check
    assert training.advance(seconds=0) is None
    with pytest.raises(NonFiniteLoss, match=r"step 1 \(epoch 1\) left nan in 1.weight of layer Dense"):
        training.state()


@pytest.mark.parametrize(("value", "name"), [(np.inf, "an infinite value"), (np.nan, "nan")])
def test_a_loaders_batch_that_is_not_finite_is_named_and_no_rate_is_blamed(value, name):
    x, y = (torch.from_numpy(part) for part in examples())
    x = x.float()
    x[13, 1] = value
    batches = [(x[i : i + 5], y[i : i + 5]) for i in range(0, 20, 5)]
    message = said(Training(network(), Batches(batches), epochs=2))
    assert message.startswith("at step 3 (epoch 1, batch 3) the loss became ")
    assert message.endswith(f": the batch itself holds {name}")


class Batches:
    """An iterable of batches that starts anew each time, of a length it does not know."""

    def __init__(self, batches):
        self.batches = batches

    def __iter__(self):
        return iter(self.batches)


def test_a_validation_loss_that_is_not_finite_is_named():
    x, y = examples()
    training = Training(network(), (x, y), valid=(x * 1e38, y), epochs=2)
    message = said(training)
    assert message.startswith("after epoch 1 the validation loss is ")
    assert training.epoch == 0 and training.best is None


def test_training_goes_on_with_a_smaller_rate_from_where_it_failed():
    training = exploding()
    said(training)
    step, batch = training.step, training.batch
    for group in training.engine.optimizer.param_groups:
        group["lr"] = 1e-30
    for parameter in training.model.parameters():
        torch.nn.init.normal_(parameter)
    record = next(training)
    assert (record.epoch, record.step) == (1, 4) and step == batch < 4  # no batch was lost


@pytest.mark.parametrize("clip", [{"clip_norm": 1.0}, {"clip_norm": 1.0, "accumulate": 2}])
def test_a_gradient_without_a_norm_is_named_by_step_and_the_parameters_are_those_before(clip):
    """√0 has a finite value and an infinite slope."""

    def loss(a, y):
        return (a - a).abs().sqrt().mean()

    training = Training(network(), examples(), loss, "sgd", epochs=1, batch_size=5, **clip)
    before = copy.deepcopy(training.model.state_dict())
    assert said(training) == (
        "at step 1 (epoch 1, batch 1) the gradient is not finite, and cannot be clipped to a norm of 1"
    )
    assert all(torch.equal(t, before[name]) for name, t in training.model.state_dict().items())


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16, torch.complex64])
@pytest.mark.parametrize("number", [0.0, 1e4, float("nan"), float("inf"), float("-inf")])
def test_whether_numbers_are_finite_is_what_torch_says_of_each(dtype, number):
    x = torch.ones(7, 5, dtype=dtype)
    x[3, 2] = number
    for some in (x, x.t(), x[::2], x[:, 2], torch.empty(0, dtype=dtype)):
        assert are_finite(some) == bool(torch.isfinite(some).all())
    assert are_finite(torch.arange(3)) and are_finite(torch.tensor(True))
