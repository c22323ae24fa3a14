"""Domain adaptation by a classifier of domains that the features learn to mislead: DANN and CDAN."""

from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gradatim.checks import UsageError, one_of, whole
from gradatim.nn.gradient_reversal import GradientReversal
from gradatim.nn.initialise import draw_inside
from gradatim.training.learning import State
from gradatim.training.loop import tensors_of
from gradatim.training.nonfinite_loss import bad_parameter
from gradatim.training.optimizer_state import (
    numbers_of_optimizer,
    restore_optimizer,
    tensors_of_optimizer,
)
from gradatim.training.torch_optimizer import optimizer_for
from gradatim.transfer.adaptation import DomainAdaptation
from gradatim.transfer.class_products import ClassProducts

KINDS = ("dann", "cdan")


class DomainClassifier(nn.Sequential):
    """From which domain features are: the reversal layer, hidden units (ReLU), one score, above 0 the target.

    Shapes: features (N, D) → (N, 1). With 0 hidden units it is a logistic regression.
    """

    def __init__(self, features: int, hidden: int = 100):
        layers = [nn.Linear(features, hidden), nn.ReLU()] if hidden else []
        super().__init__(GradientReversal(), *layers, nn.Linear(hidden or features, 1))

    def draw_all(self, seed: int) -> None:
        """Draw the weights by (seed, "domain." and their names)."""
        draw_inside(self, "he_uniform", seed, "domain.")


class DomainAdversarial(DomainAdaptation):
    """Domain-adversarial training of a network (DANN: Ganin et al. 2016, eq. 9–15; curriculum G5).

        min over features and labels, max over the domain classifier:   L_y(source) − λ_p L_d
        L_d = ½ mean log(1 + e^{d(source)}) + ½ mean log(1 + e^{−d(target)}),   d its score

    The reversal layer makes one step of both: the domain classifier lowers L_d, and the features raise it,
    λ_p times as much. `kind` cdan (Long et al. 2018) gives the domain classifier the products f ⊗ p of
    features and class probabilities, so that classes are drawn to their likes; see `ClassProducts`.

    Parameters: as of `DomainAdaptation`; `hidden`, units of the domain classifier (0 for none), whose
    optimizer is of the same name, rate and schedule as the network's.

    A record holds, beside L_y, `discrepancy`, which is L_d (log 2 of domains that cannot be told apart), and
    `domain_accuracy`, which falls towards a half.

    Raises UsageError as there; for an optimizer that has no name; for cdan with a network of one output.

    >>> import numpy as np
    >>> from gradatim.models.building import build
    >>> network = build({"name": "mlp", "in_features": 2, "out_features": 2})
    >>> x = np.random.default_rng(0).random((40, 2), np.float32)
    >>> loop = DomainAdversarial(network, (x, np.arange(40) % 2), x + 3, epochs=2)
    >>> sorted(next(loop).train)
    ['discrepancy', 'domain_accuracy']
    """

    SUMS: ClassVar[tuple[str, ...]] = (*DomainAdaptation.SUMS, "domain_accuracy_sum")

    def __init__(
        self, model: nn.Module, data: Any, target: Any, loss: Any = "cross_entropy", *, kind: str = "dann",
        hidden: int = 100, optimizer: Any = "adam", lr: float | None = None,
        settings: dict[str, Any] | None = None, **how: Any,
    ):  # fmt: skip
        self.kind = one_of("kind", kind, KINDS)
        if not isinstance(optimizer, str):
            raise UsageError("the domain classifier learns as the network does, by an optimizer with a name")
        super().__init__(
            model, data, target, loss, optimizer=optimizer, lr=lr, settings=settings, **how
        )  # fmt: skip
        some = next(model.parameters())
        self.products = self._products()
        inputs = self.head.size if self.products is None else self.products.size
        self.domain = DomainClassifier(inputs, whole("hidden", hidden, 0))
        self.domain.draw_all(self.seed)
        self.domain.to(some.device, some.dtype)
        if self.products is not None:
            self.products.to(some.device)
        self.domain_optimizer = optimizer_for(optimizer, self.domain, lr, settings or {})
        self._domain_lr = float(self.domain_optimizer.param_groups[0]["lr"])

    def _products(self) -> ClassProducts | None:
        """What the domain classifier reads of cdan; of dann features alone."""
        if self.kind == "dann":
            return None
        outputs = int(self.head.layer.weight.shape[0])
        if outputs < 2:
            raise UsageError("cdan needs probabilities of several classes; the network has one output")
        return ClassProducts(self.head.size, outputs, self.seed)

    def apart(self, source: Tensor, target: Tensor, a: Tensor, b: Tensor) -> tuple[Tensor, dict[str, Any]]:
        """L_d, through the reversal layer, and how often the domain classifier is right."""
        if self.products is not None:
            source, target = self.products(source, a), self.products(target, b)
        reversal: Any = self.domain[0]
        reversal.strength = self.strength()
        scores = self.domain(torch.cat((source, target)))[:, 0]
        d, e = scores[: len(source)], scores[len(source) :]
        loss = 0.5 * F.softplus(d).mean() + 0.5 * F.softplus(-e).mean()
        right = 0.5 * (d <= 0).double().mean() + 0.5 * (e > 0).double().mean()
        return loss, {"discrepancy": loss.detach(), "domain_accuracy": right}

    def take_step(self, group: list) -> dict[str, Any]:
        """One update of the network, then, by the gradient of the same pass, of the domain classifier."""
        self.domain_optimizer.zero_grad(set_to_none=True)
        found = super().take_step(group)
        if (factor := self._factor_of_step) is not None:
            for parameters in self.domain_optimizer.param_groups:
                parameters["lr"] = self._domain_lr * factor
        self.domain_optimizer.step()
        return found

    def _factor(self) -> float | None:
        self._factor_of_step = super()._factor()
        return self._factor_of_step

    def bad_parameter(self) -> str | None:
        """The first parameter that is not finite, in words."""
        return super().bad_parameter() or bad_parameter(self.domain)

    def own_state(self) -> State:
        """Training's, and the domain classifier's under a first name of its own."""
        tensors, numbers = super().own_state()
        tensors |= {f"domain.{name}": t.detach().clone() for name, t in self.domain.state_dict().items()}
        tensors |= tensors_of_optimizer(self.domain_optimizer, "domain_optimizer")
        return tensors, numbers | {"domain": numbers_of_optimizer(self.domain_optimizer)}

    def restore_own(self, tensors: dict[str, Any], numbers: dict[str, Any]) -> None:
        """Take back what `own_state` gave."""
        super().restore_own(tensors, numbers)
        self.domain.load_state_dict(tensors_of("domain", tensors))
        restore_optimizer(self.domain_optimizer, tensors, numbers["domain"], "domain_optimizer")
