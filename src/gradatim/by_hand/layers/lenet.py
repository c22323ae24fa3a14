"""The layers that LeNet-5 has of its own (LeCun, Bottou, Bengio & Haffner 1998, § II.B)."""

from collections.abc import Sequence

import numpy as np

from gradatim.by_hand.layers.conv import Conv2d
from gradatim.by_hand.layers.elementwise import Elementwise
from gradatim.by_hand.layers.layer import Layer
from gradatim.by_hand.layers.pooling import SumPool2d
from gradatim.checks import UsageError, whole

A, S = 1.7159, 2 / 3


class ScaledTanh(Elementwise):
    """LeNet-5's activation, g(z) = A tanh(S z), A = 1.7159, S = ⅔;   g′(z) = S (A − h²/A)   (Appendix A)."""

    def value(self, z: np.ndarray, h: np.ndarray) -> None:
        """A tanh(S z)."""
        np.tanh(z * S, out=h)
        h *= A

    def derivative(self, z: np.ndarray, h: np.ndarray, d: np.ndarray) -> None:
        """S (A − h²/A)."""
        np.multiply(h, h, out=d)
        d /= -A
        d += A
        d *= S


class Subsampling(Layer):
    """LeNet-5's S2 and S4: 2×2 neighbours added, times a weight plus a bias, one of each a map.

        z_c[m] = w_c s_c[m] + b_c,   s the sum over the window
        ∂L/∂w_c = Σ_m g_c[m] s_c[m],   ∂L/∂b_c = Σ_m g_c[m],   ∂L/∂s = w g

    Shapes: x (N, C, H, W) → (N, C, ⌊H/2⌋, ⌊W/2⌋); w (C,), b (C,).
    """

    def __init__(self, channels: int):
        super().__init__()
        self.channels = whole("channels", channels, 1)
        self.sum = SumPool2d(2)
        self.shapes = {"weight": (self.channels,), "bias": (self.channels,)}  # type: ignore[misc]

    def draw(self, seed: int, prefix: str) -> dict[str, np.ndarray]:
        """The mean to begin with: every weight ¼, every bias 0."""
        return {"weight": np.full(self.channels, 0.25), "bias": np.zeros(self.channels)}

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        """W s + b."""
        if x.shape[1:2] != (self.channels,):
            raise UsageError(
                f"subsampling of {self.channels} maps got examples of shape {tuple(x.shape[1:])}"
            )
        self.s = self.sum.forward(x).copy()
        return self.s * self._laid("weight") + self._laid("bias")

    def _laid(self, name: str) -> np.ndarray:
        return self.parameters[name][:, None, None]

    def backward(self, g: np.ndarray, inputs: bool = True) -> np.ndarray | None:
        """∂L/∂w, ∂L/∂b, and ∂L/∂x."""
        self.gradients["weight"][...] = (g * self.s).sum((0, 2, 3))
        self.gradients["bias"][...] = g.sum((0, 2, 3))
        return self.sum.backward(g * self._laid("weight")) if inputs else None


class TableConv(Layer):
    """LeNet-5's C3: a convolution whose every map reads some maps of its input, as a table says.

        z_o[m] = b_o + Σ_{c ∈ reads_o} Σ_k W_oc[k] x_c[m + k]

    Backwards it is a convolution's, of the weights that are there. Shapes: x (N, C, H, W) →
    (N, O, H − F + 1, W − F + 1); weight0 … weight{O−1}, each (maps read, F, F), and bias (O,).
    """

    def __init__(self, reads: Sequence[Sequence[int]], channels: int, kernel: int = 5):
        super().__init__()
        self.reads, self.channels, self.kernel = [list(row) for row in reads], channels, kernel
        self.conv = Conv2d(channels, len(self.reads), kernel)
        self.shapes = {  # type: ignore[misc]
            **{f"weight{o}": (len(row), kernel, kernel) for o, row in enumerate(self.reads)},
            "bias": (len(self.reads),),
        }

    def draw(self, seed: int, prefix: str) -> dict[str, np.ndarray]:
        """LeCun's weights, the fan in of a map that of the maps it reads; biases 0."""
        from gradatim import catalog
        from gradatim.random import generator

        initialiser = catalog.find("lecun_uniform", "initialiser").load()
        values = {
            name: initialiser(generator(seed, f"{prefix}{name}"), (1, *shape))[0]
            for name, shape in self.shapes.items() if name != "bias"
        }  # fmt: skip
        return {**values, "bias": np.zeros(len(self.reads))}

    def weight(self) -> np.ndarray:
        """W with zeros where a map is not read."""
        W = np.zeros(self.conv.shapes["weight"], self.parameters["bias"].dtype)
        for o, row in enumerate(self.reads):
            W[o, row] = self.parameters[f"weight{o}"]
        return W

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        """The maps."""
        W = self.weight()
        self.conv.hold({"weight": W, "bias": self.parameters["bias"]},
                       {"weight": np.zeros_like(W), "bias": self.gradients["bias"]})  # fmt: skip
        return self.conv.forward(x)

    def backward(self, g: np.ndarray, inputs: bool = True) -> np.ndarray | None:
        """∂L/∂W of the connections that exist, ∂L/∂b, and ∂L/∂x."""
        dx = self.conv.backward(g, inputs)
        for o, row in enumerate(self.reads):
            self.gradients[f"weight{o}"][...] = self.conv.gradients["weight"][o, row]
        return dx


class RBF(Layer):
    """LeNet-5's outputs: minus the squared distance to a fixed centre for each class (eq. 7, sign turned).

        y_i = −Σ_j (x_j − c_ij)²;   ∂L/∂x_j = −2 Σ_i g_i (x_j − c_ij)

    Shapes: x (N, D) → (N, K); the centres (K, D) are memory, and do not learn.
    """

    def __init__(self, num_classes: int, in_features: int = 84):
        super().__init__()
        self.memory = {"centres": np.zeros((num_classes, in_features))}

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        """−‖x − c_i‖² for every class."""
        self.apart = x[:, None] - self.memory["centres"]  # (N, K, D)
        return -np.square(self.apart).sum(2)

    def backward(self, g: np.ndarray, inputs: bool = True) -> np.ndarray:
        """∂L/∂x."""
        return -2 * np.einsum("nk,nkd->nd", g, self.apart)
