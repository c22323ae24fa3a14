"""The gated recurrent unit of torch and cuDNN: the reset gate acts after the product."""

import numpy as np

from gradatim.by_hand.layers.activations import sigma
from gradatim.by_hand.layers.recurrent import Recurrent, State, rows


class GRUAfter(Recurrent):
    """Gated recurrent unit (Cho et al. 2014, in the form of torch and cuDNN), reset after the product.

        r = σ(W_r x_t + U_r h_{t−1} + b_r)      z = σ(W_z x_t + U_z h_{t−1} + b_z)
        p = U_n h_{t−1} + b_hn                  n = tanh(W_n x_t + b_n + r ⊙ p)
        h_t = (1 − z) ⊙ n + z ⊙ h_{t−1}

    so that all of U h_{t−1} is one product. Here z keeps the old state: it is the complement of the z of the
    course's form, `gru_before`, and weights of one are not weights of the other. Backwards:

        ∂L/∂a_n = ∂L/∂h_t ⊙ (1 − z) ⊙ (1 − n²)                  ∂L/∂p = ∂L/∂a_n ⊙ r
        ∂L/∂a_z = ∂L/∂h_t ⊙ (h_{t−1} − n) ⊙ z(1 − z)            ∂L/∂a_r = ∂L/∂a_n ⊙ p ⊙ r(1 − r)
        ∂L/∂h_{t−1} = ∂L/∂h_t ⊙ z + U_rᵀ ∂L/∂a_r + U_zᵀ ∂L/∂a_z + U_nᵀ ∂L/∂p
        ∂L/∂U_n = Σ_t ∂L/∂p h_{t−1}ᵀ,   ∂L/∂b_hn = Σ_t ∂L/∂p

    Shapes: x (T, N, input_size) → h (T, N, hidden_size); the parts of W, U and b stand in torch's order,
    r z n; b_hn (hidden_size,) is the one bias that stands inside r ⊙ (…). The state is (h,),
    h (N, hidden_size).
    """

    kind = "a gru"
    gates = 3

    def __init__(self, input_size: int, hidden_size: int, bias: bool = True):
        super().__init__(input_size, hidden_size, bias)
        if bias:
            self.shapes["bias_hn_l0"] = (hidden_size,)

    def begin(self, initial: State) -> None:
        """Room for h, for the products U h_{t−1}, of which p is the last third, and for ∂L/∂(U h_{t−1})."""
        super().begin(initial)
        self.Uh = self.buffer("Uh", self.a.shape, self.a.dtype)
        self.p = self.Uh[:, :, 2 * self.hidden_size :]
        self.dUh = self.buffer("dUh", self.a.shape, self.a.dtype)

    def step(self, t: int) -> None:
        """r, z and n, written over a_t; h_t."""
        H, h, p = self.hidden_size, self.h[t], self.p[t]
        np.matmul(h, self.parameters["weight_hh_l0"].T, out=self.Uh[t])
        if "bias_hn_l0" in self.shapes:
            p += self.parameters["bias_hn_l0"]
        gates, n = self.a[t, :, : 2 * H], self.a[t, :, 2 * H :]
        gates += self.Uh[t, :, : 2 * H]
        sigma(gates, gates)
        r, z = gates[:, :H], gates[:, H:]
        n += r * p
        np.tanh(n, out=n)
        self.h[t + 1] = (1 - z) * n + z * h

    def step_back(self, t: int, *ds: np.ndarray) -> State:
        """∂L/∂a_t, ∂L/∂(U h_{t−1}) and ∂L/∂h_{t−1}."""
        (dh,), H, h, da = ds, self.hidden_size, self.h[t], self.da[t]
        r, z, n = self.a[t, :, :H], self.a[t, :, H : 2 * H], self.a[t, :, 2 * H :]
        da[:, 2 * H :] = dh * (1 - z) * (1 - n**2)
        da[:, :H] = da[:, 2 * H :] * self.p[t] * r * (1 - r)
        da[:, H : 2 * H] = dh * (h - n) * z * (1 - z)
        self.dUh[t, :, : 2 * H] = da[:, : 2 * H]
        self.dUh[t, :, 2 * H :] = da[:, 2 * H :] * r
        return (dh * z + self.dUh[t] @ self.parameters["weight_hh_l0"],)

    def state_weights(self) -> None:
        """∂L/∂U and ∂L/∂b_hn."""
        dUh = rows(self.dUh)
        np.matmul(dUh.T, rows(self.h[:-1]), out=self.gradients["weight_hh_l0"])
        if "bias_hn_l0" in self.shapes:
            np.add.reduce(dUh[:, 2 * self.hidden_size :], axis=0, out=self.gradients["bias_hn_l0"])
