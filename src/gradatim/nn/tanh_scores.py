"""The scores of additive attention, query by query, so that the hidden layer is never kept."""

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable


def tanh_scores(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Every query against every key through one hidden layer.

        e_tl = vᵀ u_tl,   u_tl = tanh(q_t + k_l)

    u (N, T, L, A) is as large as all else together: it is made for one query after the other, and made again
    on the way back. Second derivatives are refused.

    Shapes: q (N, T, A), k (N, L, A), v (1, A) → e (N, T, L).

    >>> e = tanh_scores(torch.zeros(1, 1, 3), torch.ones(1, 2, 3), torch.ones(1, 3))
    >>> e.mul(1e3).round().tolist()
    [[[2285.0, 2285.0]]]
    """
    scores: Tensor = _TanhScores.apply(q, k.to(q.dtype), v.to(q.dtype))
    return scores


class _TanhScores(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        """The scores e."""
        ctx.save_for_backward(q, k, v)
        u = torch.empty_like(k)
        e = q.new_empty(q.shape[0], q.shape[1], k.shape[1])
        for t in range(q.shape[1]):
            torch.add(k, q[:, t, None], out=u).tanh_()
            e[:, t] = u @ v[0]
        return e

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, de: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """∂u = v ∂e;  ∂a = ∂u ⊙ (1 − u²);  ∂q = Σ_l ∂a,  ∂k = Σ_t ∂a,  ∂v = Σ_tl ∂e u."""
        q, k, v = ctx.saved_tensors
        u = torch.empty_like(k)
        dq, dk, dv = torch.empty_like(q), torch.zeros_like(k), torch.zeros_like(v)
        rows = u.view(-1, u.shape[2])
        for t in range(q.shape[1]):
            torch.add(k, q[:, t, None], out=u).tanh_()
            g = de[:, t].reshape(1, -1)
            dv.addmm_(g, rows)
            da = u.square_().neg_().add_(1).mul_(v[0]).mul_(g.view(*u.shape[:2], 1))
            torch.sum(da, 1, out=dq[:, t])
            dk += da
        return dq, dk, dv
