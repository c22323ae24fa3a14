"""The soft Dice loss of masks (curriculum D19)."""

import torch
from torch import Tensor

from gradatim.checks import real
from gradatim.functional.losses import CrossEntropy
from gradatim.functional.mask_scores import MaskScores, places


class Dice(MaskScores):
    """Soft Dice: how far the classes' probabilities are from covering the mask, whatever a class's size.

        l = 1 − (1/K) Σ_k (2 Σ_i p_ki g_ki + ε) / (Σ_i p_ki² + Σ_i g_ki² + ε),   p = softmax(a)

    over the places i of an example, g_ki being 1 where i is of class k: with squares below, as in Milletari,
    Navab & Ahmadi (2016), whose D is the fraction of the one foreground class at ε = 0; here the mean over
    all K classes, the background's as well. ε gives a class that is not there a derivative. Places that are
    not known are none of the i.

    Shapes: a (N, K, H, W), y (N, H, W) class numbers; or a (N, K), y (N,), each example one place.

    Raises UsageError for an ε not above 0.

    >>> a = torch.tensor([[[[9.0, 9.0]], [[-9.0, -9.0]]]])  # class 0 at both places, where one is of class 1
    >>> round(Dice()(a, torch.tensor([[[0, 1]]])).item(), 4)  # 1 − ½ (3/4 + 1/2)
    0.375
    """

    def __init__(self, epsilon: float = 1.0):
        self.epsilon = real("epsilon", epsilon, above=0)

    def __call__(self, a: Tensor, y: Tensor) -> Tensor:
        """The loss of every example, (N,)."""
        scores, g, known = places(a, y)
        p = torch.softmax(scores, 1) * known
        both = 2 * (p * g).sum(2) + self.epsilon
        each = (p**2).sum(2) + g.sum(2) + self.epsilon  # g² = g
        return 1 - (both / each).mean(1)


class CrossEntropyDice(MaskScores):
    """Cross entropy and soft Dice, as nnU-Net learns by (Isensee et al. 2021).

        l = l_CE + λ l_Dice

    The first tells every pixel what is wrong with it, the second counts classes alike however small. See
    `CrossEntropy` and `Dice`.

    Shapes: a (N, K, H, W), y (N, H, W) class numbers; or a (N, K), y (N,).

    Raises UsageError for a negative λ, or an ε not above 0.

    >>> a, y = torch.zeros(1, 2, 1, 2), torch.tensor([[[0, 1]]])
    >>> round(CrossEntropyDice()(a, y).item(), 4)  # log 2 + 1 − (2 · ½ + 1)/(½ + 1 + 1)
    0.8931
    """

    def __init__(self, weight: float = 1.0, epsilon: float = 1.0):
        self.weight = real("weight", weight, at_least=0)
        self.epsilon = real("epsilon", epsilon, above=0)

    def __call__(self, a: Tensor, y: Tensor) -> Tensor:
        """The loss of every example, (N,)."""
        return CrossEntropy()(a, y) + self.weight * Dice(self.epsilon)(a, y)
