"""Adam."""

from typing import Any, ClassVar

from torch import Tensor
from torch.optim.adam import adam as torch_adam
from torch.optim.optimizer import ParamsT

from gradatim.checks import UsageError, real
from gradatim.functional import updates
from gradatim.optim.update import Update


class Adam(Update):
    """Adam (Kingma & Ba 2015, Algorithm 1).

        m ← β₁ m + (1 − β₁) g,        m̂ = m/(1 − β₁ᵗ)
        v ← β₂ v + (1 − β₂) g²,       v̂ = v/(1 − β₂ᵗ)
        θ ← θ − η m̂/(√v̂ + ε)

    Raises UsageError for a learning rate not above 0, a β outside [0, 1) or an ε not above 0.
    """

    text = staticmethod(updates.adam)
    state_names = ("exp_avg", "exp_avg_sq")
    counts = True
    twin: ClassVar = {"amsgrad": False, "maximize": False, "decoupled_weight_decay": False}

    def __init__(
        self, params: ParamsT, lr: float = 0.001, betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8, *, weight_decay: float = 0.0, fused: bool | None = None,
    ):  # fmt: skip
        settings = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "fused": fused}
        super().__init__(params, settings)

    def check(self, group: dict[str, Any]) -> None:
        """η and ε above 0, both β in [0, 1), weight decay at least 0."""
        betas = group["betas"]
        if not isinstance(betas, tuple | list) or len(betas) != 2:
            raise UsageError(f"betas must be two numbers; they are {betas!r}")
        for name, beta in zip(("beta1", "beta2"), betas, strict=True):
            real(name, beta, at_least=0, below=1)
        real("lr", group["lr"], above=0)
        real("eps", group["eps"], above=0)
        real("weight_decay", group["weight_decay"], at_least=0)

    def hyper(self, group: dict[str, Any]) -> dict[str, float]:
        """η, β₁, β₂ and ε."""
        beta1, beta2 = group["betas"]
        return {"lr": group["lr"], "beta1": beta1, "beta2": beta2, "eps": group["eps"]}

    def run_fused(self, params: list[Tensor], grads: list[Tensor], group: dict[str, Any]) -> None:
        """Torch's Adam."""
        states = [self.state[p] for p in params]
        if params[0].is_cuda:  # the kernel counts on the device
            for state in states:
                state["step"] = state["step"].to(params[0].device)
        beta1, beta2 = group["betas"]
        torch_adam(
            params, grads, [s["exp_avg"] for s in states], [s["exp_avg_sq"] for s in states], [],
            [s["step"] for s in states], fused=True, amsgrad=False, maximize=False, lr=group["lr"],
            beta1=beta1, beta2=beta2, eps=group["eps"], weight_decay=group["weight_decay"],
        )  # fmt: skip
