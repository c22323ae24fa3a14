"""The overfitting monitor of a Boltzmann machine: free energies of training and validation side by side."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

ERRORS = 4.0  # standard errors, from which the energies are apart


@dataclass(frozen=True)
class Energies:
    """The mean free energies of as many examples of training as of validation (Hinton 2012, section 6).

    Z cancels in their difference: F(valid) − F(train) = mean log P(train) − mean log P(valid).
    """

    train: float
    valid: float
    error: float  # of valid − train, one standard deviation
    apart: float  # how many standard errors validation's lies above training's
    parted: bool
    just_parted: bool

    def sentence(self) -> str:
        """What it means."""
        return (
            f"the free energies part: {self.train:.4g} on training examples, {self.valid:.4g} on validation; "
            "the machine finds what it has not seen less probable, it overfits"
        )


def are_apart(errors: float, before: bool) -> bool:
    """Whether energies that differ by so many standard errors are apart: beyond 4, or still beyond 2."""
    return errors > (ERRORS / 2 if before else ERRORS)


def compare_energies(train: "Tensor", valid: "Tensor", before: Energies | None = None) -> Energies:
    """The two means from F of each example; apart where validation's lies 4 standard errors higher, and from
    then on while it lies 2 higher. Without a spread there is no error, and they are not apart.

    >>> import torch
    >>> compare_energies(torch.tensor([0.0, 2.0]), torch.tensor([10.0, 12.0])).parted
    True
    """
    variance = sum(float(f.double().var(unbiased=False)) / len(f) for f in (train, valid))
    means = float(train.double().mean()), float(valid.double().mean())
    error = variance**0.5
    were = before is not None and before.parted
    apart = (means[1] - means[0]) / error if error else 0.0
    parted = are_apart(apart, were)
    return Energies(*means, error, apart, parted, parted and not were)
