"""Batch normalisation, a sum and ReLU, in as few passes as can be: what follows most convolutions."""

import ctypes
from functools import cache
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.modules import module as hooks
from torch.utils._python_dispatch import _get_current_dispatch_mode

from gradatim.kernels.compile import NoCompiler, compile_library
from gradatim.nn.kernels.headers import with_headers

HEADERS = {torch.float32: (), torch.bfloat16: ("bfloat16.h",)}  # in front of the kernel's own, by type
LANES = 16  # channels: one vector of the kernel's
SHARE = 32_768  # numbers that a thread is worth waking for
HOOKS = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")


def norm_relu(norm: nn.Module, relu: nn.Module, x: Tensor, plus: Tensor | None = None) -> Tensor:
    """relu(norm(x) + plus): y = max(0, γ (x − μ)/√(σ² + ε) + β + plus), μ and σ² the batch's, per channel.

    Batch norm: Ioffe & Szegedy 2015, Alg. 1; the sum: He, Zhang, Ren & Sun 2015, eq. 1.

    Shapes: x and plus (N, C, H, W) → the same.

    While training on the CPU, on pictures whose channels lie last, sixteen or a multiple of it, it is one
    compiled kernel; `why_not` says why a call would be the two layers and a sum. They agree to rounding. It
    keeps for the backward pass what the layers keep, less the running numbers.

    >>> norm, relu = nn.BatchNorm2d(16), nn.ReLU()
    >>> x = torch.arange(64.0).view(1, 2, 2, 16).permute(0, 3, 1, 2)
    >>> bool(torch.allclose(norm_relu(norm, relu, x), relu(norm(x)), atol=1e-6))
    True
    """
    if why_not(norm, relu, x, plus):
        f = norm(x)
        if plus is not None:
            f += plus  # in place: nothing else asks for norm(x)
        return relu(f)
    norm.num_batches_tracked.add_(1)  # type: ignore[operator]
    return _NormReLU.apply(x, plus, norm.weight, norm.bias, norm)


def why_not(norm: nn.Module, relu: nn.Module, x: Tensor, plus: Tensor | None = None) -> str:
    """Why a call is not fused; empty if it is.

    >>> why_not(nn.BatchNorm2d(4), nn.ReLU(), torch.zeros(2, 4, 3, 3))
    'there are 4 channels, no multiple of 16'
    """
    if not (type(norm) is nn.BatchNorm2d and type(relu) is nn.ReLU):
        return "the layers are not BatchNorm2d and ReLU"
    if not (norm.training and norm.track_running_stats and norm.affine and norm.momentum is not None):
        return "the batch's own mean and variance are not asked for"
    if x.device.type != "cpu" or type(x) is not Tensor:
        return "the numbers are not plain ones on the CPU"
    if x.dtype not in HEADERS or norm.weight.dtype != torch.float32:
        return f"numbers are {x.dtype}"
    if x.ndim != 4 or x.shape[1] != norm.num_features or x.shape[1] % LANES:
        return f"there are {x.shape[1]} channels, no multiple of {LANES}"
    if not x.numel():
        return "there is no number"
    if x.numel() == x.shape[1] or not _channels_last(x):
        return "the channels do not lie last"
    if plus is not None and (plus.shape != x.shape or plus.dtype != x.dtype or not _channels_last(plus)):
        return "what is added lies otherwise"
    if not torch.is_grad_enabled():
        return "no gradient is asked for"
    if any(getattr(one, name) for one in (norm, relu) for name in HOOKS) or hooks._has_any_global_hook():
        return "a hook watches the layers"
    if torch._C._are_functorch_transforms_active() or torch.compiler.is_compiling():
        return "another transformation of torch is at work"
    if _get_current_dispatch_mode() is not None or torch.jit.is_tracing():
        return "somebody watches the operations"
    return _kernel(x.dtype) if isinstance(_kernel(x.dtype), str) else ""


class _NormReLU(torch.autograd.Function):
    """The kernel as one node of autograd's graph; gradients of gradients are taken of torch's operations."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, plus: Tensor | None, weight: Tensor, bias: Tensor, norm: Any) -> Tensor:
        C = x.shape[1]
        mean, inverse, y = weight.new_empty(C), weight.new_empty(C), torch.empty_like(x)
        _call(
            "forward", x, x, plus, weight, bias, norm.eps, norm.momentum,
            norm.running_mean, norm.running_var, mean, inverse, y,
        )  # fmt: skip
        ctx.save_for_backward(x, weight, bias, y, mean, inverse)
        ctx.eps = norm.eps
        return y

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Any:
        x, weight, bias, y, mean, inverse = ctx.saved_tensors
        if torch.is_grad_enabled():
            return _again(ctx, gradients[0], x, weight, bias, y > 0)
        dy = gradients[0].contiguous(memory_format=torch.channels_last)
        dplus = torch.empty_like(x) if ctx.needs_input_grad[1] else None
        dx, dweight, dbias = torch.empty_like(x), torch.empty_like(mean), torch.empty_like(mean)
        _call("backward", x, dy, x, y, weight, mean, inverse, dplus, dx, dweight, dbias)
        return dx, dplus, dweight, dbias, None


def _again(ctx: Any, dy: Tensor, x: Tensor, weight: Tensor, bias: Tensor, live: Tensor) -> Any:
    """The gradients with a graph of their own."""
    with torch.enable_grad():
        d = dy * live
        n = F.batch_norm(x, None, None, weight, bias, True, 0.0, ctx.eps)
        found = torch.autograd.grad(n, (x, weight, bias), d, create_graph=True, allow_unused=True)
    return found[0], d if ctx.needs_input_grad[1] else None, found[1], found[2], None


def _call(name: str, like: Tensor, *given: Tensor | float | None) -> None:
    """Run a function of the kernel on tensors and numbers in its order; pictures have the shape of `like`."""
    C, rows = like.shape[1], like.numel() // like.shape[1]
    team = min(torch.get_num_threads(), max(1, like.numel() // SHARE))
    sums = torch.zeros(team, 2, C, dtype=torch.float64)
    arguments: list[Any] = [ctypes.c_long(size) for size in (team, rows, C)]
    for one in (*given, sums):
        if isinstance(one, float):
            arguments.append(ctypes.c_double(one))
        else:
            arguments.append(ctypes.c_void_p(None if one is None else one.data_ptr()))
    getattr(_kernel(like.dtype), name)(*arguments)


@cache
def _kernel(dtype: torch.dtype) -> Any:
    """The compiled kernel, or in words why there is none."""
    try:
        source = with_headers("", *HEADERS[dtype], "vector.h", "numbers.h", "team.h", "norm_relu.h")
        library = compile_library(source, threads=True)
        return library if library.forward and library.backward else None  # looked for now, not in a step
    except NoCompiler as error:
        return str(error)


def _channels_last(x: Tensor) -> bool:
    return x.is_contiguous(memory_format=torch.channels_last)
