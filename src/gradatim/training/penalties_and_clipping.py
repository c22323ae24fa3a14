"""What happens to a step's gradient on its way to the update, and to the weights beside it."""

from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

from gradatim.checks import UsageError, real
from gradatim.functional import clipping
from gradatim.functional.penalties import L1, L2

Array = Any  # numpy.ndarray or torch.Tensor


@dataclass(frozen=True)
class Shaping:
    """Penalties, clipping and decoupled weight decay (curriculum B12, C9), the same text for both engines.

        g ← ∂L/∂w + λ₁ sign w + λ₂ w;   g clipped;   w ← w − ηλw;   θ ← update(θ, g)

    Only weights, parameters of two axes or more, are penalised and decayed; biases, slopes and scales are
    not. Clipping is of the whole gradient. Penalties are not part of the recorded losses.
    """

    l1: float | None = None
    l2: float | None = None
    weight_decay: float | None = None
    clip_norm: float | None = None
    clip_value: float | None = None

    def check(self) -> "Shaping":
        """This in Python's numbers, or UsageError for the first value that cannot be."""
        asked = {one.name: getattr(self, one.name) for one in fields(self)}
        numbers = {
            name: real(name, value, **({"above": 0} if name.startswith("clip") else {"at_least": 0}))
            for name, value in asked.items()
            if value is not None
        }
        return replace(self, **numbers)

    def refuse_for_search(self) -> None:
        """Raise UsageError for what a line search, which asks for the value of the loss, cannot go with."""
        for name in ("clip_norm", "clip_value", "weight_decay"):
            if getattr(self, name):
                raise UsageError(f"lbfgs searches along a line, so {name} does not go with it; use l2 or l1")

    @cached_property
    def touches_gradients(self) -> bool:
        """Whether `shape` does anything."""
        return bool(self.l1 or self.l2) or self.clip_norm is not None or self.clip_value is not None

    @cached_property
    def penalties(self) -> list[L1 | L2]:
        """Those asked for."""
        asked = ((L1, self.l1), (L2, self.l2))
        return [penalty(strength) for penalty, strength in asked if strength]

    def penalty(self, weights: list[Array]) -> float:
        """The value of the penalties."""
        return sum(penalty(w) for penalty in self.penalties for w in weights)

    def shape(self, weights: list[Array], of_weights: list[Array], gradients: list[Array]) -> None:
        """Add the penalties' gradients to those of the weights, then clip all gradients, in place."""
        for penalty in self.penalties:
            for w, g in zip(weights, of_weights, strict=True):
                g += penalty.gradient(w)
        if self.clip_norm is not None:
            clipping.clip_norm(gradients, self.clip_norm)
        if self.clip_value is not None:
            clipping.clip_value(gradients, self.clip_value)

    def decay(self, weights: list[Array], lr: float) -> None:
        """Decoupled weight decay, w ← w − ηλw (Loshchilov & Hutter 2019), in front of the update."""
        if self.weight_decay:
            for w in weights:
                w *= 1 - lr * self.weight_decay
