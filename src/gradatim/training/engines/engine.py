"""What an engine is: everything that training asks of one, and nothing else is public in any."""

from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np

from gradatim.training.batches.layout import Batch, Layout
from gradatim.training.penalties_and_clipping import Shaping

Tensors = dict[str, Any]  # by name, of NumPy or of torch


class Engine(Protocol):
    """One network, one loss and one optimizer, and the step that they make together."""

    framework: str
    """What its checkpoint is read as: "np", arrays of NumPy, or "pt", torch's tensors."""

    foreign: bool
    """Whether the network is a stranger's, whose layers may draw from a global random state."""

    check_each_step: bool
    """Whether each step's loss is looked at as it is made; otherwise `any_nonfinite` asks for all of them."""

    searches: bool
    """Whether the optimizer asks for several values of the loss in a step, as L-BFGS does."""

    model: Any
    """The network, in training."""

    loss: Any
    """What is measured; training lowers it with smoothed targets where that was asked for."""

    optimizer: Any
    """What moves the parameters."""

    shaping: Shaping
    """Penalties, clipping and weight decay."""

    @property
    def base_lr(self) -> float:
        """The learning rate before any schedule, of the first parameter group."""
        ...

    @property
    def lr(self) -> float:
        """The learning rate of the last step, of the first parameter group."""
        ...

    def smooth(self, label_smoothing: float) -> None:
        """Train on smoothed targets; measure on the plain ones."""
        ...

    def weigh_yes(self, pos_weight: Any) -> None:
        """Train and measure with the answer yes counting so many times."""
        ...

    def parameters(self) -> Tensors:
        """The parameters that learn, by name, as they stand: what is written into them is theirs."""
        ...

    def hold(
        self, examples: Any, batch_size: int, class_weight: np.ndarray | None = None,
        augment: str | None = None,
    ) -> Layout:  # fmt: skip
        """Examples as batches, by their layout; `augment` says how pictures are changed in an epoch.

        Raises UsageError for a layout that the engine has not, for examples without targets, for targets that
        the loss cannot read from the network's outputs, and for what cannot be augmented.
        """
        ...

    def layer_of_one_number(self, x: Any) -> str:
        """The first batch norm that would get one number per channel if x alone were a batch; "" for none."""
        ...

    def begin(self) -> None:
        """Make ready to train."""
        ...

    def begin_epoch(self) -> None:
        """Start from no carried state."""
        ...

    def end(self) -> None:
        """Make ready to be used."""
        ...

    def step(self, group: list[Batch], seen: int, factor: float | None) -> tuple[Any, Any]:
        """One update, θ ← update(θ, ∇L), L the mean loss over the group; returns L and the weight it has.

        The group is one batch, or several whose gradients accumulate. `seen` counts batches before it, and
        `factor` is the schedule's; None leaves the learning rates as they are. Raises NonFiniteLoss before
        any parameter is changed.
        """
        ...

    def evaluate(self, batches: Iterator[Batch]) -> dict[str, float]:
        """Mean loss, weighted as in training, and accuracy where the loss is of classes."""
        ...

    def any_nonfinite(self) -> bool:
        """Whether any loss since the last call was not finite."""
        ...

    def bad_parameter(self) -> str | None:
        """The first parameter that is not finite, in words."""
        ...

    def parameters_now(self) -> Tensors:
        """A copy of the network's parameters and buffers."""
        ...

    def set_parameters(self, tensors: Tensors) -> None:
        """Put parameters and buffers back."""
        ...

    def tensors(self) -> Tensors:
        """Copies of everything that changes: "model.NAME", "optimizer.…" and what is carried."""
        ...

    def numbers(self) -> dict[str, Any]:
        """The optimizer's name, settings and plain numbers, for JSON."""
        ...

    def restore(self, tensors: Tensors, numbers: dict[str, Any]) -> None:
        """Take back what `tensors` and `numbers` gave; they stay as they are."""
        ...

    def random_state(self) -> Tensors:
        """The global random state that strangers' layers and loaders draw from."""
        ...

    def set_random_state(self, state: Tensors) -> None:
        """Put the global random state back."""
        ...
