"""Multi-head attention, forward and backward."""

from typing import Any

import numpy as np

from gradatim.by_hand.layers.composed import Composed
from gradatim.by_hand.layers.dense import Dense
from gradatim.by_hand.layers.softmax import softmax
from gradatim.functional.attention_checks import check_heads, check_steps


class MultiHeadAttention(Composed):
    """Multi-head self-attention (Vaswani et al. 2017, eq. 1 and section 3.2.2; curriculum I8).

        q, k, v = W_q x + b_q, W_k x + b_k, W_v x + b_v,   each cut into H heads of d = D/H numbers
        S = q kᵀ/√d,   A = softmax(S),   z = A v  in every head;   y = W_o [z¹; …; z^H] + b_o

        ∂L/∂A = ∂L/∂z vᵀ,   ∂L/∂v = Aᵀ ∂L/∂z
        ∂L/∂S = A ⊙ (∂L/∂A − Σ_s ∂L/∂A_s A_s)          the Jacobian of softmax
        ∂L/∂q = ∂L/∂S k/√d,   ∂L/∂k = ∂L/∂Sᵀ q/√d

    A `causal` layer reads steps 1 … t at step t: S_ts = −∞ for s > t, so that A_ts and its gradient are 0.
    Every quantity stays: q, k, v, z and their gradients dq … as (N, H, T, d), S, A, dA, dS (N, H, T, T).

    Shapes: x (N, T, embed_dim) → the same. Raises UsageError for heads that do not divide the width.
    """

    def __init__(self, embed_dim: int, num_heads: int = 1, causal: bool = False, bias: bool = True):
        super().__init__()
        self.embed_dim, self.num_heads = check_heads(embed_dim, num_heads)
        self.causal, self.bias = causal, bias
        self.query, self.key, self.value, self.out = (
            Dense(embed_dim, embed_dim, bias, init="xavier_uniform") for _ in range(4)
        )
        self.compose({"query": self.query, "key": self.key, "value": self.value, "out": self.out})

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        """What every step reads of the others."""
        check_steps("multi_head_attention", self.embed_dim, x.shape)
        self.scale = x.dtype.type((self.num_heads / self.embed_dim) ** 0.5)  # 1/√d
        self.q, self.k, self.v = (self.heads(part.forward(x)) for part in (self.query, self.key, self.value))
        self.S = self.q @ self.k.swapaxes(2, 3) * self.scale
        if self.causal:
            T = x.shape[1]
            self.S[..., ~np.tri(T, dtype=bool)] = -np.inf
        self.A = softmax(self.S)
        self.z = self.A @ self.v
        self.joined = self._joined(self.z)
        return self.out.forward(self.joined)

    def backward(self, g: np.ndarray, inputs: bool = True) -> np.ndarray:
        """The gradients of the parameters, and ∂L/∂x: queries, keys and values each send a part of it."""
        self.djoined = np.array(self.out.backward(g))
        self.dz = self.heads(self.djoined)
        self.dA = self.dz @ self.v.swapaxes(2, 3)
        self.dv = self.A.swapaxes(2, 3) @ self.dz
        self.dS = self.A * (self.dA - (self.dA * self.A).sum(-1, keepdims=True))
        self.dq = self.dS @ self.k * self.scale
        self.dk = self.dS.swapaxes(2, 3) @ self.q * self.scale
        parts: Any = [
            part.backward(self._joined(slope))
            for part, slope in ((self.query, self.dq), (self.key, self.dk), (self.value, self.dv))
        ]
        return parts[0] + parts[1] + parts[2]

    def heads(self, x: np.ndarray) -> np.ndarray:
        """(N, T, D) → (N, H, T, d)."""
        N, T, D = x.shape
        return x.reshape(N, T, self.num_heads, D // self.num_heads).transpose(0, 2, 1, 3)

    def _joined(self, z: np.ndarray) -> np.ndarray:
        """(N, H, T, d) → (N, T, D)."""
        N, H, T, d = z.shape
        return np.ascontiguousarray(z.transpose(0, 2, 1, 3)).reshape(N, T, H * d)
