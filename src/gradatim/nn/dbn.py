"""The deep belief network."""

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gradatim.checks import UsageError, one_of, plain_numbers, real, whole
from gradatim.nn.rbm import RBM

FINE_TUNINGS = ("none", "up_down")


class DBN(nn.Module):
    """Deep belief network (Hinton, Osindero & Teh 2006; F7): sigmoid layers below a Boltzmann machine.

        P(v, h_1, …, h_L) = P(v | h_1) P(h_1 | h_2) … P(h_{L−1}, y, h_L)
        down  P(h_{l−1} = 1 | h_l) = σ(b_l + D_lᵀ h_l)          generative weights D
        up    Q(h_l = 1 | h_{l−1}) = σ(c_l + W_l h_{l−1})       recognition weights W
        top   a machine of h_{L−1} and h_L; a softmax y of labels is visible to it, too, where there are any
        P(y | h_{L−1}) = softmax(−F(h_{L−1}, y))                F the top machine's free energy

    While layers are learned one by one, D_l = W_l; wake–sleep with the up-down algorithm sets them apart.

    Shapes: x (N, visible) of numbers in [0, 1], pictures laid out as rows → the means of h_L, (N,
    hidden[-1]), which do not look at y. `answers` gives the classes' scores −F (N, K), of one output the
    difference of two (N, 1); without classes the inputs again, (N, visible).

    Parameters: `visible`; `hidden`, units of each layer; `num_classes`, 0 for no labels, 1 for two classes
    told apart by one output, else K. The rest is how it learns in a run, see `DeepBelief`: `fine_tuning`,
    none or up_down; `k`, steps of Gibbs sampling; `momentum` of contrastive divergence.

    Raises UsageError for sizes that cannot be, and for other inputs.

    >>> net = DBN(visible=6, hidden=(5, 4), num_classes=3)
    >>> net(torch.zeros(2, 6)).shape, net.answers(torch.zeros(2, 6)).shape
    (torch.Size([2, 4]), torch.Size([2, 3]))
    """

    def __init__(
        self, visible: int, hidden: Sequence[int] = (500, 500, 2000), num_classes: int = 0,
        fine_tuning: str = "none", k: int = 1, momentum: float = 0.5,
    ):  # fmt: skip
        super().__init__()
        hidden = plain_numbers(hidden)
        sizes = (hidden,) if isinstance(hidden, int) else tuple(hidden)
        if not sizes:
            raise UsageError("a deep belief network needs hidden layers, such as --hidden 500,500")
        self.sizes = tuple(whole("hidden", units, 1) for units in sizes)
        self.visible = whole("visible", visible, 1)
        self.outputs = whole("num_classes", num_classes, 0)
        self.classes = 2 if self.outputs == 1 else self.outputs
        self.fine_tuning = one_of("fine_tuning", fine_tuning, FINE_TUNINGS)
        if self.fine_tuning == "up_down" and len(self.sizes) < 2:
            raise UsageError(
                "up_down is for two hidden layers or more: one is the top machine, which has no below"
            )
        self.teaching: dict[str, Any] = {
            "k": whole("k", k, 1), "momentum": real("momentum", momentum, at_least=0, below=1),
        }  # fmt: skip
        widths = (self.visible, *self.sizes)
        below = [RBM(v, h) for v, h in zip(widths[:-2], self.sizes[:-1], strict=True)]
        self.machines = nn.ModuleList([*below, RBM(widths[-2] + self.classes, widths[-1], self.classes)])
        self.down = nn.ParameterList([nn.Parameter(machine.weight.detach().clone()) for machine in below])

    @torch.no_grad()
    def draw_parameters(self, seed: int, prefix: str) -> None:
        """Every W from a normal distribution of deviation 0.01, by (seed, name); D = W, biases 0."""
        for number, machine in enumerate(self.machines):
            machine.draw_parameters(seed, f"{prefix}machines.{number}.")  # type: ignore[operator]
        for number in range(len(self.down)):
            self.tie(number)

    @torch.no_grad()
    def tie(self, number: int) -> None:
        """D ← W of a layer below the top."""
        if not self.down[number].is_meta:
            self.down[number].copy_(self.machines[number].weight)

    @property
    def below(self) -> list[RBM]:
        """The machines below the top one, whose weights are W, their hidden biases c and visible biases b."""
        return list(self.machines)[:-1]  # type: ignore[return-value]

    @property
    def top(self) -> RBM:
        """The machine of h_{L−1}, y and h_L."""
        return self.machines[-1]  # type: ignore[return-value]

    def up(self, x: Tensor, layers: int | None = None) -> Tensor:
        """The means of h_l behind so many layers, each given the means below; of h_{L−1} when None."""
        h = x.flatten(1) if x.ndim > 2 else x
        if h.ndim != 2 or h.shape[1] != self.visible:
            raise UsageError(f"a network of {self.visible} visible units got rows of shape {tuple(h.shape)}")
        for machine in self.below[:layers]:
            h = machine(h)
        return h

    def down_from(self, h: Tensor) -> Tensor:
        """The means of v given h_{L−1} (N, hidden[-2]), each layer given the means above."""
        for machine, weight in zip(self.below[::-1], list(self.down)[::-1], strict=True):
            h = torch.sigmoid(F.linear(h, weight.t(), machine.visible_bias))
        return h

    def forward(self, x: Tensor) -> Tensor:
        """The means of h_L, without a label."""
        h = self.up(x)
        weight = self.top.weight[:, : h.shape[1]].contiguous()
        return torch.sigmoid(F.linear(h, weight, self.top.hidden_bias))

    def class_scores(self, x: Tensor) -> Tensor:
        """−F(h_{L−1}, y) of every class y, (N, K), less what all share; their softmax is P(y | h_{L−1})."""
        if not self.classes:
            raise UsageError("a network without labels has no classes; make it with num_classes=")
        return self.scores_from(self.up(x))

    def scores_from(self, h: Tensor) -> Tensor:
        """b_y + Σ_i log(1 + exp(c_i + W_iy + Σ_j W_ij h_j)) of every label y, given h_{L−1}, (N, K)."""
        top = self.top
        x = F.linear(h, top.weight[:, : -self.classes], top.hidden_bias)
        parts = [F.softplus(x + of_label).sum(1) for of_label in top.weight[:, -self.classes :].t()]
        return torch.stack(parts, 1) + top.visible_bias[-self.classes :]

    def answers(self, x: Tensor) -> Tensor:
        """The scores of the classes; without labels the means of v given those of the top, (N, visible)."""
        if self.classes:
            scores = self.class_scores(x)
            return scores[:, 1:] - scores[:, :1] if self.outputs == 1 else scores
        return self.down_from(self.top.reconstruct(self.top(self.up(x))))
