"""What CDAN's classifier of domains reads: every feature times every class's probability, or some of that."""

import torch
from torch import Tensor, nn

from gradatim.random import generator

MOST = 4096  # products that are taken as they are, the paper's limit
DRAWN = 1024  # numbers in place of more


class ClassProducts(nn.Module):
    """The products of features and class probabilities (Long et al. 2018, "CDAN", eq. 6 and 7).

        T = f ⊗ p                       for D K products up to 4,096
        T = (R_f f ⊙ R_p p)/√d          for more, d = 1,024

    The numbers of R_f (d, D) and R_p (d, K) are drawn once, normal with variance 1, so that ⟨T, T′⟩ is
    ⟨f, f′⟩ ⟨p, p′⟩ on average. They are functions of the seed, and nothing that is learned.

    Shapes: features f (N, D), a (N, K) the scores whose softmax p is → (N, `size`).

    >>> ClassProducts(2, 3, seed=0)(torch.ones(1, 2), torch.zeros(1, 3)).shape, ClassProducts(500, 10, 0).size
    (torch.Size([1, 6]), 1024)
    """

    def __init__(self, features: int, classes: int, seed: int):
        super().__init__()
        self.all = features * classes <= MOST
        self.size = features * classes if self.all else DRAWN
        for name, columns in () if self.all else (("of_features", features), ("of_classes", classes)):
            drawn = generator(seed, f"cdan.{name}").standard_normal((DRAWN, columns))
            self.register_buffer(name, torch.from_numpy(drawn), persistent=False)

    def forward(self, features: Tensor, a: Tensor) -> Tensor:
        """T."""
        p = a.softmax(1).to(features.dtype)
        if self.all:
            return torch.einsum("nd,nk->ndk", features, p).flatten(1)
        r_f, r_p = (self.get_buffer(name).to(features.dtype) for name in ("of_features", "of_classes"))
        return features @ r_f.t() * (p @ r_p.t()) / DRAWN**0.5
