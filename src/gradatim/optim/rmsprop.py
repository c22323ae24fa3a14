"""RMSProp."""

from typing import ClassVar

from torch.optim.optimizer import ParamsT

from gradatim.functional import updates
from gradatim.optim.update import FRACTION, POSITIVE, Update


class RMSProp(Update):
    """RMSProp (Tieleman & Hinton 2012): AdaGrad that forgets.

        s ← αs + (1 − α)g²,   θ ← θ − ηg/(√s + ε)

    s starts at zero and is not corrected for it, so the first step is 1/√(1 − α) times η: 10 at α = 0.99.

    Raises UsageError for a learning rate or an ε not above 0, or an α outside [0, 1).
    """

    text = staticmethod(updates.rmsprop)
    state_names = ("step", "square_avg")
    bounds: ClassVar = {"lr": POSITIVE, "alpha": FRACTION, "eps": POSITIVE}
    twin: ClassVar = {"momentum": 0, "centered": False, "maximize": False}

    def __init__(
        self, params: ParamsT, lr: float = 0.01, alpha: float = 0.99, eps: float = 1e-8, *,
        weight_decay: float = 0.0,
    ):  # fmt: skip
        super().__init__(params, {"lr": lr, "alpha": alpha, "eps": eps, "weight_decay": weight_decay})
