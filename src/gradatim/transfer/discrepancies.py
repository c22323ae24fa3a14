"""How far apart two samples are, differentiably: by their covariances, by their means in a kernel's space."""

import torch
from torch import Tensor

FACTORS = (0.25, 0.5, 1.0, 2.0, 4.0)  # of the kernels' widths, on the median squared distance


def coral_loss(source: Tensor, target: Tensor) -> Tensor:
    """The CORAL loss: how far two samples' covariances are apart (Sun & Saenko 2016, eq. 1–3; curriculum G5).

        l = ‖C_S − C_T‖²_F / (4 d²),   C = (XᵀX − (1ᵀX)ᵀ(1ᵀX)/n)/(n − 1)

    Shapes: source (N, D), target (M, D) → (). A sample of one has no covariance: 0.

    >>> x = torch.tensor([[0.0, 0.0], [2.0, 0.0]])
    >>> coral_loss(x, 2 * x).item()  # variances 2 and 8: 36/16
    2.25
    """
    d = source.shape[1]
    return (_covariance(source) - _covariance(target)).square().sum() / (4 * d * d)


def _covariance(x: Tensor) -> Tensor:
    x = x - x.mean(0)
    return x.T @ x / max(len(x) - 1, 1)


def mmd_loss(source: Tensor, target: Tensor, factors: tuple[float, ...] = FACTORS) -> Tensor:
    """Squared maximum mean discrepancy by several kernels (Gretton et al. 2012; DAN, Long et al. 2015).

        l = mean k(s, s′) + mean k(t, t′) − 2 mean k(s, t),   k(x, y) = mean_u exp(−‖x − y‖²/(u γ))

    γ is the median of the squared distances between different examples of both samples together, and no
    gradient goes through it; u are the `factors`. All pairs count, so that it is never below 0 and is 0 of
    two samples that are the same. DAN weighs its kernels by a quadratic programme; here they weigh the same.

    Shapes: source (N, D), target (M, D) → ().

    >>> x = torch.tensor([[0.0], [1.0]])
    >>> mmd_loss(x, x).item(), mmd_loss(x, x + 9).item() > 1
    (0.0, True)
    """
    n, both = len(source), torch.cat((source, target))
    squares = (both[:, None] - both[None]).square().sum(2)
    gamma = _median(squares.detach())
    kernel = torch.stack([torch.exp(-squares / (u * gamma)) for u in factors]).mean(0)
    return kernel[:n, :n].mean() + kernel[n:, n:].mean() - 2 * kernel[:n, n:].mean()


def _median(squares: Tensor) -> Tensor:
    """The median off the diagonal; 1 where all examples are the same."""
    n = len(squares)
    rows, columns = torch.triu_indices(n, n, 1, device=squares.device)
    found = squares[rows, columns].median()
    return torch.where(found > 0, found, torch.ones_like(found))


PENALTIES = {"coral": coral_loss, "mmd": mmd_loss}
