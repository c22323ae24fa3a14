"""Muon."""

from typing import Any, ClassVar

from torch import Tensor
from torch.optim.optimizer import ParamsT

from gradatim.functional import updates
from gradatim.optim.adamw import AdamW
from gradatim.optim.update import FRACTION, POSITIVE, Update


class Muon(Update):
    """Muon, momentum orthogonalised by Newton–Schulz (Jordan et al. 2024), for matrices; AdamW for the rest.

        b ← μb + (1 − μ)g,   O = NS((1 − μ)g + μb)
        θ ← θ − η (√max(1, A/B) O + λθ),   θ of shape (A, B)

    NS takes UΣVᵀ to about UVᵀ: every direction of the step has the same size. What is not a matrix (biases,
    filters) moves by AdamW with ε = 1e-8 at the rate adam_ratio · η, so a schedule reaches both; 0.015 is the
    ratio of the post's code. The post would also leave embeddings and the last layer to AdamW; here they are
    matrices as any other, unless another optimizer has them.

    Torch's Muon iterates NS in bfloat16, which is quicker on a GPU; here it has the parameters' precision.

    Raises UsageError for a learning rate or a ratio not above 0, a μ or β outside [0, 1), or a negative λ.
    """

    text = staticmethod(updates.muon)
    state_names = ("momentum_buffer",)
    bounds: ClassVar = {"lr": POSITIVE, "momentum": FRACTION, "adam_ratio": POSITIVE, "betas": FRACTION}
    decoupled = True
    elementwise = False  # NS mixes a matrix's elements
    twin: ClassVar = {
        "nesterov": True, "ns_coefficients": (3.4445, -4.7750, 2.0315), "eps": 1e-7, "ns_steps": 5,
        "adjust_lr_fn": None,
    }  # fmt: skip

    def __init__(
        self, params: ParamsT, lr: float = 0.02, momentum: float = 0.95, *, weight_decay: float = 0.0,
        adam_ratio: float = 0.015, betas: tuple[float, float] = (0.9, 0.999),
    ):  # fmt: skip
        settings = {"lr": lr, "momentum": momentum, "weight_decay": weight_decay}
        super().__init__(params, {**settings, "adam_ratio": adam_ratio, "betas": betas})

    def names(self, p: Tensor) -> tuple[str, ...]:
        """A matrix has Muon's state, anything else AdamW's."""
        return self.state_names if p.ndim == 2 else AdamW.state_names

    def run_text(self, p: Tensor, g: Tensor, t: int, held: list[Tensor], group: dict[str, Any]) -> None:
        """Muon's text on a matrix, AdamW's on anything else."""
        lr, decay = float(group["lr"]), group["weight_decay"]
        if p.ndim == 2:
            updates.muon(p, g, t, *held, lr=lr, momentum=group["momentum"], weight_decay=decay)
        else:
            beta1, beta2 = group["betas"]
            updates.adamw(
                p, g, t, *held, lr=group["adam_ratio"] * lr, beta1=beta1, beta2=beta2, eps=1e-8,
                weight_decay=decay,
            )  # fmt: skip
