"""A restricted Boltzmann machine of numbers on any scale, for scikit-learn's pipelines."""

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from gradatim.checks import one_of, real, whole
from gradatim.estimators.arguments import argument, keep, seed_of

if TYPE_CHECKING:
    from torch import Tensor

    from gradatim.nn.gaussian_rbm import GaussianRBM as Machine

FLOATS = (np.float64, np.float32)


class GaussianRBM(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """Gaussian–Bernoulli machine with a learned variance for each column (Cho, Ilin & Raiko 2011).

        P(h_i = 1 | v) = σ(c_i + Σ_j W_ij v_j/σ_j),   v_j | h ~ N(σ_j (b_j + Σ_i W_ij h_i), σ_j²)

    `transform` gives the hidden units' means. Columns may have any scale: learning begins at their means and
    variances.

    Parameters: `n_components`, hidden units; `learning_rate`; `batch_size`; `n_iter`, epochs; `k`, steps of
    Gibbs sampling; `persistent`, whether its chains go on from step to step; `momentum`; `hidden_units`,
    "bernoulli" or "relu". Learned: `components_` is W (H, V) and `intercept_visible_` b, in units of σ,
    `intercept_hidden_` c, `variance_` σ², and `loss_curve_`, the error of the first reconstructions.

    Raises UsageError for a number out of its bounds and where no column varies, NonFiniteLoss where it
    diverges.

    >>> X = np.random.default_rng(0).normal(10, 3, (50, 4))
    >>> GaussianRBM(n_components=2, random_state=0).fit(X).variance_.round(-1).tolist()
    [10.0, 10.0, 10.0, 10.0]
    """

    def __init__(
        self, n_components: int = 256, *, learning_rate: float = 0.01, batch_size: int = 10, n_iter: int = 10,
        k: int = 1, persistent: bool = False, momentum: float = 0.5, hidden_units: str = "bernoulli",
        random_state: Any = 0,
    ):  # fmt: skip
        keep(self, locals())

    def fit(self, X: Any, y: Any = None) -> "GaussianRBM":
        """Learn from rows X (N, D), at least two."""
        units = whole("n_components", self.n_components, 1)
        kind = one_of("hidden_units", self.hidden_units, ("bernoulli", "relu"))
        epochs = whole("n_iter", self.n_iter, 1)
        X = validate_data(self, X, dtype=FLOATS, ensure_min_samples=2)
        from gradatim.nn.gaussian_rbm import GaussianRBM as Machine
        from gradatim.unsupervised.gaussian import GaussianContrastiveDivergence

        seed = seed_of(self.random_state)
        machine = Machine(X.shape[1], units, kind)
        machine.draw_parameters(seed, "")
        loop = GaussianContrastiveDivergence(
            machine, X, k=argument(self, "k"), epochs=epochs, batch_size=argument(self, "batch_size"),
            lr=argument(self, "learning_rate"), momentum=real("momentum", self.momentum, at_least=0, below=1),
            persistent=bool(self.persistent), seed=seed, precision=str(X.dtype),
        )  # fmt: skip
        self.loss_curve_ = [record.train_loss for record in loop]
        learned = {name: p.detach().numpy() for name, p in machine.named_parameters()}
        self.components_, self.intercept_hidden_ = learned["weight"], learned["hidden_bias"]
        self.intercept_visible_, self.variance_ = learned["visible_bias"], np.exp(learned["log_variance"])
        self._n_features_out = units
        return self

    def transform(self, X: Any) -> np.ndarray:
        """The hidden units' means given rows X (N, D), (N, n_components)."""
        rows, machine = self._asked(X)
        found: np.ndarray = machine(rows).detach().numpy()
        return found

    def free_energy(self, X: Any) -> np.ndarray:
        """F of rows X (N, D), (N,): −log p(v) but for log Z, which is the same for all."""
        rows, machine = self._asked(X)
        found: np.ndarray = machine.free_energy(rows).detach().numpy()
        return found

    def gibbs(self, X: Any, steps: int = 1) -> np.ndarray:
        """The means of v (N, D) after steps of Gibbs sampling from rows X."""
        from gradatim.unsupervised.gibbs import gibbs_samples

        rows, machine = self._asked(X)
        found: np.ndarray = gibbs_samples(machine, rows, steps, seed_of(self.random_state)).numpy()
        return found

    def _asked(self, X: Any) -> "tuple[Tensor, Machine]":
        """Rows as a tensor, and the machine of the learned arrays."""
        import torch

        from gradatim.nn.gaussian_rbm import GaussianRBM as Machine

        check_is_fitted(self)
        X = validate_data(self, X, reset=False, dtype=FLOATS)
        machine = Machine(X.shape[1], len(self.components_), self.hidden_units)
        arrays = {
            "weight": self.components_, "visible_bias": self.intercept_visible_,
            "hidden_bias": self.intercept_hidden_, "log_variance": np.log(self.variance_),
        }  # fmt: skip
        machine.load_state_dict({name: torch.as_tensor(array) for name, array in arrays.items()})
        rows = torch.from_numpy(np.array(X))
        return rows, machine.to(rows.dtype)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags
