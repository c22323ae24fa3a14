"""Learning from labels of one domain and examples of another: what every way to do it has."""

from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from gradatim.checks import UsageError, one_of, real
from gradatim.data.augmentation.policies import operations_of
from gradatim.data.dataset import Dataset
from gradatim.data.examples import as_examples
from gradatim.random import permutation
from gradatim.training.training import Training
from gradatim.transfer.features import InputOfHead
from gradatim.transfer.norms import unmoved_norms
from gradatim.transfer.strength import strength

NORMS = ("together", "apart")  # the batches whose mean and variance normalise: both domains', or each its own


class DomainAdaptation(Training):
    """Training on a labelled source domain with an unlabelled target domain beside it. Abstract.

        θ ← update(θ, ∇(L_y(source) + what draws the features of source and target together))

    A step sees a batch of the source and as many examples of the target; labels of the target are never
    looked at. Batch normalisation sees both `together`, in one forward pass, or each domain `apart`: every
    domain by its own batch's mean and variance, and the running ones, by which the network answers later, are
    the target's alone (Li et al. 2017, "Revisiting batch normalization for practical domain adaptation").
    The features are what the network's last layer reads. Subclasses say what `apart` is: how far the features
    of two batches are apart, and the term of the loss that comes of it. The target comes in an order of its
    own for each time that it is gone through, a function of seed and number, so that learning goes on in
    mid-epoch exactly.

    Parameters: `model`, a torch module of one input; `data`, the source, and `target`, examples or inputs
    alone of the same shape; `weight` and `gamma`, of `strength`; `norms`, together or apart; and all that
    Training takes.

    A record holds `loss`, that of the labels, and `discrepancy` beside it.

    Raises UsageError for a network of several outputs or inputs, examples that are not held in memory, and a
    target of another shape.
    """

    SUMS: ClassVar[tuple[str, ...]] = ("loss_sum", "weight_sum", "discrepancy_sum")

    def __init__(
        self, model: nn.Module, data: Any, target: Any, loss: Any = "cross_entropy", *,
        weight: float = 1.0, gamma: float = 10.0, norms: str = "together", **training: Any,
    ):  # fmt: skip
        if operations_of(training.get("augment") or "none"):
            raise UsageError(
                "augment would change the source and not the target, and so tell them apart: leave it out"
            )
        self.norms = one_of("norms", norms, NORMS)
        self.weight, self.gamma = real("weight", weight, at_least=0), real("gamma", gamma, above=0)
        source, others = _rows(data, "source"), _rows(target, "target")
        if source.x.shape[1:] != others.x.shape[1:]:
            raise UsageError(
                f"an example of the target has the shape {others.x.shape[1:]}, one of the source "
                f"{source.x.shape[1:]}: both must be the same"
            )
        super().__init__(model, source, loss, **training)
        if self.engine.searches:
            raise UsageError("lbfgs needs the whole loss at every step; the target comes in batches")
        self.engine.loss_of_batch = self._loss_of_batch  # type: ignore[attr-defined]
        self.head = InputOfHead(model)
        unlabelled = Dataset(others.x, np.repeat(source.y[:1], len(others), 0))  # type: ignore[index]
        self.target = self.engine.hold(unlabelled, self.batch_size).x  # type: ignore[attr-defined]
        self._orders: dict[int, np.ndarray] = {}
        self._beside: list[Tensor] = []  # batches of the target, for those of the source in their order
        self._found: dict[str, Any] = {}  # by this step

    def apart(self, source: Tensor, target: Tensor, a: Tensor, b: Tensor) -> tuple[Tensor, dict[str, Any]]:
        """The term of the loss, and numbers for the record, `discrepancy` among them: of the features (N, D)
        of a batch of the source and (M, D) of the target, and of the outputs for them.
        """
        raise NotImplementedError

    def strength(self) -> float:
        """λ of this step."""
        return strength(self.step / self.total_steps(), self.weight, self.gamma)

    def batches(self, epoch: int, start: int) -> Iterator:
        """The batches of the source, each with as many examples of the target."""
        length = self.length or 0
        for number, batch in enumerate(super().batches(epoch, start), epoch * length + start):
            yield batch, self._target_batch(number)

    def _target_batch(self, number: int) -> Tensor:
        """Batch `number` of all: the target's orders one behind the other, cut into batches of one size."""
        n, size = len(self.target), self.batch_size
        places = number * size + np.arange(size)
        rounds = places // n
        self._orders = {k: order for k, order in self._orders.items() if k >= rounds[0]}
        for k in set(rounds.tolist()) - set(self._orders):
            self._orders[k] = permutation(self.seed, f"target {k}", n)
        rows = np.array([self._orders[k][i] for k, i in zip(rounds.tolist(), places % n, strict=True)])
        return self.target[torch.from_numpy(rows).to(self.target.device)]

    def take_step(self, group: list) -> dict[str, Any]:
        """One update by both domains."""
        self._beside, self._found = [target for _, target in group], dict.fromkeys(self.SUMS, 0.0)
        super().take_step([batch for batch, _ in group])
        return self._found

    def _loss_of_batch(self, x: Tensor, y: Tensor, w: Tensor | None) -> Tensor:
        """L_y of the source, and the term of both."""
        n, target = len(x), self._beside.pop(0)
        if self.norms == "apart":
            with unmoved_norms(self.model):
                a, of_source = self._seen(x)
            b, of_target = self._seen(target)
        else:
            outputs, features = self._seen(torch.cat((x, target)))
            a, b, of_source, of_target = outputs[:n], outputs[n:], features[:n], features[n:]
        labels = self.engine.training_loss(a, y, w)  # type: ignore[attr-defined]
        term, numbers = self.apart(of_source, of_target, a, b)
        weight = float(n) if w is None else float(w.sum())
        self._found["weight_sum"] += weight
        for name, value in {"loss": labels.detach(), **numbers}.items():
            self._found[f"{name}_sum"] += weight * self._number(value)
        return labels + term

    def _seen(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """The network's outputs, and the features that they are made of."""
        a = self.engine.outputs(x)  # type: ignore[attr-defined]
        if not isinstance(a, Tensor):
            raise UsageError("domains are adapted for networks that give one tensor of outputs")
        return a, self.head.seen()

    def _number(self, value: Tensor) -> Any:
        """A number of the record; on a device with a queue of its own it stays there until the epoch ends."""
        engine: Any = self.engine
        return value.item() if engine.check_each_step else value.to(engine.precise)

    def end(self) -> None:
        """Let go of the examples, and of the network's last layer."""
        super().end()
        self.head.leave()
        self.engine.loss_of_batch = None  # type: ignore[attr-defined]
        del self.target


def _rows(data: Any, name: str) -> Dataset:
    """Examples with one array of inputs; of the target the inputs alone are enough."""
    examples = data
    if name == "source" or not isinstance(data, np.ndarray):
        examples = as_examples(data)
    elif name == "target":
        examples = Dataset(data)
    if not isinstance(examples, Dataset) or not isinstance(examples.x, np.ndarray):
        raise UsageError(f"the {name} must be rows or pictures in memory, which are one dense array")
    if name == "source" and examples.y is None:
        raise UsageError("the source needs labels; it is the target that has none")
    if not len(examples):
        raise UsageError(f"the {name} has no examples")
    return examples
