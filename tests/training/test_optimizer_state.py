"""A way of learning with two networks keeps two optimizers by name; a GAN in miniature goes on exactly."""

import copy
import json

import pytest
import torch
from torch import nn

from gradatim.checks import GradatimError
from gradatim.models.building import build
from gradatim.random import generator
from gradatim.training.loop import Loop, tensors_of
from gradatim.training.optimizer_state import (
    check_optimizer,
    numbers_of_optimizer,
    restore_optimizer,
    tensors_of_optimizer,
)

LOGISTIC = nn.functional.binary_cross_entropy_with_logits


class Adversaries(Loop):
    """A generator draws points and a critic tells them from a line's: two networks, two optimizers."""

    SUMS = ("loss_sum", "critic_loss_sum", "weight_sum")
    framework, length, lr = "pt", 3, 0.01

    def __init__(self, seed, epochs=3):
        super().__init__(epochs)
        entry = {"name": "mlp", "in_features": 2, "hidden": [4]}
        self.generator = build({**entry, "out_features": 2}, seed)
        self.critic = build({**entry, "out_features": 1}, seed + 1)
        self.optimizers = {
            "generator": torch.optim.Adam(self.generator.parameters(), lr=0.01),
            "critic": torch.optim.SGD(self.critic.parameters(), lr=0.01, momentum=0.9),
        }

    @property
    def model(self):
        return self.generator

    def batches(self, epoch, start):
        for batch in range(start, self.length):
            t = generator(0, f"{epoch} {batch}").uniform(-1, 1, 8)
            yield torch.tensor(t, dtype=torch.float32)[:, None] * torch.tensor([[1.0, 2.0]])

    def take_step(self, group):
        (real,) = group
        noise = torch.tensor(generator(1, str(self.seen)).normal(size=(8, 2)), dtype=torch.float32)
        fake = self.generator(noise)
        scores = self.critic(torch.cat([real, fake.detach()]))[:, 0]
        critic_loss = LOGISTIC(scores, torch.cat([torch.ones(8), torch.zeros(8)]))
        self.optimizers["critic"].zero_grad()
        critic_loss.backward()
        self.optimizers["critic"].step()
        loss = LOGISTIC(self.critic(fake)[:, 0], torch.ones(8))
        self.optimizers["generator"].zero_grad()
        loss.backward()
        self.optimizers["generator"].step()
        return {"loss_sum": loss.item(), "critic_loss_sum": critic_loss.item(), "weight_sum": 1.0}

    def measure(self):
        return {}

    def own_state(self):
        tensors = {f"model.{n}": t.clone() for n, t in self.generator.state_dict().items()}
        tensors |= {f"critic.{n}": t.clone() for n, t in self.critic.state_dict().items()}
        numbers = {}
        for name, optimizer in self.optimizers.items():
            tensors |= tensors_of_optimizer(optimizer, f"{name}_optimizer")
            numbers[name] = numbers_of_optimizer(optimizer)
        return tensors, numbers

    def restore_own(self, tensors, numbers):
        self.generator.load_state_dict(tensors_of("model", tensors))
        self.critic.load_state_dict(tensors_of("critic", tensors))
        for name, optimizer in self.optimizers.items():
            restore_optimizer(optimizer, tensors, numbers[name], f"{name}_optimizer")


def records(loop):
    return [{n: v for n, v in record.as_dict().items() if n != "seconds"} for record in loop]


@pytest.mark.parametrize("steps", [0, 1, 3, 4, 8])
def test_two_adversaries_go_on_to_the_same_bits(steps):
    straight = Adversaries(0)
    expected = records(straight)
    assert "train_critic_loss" in expected[0]
    first = Adversaries(0)
    while first.step < steps:
        first.advance(0)
    tensors, numbers = first.state()
    if steps:
        assert {"generator_optimizer.0.exp_avg", "critic_optimizer.3.momentum_buffer"} <= tensors.keys()
    second = Adversaries(7)
    second.restore(tensors, json.loads(json.dumps(numbers)))
    found = records(second)
    assert found == expected[3 - len(found) :]
    for (name, ours), theirs in zip(second.state()[0].items(), straight.state()[0].values(), strict=True):
        assert torch.equal(ours, theirs), name


def test_a_state_is_a_copy_and_another_optimizer_s_is_refused():
    loop = Adversaries(0)
    next(loop)
    adam, sgd = loop.optimizers["generator"], loop.optimizers["critic"]
    tensors, numbers = tensors_of_optimizer(adam), numbers_of_optimizer(adam)
    kept = copy.deepcopy(tensors)
    next(loop)
    assert all(torch.equal(tensor, kept[name]) for name, tensor in tensors.items())
    assert set(tensors) == {
        f"optimizer.{i}.{key}" for i in range(4) for key in ("step", "exp_avg", "exp_avg_sq")
    }
    check_optimizer(adam, numbers)
    with pytest.raises(GradatimError, match="the checkpoint's optimizer is Adam, this one is SGD"):
        restore_optimizer(sgd, tensors, numbers)


@pytest.mark.parametrize("lrs", [[], [0.1, 0.1], ["x"]])
def test_a_checkpoint_has_a_learning_rate_for_each_group_of_parameters(lrs):
    from gradatim.checks import GradatimError
    from gradatim.models.building import build
    from gradatim.training.training import Training

    network = build({"name": "mlp", "in_features": 2, "out_features": 2, "hidden": [3]})
    data = torch.zeros(4, 2).numpy(), torch.tensor([0, 1, 0, 1]).numpy()
    training = Training(network, data, "cross_entropy", "adam", epochs=1)
    tensors, numbers = training.state()
    training.restore(tensors, numbers)
    numbers["engine"]["lrs"] = lrs
    with pytest.raises(GradatimError, match=r"engine\.lrs"):
        training.restore(tensors, numbers)
