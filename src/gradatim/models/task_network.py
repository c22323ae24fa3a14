"""What the networks of several tasks share: which outputs are whose, and how much each loss counts."""

from collections.abc import Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from gradatim import catalog
from gradatim.checks import UsageError, known, plain_numbers, real, shown, whole

CLASSES = ("binary_cross_entropy", "cross_entropy")
NUMBERS = ("squared_error", "absolute_error", "huber")
WAYS = ("equal", "uncertainty", "gradnorm")  # of weighing tasks, beside numbers


class TaskNetwork(nn.Module):
    """A network with outputs for each of T tasks, side by side in one row. Abstract.

        L = Σ_t w_t L_t,   or by uncertainty  L = Σ_t (c_t e^{−s_t} L_t + ½ s_t),   s_t = log σ_t² learned

    c_t is ½ for numbers and 1 for classes (Kendall, Gal & Cipolla 2018, eq. 7 and 10), so that the best σ_t²
    is 2 c_t L_t: the loss itself for numbers.

    `tasks` holds (name, loss, outputs) of each task; `task_weights` is `equal`, `uncertainty`, `gradnorm`
    (which `multitask.training` moves), or a number for each task.
    """

    layout: ClassVar[str] = "rows"
    weights: Tensor  # w_t
    scales: Tensor  # c_t
    first_losses: Tensor  # of GradNorm, 0 until a batch holds the task

    def __init__(self, out_features: int, tasks: Sequence[Sequence[Any]], task_weights: Any):
        super().__init__()
        self.tasks = check_tasks(tasks)
        self.widths = [outputs for _, _, outputs in self.tasks]
        if sum(self.widths) != whole("out_features", out_features, 1):
            raise UsageError(f"the tasks have {sum(self.widths)} outputs; out_features is {out_features}")
        self.task_weights = check_weights(task_weights, [name for name, _, _ in self.tasks])
        self.losses = [catalog.find(loss, "loss").load()() for _, loss, _ in self.tasks]
        self.register_buffer("weights", torch.empty(len(self.tasks)))
        self.register_buffer("scales", torch.empty(len(self.tasks)))
        self.log_variances: nn.Parameter | None = None
        if self.task_weights == "uncertainty":
            self.log_variances = nn.Parameter(torch.empty(len(self.tasks)))
        if self.task_weights == "gradnorm":
            self.register_buffer("first_losses", torch.empty(len(self.tasks)))
        self.draw_parameters(0, "")

    @torch.no_grad()
    def draw_parameters(self, seed: int, prefix: str) -> None:
        """Weights as asked, or equal; every σ² is 1."""
        if self.weights.is_meta:
            return
        numbers = self.task_weights if isinstance(self.task_weights, list) else [1.0] * len(self.tasks)
        self.weights.copy_(torch.tensor(numbers))
        self.scales.copy_(torch.tensor([0.5 if loss in NUMBERS else 1.0 for _, loss, _ in self.tasks]))
        if self.log_variances is not None:
            self.log_variances.zero_()
        if self.task_weights == "gradnorm":
            self.first_losses.zero_()  # not seen yet

    def task_losses(self, a: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """The mean loss of each task over the rows that have its target, and whether there are any, (T,).

        Shapes: a (N, Σ outputs); y (N, T), NaN where a target is missing.
        """
        found, there = [], []
        start = 0
        for t, (loss, width) in enumerate(zip(self.losses, self.widths, strict=True)):
            rows = ~torch.isnan(y[:, t])
            outputs, target = a[rows, start : start + width], y[rows, t]
            if self.tasks[t][1] == "cross_entropy":
                target = target.long()
            is_there = bool(len(target))
            found.append(loss(outputs, target).mean() if is_there else a.new_zeros(()))
            there.append(is_there)
            start += width
        return torch.stack(found), torch.tensor(there, device=a.device)

    def weigh(self, losses: Tensor, there: Tensor) -> Tensor:
        """The loss of all tasks: a task without a row adds nothing, and its σ stays."""
        if self.log_variances is None:
            return (self.weights * losses).sum()
        terms = self.scales * torch.exp(-self.log_variances) * losses + 0.5 * self.log_variances
        return torch.where(there, terms, torch.zeros_like(terms)).sum()

    @torch.no_grad()
    def weights_now(self) -> Tensor:
        """How much each task's loss counts, (T,): w, or c e^{−s}."""
        if self.log_variances is None:
            return self.weights
        return self.scales * torch.exp(-self.log_variances)

    def penalty(self) -> Tensor | float:
        """What is added to the loss while training."""
        return 0.0

    def shared_weight(self) -> nn.Parameter:
        """The last weight that all tasks share, whose gradients GradNorm balances."""
        raise UsageError(
            f"task_weights=gradnorm needs a trunk that all tasks share; {type(self).__name__} has none"
        )


def check_tasks(tasks: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """(name, loss, outputs) of each task; UsageError for what is none.

    >>> check_tasks([("sold", "binary_cross_entropy", 1), ("price", "squared_error", 1)])[1]
    ['price', 'squared_error', 1]
    """
    found = plain_numbers(tasks)
    for one in found if isinstance(found, list | tuple) else ():
        if not isinstance(one, list | tuple) or len(one) != 3 or not isinstance(one[0], str):
            raise UsageError(f"a task is a name, a loss and its outputs; one is {shown(one)}")
        known("loss of a task", one[1], (*CLASSES, *NUMBERS))
        outputs = whole(f"outputs of {one[0]}", one[2], 1)
        if (outputs == 1) == (one[1] == "cross_entropy"):
            raise UsageError(f"{one[1]} of the task {one[0]!r} does not read {outputs} outputs")
    if not isinstance(found, list | tuple) or not found:
        raise UsageError(f"tasks must be a list of (name, loss, outputs); it is {shown(found)}")
    names = [one[0] for one in found]
    if len(set(names)) < len(names):
        raise UsageError(f"tasks must have different names; they are {', '.join(names)}")
    return [list(one) for one in found]


def check_weights(asked: Any, names: Sequence[str]) -> str | list[float]:
    """A way of weighing, or a number for each task; UsageError for another.

    >>> check_weights([1, 2], ["a", "b"]), check_weights("uncertainty", ["a", "b"])
    ([1.0, 2.0], 'uncertainty')
    """
    if isinstance(asked, str):
        return known("task_weights", asked, WAYS)
    found = plain_numbers(asked)
    if not isinstance(found, list | tuple) or len(found) != len(names):
        raise UsageError(
            f"task_weights must be {', '.join(WAYS)}, or {len(names)} numbers, for {', '.join(names)}; "
            f"it is {shown(asked)}"
        )
    return [real("task_weights", one, at_least=0) for one in found]
