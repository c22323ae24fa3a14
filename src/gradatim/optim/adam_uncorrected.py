"""Adam without the corrections of its means."""

from typing import ClassVar

from torch.optim.optimizer import ParamsT

from gradatim.functional import updates
from gradatim.optim.update import FRACTION, POSITIVE, Update


class AdamUncorrected(Update):
    """Adam as it is often lectured, to see what Kingma & Ba's corrections are for.

        m ← β₁ m + (1 − β₁) g,   v ← β₂ v + (1 − β₂) g²,   θ ← θ − η m/(√v + ε)

    v, which starts at zero, lags behind m. Under a constant gradient and β = 0.9, 0.999 the first step is
    3.16 η, the twelfth, the largest, 6.57 η, and the thousandth still 1.26 η; Adam's are η throughout.

    Raises UsageError for a learning rate not above 0, a β outside [0, 1) or an ε not above 0.
    """

    text = staticmethod(updates.adam_uncorrected)
    state_names = ("m", "v")  # not torch's names: these are means of other equations
    bounds: ClassVar = {"lr": POSITIVE, "betas": FRACTION, "eps": POSITIVE}

    def __init__(
        self, params: ParamsT, lr: float = 0.001, betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8, *, weight_decay: float = 0.0,
    ):  # fmt: skip
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay})
