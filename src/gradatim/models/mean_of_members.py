"""Networks side by side, whose answers are averaged."""

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from gradatim.checks import UsageError, whole
from gradatim.functional.ensemble_mean import check_members, columns_of


class MeanOfMembers(nn.Module):
    """The weighed mean of M networks' answers (Hansen & Salamon 1990), each reading columns of its own.

        outputs:  a = Σ_m s_m a_m
        softmax:  a = log Σ_m s_m softmax(a_m)
        sigmoid:  a = log(p̄/(1 − p̄)),  p̄ = Σ_m s_m σ(a_m)

    so that softmax or σ of what it gives is the mean of the members' probabilities.

    Shapes: x (N, in_features) → (N, K); the shares s `share` (M,), Σ s = 1, are no parameter: they begin
    equal, and whoever trains the members sets them.

    `members` are {"layers": [entries], "columns": [[start, stop], …]}; without columns all are read. Raises
    UsageError for members that cannot be, and for inputs of another shape.

    >>> dense = {"name": "dense", "in_features": 2, "out_features": 1}
    >>> MeanOfMembers(2, [{"layers": [dense]}, {"layers": [dense]}])(torch.zeros(3, 2)).shape
    torch.Size([3, 1])
    """

    share: Tensor

    def __init__(
        self, in_features: int, members: list[dict[str, Any]], mean: str = "outputs", folds: int = 1
    ):
        from gradatim.models.building import make

        super().__init__()
        self.in_features = in_features = whole("in_features", in_features, 1)
        self.mean, self.folds = mean, whole("folds", folds, 1)
        entries = check_members(members, in_features, mean)
        self.columns = [columns_of(one.get("columns"), in_features) for one in entries]
        self.settings = [one.get("settings", {}) for one in entries]  # of its training
        self.members = nn.ModuleList(
            nn.Sequential(*(make(entry) for entry in one["layers"])) for one in entries
        )
        self.register_buffer("share", torch.empty(len(entries)))
        self.draw_parameters(0, "")

    @torch.no_grad()
    def draw_parameters(self, seed: int, prefix: str) -> None:
        """Equal shares; the members' parameters are drawn by their own layers."""
        if not self.share.is_meta:
            self.share.fill_(1 / len(self.share))

    @torch.no_grad()
    def set_shares(self, share: np.ndarray) -> None:
        """How much each member counts."""
        self.share.copy_(torch.from_numpy(share))

    def forward(self, x: Tensor) -> Tensor:
        """The members' mean."""
        if x.ndim != 2 or x.shape[1] != self.in_features:
            raise UsageError(
                f"an ensemble of {self.in_features} inputs got examples of shape {tuple(x.shape[1:])}"
            )
        a = torch.stack([
            member(x[:, columns]) for columns, member in zip(self.columns, self.members, strict=True)
        ])  # fmt: skip
        share = self.share[:, None, None]
        if self.mean == "outputs":
            return (share * a).sum(0)
        if self.mean == "softmax":
            return torch.logsumexp(share.log() + a.log_softmax(-1), 0)
        log_p = torch.logsumexp(share.log() + nn.functional.logsigmoid(a), 0)
        return log_p - torch.logsumexp(share.log() + nn.functional.logsigmoid(-a), 0)

    def extra_repr(self) -> str:
        """What the constructor was told beside the members."""
        return f"in_features={self.in_features}, mean={self.mean}"
