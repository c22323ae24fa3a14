"""How a machine of Gaussian visible units learns."""

from typing import Any, ClassVar

import torch

from gradatim.nn.boltzmann_units import spread_of
from gradatim.nn.gaussian_rbm import GaussianRBM
from gradatim.unsupervised.contrast import Contrast
from gradatim.unsupervised.rbm import ContrastiveDivergence

LEAST = 0.01  # of a tenth of an input's range: σ at least


class GaussianContrastiveDivergence(ContrastiveDivergence):
    """CD-k for a machine of Gaussian visible units, which begin at the mean and the variance of the data.

        σ² ← var(v),   b ← mean(v)/σ;   then as `ContrastiveDivergence`, z = log σ² with the other parameters

    A step's gradient by z is cut off at ±1, since one value far away is as much as many near ones; σ stays
    above a thousandth of an input's range, that of an input which never varies where it began.

    Parameters: as there; `data` are numbers on any scale. The rate is best about 0.01, ten times below that
    of binary units (Hinton 2012, section 13.2), which is what a run takes. Units are centred unless told
    otherwise: the mean of inputs that are no contrast would turn every hidden unit on.

    Raises UsageError where no column varies, and as there.

    >>> rows = torch.randn(200, 3, generator=torch.Generator().manual_seed(0)) * 5
    >>> machine = GaussianRBM(3, 2)
    >>> _ = next(GaussianContrastiveDivergence(machine, rows.numpy(), lr=0.01))
    >>> machine.sigma.mean().round().item()
    5.0
    """

    encoder: ClassVar[str] = ""
    usual: ClassVar[dict[str, Any]] = {"lr": 0.01, "schedule": "constant", "weight_decay": 0.0}

    def __init__(self, model: GaussianRBM, data: Any, **how: Any):
        super().__init__(model, data, **{"centred": True} | how)
        assert self.data is not None
        rows = self.data.x[:]
        model.begin_at(rows)
        varies, spread = spread_of(rows)
        start = rows.double().var(0, unbiased=False)[varies].mean()
        least = torch.where(varies, (spread * LEAST) ** 2, start)
        self.least = least.log().to(self.dtype)  # z at least

    def _move(self, found: Contrast) -> None:
        """As there, with the gradient by z cut off, and σ at least a thousandth of an input's range."""
        found.beside["log_variance"].clamp_(-1, 1)
        super()._move(found)
        z = self.rbm.get_parameter("log_variance")
        torch.maximum(z, self.least, out=z)
