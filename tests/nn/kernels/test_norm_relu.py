"""The fused batch norm, sum and ReLU against the layers themselves (curriculum D10, D16)."""

import copy

import pytest
import torch
from torch import nn

from gradatim.models.building import build
from gradatim.nn.kernels import norm_relu as module
from gradatim.nn.kernels.norm_relu import norm_relu, why_not

LAST = torch.channels_last
fused = pytest.mark.skipif(
    isinstance(module._kernel(torch.float32), str), reason="there is no C compiler here"
)


@pytest.fixture(autouse=True)
def same_numbers():
    torch.manual_seed(0)


def layers(channels=32):
    norm = nn.BatchNorm2d(channels)
    with torch.no_grad():
        norm.weight.copy_(torch.linspace(-1, 2, channels))
        norm.bias.copy_(torch.linspace(-0.5, 1, channels))
    return norm, nn.ReLU(inplace=True)


def pictures(*shape, dtype=torch.float32):
    x = (torch.randn(shape) * 2 + 3).to(dtype).contiguous(memory_format=LAST)
    return x.requires_grad_()


def exact(norm, x, plus, dy):
    """Output, gradients and running numbers of the two layers and the sum in float64, and what is alive."""
    norm = copy.deepcopy(norm).double()
    given = [t.detach().double().requires_grad_() for t in (x, plus) if t is not None]
    a = norm(given[0]) + (given[1] if plus is not None else 0)
    gradients = torch.autograd.grad(a.relu(), [*given, norm.weight, norm.bias], dy.double())
    return a, gradients, (norm.running_mean, norm.running_var)


@fused
@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("with_sum", [False, True], ids=["alone", "with a sum"])
@pytest.mark.parametrize("shape", [(8, 32, 9, 7), (5, 16, 3, 1), (16, 32, 24, 24)], ids=str)
def test_it_is_the_layers_in_float64_to_float32_s_rounding(shape, with_sum, threads):
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        norm, relu = layers(shape[1])
        x, plus = pictures(*shape), pictures(*shape) if with_sum else None
        assert why_not(norm, relu, x, plus) == ""
        dy = torch.randn(shape)  # in the other order of memory
        a, wanted, running = exact(norm, x, plus, dy)
        dy = dy * (a.abs() > 1e-4)  # at the kink rounding decides
        a, wanted, running = exact(norm, x, plus, dy)
        y = norm_relu(norm, relu, x, plus)
        found = torch.autograd.grad(y, [*(t for t in (x, plus) if t is not None), norm.weight, norm.bias], dy)
    finally:
        torch.set_num_threads(before)
    torch.testing.assert_close(y.double(), a.relu().detach(), rtol=1e-5, atol=1e-5)
    for one, other in zip(found, wanted, strict=True):
        torch.testing.assert_close(one.double(), other, rtol=2e-5, atol=2e-5 * other.abs().max().item())
    for one, other in zip((norm.running_mean, norm.running_var), running, strict=True):
        torch.testing.assert_close(one.double(), other, rtol=1e-6, atol=1e-6)
    assert norm.num_batches_tracked == 1


@fused
def test_a_mean_far_from_zero_costs_no_digits():
    norm, relu = layers(16)
    x = (torch.randn(64, 16, 8, 8) + 1000).contiguous(memory_format=LAST)
    a, _, _ = exact(norm, x, None, torch.ones(64, 16, 8, 8))
    torch.testing.assert_close(norm_relu(norm, relu, x).double(), a.relu(), rtol=0, atol=3e-4)


@fused
def test_bfloat16_rounds_once_at_the_end():
    norm, relu = layers()
    x, plus = (pictures(8, 32, 9, 7, dtype=torch.bfloat16) for _ in range(2))
    dy = torch.randn(8, 32, 9, 7).bfloat16()
    a, _, _ = exact(norm, x, plus, dy)
    dy = dy * (a.abs() > 1e-4)
    a, wanted, _ = exact(norm, x, plus, dy)
    y = norm_relu(norm, relu, x, plus)
    assert y.dtype == torch.bfloat16
    torch.testing.assert_close(y.double(), a.relu().detach(), rtol=2**-8, atol=1e-5)
    found = torch.autograd.grad(y, [x, plus, norm.weight, norm.bias], dy)
    for one, other in zip(found, wanted, strict=True):
        torch.testing.assert_close(one.double(), other, rtol=2**-7, atol=2e-3 * other.abs().max().item())


@fused
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=str)
def test_what_is_no_number_stays_none(dtype):
    norm, relu = layers(16)
    x = torch.randn(4, 16, 4, 4, dtype=dtype).contiguous(memory_format=LAST)
    x[0, 3, 0, 0] = float("nan")
    y = norm_relu(norm, relu, x)
    assert y[:, 3].isnan().all() and not y[:, :3].isnan().any()


@fused
def test_gradients_of_gradients_are_those_of_the_layers():
    norm, relu = layers(16)
    x, plus = pictures(4, 16, 3, 3), pictures(4, 16, 3, 3)

    def second(y):
        first = torch.autograd.grad((y**3).sum(), [x, plus, norm.weight], create_graph=True)
        return torch.autograd.grad(sum((g**2).sum() for g in first), [x, plus, norm.weight, norm.bias])

    ours, theirs = second(norm_relu(norm, relu, x, plus)), second((norm(x) + plus).relu())
    for one, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-3, atol=1e-4 * other.abs().max().item())


@fused
def test_it_says_why_it_is_not_fused_and_then_is_the_layers():
    norm, relu = layers()
    x = pictures(4, 32, 3, 3)
    cases = {
        "the numbers are torch.float64": (x.double(), None),
        "the channels do not lie last": (x.detach().contiguous(), None),
        "what is added lies otherwise": (x, x.detach().contiguous()),
    }
    for (given, plus), why in zip(cases.values(), cases, strict=True):
        assert why_not(norm, relu, given, plus) == why.replace("the numbers", "numbers")
    norm.register_forward_hook(lambda *_: None)
    assert why_not(norm, relu, x) == "a hook watches the layers"
    assert why_not(norm.eval(), relu, x) == "the batch's own mean and variance are not asked for"
    assert torch.equal(norm_relu(norm, relu, x), norm(x).relu())


@fused
@pytest.mark.parametrize(
    "name",
    [
        "resnet20",
        "plain20",
        *(pytest.param(n, marks=pytest.mark.slow) for n in ("resnet18", "resnet50", "wrn", "googlenet_tv")),
    ],
)
@pytest.mark.slow
def test_networks_are_as_near_to_float64_with_it_as_without(name, monkeypatch):
    small = {"wrn": {"depth": 10, "width": 2}, "resnet50": {"width": 0.25}, "googlenet_tv": {"width": 0.5}}
    network = build({"name": name, "num_classes": 5, **small.get(name, {})})
    fused = module._NormReLU.apply
    calls = []
    monkeypatch.setattr(module._NormReLU, "apply", lambda *a: calls.append(1) or fused(*a))

    def gradients(x):
        net = copy.deepcopy(network).to(x.dtype).train()
        outputs = net(x)
        outputs = outputs if isinstance(outputs, tuple) else (outputs,)
        sum(a.square().mean() for a in outputs).backward()
        return torch.cat([p.grad.flatten().double() for p in net.parameters()]), dict(net.named_buffers())

    errors = []
    for draw in range(5):  # in one or the other rounding may wake a unit, or put one to sleep
        generator = torch.Generator().manual_seed(draw)
        x = torch.randn(8, 3, 32, 32, generator=generator).contiguous(memory_format=LAST)
        ours, running = gradients(x)
        exact, _ = gradients(x.double())
        with monkeypatch.context() as without:
            without.setattr(module, "why_not", lambda *_: "asked not to")
            plain, other = gradients(x)
        errors.append([((one - exact).norm() / exact.norm()).item() for one in (ours, plain)])
        for key, value in running.items():
            torch.testing.assert_close(value, other[key], rtol=1e-3, atol=1e-4)
    assert calls
    of_ours, of_plain = (min(each) for each in zip(*errors, strict=True))  # without such a unit
    assert of_ours <= 2 * of_plain


def test_a_batch_of_no_pictures_goes_through_the_layers():
    """The kernel would divide by their number; the running numbers stay."""
    norm, relu = layers(16)
    x = torch.zeros(0, 16, 3, 3).contiguous(memory_format=LAST).requires_grad_()
    assert why_not(norm, relu, x) == "there is no number"
    y = norm_relu(norm, relu, x)
    y.sum().backward()
    assert y.shape == x.grad.shape == (0, 16, 3, 3)
    assert not norm.running_mean.any() and (norm.running_var == 1).all() and not norm.weight.grad.any()
