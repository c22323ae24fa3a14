"""An autoencoder as a transformer, for scikit-learn's pipelines."""

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import check_array, check_is_fitted, validate_data

from gradatim.checks import UsageError, one_of, plain_numbers, real, whole
from gradatim.estimators.arguments import argument, keep, seed_of

FLOATS = [np.float64, np.float32]
LOSSES = {"squared_error": "squared_error", "absolute_error": "absolute_error", "bernoulli_nll": "multilabel"}
OF_NETWORK = (
    "tied", "activation", "code_activation", "corruption", "amount", "sparsity_target", "sparsity_cost",
    "code_l1", "contractive",
)  # fmt: skip


class Autoencoder(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """Autoencoder of dense layers (Rumelhart, Hinton & Williams 1986; Vincent et al. 2008; curriculum F1–F3).

        h = encoder(corrupt(x)), x̂ = decoder(h);   L = mean l(x̂, x) and the penalties of the code h

    `transform` gives the code, `inverse_transform` what the decoder makes of a code, `reconstruction_error`
    the mean of (x̂ − x)² over the columns, `score_samples` its opposite: low for a row unlike those of `fit`.
    Scale the columns first; with `bernoulli_nll` they are numbers from 0 to 1.

    Parameters: `hidden_layer_sizes` of the encoder, of which the last is the code's, an eighth of the columns
    behind a wider layer when None; the decoder mirrors them, with the same weights where `tied`.
    `corruption`, none, gaussian, masking or salt_and_pepper, by an `amount`; `sparsity_target`,
    `sparsity_cost`, `code_l1`, `contractive` as of the network `autoencoder`. `loss`, squared_error,
    absolute_error or bernoulli_nll. `schedule` of the rate that begins at `learning_rate_init`; `max_iter`,
    epochs.

    Learned: `coefs_` (inputs, outputs) and `intercepts_` of every layer, the encoder's first; `loss_curve_`,
    `n_iter_`, and `network_`, a torch module.

    Raises UsageError for a number out of its bounds, for rows that are all the same, and for one row.

    >>> X = np.random.default_rng(0).normal(size=(100, 1)) * [1.0, 2.0, -1.0, 0.5]
    >>> coder = Autoencoder((1,), learning_rate_init=0.03, max_iter=30).fit(X)
    >>> coder.transform(X).shape, coder.score(X) > -0.05
    ((100, 1), True)
    """

    def __init__(
        self, hidden_layer_sizes: Any = None, *, tied: bool = False, activation: str = "gelu",
        code_activation: str | None = None, corruption: str = "none", amount: float = 0.3,
        sparsity_target: float | None = None, sparsity_cost: float = 0.1, code_l1: float = 0.0,
        contractive: float = 0.0, loss: str = "squared_error", learning_rate_init: float = 3e-3,
        schedule: str = "cosine", batch_size: int = 32, max_iter: int = 100, random_state: Any = 0,
    ):  # fmt: skip
        keep(self, locals())

    def fit(self, X: Any, y: Any = None) -> "Autoencoder":
        """Learn from the rows of X (N, D); y is not looked at."""
        from gradatim.models.building import build
        from gradatim.unsupervised.autoencoders import AutoencoderTraining

        one_of("loss", self.loss, LOSSES)
        epochs = whole("max_iter", argument(self, "max_iter"), 1)
        batch_size = whole("batch_size", argument(self, "batch_size"), 1)
        lr = real("learning_rate_init", argument(self, "learning_rate_init"), above=0)
        X = np.require(validate_data(self, X, dtype=FLOATS, ensure_min_samples=2), requirements="W")
        seed = seed_of(self.random_state)
        self.network_ = build(self._description(X.shape[1]), seed, _torch_type(X.dtype))
        loop = AutoencoderTraining(
            self.network_, X, LOSSES[self.loss], epochs=epochs, batch_size=batch_size, lr=lr, seed=seed,
            schedule=self.schedule, precision=str(X.dtype),
        )  # fmt: skip
        self.loss_curve_ = [record.train_loss for record in loop]
        self.n_iter_ = len(self.loss_curve_)
        self.network_.eval()
        self._keep_weights()
        return self

    def transform(self, X: Any) -> np.ndarray:
        """The codes of rows X (N, D), (N, H)."""
        return self._encoded(self._checked(X))

    def inverse_transform(self, X: Any) -> np.ndarray:
        """The rows (N, D) that codes X (N, H) stand for; probabilities with bernoulli_nll."""
        check_is_fitted(self)
        codes = np.require(check_array(X, dtype=FLOATS), requirements="W")
        if codes.shape[1] != self._n_features_out:
            raise UsageError(f"a code has {self._n_features_out} numbers; these have {codes.shape[1]}")
        return self._decoded(codes)

    def reconstruction_error(self, X: Any) -> np.ndarray:
        """The mean of (x̂ − x)² over the columns of each row of X (N, D), (N,)."""
        X = self._checked(X)
        return ((self._decoded(self._encoded(X)) - X) ** 2).mean(1)

    def score_samples(self, X: Any) -> np.ndarray:
        """−`reconstruction_error`, (N,): the lower, the less a row is like those of `fit`."""
        return -self.reconstruction_error(X)

    def score(self, X: Any, y: Any = None) -> float:
        """The mean of `score_samples`."""
        return float(self.score_samples(X).mean())

    def _description(self, columns: int) -> dict[str, Any]:
        """The network's, as a run writes it."""
        from gradatim.models.dense_stack import usual_units

        sizes = plain_numbers(self.hidden_layer_sizes)
        if sizes is None:
            *others, code = usual_units(columns)
            sizes = [*others, max(1, min(code, columns - 1))]
        sizes = [sizes] if isinstance(sizes, int) else list(sizes)
        hidden = [whole("hidden_layer_sizes", units, 1) for units in sizes or [0]]
        entry = {"name": "autoencoder", "in_features": columns, "hidden": hidden}
        return entry | {name: argument(self, name) for name in OF_NETWORK}

    def _keep_weights(self) -> None:
        """The weights and biases of every layer as arrays, and the size of the code."""
        arrays = {name: p.detach().numpy().copy() for name, p in self.network_.named_parameters()}
        encoder = [W.T for name, W in arrays.items() if name.startswith("encoder") and W.ndim == 2]
        decoder = [W.T for name, W in arrays.items() if name.startswith("decoder") and W.ndim == 2]
        self.coefs_ = encoder + (decoder or [W.T for W in reversed(encoder)])
        self.intercepts_ = [b for b in arrays.values() if b.ndim == 1]
        self._n_features_out = encoder[-1].shape[1]

    def _checked(self, X: Any) -> np.ndarray:
        check_is_fitted(self)
        return np.require(validate_data(self, X, dtype=FLOATS, reset=False), requirements="W")

    def _encoded(self, X: np.ndarray) -> np.ndarray:
        from gradatim.unsupervised.latent import encode

        return encode(self.network_, X).numpy()

    def _decoded(self, codes: np.ndarray) -> np.ndarray:
        from scipy.special import expit

        from gradatim.unsupervised.latent import decode

        rows = decode(self.network_, codes).numpy()
        return expit(rows) if self.loss == "bernoulli_nll" else rows

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags


def _torch_type(dtype: Any) -> Any:
    import torch

    return getattr(torch, str(dtype))
