"""How a machine of Gaussian visible units learns."""

from typing import Any, ClassVar

import torch

from gradatim.nn.gaussian_rbm import GaussianRBM
from gradatim.unsupervised.rbm import ContrastiveDivergence


class GaussianContrastiveDivergence(ContrastiveDivergence):
    """CD-k for a machine of Gaussian visible units, which begin at the mean and the variance of the data.

        σ² ← var(v),   b ← mean(v)/σ;   then as `ContrastiveDivergence`, z = log σ² with the other parameters

    Parameters: as there; `data` are numbers on any scale. The rate is best about 0.01, ten times below that
    of binary units (Hinton 2012, section 13.2), which is what a run takes.

    Raises UsageError where no column varies, and as there.

    >>> rows = torch.randn(200, 3, generator=torch.Generator().manual_seed(0)) * 5
    >>> machine = GaussianRBM(3, 2)
    >>> _ = next(GaussianContrastiveDivergence(machine, rows.numpy(), lr=0.01))
    >>> machine.sigma.mean().round().item()
    5.0
    """

    encoder: ClassVar[str] = ""
    usual: ClassVar[dict[str, Any]] = {"lr": 0.01, "schedule": "constant"}

    def __init__(self, model: GaussianRBM, data: Any, **how: Any):
        super().__init__(model, data, **how)
        assert self.data is not None
        model.begin_at(self.data.x[:])
