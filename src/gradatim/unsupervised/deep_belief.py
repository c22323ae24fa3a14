"""How a deep belief network learns: a machine after the other, then perhaps all by up-down."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar, Self

import numpy as np
import torch
from torch import Tensor

from gradatim.checks import UsageError, real, whole
from gradatim.data.dataset import Dataset
from gradatim.data.examples import as_examples
from gradatim.device import choose_device
from gradatim.nn.boltzmann_units import binary
from gradatim.nn.dbn import DBN
from gradatim.random import generator
from gradatim.training.batches.layout import BatchSettings
from gradatim.training.batches.torch_rows import TorchRows, tensor_of
from gradatim.training.loop import Loop
from gradatim.training.staged import Stage, Staged
from gradatim.unsupervised.gibbs import HashedNumbers
from gradatim.unsupervised.rbm import ContrastiveDivergence
from gradatim.unsupervised.up_down import UpDown, measures_of
from gradatim.unsupervised.visible_rows import check_unit_interval

SCORES = ("cross_entropy", "binary_cross_entropy")  # the losses of classes, whose scores are free energies
AT_ONCE = 4096  # rows that go up together


class DeepBelief(Staged):
    """Greedy learning of a deep belief network (Hinton, Osindero & Teh 2006; curriculum F7).

        machine l = 1 … L − 1:   contrastive divergence on the means h_{l−1};  D_l ← W_l
        machine L:               the same on h_{L−1} beside the labels y, where there are classes
        up_down:                 all together by wake–sleep with contrastive divergence at the top

    A stage is a machine; the last is the top machine, or up-down where the network asks for it, and `epochs`
    are those of the last. Backpropagation after machines is `--model mlp --pretrain rbm`, or `dbn_to_mlp`.

    Parameters: `model`, a DBN, trained in place; `data` and `valid`, (x, y) of numbers in [0, 1] and class
    numbers; y is not looked at without classes. `machine_epochs` of each stage before the last (`epochs` when
    None), and its rate `machine_lr` (0.1 when None). `lr` is the last stage's, 0.1 when None.

    Raises UsageError for numbers outside [0, 1] and labels that are no class numbers.

    >>> x, y = np.eye(4, dtype=np.float32).repeat(5, 0), np.arange(4).repeat(5)
    >>> loop = DeepBelief(DBN(4, (8, 8), num_classes=4), (x, y), epochs=2, batch_size=5)
    >>> [record.stage for record in loop]
    ['machine 1 of 2', 'machine 1 of 2', '', '']
    """

    task: ClassVar[str] = ""
    encoder: ClassVar[str] = "unit"
    takes: ClassVar[tuple[str, ...]] = ContrastiveDivergence.takes
    usual: ClassVar[dict[str, Any]] = {"lr": 0.1, "schedule": "constant", "weight_decay": 0.0}
    update: ClassVar[str] = "contrastive divergence, a machine after the other"
    in_stages: ClassVar[bool] = True  # so that --pretrain-epochs and --pretrain-lr are its machines'

    def __init__(
        self, model: DBN, data: Any, *, valid: Any = None, epochs: int = 20,
        machine_epochs: int | None = None, lr: float | None = None, machine_lr: float | None = None,
        batch_size: int = 32, seed: int = 0,
        weight_decay: float = 0.0, max_minutes: float | None = None, device: str = "cpu",
        precision: str = "float32",
    ):  # fmt: skip
        self.dbn, self.seed = model, whole("seed", seed, 0)
        self.rate = None if lr is None else real("lr", lr, above=0)
        self.machine_rate = 0.1 if machine_lr is None else real("machine_lr", machine_lr, above=0)
        self.weight_decay = weight_decay
        self.how: dict[str, Any] = {"batch_size": batch_size, "device": device, "precision": precision}
        place, _ = choose_device(device)
        model.to(place, getattr(torch, precision))
        self.data: Dataset | None = _rows(data, model)
        self.valid = None if valid is None else _rows(valid, model)
        many, number = len(model.machines), whole("epochs", epochs, 1)
        self.machine_epochs = number if machine_epochs is None else whole("machine_epochs", machine_epochs, 1)
        machines = [self._stage(k, many) for k in range(many)]
        if model.fine_tuning == "up_down":
            machines.append(Stage("up-down", self._up_down))
        super().__init__(model, machines, number, max_minutes)
        self.begin_stage()

    @classmethod
    def of_settings(cls, model: Any, data: Any, valid: Any, loss: Any, settings: dict[str, Any]) -> Self:
        """With the run's rate, batches, epochs, decay, seed, device, precision, and those of its machines."""
        if model.outputs and loss not in SCORES:
            raise UsageError(
                "a deep belief network learns classes, or inputs with --task reconstruction; it has no "
                f"{loss} of a target"
            )
        given = {name: settings[name] for name in cls.takes}
        given["weight_decay"] = settings["weight_decay"] or 0.0
        machines: dict[str, Any] = {
            "machine_epochs": settings.get("pretrain_epochs"),
            "machine_lr": settings.get("pretrain_lr"),
        }
        return cls(model, data, valid=valid, **given, **machines)

    def _stage(self, number: int, many: int) -> Stage:
        def finish() -> None:
            if number < many - 1:
                self.dbn.tie(number)

        make: Callable[[], Loop] = lambda: self._machine(number)  # noqa: E731
        return Stage(f"machine {number + 1} of {many}", make, finish)

    def _machine(self, number: int) -> Loop:
        """Contrastive divergence of one machine on what the layers below say."""
        last = number == len(self.stages) - 1
        top = number == len(self.dbn.machines) - 1
        data, valid = (self._seen_by(number, part) for part in (self.data, self.valid))
        lr = (self.rate or 0.1) if last else self.machine_rate
        seed = self.seed if not number else int(generator(self.seed, f"machine {number}").integers(2**31))
        way: Any = TopMachine if top and self.dbn.classes else ContrastiveDivergence
        loop = way(
            self.dbn.machines[number], data, valid=valid, epochs=self.epochs if last else self.machine_epochs,
            lr=lr, seed=seed, weight_decay=self.weight_decay, **self.how, **self.dbn.teaching,
        )  # fmt: skip
        if isinstance(loop, TopMachine):
            loop.hold_classes(self.dbn, self.valid)
        return loop

    def _up_down(self) -> Loop:
        assert self.data is not None
        seed = int(generator(self.seed, "up-down").integers(2**31))
        return UpDown(
            self.dbn, self.data, valid=self.valid, k=self.dbn.teaching["k"], epochs=self.epochs,
            lr=self.rate or 0.1, seed=seed, **self.how,
        )  # fmt: skip

    @torch.no_grad()
    def _seen_by(self, number: int, part: Dataset | None) -> Dataset | None:
        """What a machine reads of examples: the means below it, and beside them the labels at the top."""
        if part is None:
            return None
        weight = self.dbn.top.weight
        rows = tensor_of(part.x).to(weight)
        x = torch.cat([self.dbn.up(some, number) for some in rows.split(AT_ONCE)]).cpu().numpy()
        if number == len(self.dbn.machines) - 1 and self.dbn.classes:
            assert part.y is not None
            x = np.concatenate([x, np.eye(self.dbn.classes, dtype=x.dtype)[part.y.astype(int)]], 1)
        return replace(part, x=x, columns=())

    def end(self) -> None:
        """Let go of the examples, too."""
        super().end()
        self.data = self.valid = None


class TopMachine(ContrastiveDivergence):
    """Contrastive divergence of a machine with labels; it measures their accuracy on validation, too."""

    def hold_classes(self, dbn: DBN, valid: Dataset | None) -> None:
        """The network and its validation examples."""
        self.dbn = dbn
        how = BatchSettings(self.how.size, self.seed, self.device, self.dtype)
        self.judged = None if valid is None else TorchRows(valid, how)

    def measure(self) -> dict[str, float]:
        """The accuracy, and what else is measured of a machine."""
        found = super().measure()
        if self.judged is None:
            return found
        return {"accuracy": measures_of(self.dbn, self.judged)["accuracy"], **found}


def _rows(data: Any, dbn: DBN) -> Dataset:
    """Rows (N, visible) in [0, 1] with class numbers where the network has labels; UsageError for others."""
    examples = as_examples(data)
    if not isinstance(examples, Dataset) or not isinstance(examples.x, np.ndarray):
        raise UsageError(
            "a deep belief network learns from rows of numbers in memory, which are one dense array"
        )
    x = examples.x.reshape(len(examples), -1)
    if x.shape[1] != dbn.visible:
        raise UsageError(f"the network has {dbn.visible} visible units; a row here has {x.shape[1]} numbers")
    check_unit_interval(x)
    y = examples.y
    if dbn.classes:
        if y is None:
            raise UsageError(
                "a network with labels learns from labels, and there are none; num_classes=0 needs none"
            )
        whole_numbers = y.ndim == 1 and (y == y.astype(int)).all() and y.min() >= 0 and y.max() < dbn.classes
        if not whole_numbers:
            raise UsageError(f"labels are class numbers from 0 to {dbn.classes - 1}")
    return replace(examples, x=x)


@torch.no_grad()
def samples_of_class(dbn: DBN, label: int | None, count: int = 10, steps: int = 200, seed: int = 0) -> Tensor:
    """What a deep belief network makes up of a class: Gibbs sampling in the top machine, its label clamped.

        h_{L−1} of fair coins;   `steps` times h_L ~ P(h_L | h_{L−1}, y), h_{L−1} ~ P(h_{L−1} | h_L)
        then down by means, v = P(v | h_1)

    Shapes: (count, visible). `label` None lets the labels move freely. The numbers are functions of the seed.

    Raises UsageError for a label that there is not, and for counts below 1.

    >>> samples_of_class(DBN(6, (5, 4), num_classes=3), label=2, count=2, steps=3).shape
    torch.Size([2, 6])
    """
    top, count = dbn.top, whole("count", count, 1)
    units = top.visible - top.classes
    numbers = HashedNumbers(whole("seed", seed, 0), top.weight)
    if label is not None and not (dbn.classes and 0 <= label < dbn.classes):
        raise UsageError(f"label must be a class from 0 to {dbn.classes - 1}; it is {label}" if dbn.classes
                         else "a network without labels has no classes to draw samples of")  # fmt: skip
    clamped = None
    if label is not None:
        clamped = torch.zeros(count, dbn.classes).to(top.weight)
        clamped[:, label] = 1
    fair = torch.full((count, top.visible), 0.5).to(top.weight)
    p, v = fair, top.draw_visible(fair, numbers, 0)
    for step in range(1, whole("steps", steps, 1) + 1):
        numbers.step = step
        if clamped is not None:
            v = torch.cat([v[:, :units], clamped], 1)
        p = top.reconstruct(binary(top(v), numbers, "hidden"))
        v = top.draw_visible(p, numbers, 0)
    return dbn.down_from(v[:, :units] if dbn.below else p[:, :units])
