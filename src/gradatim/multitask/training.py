"""How a network of several tasks learns."""

from typing import Any, ClassVar, cast

import numpy as np
import torch
from torch import Tensor

from gradatim.checks import UsageError
from gradatim.data.arrays import check_inputs
from gradatim.data.dataset import Dataset
from gradatim.models.task_network import TaskNetwork
from gradatim.multitask.gradnorm import gradnorm
from gradatim.training.engines.torch_engine import TorchEngine
from gradatim.training.training import Training

WANTED = "targets must be one column for each of {} tasks"


class MultiTaskTraining(Training):
    """Training of a network of several tasks on one loss (Caruana 1997): a Record after each epoch.

        θ ← update(θ, ∇L),   L = Σ_t w_t L_t, and the network's penalty

    y (N, T) holds a column for each task: class numbers, numbers, and NaN where a target is missing, which
    changes nothing of the other tasks' gradients. A row may have a single target, so that tasks have data of
    their own. With `task_weights=gradnorm` the weights move before every step (Chen et al. 2018), by the
    gradients in the last shared weight; L_t(0) is the first batch's that holds task t.

    Parameters: as of `Training`, without `loss`, which the network's tasks say.

    Raises UsageError for targets that are not one column a task, and for a task without a row.
    """

    task: ClassVar[str] = "tasks"

    def __init__(self, model: TaskNetwork, data: Any, *given: Any, valid: Any = None, **how: Any):
        for word in ("class_weight", "label_smoothing", "pos_weight"):
            if how.get(word):
                raise UsageError(f"{word} is for a single task; weigh tasks with task_weights")
        data, valid = _of_tasks(data), None if valid is None else _of_tasks(valid)
        super().__init__(model, data, TaskLoss(model), *given, valid=valid, **how)
        self._check_rows(getattr(data, "y", None))

    @classmethod
    def of_settings(
        cls, model: Any, data: Any, valid: Any, loss: Any, settings: dict[str, Any]
    ) -> "MultiTaskTraining":
        """The tasks say which losses there are."""
        return cls(model, data, valid=valid, **settings)

    @classmethod
    def arguments_of(cls, problem: Any) -> dict[str, Any]:
        """The tasks that the problem consists of."""
        return {"tasks": problem.tasks()}

    def facts(self) -> dict[str, Any]:
        """How much the loss of each task counts in the network that is kept."""
        counts = self.model.weights_now().tolist()
        return {"task_weights": {one[0]: w for one, w in zip(self.model.tasks, counts, strict=True)}}

    def _check_rows(self, y: np.ndarray | None) -> None:
        """Raise UsageError for targets (N, T) of another width, and for a task without a target."""
        if y is None:
            return
        if y.ndim != 2 or y.shape[1] != len(self.model.tasks):
            raise UsageError(f"{WANTED.format(len(self.model.tasks))}; their shape is {y.shape}")
        missing = np.isnan(y).all(0)
        if missing.any():
            name = self.model.tasks[int(missing.argmax())][0]
            raise UsageError(f"the task {name!r} has no row with a target to learn from")

    def take_step(self, group: list) -> dict[str, Any]:
        """One update; before it GradNorm's of the weights, where they are asked for."""
        if self.model.task_weights == "gradnorm":
            self._balance(group)
        return super().take_step(group)

    def _balance(self, group: list) -> None:
        """Move the weights of the tasks that the first batch of the group holds."""
        model, engine = self.model, cast(TorchEngine, self.engine)
        x, y, _ = group[0]
        losses, there = model.task_losses(engine.outputs_at(x, self.seen), y)
        weight = model.shared_weight()
        norms = [
            torch.autograd.grad(one, weight, retain_graph=True)[0].norm() if is_there else one.detach()
            for one, is_there in zip(losses, there.tolist(), strict=True)
        ]
        with torch.no_grad():
            new = there & (model.first_losses == 0)
            model.first_losses[new] = losses[new]
            some = there & (model.first_losses > 0)
            if int(some.sum()) > 1:
                w = model.weights[some]
                moved = gradnorm(
                    w.cpu(),
                    torch.stack(norms)[some].cpu(),
                    losses[some].cpu(),
                    model.first_losses[some].cpu(),
                )
                share = float(w.sum()) / int(some.sum())  # of those that are here
                model.weights[some] = torch.as_tensor(moved * share).to(w)


class TaskLoss:
    """The loss of a network's outputs a (N, Σ outputs) for targets y (N, T), as `Training` calls it."""

    def __init__(self, model: TaskNetwork):
        self.model = model

    def __call__(self, a: Tensor, y: Tensor) -> Tensor:
        """The weighted sum over the tasks, and while training the network's penalty."""
        if y.ndim != 2 or y.shape[1] != len(self.model.tasks):
            raise UsageError(f"{WANTED.format(len(self.model.tasks))}; their shape is {tuple(y.shape)}")
        total = self.model.weigh(*self.model.task_losses(a, y))
        return total + self.model.penalty() if self.model.training and a.requires_grad else total


def _of_tasks(data: Any) -> Any:
    """Arrays (x, y) as a Dataset, whose targets may be missing; a Dataset as it is."""
    if not isinstance(data, tuple):
        return data
    x, y = (np.asarray(one) for one in data)
    check_inputs(x)
    return Dataset(x, y.astype(np.float64), task="tasks")
