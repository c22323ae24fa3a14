"""A network that forecasts the next steps of a series from a window of its past."""

from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor, nn

from gradatim.checks import UsageError, real, whole
from gradatim.nn.activation import Activation
from gradatim.nn.dense import Dense
from gradatim.nn.dropout import Dropout

VIEWS = ("behind its last season", "behind its last value", "around its mean")  # of a window
LEAST = 0.01  # added to the variance of a window, whose series has variance 1


class Forecaster(nn.Module):
    """Three linear autoregressions of a window, and a perceptron for what they leave, H steps ahead at once
    (LSTNet's linear part, Lai et al. 2018; AR-Net, Triebe et al. 2019; windows around their own mean, RevIN,
    Kim et al. 2022, and behind their last value, NLinear, Zeng et al. 2023).

        ŷ_h = ⅓ Σ_v [m_vh + d_v (A_vh z_v + B_vh u + C_vh v_h + b_vh)] + d_3 f_h
        log b_h = log d_3 + c_h + g_h                        [f; g] = MLP(z_3, m_3, log d_3, u, v)

        v = 1   z = w          m_h = w_{L−s+h}   d = 1                      behind the last season of s steps
        v = 2   z = w − w_L    m_h = w_L         d = 1                      behind the last value
        v = 3   z = (w − m)/d  m_h = mean(w)     d = √(var(w) + 0.01)       around the mean

    w is the target's past of L steps, u the L·C numbers of other columns' past, v_h the K numbers that are
    known of step h; where a season is longer than the window, the last value stands for it. The perceptron's
    last layer begins at 0, so that the network begins as the mean of the linear models, which
    `training.forecasting` solves. Parameters: weight (3, H, L + L C + K), bias (3, H), width (H,) and those
    of the MLP.

    Shapes: x (N, L(1 + C) + H K) → (N, 2H), every μ_h, then every log b_h; `out_features` is 2H.

    Raises UsageError for sizes that do not fit each other.

    >>> Forecaster(in_features=8, out_features=4, lags=3, horizon=2, covariates=1, known=1, hidden=(4,))(
    ...     torch.zeros(5, 8)).shape
    torch.Size([5, 4])
    """

    heads: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self, in_features: int, out_features: int, *, lags: int, horizon: int, covariates: int = 0,
        known: int = 0, season: int = 1, hidden: Sequence[int] = (64, 64), dropout: float = 0.0,
        activation: str = "relu",
    ):  # fmt: skip
        super().__init__()
        self.lags, self.horizon = whole("lags", lags, 1), whole("horizon", horizon, 1)
        self.covariates, self.known = whole("covariates", covariates, 0), whole("known", known, 0)
        self.season = whole("season", season, 1)
        self.in_features = lags * (1 + covariates) + horizon * known
        if (in_features, out_features) != (self.in_features, 2 * horizon):
            raise UsageError(
                f"{lags} lags, {covariates} covariates and {known} known columns make {self.in_features} "
                f"inputs and {2 * horizon} outputs; asked for are {in_features} and {out_features}"
            )
        self.weight = nn.Parameter(torch.zeros(3, horizon, lags * (1 + covariates) + known))
        self.bias = nn.Parameter(torch.zeros(3, horizon))
        self.width = nn.Parameter(torch.zeros(horizon))
        hidden = (hidden,) if isinstance(hidden, int) else tuple(hidden)
        layers: list[nn.Module] = []
        wide = self.in_features + 2
        for units in hidden:
            layers += [Dense(wide, whole("hidden", units, 1), init="he_uniform"), Activation(activation)]
            if real("dropout", dropout, at_least=0, below=1):
                layers.append(Dropout(dropout))
            wide = units
        self.rest = nn.Sequential(*layers, Dense(wide, 2 * horizon, init="zeros"))

    def draw_parameters(self, seed: int, prefix: str) -> None:
        """The linear models begin as what their views stand behind."""
        with torch.no_grad():
            for part in (self.weight, self.bias, self.width):
                part.zero_()

    def views(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Z (3, N, L), m (3, N, H) and d (3, N) of the windows."""
        w, one = x[:, : self.lags], torch.ones_like(x[:, 0])
        mean, last = w.mean(1, keepdim=True), w[:, -1:]
        deviation = (w.var(1, correction=0) + LEAST).sqrt()
        ahead = torch.arange(self.horizon, device=x.device) % self.season
        behind = w[:, self.lags - self.season + ahead] if self.season <= self.lags else last
        z = torch.stack([w, w - last, (w - mean) / deviation[:, None]])
        m = torch.stack([part.expand(len(x), self.horizon) for part in (behind, last, mean)])
        return z, m, torch.stack([one, one, deviation])

    def linear(self, x: Tensor, z: Tensor, m: Tensor, d: Tensor) -> Tensor:
        """The autoregression's forecasts (N, H)."""
        L, H, K = self.lags, self.horizon, self.known
        P = L * (1 + self.covariates)
        u, v = x[:, L:P], x[:, P:].reshape(len(x), H, K)
        A, B, C = self.weight.split([L, P - L, K], 2)
        of_step = torch.einsum("nhk,vhk->vnh", v, C) if K else 0.0
        of_past = torch.einsum("vnl,vhl->vnh", z, A) + (u @ B.reshape(3 * H, P - L).t()).reshape(
            len(x), 3, H
        ).transpose(0, 1)
        return (m + d[:, :, None] * (of_past + of_step + self.bias[:, None])).mean(0)

    def forward(self, x: Tensor) -> Tensor:
        """Middles and log widths."""
        if x.ndim != 2 or x.shape[1] != self.in_features:
            raise UsageError(f"the network reads windows (N, {self.in_features}); it got {tuple(x.shape)}")
        z, m, d = self.views(x)
        level, spread = m[2, :, :1], d[2, :, None]
        seen = torch.cat([z[2], level, spread.log(), x[:, self.lags :]], 1)
        middle, width = self.rest(seen).split(self.horizon, 1)
        return torch.cat([self.linear(x, z, m, d) + spread * middle, width + self.width + spread.log()], 1)
