"""Making and using an optimizer imports no compiler; where the compiler is loaded, torch's marks stand."""

import subprocess
import sys

import pytest
import torch
from torch import nn
from torch.optim.optimizer import register_optimizer_step_post_hook, register_optimizer_step_pre_hook

from gradatim.optim.adam import Adam
from gradatim.optim.light_optimizer import LightOptimizer, _is_watched
from gradatim.optim.update import Update

USE = """
import sys
import torch
from gradatim.optim.{file} import {name}

p = torch.nn.Parameter(torch.ones(2, dtype=torch.float64))
optimizer = {name}([p])
def closure():
    optimizer.zero_grad()
    loss = (p * p).sum()
    loss.backward()
    return loss
optimizer.step(closure)
held = optimizer.state_dict()
optimizer.load_state_dict(held)
optimizer.zero_grad(set_to_none=False)
print("torch._dynamo" in sys.modules)
import torch._dynamo
other = {name}([torch.nn.Parameter(torch.ones(2, dtype=torch.float64))])
other.load_state_dict(optimizer.state_dict())
print(other.state_dict()["param_groups"] == held["param_groups"], hasattr(
    torch.optim.Optimizer.add_param_group.__wrapped__, "__dynamo_disable"))
"""


@pytest.mark.parametrize(("file", "name"), [
    ("adam", "Adam"), pytest.param("muon", "Muon", marks=pytest.mark.slow),
    pytest.param("lbfgs", "LBFGS", marks=pytest.mark.slow),
])  # fmt: skip
def test_no_compiler_is_imported(file, name):
    done = subprocess.run(
        [sys.executable, "-c", USE.format(file=file, name=name)], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False", "True", "True"]


def test_zero_grad_is_torch_s():
    ps = [nn.Parameter(torch.ones(2)), nn.Parameter(torch.ones(3))]
    optimizer = Adam(ps)
    assert isinstance(optimizer, LightOptimizer)
    for p in ps:
        p.grad = torch.ones_like(p)
    held = ps[0].grad
    optimizer.zero_grad(set_to_none=False)
    assert ps[0].grad is held and not held.any()
    optimizer.zero_grad()
    assert all(p.grad is None for p in ps)


def test_hooks_of_torch_run():
    """Those before and after a step, and those of saving and loading."""
    p = nn.Parameter(torch.ones(2))
    p.grad = torch.ones(2)
    optimizer, seen = Adam([p]), []
    optimizer.register_step_pre_hook(lambda *_: seen.append("before"))
    optimizer.register_step_post_hook(lambda *_: seen.append("after"))
    optimizer.register_state_dict_post_hook(lambda *_: seen.append("saved"))
    optimizer.register_load_state_dict_post_hook(lambda *_: seen.append("loaded"))
    optimizer.step()
    optimizer.load_state_dict(optimizer.state_dict())
    assert seen == ["before", "after", "saved", "loaded"]


def test_a_step_is_labelled_only_for_a_profiler():
    p = nn.Parameter(torch.ones(2))
    p.grad = torch.ones(2)
    optimizer = Adam([p])
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU]) as profiler:
        optimizer.step()
    assert "Optimizer.step#Adam.step" in {event.key for event in profiler.key_averages()}


def test_hooks_for_all_optimizers_run():
    seen = []
    p = nn.Parameter(torch.ones(2))
    p.grad = torch.ones(2)
    handles = [
        register_optimizer_step_pre_hook(lambda *_: seen.append("before")),
        register_optimizer_step_post_hook(lambda *_: seen.append("after")),
    ]
    Adam([p]).step()
    for handle in handles:
        handle.remove()
    Adam([p]).step()
    assert seen == ["before", "after"]


def test_a_pre_hook_can_change_the_arguments():
    p = nn.Parameter(torch.ones(2))
    p.grad = torch.ones(2)
    optimizer = Adam([p])
    optimizer.register_step_pre_hook(lambda *_: ((optimizer, lambda: 5.0), {}))
    assert optimizer.step() == 5.0
    assert optimizer.step.__doc__ == Adam.step.__doc__
    assert optimizer.step.__doc__.startswith("Update every parameter")


def test_torch_s_names_are_those_we_ask_for():
    """Where torch keeps its hooks under other names, every step pays for its wrapper again."""
    optimizer = Adam([nn.Parameter(torch.ones(2))])
    assert Adam.step.hooked and Adam.step is Update.step
    assert not _is_watched(optimizer)
