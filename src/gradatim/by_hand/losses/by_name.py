"""The losses by name."""

from typing import Any

from gradatim.by_hand.losses.boundary_loss import BoundaryCrossEntropy
from gradatim.by_hand.losses.center_loss import CenterPoints
from gradatim.by_hand.losses.class_and_box import ClassAndBox
from gradatim.by_hand.losses.classes import BinaryCrossEntropy, CrossEntropy, MultiLabel
from gradatim.by_hand.losses.counts import PoissonNLL
from gradatim.by_hand.losses.dice_loss import CrossEntropyDice, Dice
from gradatim.by_hand.losses.distributions import GaussianNLL, LaplaceNLL, MixtureNLL
from gradatim.by_hand.losses.focal import Focal
from gradatim.by_hand.losses.kl_divergence import KLDivergence
from gradatim.by_hand.losses.loss import Loss
from gradatim.by_hand.losses.margins import Hinge, SquaredHinge
from gradatim.by_hand.losses.nll import NLL
from gradatim.by_hand.losses.numbers import AbsoluteError, HalfSquaredError, Huber, SquaredError
from gradatim.checks import known

LOSSES: dict[str, type[Loss]] = {
    "cross_entropy": CrossEntropy,
    "binary_cross_entropy": BinaryCrossEntropy,
    "multilabel": MultiLabel,
    "hinge": Hinge,
    "squared_hinge": SquaredHinge,
    "focal": Focal,
    "nll": NLL,
    "kl_divergence": KLDivergence,
    "squared_error": SquaredError,
    "half_squared_error": HalfSquaredError,
    "absolute_error": AbsoluteError,
    "huber": Huber,
    "bernoulli_nll": BinaryCrossEntropy,  # with p = σ(a), −log p(y) is this very loss
    "categorical_nll": CrossEntropy,  # with p = softmax(a), likewise
    "gaussian_nll": GaussianNLL,
    "laplace_nll": LaplaceNLL,
    "poisson_nll": PoissonNLL,
    "mixture_nll": MixtureNLL,
}
MASK_LOSSES: dict[str, type[Loss]] = {  # which read a picture's places together
    "dice": Dice,
    "cross_entropy_dice": CrossEntropyDice,
    "boundary_cross_entropy": BoundaryCrossEntropy,
}
BOX_LOSSES: dict[str, type[Loss]] = {  # of objects in a picture, (N, M, 5)
    "center_points": CenterPoints,
    "class_and_box": ClassAndBox,
}


def loss_by_name(name: str, **arguments: Any) -> Loss:
    """A loss by its name, with its arguments.

    >>> loss_by_name("huber", delta=2.0).delta
    2.0
    """
    every = LOSSES | MASK_LOSSES | BOX_LOSSES
    return every[known("loss", name, every)](**arguments)
