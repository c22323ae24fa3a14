"""Which parameters of a group torch's fused kernels can move."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from gradatim.optim.memory import dense_order, meetings, span, stretches
from gradatim.optim.vector import ORDINARY, State

Part = tuple[list[Tensor], list[Tensor], list[State]]


class FusedGroup:
    """The parameters of a group by the kernel that moves them, and those that are left to the text.

    A kernel goes along parameter, gradient and state as along three rows of numbers, whatever their strides.
    So it is right only where they are of one precision, fill their memory without gaps and in one order of
    axes, and meet nothing else that the step writes. `kernels` holds the numbers of the parameters of each
    device and precision, `others` those of the rest. `devices` have a kernel, all of them if it is None.
    """

    def __init__(
        self, params: list[Tensor], grads: list[Tensor], states: list[State], names: Sequence[str],
        devices: Sequence[str] | None,
    ):  # fmt: skip
        self.devices = devices
        self.kept: list[tuple] = []
        self.kernels: list[list[int]] = []
        self.others = list(range(len(params)))
        self.restrided: set[int] = set()
        held = [[state[name] for name in names] for state in states]
        if not all(_ordinary(x) for each in (params, grads, *held) for x in each):
            return  # what has no memory of its own, such as another class's tensor
        for p, g, state, values in zip(params, grads, states, held, strict=True):
            ours = (p, p.data_ptr(), p.shape, p.stride(), p.dtype)
            theirs = (g.shape, g.stride(), g.dtype, g.is_neg())
            places = [(name, value, value.data_ptr()) for name, value in zip(names, values, strict=True)]
            self.kept.append((*ours, *theirs, state, places))
        self.places = [g.data_ptr() for g in grads]
        written = [(*span(x), i) for i, p in enumerate(params) for x in (p, *held[i])]
        met = meetings(written, [(*span(g), i) for i, g in enumerate(grads)])
        self.starts, self.stops = stretches(written)
        alike: dict[Any, list[int]] = {}
        self.others = []
        for i, (p, g) in enumerate(zip(params, grads, strict=True)):
            has_kernel = devices is None or p.device.type in devices
            fits = has_kernel and i not in met and _one_order(p, g, held[i])
            (alike.setdefault((p.device, p.dtype), []) if fits else self.others).append(i)
        self.kernels = list(alike.values())
        self.restrided |= {i for at in self.kernels for i in at if grads[i].stride() != params[i].stride()}

    def holds(self, params: list[Tensor], grads: list[Tensor], states: list[State]) -> bool:
        """Whether it is still right for these parameters, gradients and states."""
        if len(params) != len(self.kept):
            return False
        for i, kept in enumerate(self.kept):
            q, place, shape, stride, dtype, g_shape, g_stride, g_dtype, is_neg, its_state, held = kept
            p, g, state = params[i], grads[i], states[i]
            if (
                p is not q or state is not its_state
                or p.data_ptr() != place or p.stride() != stride or p.shape != shape or p.dtype is not dtype
                or g.stride() != g_stride or g.shape != g_shape or g.dtype is not g_dtype
                or g.is_neg() is not is_neg
                or (g.data_ptr() != self.places[i] and not self._lies_apart(i, g))
            ):  # fmt: skip
                return False
            for name, value, address in held:
                if state[name] is not value or value.data_ptr() != address:
                    return False
        return True

    def _lies_apart(self, i: int, g: Tensor) -> bool:
        """Whether a gradient that is elsewhere than before meets nothing that is written; remembers where."""
        start, stop = span(g)
        before = bisect_right(self.starts, start)
        if before and self.stops[before - 1] > start:
            return False
        if before < len(self.starts) and self.starts[before] < stop:
            return False
        self.places[i] = start
        return True

    def parts(self, params: list[Tensor], grads: list[Tensor], states: list[State]) -> list[Part]:
        """What each kernel moves: parameters, gradients and states."""
        if self.restrided:  # the same memory; on a GPU axes of one must have the parameter's strides, too
            grads = [
                torch.as_strided(g, p.shape, p.stride()) if i in self.restrided else g
                for i, (p, g) in enumerate(zip(params, grads, strict=True))
            ]
        if len(self.kernels) == 1 and not self.others:
            return [(params, grads, states)]
        return [
            ([params[i] for i in at], [grads[i] for i in at], [states[i] for i in at]) for at in self.kernels
        ]


def _ordinary(x: Any) -> bool:
    return type(x) in ORDINARY and x.layout is torch.strided


def _one_order(p: Tensor, g: Tensor, held: list[Tensor]) -> bool:
    """Whether parameter, gradient and state are of one precision and one dense order."""
    order = dense_order(p)
    return (
        order is not None
        and p.is_floating_point()
        and not any(x.is_neg() for x in (p, g, *held))
        and all(x.dtype is p.dtype and x.device == p.device and x.shape == p.shape for x in (g, *held))
        and dense_order(g) == order
        and all(x.stride() == p.stride() for x in held)
    )
