"""The gated recurrent unit as its paper and most courses have it: the reset gate acts before the product."""

import numpy as np

from gradatim.by_hand.layers.activations import sigma
from gradatim.by_hand.layers.recurrent import Recurrent, State, rows


class GRUBefore(Recurrent):
    """Gated recurrent unit (Cho et al. 2014; z as in Chung et al. 2014), reset before the product.

        r = σ(W_r x_t + U_r h_{t−1} + b_r)      z = σ(W_z x_t + U_z h_{t−1} + b_z)
        h̃ = tanh(W_h x_t + U_h (r ⊙ h_{t−1}) + b_h)
        h_t = (1 − z) ⊙ h_{t−1} + z ⊙ h̃

    Here z weighs the candidate h̃, as in most courses (curriculum E6) and Chung et al.; Cho et al., eq. 7,
    and torch's form, `gru_after`, let it weigh h_{t−1}: their z is the complement of this one. Backwards,
    with q = r ⊙ h_{t−1}:

        ∂L/∂a_h = ∂L/∂h_t ⊙ z ⊙ (1 − h̃²)                       ∂L/∂q = U_hᵀ ∂L/∂a_h
        ∂L/∂a_z = ∂L/∂h_t ⊙ (h̃ − h_{t−1}) ⊙ z(1 − z)           ∂L/∂a_r = ∂L/∂q ⊙ h_{t−1} ⊙ r(1 − r)
        ∂L/∂h_{t−1} = ∂L/∂h_t ⊙ (1 − z) + ∂L/∂q ⊙ r + U_rᵀ ∂L/∂a_r + U_zᵀ ∂L/∂a_z
        ∂L/∂U_h = Σ_t ∂L/∂a_h qᵀ,   ∂L/∂U_r = Σ_t ∂L/∂a_r h_{t−1}ᵀ,   ∂L/∂U_z likewise

    Shapes: x (T, N, input_size) → h (T, N, hidden_size); the parts of W, U and b stand in the order r z h̃.
    The state is (h,), h (N, hidden_size).
    """

    kind = "a gru"
    gates = 3

    def begin(self, initial: State) -> None:
        """Room for h, and for what the reset gate leaves of it."""
        super().begin(initial)
        self.q = self.buffer("q", (len(self.a), *initial[0].shape), self.a.dtype)

    def step(self, t: int) -> None:
        """r, z and h̃, written over a_t; h_t."""
        H, U, h = self.hidden_size, self.parameters["weight_hh_l0"], self.h[t]
        gates, candidate = self.a[t, :, : 2 * H], self.a[t, :, 2 * H :]
        gates += h @ U[: 2 * H].T
        sigma(gates, gates)
        r, z = gates[:, :H], gates[:, H:]
        candidate += np.multiply(r, h, out=self.q[t]) @ U[2 * H :].T
        np.tanh(candidate, out=candidate)
        self.h[t + 1] = (1 - z) * h + z * candidate

    def step_back(self, t: int, *ds: np.ndarray) -> State:
        """∂L/∂a_t and ∂L/∂h_{t−1}."""
        (dh,), H, U, h = ds, self.hidden_size, self.parameters["weight_hh_l0"], self.h[t]
        r, z, candidate = self.a[t, :, :H], self.a[t, :, H : 2 * H], self.a[t, :, 2 * H :]
        da = self.da[t]
        da[:, 2 * H :] = dh * z * (1 - candidate**2)
        dq = da[:, 2 * H :] @ U[2 * H :]
        da[:, :H] = dq * h * r * (1 - r)
        da[:, H : 2 * H] = dh * (candidate - h) * z * (1 - z)
        return (dh * (1 - z) + dq * r + da[:, : 2 * H] @ U[: 2 * H],)

    def state_weights(self) -> None:
        """∂L/∂U: the candidate's rows saw r ⊙ h_{t−1}, the gates' rows h_{t−1}."""
        H, dU, da = self.hidden_size, self.gradients["weight_hh_l0"], rows(self.da)
        np.matmul(da[:, : 2 * H].T, rows(self.h[:-1]), out=dU[: 2 * H])
        np.matmul(da[:, 2 * H :].T, rows(self.q), out=dU[2 * H :])
