"""A compiled pass as one node of autograd's graph."""

from typing import Any

import torch
from torch import Tensor

from gradatim.nn.sequence.fused.buffer_pool import BufferPool
from gradatim.nn.sequence.fused.operands import rows
from gradatim.nn.sequence.fused.plan import Buffers, Plan, Request
from gradatim.nn.sequence.fused.unfused import Inputs, run_unfused
from gradatim.nn.sequence.precision import without_autocast

Gradients = list[Tensor | None]
NONE = (None,) * 2  # the gradients of what is no tensor


class Fused(torch.autograd.Function):
    """The products in front of the loop, the steps as kernels; backward the steps, then one product a matrix.

    The tensors are those of `plan.operands`, then the fixed ones and the state. Gradients of gradients are
    taken of `unfused`, which is the same function in torch's operations.
    """

    @staticmethod
    def forward(ctx: Any, plan: Plan, asked: Request, *tensors: Tensor) -> Any:
        """Every first state (T, N, H), then the last state."""
        T, batch, lease = asked.steps, asked.batch, BufferPool(tensors[-1], plan.settled)
        given = plan.operands.inputs(tensors, lease.new, asked.narrow)
        buffers = _buffers(given)
        for k, product in enumerate(plan.step.products):
            if product.onto is None:
                buffers["product", k] = lease.new(T * batch, product.width)
            else:  # the product is added where the stream lies
                buffers["product", k] = given.streams[product.onto]
            if plan.passes.bare[k] is None:
                buffers["operand", k] = lease.new(T * batch, product.operand.width)
        states = [_slots(plan, lease, T + 1, s) for s in given.state]
        for i, (slots, s) in enumerate(zip(states, given.state, strict=True)):
            slots[T if asked.reverse else 0] = s
            buffers["state", i] = slots
        if plan.settled:
            buffers |= {} if asked.mask is None else {("mask", 0): asked.mask.to(plan.dtype)}
            buffers = {at: lease.held(b) for at, b in buffers.items()}
        plan.forward(buffers, asked)
        ctx.save_for_backward(*tensors, *states)
        ctx.plan, ctx.asked = plan, asked
        ctx.buffers = {place: b for place, b in buffers.items() if place[0] != "state"}
        ctx.lease = lease  # the buffers are its
        outputs = _away(plan, states[0][:T] if asked.reverse else states[0][1:])
        return outputs, *(s[0 if asked.reverse else T].clone() for s in states)

    @staticmethod
    def backward(ctx: Any, dout: Tensor, *dlast: Tensor) -> Any:
        """∂L of the tensors."""
        tensors, states = ctx.saved_tensors[: -len(dlast)], ctx.saved_tensors[-len(dlast) :]
        with without_autocast(dout.device.type):
            if torch.is_grad_enabled():
                return *NONE, *_again(ctx, tensors, (dout, *dlast))
            buffers = ctx.buffers | {("state", i): slots for i, slots in enumerate(states)}
            return *NONE, *_gradients(ctx, tensors, buffers, dout, dlast)


def _buffers(given: Inputs) -> Buffers:
    kinds = zip(("step", "matrix", "vector", "fixed"), given[:4], strict=True)
    return {(kind, i): t for kind, tensors in kinds for i, t in enumerate(tensors)}


def _gradients(ctx: Any, tensors: Any, b: Buffers, dout: Tensor, dlast: Any) -> Gradients:
    plan, asked, lease = ctx.plan, ctx.asked, BufferPool(dout, ctx.plan.settled)
    T, batch = asked.steps, asked.batch
    kept = dout.is_contiguous() and not plan.settled
    b["dout", 0] = dout if kept else lease.new(T * batch, dout.shape[2]).copy_(rows(dout))
    for i, d in enumerate(dlast):
        slots = _slots(plan, lease, 2, d)
        slots[0] = d
        b["dstate", i] = slots
    for kind, i in plan.gradient_places:
        width = plan.passes.widths[kind, i]
        if kind == "dvector":
            b[kind, i] = lease.new(plan.team(asked), width).zero_()
        elif kind == "dstep" and not plan.operands.streams[i].matrices and not plan.settled:
            b[kind, i] = dout.new_empty(T * batch, width)  # it is given away
        else:
            b[kind, i] = lease.new(batch if kind == "doperand" else T * batch, width)
    plan.backward(b, asked)
    leaves = plan.operands.gradients(
        tensors, ctx.needs_input_grad[len(NONE) :],
        [_of_stream(plan, b, i) for i in range(len(plan.step.streams))],
        [(_operand(ctx, plan, b, k), b["dproduct", k]) for k in range(len(plan.step.products))],
        [b["dvector", i].sum(0) if ("dvector", i) in b else None for i in range(len(plan.step.vectors))],
        asked.narrow,
    )  # fmt: skip
    starts = [_away(plan, b["dstate", i][T & 1]) for i in range(len(dlast))]
    return [*leaves, *([None] * plan.program.fixed), *starts]


def _slots(plan: Plan, lease: BufferPool, count: int, like: Tensor) -> Tensor:
    """Memory for a state that moves from slot to slot; on its own, it may be handed out as it is."""
    if plan.settled:
        return lease.new(count * len(like), like.shape[1]).view(count, *like.shape)
    return like.new_empty(count, *like.shape)


def _away(plan: Plan, t: Tensor) -> Tensor:
    """What leaves the pass: a copy, if its memory is leased."""
    return t.clone() if plan.settled else t


def _of_stream(plan: Plan, b: Buffers, i: int) -> Tensor | None:
    """∂L of a stream; one that is a tensor itself does not share it with a product."""
    k = plan.passes.alias.get(i)
    d = b.get(("dstep", i)) if k is None else b["dproduct", k]
    if d is None or plan.operands.streams[i].matrices:
        return d
    return _away(plan, d) if k is None else d.clone()


def _operand(ctx: Any, plan: Plan, b: Buffers, k: int) -> Tensor:
    """What was multiplied at every step, (T·N, ·): a state before each step lies in memory already."""
    bare = plan.passes.bare[k]
    if bare is None:
        return b["operand", k]
    slots = b["state", bare]
    return rows(slots[1:] if ctx.asked.reverse else slots[: ctx.asked.steps])


def _again(ctx: Any, tensors: Any, grads: Any) -> Gradients:
    """The gradients with a graph of their own."""
    needed = ctx.needs_input_grad[len(NONE) :]
    with torch.enable_grad():
        given = ctx.plan.operands.inputs(tensors)
        streams = [s.view(ctx.asked.steps, -1, s.shape[-1]) for s in given.streams]
        made = run_unfused(ctx.plan.step, given._replace(streams=streams), ctx.asked.reverse, ctx.asked.mask)
    pairs = [(m, g) for m, g in zip(made, grads, strict=True) if m.requires_grad]
    found = torch.autograd.grad(
        [m for m, _ in pairs], [t for t, need in zip(tensors, needed, strict=True) if need],
        [g for _, g in pairs], create_graph=True, allow_unused=True,
    )  # fmt: skip
    each = iter(found)
    return [next(each) if need else None for need in needed]
