"""The overfitting monitor of a Boltzmann machine: free energies of training and validation side by side."""

from dataclasses import dataclass

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
    parted: bool
    just_parted: bool

    def sentence(self) -> str:
        """What it means."""
        return (
            f"the free energies part: {self.train:.4g} on training examples, {self.valid:.4g} on validation; "
            "the machine finds what it has not seen less probable, it overfits"
        )


def compare_energies(train: Tensor, valid: Tensor, before: Energies | None = None) -> Energies:
    """The two means from F of each example; apart where validation's lies 4 standard errors higher, and from
    then on while it lies 2 higher.

    >>> import torch
    >>> compare_energies(torch.tensor([0.0, 2.0]), torch.tensor([10.0, 12.0])).parted
    True
    """
    variance = sum(float(f.double().var(unbiased=False)) / len(f) for f in (train, valid))
    means = float(train.double().mean()), float(valid.double().mean())
    error = variance**0.5
    were = before is not None and before.parted
    parted = len(valid) > 1 and means[1] - means[0] > (ERRORS / 2 if were else ERRORS) * error
    return Energies(*means, error, parted, parted and not were)
