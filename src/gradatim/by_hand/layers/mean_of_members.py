"""Networks side by side, whose answers are averaged."""

from typing import Any

import numpy as np

from gradatim.by_hand.layers.layer import Layer
from gradatim.checks import UsageError, whole
from gradatim.functional.ensemble_mean import MEANS, check_members, columns_of


class MeanOfMembers(Layer):
    """The weighed mean of M networks' answers (Hansen & Salamon 1990), each reading columns of its own.

        outputs:  a = Σ_m s_m a_m
        softmax:  a = log p̄,               p̄ = Σ_m s_m softmax(a_m)
        sigmoid:  a = log(p̄/(1 − p̄)),      p̄ = Σ_m s_m σ(a_m)
        ∂L/∂a_m from g = ∂L/∂a:
        outputs:  s_m g
        softmax:  r ⊙ g − p_m Σ_k r_k g_k,       r = s_m p_m/p̄
        sigmoid:  g ⊙ s_m p_m (1 − p_m)/(p̄ (1 − p̄))

    so that softmax or σ of what it gives is the mean of the members' probabilities.

    Shapes: x (N, in_features) → (N, K); the shares s `share` (M,), Σ s = 1, are no parameter: they begin
    equal, and whoever trains the members sets them.
    """

    def __init__(
        self, in_features: int, members: list[dict[str, Any]], mean: str = "outputs", folds: int = 1
    ):
        from gradatim.by_hand.twins import layers_of

        super().__init__()
        self.in_features = in_features = whole("in_features", in_features, 1)
        self.mean, self.folds = mean, whole("folds", folds, 1)
        self.members = check_members(members, in_features, mean)
        self.columns = [columns_of(one.get("columns"), in_features) for one in members]
        self.settings = [one.get("settings", {}) for one in members]  # of its training
        self.named = [layers_of(one["layers"], f"members.{m}.") for m, one in enumerate(members)]
        self.shapes = {  # type: ignore[misc]
            f"{name}.{key}": shape
            for named in self.named for name, layer in named for key, shape in layer.shapes.items()
        }  # fmt: skip
        self.inner = [one for named in self.named for one in named]  # type: ignore[misc]
        self.memory = {"share": np.full(len(members), 1 / len(members))}

    def __repr__(self) -> str:
        kinds = {str(columns): named for columns, named in zip(self.columns, self.named, strict=True)}
        inside = "; ".join(" → ".join(str(one) for _, one in named) for named in kinds.values())
        return f"mean of {len(self.named)} members ({self.mean}): {inside}"

    def hold(self, parameters: dict[str, np.ndarray], gradients: dict[str, np.ndarray]) -> None:
        """Every member's arrays, by its place and their names."""
        super().hold(parameters, gradients)
        for named in self.named:
            for name, layer in named:
                layer.hold(*({key: held[f"{name}.{key}"] for key in layer.shapes}
                             for held in (parameters, gradients)))  # fmt: skip

    def draw(self, seed: int, prefix: str) -> dict[str, np.ndarray]:
        """Every member's parameters, each by its own name."""
        return {
            f"{name}.{key}": values
            for named in self.named for name, layer in named
            for key, values in layer.draw(seed, f"{prefix}{name}.").items()
        }  # fmt: skip

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        """The members' mean."""
        if x.ndim != 2 or x.shape[1] != self.in_features:
            raise UsageError(
                f"an ensemble of {self.in_features} inputs got examples of shape {tuple(x.shape[1:])}"
            )
        outputs = []
        for columns, named in zip(self.columns, self.named, strict=True):
            h = x[:, columns]
            for _, layer in named:
                h = layer.forward(h, training)
            outputs.append(h.copy())
        self.a = np.stack(outputs)  # (M, N, K)
        self.x_shape = x.shape
        return MEANS[self.mean](self.a, self.memory["share"].astype(x.dtype))

    def backward(self, g: np.ndarray, inputs: bool = True) -> np.ndarray | None:
        """∂L/∂θ of every member, and ∂L/∂x, to which every member that reads a column adds."""
        dx = np.zeros(self.x_shape, g.dtype) if inputs else None
        for columns, named, h in zip(self.columns, self.named, self._by_member(g), strict=True):
            first = next((i for i, (_, layer) in enumerate(named) if layer.shapes), len(named))
            for i in range(len(named) - 1, -1 if inputs else first - 1, -1):
                h = named[i][1].backward(h, inputs or i > first)
            if dx is not None:
                dx[:, columns] += h
        return dx

    def _by_member(self, g: np.ndarray) -> np.ndarray:
        """∂L/∂a_m of every member, (M, N, K)."""
        s = self.memory["share"].astype(g.dtype)[:, None, None]
        if self.mean == "outputs":
            return s * g
        if self.mean == "softmax":
            p = np.exp(self.a - self.a.max(-1, keepdims=True))
            p /= p.sum(-1, keepdims=True)
            r = s * p / (s * p).sum(0)
            return r * g - p * (r * g).sum(-1, keepdims=True)
        p = 0.5 * (1 + np.tanh(0.5 * self.a))
        mean = (s * p).sum(0)
        return g * s * p * (1 - p) / (mean * (1 - mean))
