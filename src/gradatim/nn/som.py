"""The self-organising map."""

import torch
from torch import Tensor, nn

from gradatim.checks import UsageError, one_of, real, whole
from gradatim.nn.unit_grid import REACH, RULES, STARTS, check_grid, positions
from gradatim.random import generator


class SOM(nn.Module):
    """Self-organising map (Kohonen 1982; curriculum F11): units on a grid, each with a weight vector.

        b(x) = argmin_u ‖x − w_u‖,   b₂(x) the second nearest
        quantisation error = mean ‖x − w_b‖,   topographic error = share of x whose b and b₂ are no neighbours

    Shapes: x (N, input_len) → ‖x − w_u‖ (N, rows · columns), unit u in row u // columns. `weight`
    (rows · columns, input_len). Rows and columns touch as rectangles (8 neighbours) or hexagons (6).

    Parameters: `rule`, `initial`, `sigma`, `final_sigma` and `final_lr` say how it learns; see
    `unsupervised.SOMTraining`. `initial="random"` keeps the weights that it has.

    Raises UsageError for sizes that cannot be, and for other inputs.

    >>> som = SOM(input_len=3, rows=2, columns=2)
    >>> som(torch.zeros(5, 3)).shape, som.answers(torch.zeros(5, 3)).shape
    (torch.Size([5, 4]), torch.Size([5, 4]))
    """

    def __init__(
        self, input_len: int, rows: int = 10, columns: int = 10, topology: str = "rectangular",
        rule: str = "batch", initial: str = "pca", sigma: float | None = None,
        final_sigma: float | None = None, final_lr: float | None = None,
    ):  # fmt: skip
        super().__init__()
        self.input_len = whole("input_len", input_len, 1)
        self.rows, self.columns, self.topology = check_grid(rows, columns, topology)
        self.rule, self.initial = one_of("rule", rule, RULES), one_of("initial", initial, STARTS)
        self.sigma = None if sigma is None else real("sigma", sigma, above=0)
        self.final_sigma = None if final_sigma is None else real("final_sigma", final_sigma, above=0)
        self.final_lr = None if final_lr is None else real("final_lr", final_lr, above=0)
        self.weight = nn.Parameter(torch.empty(rows * columns, input_len))
        self.draw_parameters(0, "")

    @torch.no_grad()
    def draw_parameters(self, seed: int, prefix: str) -> None:
        """Numbers from −1 to 1, by (seed, name)."""
        if not self.weight.is_meta:
            drawn = generator(seed, f"{prefix}weight").uniform(-1, 1, tuple(self.weight.shape))
            self.weight.copy_(torch.from_numpy(drawn))

    def forward(self, x: Tensor) -> Tensor:
        """‖x − w_u‖ of every unit, (N, U); pictures are laid out as rows."""
        return torch.cdist(self._rows(x), self.weight)

    def answers(self, x: Tensor) -> Tensor:
        """(N, 4): the row and the column of b(x), ‖x − w_b‖, and 1 where b₂ is no neighbour of b, else 0."""
        x = self._rows(x)
        nearness = x @ self.weight.t() - self.weight.square().sum(1) / 2  # (‖x‖² − ‖x − w‖²)/2
        b, second = nearness.topk(2, 1).indices.unbind(1)
        distance = (x - self.weight[b]).norm(dim=1)
        place = torch.as_tensor(positions(self.rows, self.columns, self.topology), device=x.device)
        apart = (place[b] - place[second]).square().sum(1) > REACH[self.topology] + 0.1
        row, column = b // self.columns, b % self.columns
        return torch.stack([one.to(x.dtype) for one in (row, column, distance, apart)], 1)

    def _rows(self, x: Tensor) -> Tensor:
        x = x.flatten(1) if x.ndim > 2 else x
        if x.ndim != 2 or x.shape[1] != self.input_len:
            raise UsageError(f"a map of {self.input_len} inputs got examples of shape {tuple(x.shape)}")
        return x

    def extra_repr(self) -> str:
        """What the constructor was told."""
        return (
            f"input_len={self.input_len}, rows={self.rows}, columns={self.columns}, topology={self.topology}"
        )
