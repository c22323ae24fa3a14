"""Domain adaptation by a penalty on the distance between two batches' features: deep CORAL, DAN."""

from typing import Any

from torch import Tensor, nn

from gradatim.checks import known
from gradatim.transfer.adaptation import DomainAdaptation
from gradatim.transfer.discrepancies import PENALTIES


class DomainAlignment(DomainAdaptation):
    """Training with a penalty on the distance of the domains' features (curriculum G5).

        L = L_y(source) + λ_p d(features of source, features of target)

    `kind` is d: `coral`, deep CORAL's (Sun & Saenko 2016), or `mmd`, DAN's (Long et al. 2015), on the
    features of one layer; λ_p grows as `strength` says. The papers' λ are constant: `gamma=1e9`.

    Parameters and errors: as of `DomainAdaptation`.

    >>> import numpy as np
    >>> from gradatim.models.building import build
    >>> network = build({"name": "mlp", "in_features": 2, "out_features": 2})
    >>> x = np.random.default_rng(0).random((40, 2), np.float32)
    >>> loop = DomainAlignment(network, (x, np.arange(40) % 2), 3 * x, epochs=1)
    >>> next(loop).train["discrepancy"] > 0
    True
    """

    def __init__(
        self, model: nn.Module, data: Any, target: Any, *given: Any, kind: str = "coral", **how: Any
    ):
        self.kind = known("kind of alignment", kind, PENALTIES)
        super().__init__(model, data, target, *given, **how)

    def apart(self, source: Tensor, target: Tensor, a: Tensor, b: Tensor) -> tuple[Tensor, dict[str, Any]]:
        """λ d, and d."""
        distance = PENALTIES[self.kind](source, target)
        return self.strength() * distance, {"discrepancy": distance.detach()}
