"""Small parameters as one vector, so that an update's text runs once for all of them."""

from collections import Counter
from typing import Any

import torch
from torch import Tensor

SMALL = 2**18  # bytes; a larger parameter moves alone
LARGEST = 2**19  # bytes of one vector; what a text computes from a larger one no longer fits the cache

ORDINARY = (Tensor, torch.nn.Parameter)  # not a subclass, whose storage may be elsewhere

State = dict[str, Any]


class Vector:
    """Parameters, gradients and state laid end to end.

        θ = (p₁ … p_k),  g = (∇p₁ … ∇p_k);   θ, s ← update(θ, g, s);   (p₁ … p_k) ← θ

    Parameters are copied in and out at every step, and gradients in: little beside the k − 1 texts it saves,
    and a module's tensors stay its own, so nothing that is done to them is done to a stale copy. The state
    stands in the vector: a parameter's own state, under its own names, is its part of it. What is one number
    for each parameter, such as the steps it has made, is the same for all.
    """

    def __init__(self, params: list[Tensor], states: list[State], numbers: set[str]):
        self.params, self.states, self.numbers = params, states, numbers
        self.theta = torch.cat([p.flatten() for p in params])
        self.g = torch.empty_like(self.theta)
        self.thetas, self.gs = self._parts(self.theta), self._parts(self.g)
        self.places = [p.data_ptr() for p in params]
        self.state: State = {}
        self.held: dict[str, list[Tensor]] = {}  # by name, every parameter's
        for name in states[0]:
            self.held[name] = [state[name] for state in states]
            if name in numbers:
                self.state[name] = self.held[name][0].clone()
                continue
            self.state[name] = torch.cat([value.flatten() for value in self.held[name]])
            self.held[name] = self._parts(self.state[name])
            for state, part in zip(states, self.held[name], strict=True):
                state[name] = part

    def _parts(self, vector: Tensor) -> list[Tensor]:
        parts = vector.split([p.numel() for p in self.params])
        return [part.view(p.shape) for part, p in zip(parts, self.params, strict=True)]

    def holds(self) -> bool:
        """Whether parameters and state still stand where they stood, and gradients can be copied in."""
        return all(
            p.data_ptr() == place and p.shape == part.shape and p.dtype is part.dtype and _ordinary(p.grad, p)
            for p, part, place in zip(self.params, self.thetas, self.places, strict=True)
        ) and all(
            state.get(name) is value
            for name, values in self.held.items()
            for state, value in zip(self.states, values, strict=True)
        )

    def gather(self) -> None:
        """Copy parameters and gradients in."""
        torch._foreach_copy_(self.thetas, self.params)
        torch._foreach_copy_(self.gs, [p.grad for p in self.params])  # type: ignore[misc]

    def scatter(self) -> None:
        """Copy parameters and numbers out."""
        torch._foreach_copy_(self.params, self.thetas)
        for name in self.numbers:
            torch._foreach_copy_(self.held[name], [self.state[name]] * len(self.params))


class Layout:
    """Which parameters of a group share a vector, and which move alone.

    Together are small ones of one precision in ordinary memory of their own, whose state is alike. Nothing
    else is: not what lies on a device, shares its memory, is sparse, or has made another number of steps.
    `numbers` names the state that is one number for a parameter; with None all move alone.
    """

    def __init__(self, params: list[Tensor], states: list[State], numbers: set[str] | None):
        self.params, self.states = params, states
        self.vectors: list[Vector] = []
        self.alone: list[tuple[Tensor, State]] = []
        if numbers is None:
            self.alone = list(zip(params, states, strict=True))
            return
        owners = Counter(p.untyped_storage().data_ptr() for p in params)
        alike: dict[Any, list[tuple[Tensor, State]]] = {}
        for p, state in zip(params, states, strict=True):
            joins = _may_join(p) and owners[p.untyped_storage().data_ptr()] == 1
            kind = _kind(p, state, numbers) if joins else None
            (self.alone if kind is None else alike.setdefault(kind, [])).append((p, state))
        for members in alike.values():
            for some in _cut(members):
                if len(some) == 1:
                    self.alone += some
                else:
                    self.vectors.append(Vector([p for p, _ in some], [state for _, state in some], numbers))

    def holds(self, params: list[Tensor], states: list[State]) -> bool:
        """Whether it is still right for these parameters and this state."""
        return (
            len(params) == len(self.params)
            and all(a is b for a, b in zip(params, self.params, strict=True))
            and all(a is b for a, b in zip(states, self.states, strict=True))
            and all(vector.holds() for vector in self.vectors)
        )


def _may_join(p: Tensor) -> bool:
    """Whether a parameter and its gradient are small and ordinary."""
    return (
        p.nbytes <= SMALL and p.is_cpu and p.is_floating_point() and _ordinary(p, p) and _ordinary(p.grad, p)
    )


def _ordinary(x: Tensor | None, p: Tensor) -> bool:
    """Whether x is no special tensor, and of p's precision."""
    return x is not None and type(x) in ORDINARY and x.dtype is p.dtype and x.layout is torch.strided


def _kind(p: Tensor, state: State, numbers: set[str]) -> Any:
    """Parameters of one kind can share a vector; None for one that cannot."""
    kind: list[Any] = [p.dtype]
    for name, value in state.items():
        if not isinstance(value, Tensor) or (name not in numbers and value.shape != p.shape):
            return None
        kind.append((name, value.dtype, value.item() if name in numbers else None))
    return tuple(kind)


def _cut(members: list[tuple[Tensor, State]]) -> list[list[tuple[Tensor, State]]]:
    """Members in order, in lists of at most LARGEST bytes."""
    lists: list[list[tuple[Tensor, State]]] = [[]]
    total = 0
    for p, state in members:
        total += p.nbytes
        if total > LARGEST:
            lists.append([])
            total = p.nbytes
        lists[-1].append((p, state))
    return lists
