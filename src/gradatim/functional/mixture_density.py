"""The negative log likelihood of a mixture of Gaussians (curriculum B10): mixture density networks."""

from math import log, pi

import torch
import torch.nn.functional as F
from torch import Tensor

from gradatim.checks import UsageError, whole
from gradatim.functional.losses import weighted_mean


class MixtureNLL:
    """A mixture of K round Gaussians: the mixture density network (Bishop 1994, eq. 22–29).

        l = −log Σ_k π_k N(y; μ_k, σ_k² I),   π = softmax(z), s_k = log σ_k

    Shapes: a (N, K(D + 2)): K numbers z, K numbers s, then K rows μ_k of D numbers; y (N, D), or (N,).

    Raises UsageError for fewer than one component, and for outputs that do not fit.

    >>> [round(l, 4) for l in MixtureNLL(1)(torch.zeros(1, 3), torch.tensor([1.0])).tolist()]
    [1.4189]
    """

    def __init__(self, components: int = 3):
        self.components = whole("components", components, 1)

    def __call__(self, a: Tensor, y: Tensor) -> Tensor:
        """The loss of every example, (N,)."""
        K = self.components
        y = y.to(a.dtype).reshape(len(y), 1, -1)  # (N, 1, D)
        D = y.shape[2]
        if a.shape != (len(y), K * (D + 2)):
            raise UsageError(
                f"a mixture of {K} in {D} dimensions takes outputs of shape {(len(y), K * (D + 2))}; "
                f"they have {tuple(a.shape)}"
            )
        z, s, mu = a[:, :K], a[:, K : 2 * K], a[:, 2 * K :].reshape(len(y), K, D)
        square = (y - mu).square().sum(2) * torch.exp(-2 * s)  # ‖y − μ_k‖²/σ_k², (N, K)
        log_joint = F.log_softmax(z, 1) - 0.5 * D * log(2 * pi) - D * s - 0.5 * square  # log π_k N_k
        return -torch.logsumexp(log_joint, 1)

    def mean(self, a: Tensor, y: Tensor, w: Tensor | None = None) -> Tensor:
        """The mean over the batch, weighted when w is given."""
        loss = self(a, y)
        return loss.mean() if w is None else weighted_mean(loss, w)
