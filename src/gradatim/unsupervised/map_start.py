"""Where the weights of a self-organising map begin."""

import numpy as np

from gradatim.random import generator


def pca_weights(X: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """Weights on the plane of the first two principal components, (rows · columns, D).

        w = μ + s₁ √λ₁ v₁ + s₂ √λ₂ v₂,   s from −1 to 1, the longer side of the map along v₁

    Examples without variance give equal weights. The sign of each v is that of its largest entry.
    """
    mean = X.mean(0, dtype=np.float64)
    centred = X - mean
    if X.shape[1] <= len(X):
        values, vectors = np.linalg.eigh(centred.T @ centred / max(len(X) - 1, 1))
        axes = (vectors * np.sqrt(np.maximum(values, 0)))[:, ::-1].T
    else:
        _, spread, V = np.linalg.svd(centred, full_matrices=False)
        axes = V * spread[:, None] / max(len(X) - 1, 1) ** 0.5
    axes = np.concatenate([axes, np.zeros((2, X.shape[1]))])[:2]
    largest = np.abs(axes).argmax(1)
    axes *= np.where(axes[[0, 1], largest] < 0, -1.0, 1.0)[:, None]
    down, along = (axes[0], axes[1]) if rows > columns else (axes[1], axes[0])
    r, c = (np.linspace(-1, 1, n) if n > 1 else np.zeros(1) for n in (rows, columns))
    W = mean + r[:, None, None] * down + c[:, None] * along
    return W.reshape(rows * columns, -1)


def sample_weights(X: np.ndarray, units: int, seed: int) -> np.ndarray:
    """An example for each unit, drawn by the seed; none twice where there are enough, (units, D)."""
    rng = generator(seed, "som sample")
    return X[rng.choice(len(X), units, replace=units > len(X))].astype(np.float64)


def first_weights(X: np.ndarray, rows: int, columns: int, initial: str, seed: int) -> np.ndarray:
    """Weights by the name of where they begin: pca, sample, or random, from −1 to 1; (rows · columns, D)."""
    if initial == "pca":
        return pca_weights(X, rows, columns)
    if initial == "sample":
        return sample_weights(X, rows * columns, seed)
    return generator(seed, "weight").uniform(-1, 1, (rows * columns, X.shape[1]))
