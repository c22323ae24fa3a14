"""Several tasks' examples in one piece of memory, features first, and the two products that solvers need."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from gradatim.multitask import task_kernel
from gradatim.multitask.gram import Gram

SMALL = 4096  # numbers of a task up to which one pass over all tasks is faster than a product for each


@dataclass(frozen=True, eq=False)
class Tasks:
    """m tasks, each with rows X_i (n_i, D) and targets y_i (n_i,).

        scores     z = (X₁w₁, …, X_m w_m)                   for W (D, m)
        correlate  G = (X₁ᵀr₁, …, X_mᵀr_m), so ∇ of f(z)     for r = ∇f(z)

    Rows lie one task behind the other, and where all tasks share X it is held once. `free` last features are
    weights that no penalty counts: a column of ones, which is the intercept.

    Shapes: Xt (D, N), or (D, n) where shared; y, z and r (N,), N = Σ n_i; starts (m + 1,).
    """

    Xt: np.ndarray
    y: np.ndarray
    starts: np.ndarray
    shared: bool = False
    free: int = 0

    @classmethod
    def of(cls, Xs: list[np.ndarray], ys: list[np.ndarray]) -> "Tasks":
        """Tasks that each have their own rows."""
        sizes = [len(y) for y in ys]
        Xt = np.empty((Xs[0].shape[1], sum(sizes)))
        starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        for X, first, last in zip(Xs, starts, starts[1:], strict=False):
            Xt[:, first:last] = X.T
        return cls(Xt, np.concatenate(ys).astype(float), starts)

    @classmethod
    def sharing(cls, X: np.ndarray, Y: np.ndarray) -> "Tasks":
        """Tasks that share X (n, D), each with a column of Y (n, m)."""
        n, m = Y.shape
        y = np.ascontiguousarray(Y.T, dtype=float).reshape(-1)
        return cls(np.array(X.T, dtype=float, order="C"), y, np.arange(m + 1, dtype=np.int64) * n, True)

    @property
    def count(self) -> int:
        """How many tasks there are, m."""
        return len(self.starts) - 1

    @property
    def sizes(self) -> np.ndarray:
        """Rows of each task, (m,)."""
        return np.diff(self.starts)

    @property
    def features(self) -> int:
        """Features that the penalty counts, D."""
        return len(self.Xt) - self.free

    @cached_property
    def gram(self) -> Gram:
        """Products of the features of tasks that share X, kept as they are made."""
        return Gram(self.Xt, self.y)

    def of_rows(self, v: np.ndarray) -> np.ndarray:
        """A number of each task, (m,), for each of its rows, (N,)."""
        return np.repeat(v, self.sizes)

    def sums(self, r: np.ndarray) -> np.ndarray:
        """Sums over each task's rows of (…, N), (…, m)."""
        if self.shared:
            return r.reshape(*r.shape[:-1], self.count, -1).sum(-1)
        return np.add.reduceat(r, self.starts[:-1], axis=-1)

    def scores(self, W: np.ndarray) -> np.ndarray:
        """X_i w_i of every task, (N,)."""
        if self.shared:
            return (W.T @ self.Xt).reshape(-1)
        if task_kernel.path()[0]:
            return task_kernel.product("scores", self.Xt, W, np.empty(self.Xt.shape[1]), self.starts)
        if self.Xt.size <= SMALL * self.count:
            return np.einsum("dn,dn->n", self.Xt, np.repeat(W, self.sizes, axis=1))
        z = np.empty(self.Xt.shape[1])
        for i, (first, last) in enumerate(zip(self.starts, self.starts[1:], strict=False)):
            np.matmul(W[:, i], self.Xt[:, first:last], out=z[first:last])
        return z

    def correlate(self, r: np.ndarray) -> np.ndarray:
        """X_iᵀ r_i of every task, (D, m)."""
        if self.shared:
            return self.Xt @ r.reshape(self.count, -1).T
        if task_kernel.path()[0]:
            G = np.empty((len(self.Xt), self.count))
            return task_kernel.product("correlate", self.Xt, r, G, self.starts)
        if self.Xt.size <= SMALL * self.count:
            return np.add.reduceat(self.Xt * r, self.starts[:-1], axis=1)
        G = np.empty((len(self.Xt), self.count))
        for i, (first, last) in enumerate(zip(self.starts, self.starts[1:], strict=False)):
            G[:, i] = self.Xt[:, first:last] @ r[first:last]
        return G

    def squares(self) -> np.ndarray:
        """‖x_ij‖² of every feature and task, (D, m)."""
        if self.shared:
            return np.repeat((self.Xt**2).sum(1)[:, None], self.count, axis=1)
        return np.add.reduceat(self.Xt**2, self.starts[:-1], axis=1)

    def only(self, features: np.ndarray) -> "Tasks":
        """The same rows with some of their features, and the free ones."""
        rows = np.concatenate([features, np.arange(self.features, len(self.Xt))]).astype(np.int64)
        return replace(self, Xt=self.Xt[rows])

    def centred(self) -> tuple["Tasks", np.ndarray, np.ndarray]:
        """Every task's features and targets less their means, and the means (D, m) and (m,)."""
        n = self.sizes
        y_mean = self.sums(self.y) / n
        y = self.y - self.of_rows(y_mean)
        if self.shared:
            means = self.Xt.mean(1)
            moved = replace(self, Xt=self.Xt - means[:, None], y=y)
            return moved, np.repeat(means[:, None], self.count, axis=1), y_mean
        means = self.sums(self.Xt) / n
        return replace(self, Xt=self.Xt - np.repeat(means, n, axis=1), y=y), means, y_mean

    def with_ones(self, height: float) -> "Tasks":
        """A free feature more, that is one number in every row."""
        ones = np.full((1, self.Xt.shape[1]), height)
        return replace(self, Xt=np.concatenate([self.Xt, ones]), free=1)

    def scaled(self, weights: np.ndarray) -> "Tasks":
        """Each task's features and targets times a number of its own, (m,); X is then shared no more."""
        rows = self.of_rows(weights)
        Xt = np.tile(self.Xt, self.count) if self.shared else self.Xt
        return replace(self, Xt=Xt * rows, y=self.y * rows, shared=False)
