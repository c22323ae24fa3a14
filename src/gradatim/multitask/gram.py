"""Products of features with one another, which say gradients of a squared loss without its rows."""

import numpy as np

KEPT = 4  # features for each row of X whose products are kept


class Gram:
    """What a squared loss of tasks that share X says of weights, without the rows.

        C = XᵀY,  Q = XᵀX;   −∇f(W) = C − QW

    A row of Q is made when its feature is first asked for, and kept: a path over λ asks for few of them. Of
    more than four for each row of X, all are forgotten but those asked for last.

    Shapes: Xt (D, n), y (m n,), task by task; C (D, m), Q (K, D) of the K features asked for so far.
    """

    def __init__(self, Xt: np.ndarray, y: np.ndarray):
        self.Xt, self.C = Xt, Xt @ y.reshape(-1, Xt.shape[1]).T
        self.at_zero = 0.5 * float(y @ y)
        self._made, self._count = np.empty((0, len(Xt))), 0
        self._place = np.full(len(Xt), -1)
        self._room = np.empty_like(self.C)

    def places(self, features: np.ndarray) -> np.ndarray:
        """Where the rows of Q of these features are kept, after those that were missing are made."""
        missing = features[self._place[features] < 0]
        if len(missing):
            if self._count + len(missing) > KEPT * self.Xt.shape[1]:
                self._place[:], self._count, missing = -1, 0, features
            end = self._count + len(missing)
            if end > len(self._made):
                grown = np.empty((min(max(2 * len(self._made), end), len(self.Xt)), len(self.Xt)))
                grown[: self._count] = self._made[: self._count]
                self._made = grown
            np.matmul(self.Xt[missing], self.Xt.T, out=self._made[self._count : end])
            self._place[missing], self._count = np.arange(self._count, end), end
        return self._place[features]

    def block(self, features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Q (w, w) among w features, and their C (w, m)."""
        places = self.places(features)
        return self._made[places[:, None], features], self.C[features]

    def gradient(self, used: np.ndarray, w: np.ndarray) -> np.ndarray:
        """−∇f of all features (D, m), at weights w (s, m) of those in use; the next call writes over it."""
        places = self.places(used)
        np.matmul(self._made[places].T, w, out=self._room)
        return np.subtract(self.C, self._room, out=self._room)
