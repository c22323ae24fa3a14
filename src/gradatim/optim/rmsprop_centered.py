"""RMSProp, centred."""

from typing import ClassVar

from torch.optim.optimizer import ParamsT

from gradatim.functional import updates
from gradatim.optim.update import FRACTION, POSITIVE, Update


class RMSPropCentered(Update):
    """RMSProp by the gradient's deviation from its mean (Graves 2013); torch's RMSprop with `centered=True`.

        s ← αs + (1 − α)g²,   m ← αm + (1 − α)g,   θ ← θ − ηg/(√(s − m²) + ε)

    Where the gradient keeps its value s − m² goes to 0 and steps grow. There rounding can leave a number
    below 0, whose root is not a number in torch and 0 here.

    Raises UsageError for a learning rate or an ε not above 0, or an α outside [0, 1).
    """

    text = staticmethod(updates.rmsprop_centered)
    state_names = ("step", "square_avg", "grad_avg")
    bounds: ClassVar = {"lr": POSITIVE, "alpha": FRACTION, "eps": POSITIVE}
    twin: ClassVar = {"momentum": 0, "centered": True, "maximize": False}

    def __init__(
        self, params: ParamsT, lr: float = 0.01, alpha: float = 0.99, eps: float = 1e-8, *,
        weight_decay: float = 0.0,
    ):  # fmt: skip
        super().__init__(params, {"lr": lr, "alpha": alpha, "eps": eps, "weight_decay": weight_decay})
