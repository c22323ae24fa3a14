"""A compiled pass as one node of autograd's graph."""

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import FunctionCtx

from gradatim.nn.sequence.plan import Buffers, Plan, by_column
from gradatim.nn.sequence.unfused import Inputs, unfused


class Fused(torch.autograd.Function):
    """The steps in C, forward and backward; the matrices' gradients are one product each, after the loop.

    Gradients of gradients are taken of `unfused`, which is the same function in torch's operations.
    """

    @staticmethod
    def forward(ctx: Any, plan: Plan, T: int, reverse: bool, mask: Tensor | None, *tensors: Tensor) -> Any:
        """Every first state (T, N, H), then the last state."""
        given = _sorted(plan, tensors)
        batch = given.state[0].shape[0]
        buffers = _buffers(plan, given)
        for k, product in enumerate(plan.step.products):
            if product.onto is None:
                buffers["product", k] = given.state[0].new_empty(T * batch, product.width)
            else:  # the product is added where the stream lies
                buffers["product", k] = given.streams[product.onto]
            if plan.source.bare[k] is None:
                buffers["operand", k] = given.state[0].new_empty(T * batch, product.operand.width)
        for i, s in enumerate(given.state):
            slots = s.new_empty(T + 1, *s.shape)
            slots[T if reverse else 0] = s
            buffers["state", i] = slots
        plan.forward(buffers, (T, batch), reverse, mask)
        states = [buffers["state", i] for i in range(len(given.state))]
        kept = [place for place in buffers if place[0] in ("product", "operand", "state")]
        ctx.save_for_backward(*tensors, *(buffers[place] for place in kept))
        ctx.plan, ctx.T, ctx.reverse, ctx.mask, ctx.kept = plan, T, reverse, mask, kept
        outputs = states[0][:T] if reverse else states[0][1:]
        return outputs, *(s[0 if reverse else T].clone() for s in states)

    @staticmethod
    def backward(ctx: Any, dout: Tensor, *dlast: Tensor) -> Any:
        """∂L of streams, matrices, vectors, fixed and state."""
        plan, count = ctx.plan, len(ctx.saved_tensors) - len(ctx.kept)
        tensors = ctx.saved_tensors[:count]
        given = _sorted(plan, tensors)
        buffers = _buffers(plan, given) | dict(zip(ctx.kept, ctx.saved_tensors[count:], strict=True))
        if torch.is_grad_enabled():
            return None, None, None, None, *_again(ctx, given, buffers, tensors, (dout, *dlast))
        return None, None, None, None, *_gradients(ctx, given, buffers, dout, dlast)


def _sorted(plan: Plan, tensors: tuple[Tensor, ...]) -> Inputs:
    """Tensors by kind, in the order in which they are passed."""
    step, at = plan.step, 0
    counts = (
        len(step.streams),
        len(step.products),
        len(step.vectors),
        plan.program.fixed,
        plan.program.state,
    )
    groups = []
    for count in counts:
        groups.append(list(tensors[at : at + count]))
        at += count
    return Inputs(*groups)


def _buffers(plan: Plan, given: Inputs) -> Buffers:
    kinds = zip(("step", "matrix", "vector", "fixed"), given[:4], strict=True)
    return {(kind, i): t for kind, tensors in kinds for i, t in enumerate(tensors)}


def _gradients(ctx: FunctionCtx, given: Inputs, b: Buffers, dout: Tensor, dlast: Any) -> list[Tensor | None]:
    plan, T, needed = ctx.plan, ctx.T, ctx.needs_input_grad[4:]  # type: ignore[attr-defined]
    batch = given.state[0].shape[0]
    new = given.state[0].new_empty
    team = plan.team(T, batch)
    b["dout", 0] = dout.contiguous()
    for i, d in enumerate(dlast):
        slots = new(2, *d.shape)
        slots[0] = d
        b["dstate", i] = slots
    for kind, i in plan.gradient_places:
        width = plan.source.widths[kind, i]
        if kind == "dvector":
            b[kind, i] = given.state[0].new_zeros(team, width)
        else:
            b[kind, i] = new(batch if kind == "doperand" else T * batch, width)
    plan.backward(b, (T, batch), ctx.reverse, ctx.mask, team)  # type: ignore[attr-defined]
    alias = plan.source.alias
    streams = [
        b["dproduct", alias[i]] if i in alias else b.get(("dstep", i)) for i in range(len(given.streams))
    ]
    at = len(streams)
    matrices = [
        _of_matrix(_operand(ctx, plan, b, k), b["dproduct", k], m) if needed[at + k] else None
        for k, m in enumerate(given.matrices)
    ]
    vectors = [b["dvector", i].sum(0) if ("dvector", i) in b else None for i in range(len(given.vectors))]
    states = [b["dstate", i][T & 1] for i in range(len(given.state))]
    return [*streams, *matrices, *vectors, *([None] * len(given.fixed)), *states]


def _operand(ctx: Any, plan: Plan, b: Buffers, k: int) -> Tensor:
    """What was multiplied at every step, (T·N, ·): a state before each step lies in memory already."""
    bare = plan.source.bare[k]
    if bare is None:
        return b["operand", k]
    slots = b["state", bare]
    before = slots[1:] if ctx.reverse else slots[: ctx.T]
    return before.reshape(-1, before.shape[-1])


def _of_matrix(operand: Tensor, d: Tensor, like: Tensor) -> Tensor:
    """Σ_t operandᵀ d, laid out as the matrix is."""
    return (d.T @ operand).T if by_column(like) else operand.T @ d


def _again(ctx: Any, given: Inputs, b: Buffers, tensors: Any, grads: Any) -> list[Tensor | None]:
    """The gradients with a graph of their own."""
    plan, T = ctx.plan, ctx.T
    streams = [s.view(T, -1, s.shape[-1]) for s in given.streams]
    for k, product in enumerate(plan.step.products):
        if product.onto is not None:  # its memory holds the sum; what was added is taken off again
            added = (_operand(ctx, plan, b, k) @ given.matrices[k]).detach()
            streams[product.onto] = streams[product.onto] - added.view(T, -1, product.width)
    with torch.enable_grad():
        made = unfused(plan.step, given._replace(streams=streams), ctx.reverse, ctx.mask)
    wanted = [t for t, need in zip(tensors, ctx.needs_input_grad[4:], strict=True) if need]
    pairs = [(m, g) for m, g in zip(made, grads, strict=True) if m.requires_grad]
    found = torch.autograd.grad(
        [m for m, _ in pairs], wanted, [g for _, g in pairs], create_graph=True, allow_unused=True
    )
    each = iter(found)
    return [next(each) if need else None for need in ctx.needs_input_grad[4:]]
