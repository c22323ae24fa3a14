"""A traced step in torch's operations: what runs without a kernel, and for gradients of gradients."""

from typing import NamedTuple

import torch
from torch import Tensor

from gradatim.nn.sequence.cell.graph import Node, reachable
from gradatim.nn.sequence.cell.operations import OPERATIONS
from gradatim.nn.sequence.cell.step import Step


class Inputs(NamedTuple):
    """The tensors of a pass: streams (T, N, ·), matrices, vectors (·,), fixed and state each (N, ·)."""

    streams: list[Tensor]
    matrices: list[Tensor]
    vectors: list[Tensor]
    fixed: list[Tensor]
    state: list[Tensor]


def run_unfused(step: Step, given: Inputs, reverse: bool, mask: Tensor | None) -> tuple[Tensor, ...]:
    """Every state's first tensor, (T, N, ·), then the last state: differentiable as often as one likes."""
    rows = [s.unbind(0) for s in given.streams]
    count = len(rows[0]) if rows else 0
    state, outputs = list(given.state), [given.state[0]] * count
    order = _order(step)
    for t in range(count - 1, -1, -1) if reverse else range(count):
        stored = {("step", i): row[t] for i, row in enumerate(rows)}
        stored |= {("fixed", i): f for i, f in enumerate(given.fixed)}
        stored |= {("vector", i): v for i, v in enumerate(given.vectors)}
        stored |= {("state", i): s for i, s in enumerate(state)}
        new = _step(step, order, stored, given)
        if mask is not None:
            new = [torch.where(mask[t, :, None], s, before) for s, before in zip(new, state, strict=True)]
        state = new
        outputs[t] = state[0]
    return torch.stack(outputs), *state


def _order(step: Step) -> list[Node | int]:
    """The nodes, and between them the products by number, each after what it needs."""
    found: list[Node | int] = []
    seen: set[int] = set()

    def add(roots: list[Node]) -> None:
        for node in reachable(roots):
            if node.serial not in seen:
                seen.add(node.serial)
                found.append(node)

    for k, product in enumerate(step.products):
        add([product.operand])
        found.append(k)
    add(step.state)
    return found


def _step(
    step: Step, order: list[Node | int], stored: dict[tuple[str, int], Tensor], given: Inputs
) -> list[Tensor]:
    made: dict[int, Tensor] = {}
    for node in order:
        if isinstance(node, int):
            product = step.products[node]
            out = made[product.operand.serial] @ given.matrices[node]
            stored["product", node] = out if product.onto is None else stored["step", product.onto] + out
        else:
            made[node.serial] = _value(node, made, stored, given)
    return [made[s.serial] for s in step.state]


def _value(
    node: Node, made: dict[int, Tensor], stored: dict[tuple[str, int], Tensor], given: Inputs
) -> Tensor:
    if node.op == "leaf":
        whole = stored[node.kind, node.index]
        return whole.narrow(-1, node.offset, node.width) if whole.shape[-1] != node.width else whole
    if node.op == "const":
        return given.state[0].new_tensor(node.value)
    args = [made[a.serial] for a in node.args]
    if node.op == "cat":
        return torch.cat(args, -1)
    if node.op == "spread":
        return args[0].expand(len(given.state[0]), node.width)
    if node.op == "sum":
        return args[0].sum(-1, keepdim=True)
    if node.op == "largest":
        return args[0].detach().amax(-1, keepdim=True)
    return OPERATIONS[node.op].torch(*args)
