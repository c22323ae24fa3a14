"""Boosted trees as arrays of numbers, and what they answer: scikit-learn's histogram gradient boosting.

A node sends an example to the left where its value is at most the threshold, or is among the node's
categories; a missing value goes where the node says. The answer is the sum of the leaves and of a constant.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from gradatim.checks import GradatimError

NODES = {  # of scikit-learn's nodes, and the type in which each is kept
    "value": np.float64, "feature_idx": np.int64, "num_threshold": np.float64, "missing_go_to_left": np.uint8,
    "left": np.uint32, "right": np.uint32, "is_leaf": np.uint8, "is_categorical": np.uint8,
    "bitset_idx": np.uint32,
}  # fmt: skip
KINDS = {name: (kind, 1) for name, kind in NODES.items()} | {  # of every tensor, with its number of axes
    "starts": (np.int64, 1), "left_categories": (np.uint32, 2), "baseline": (np.float64, 1),
    "order": (np.int64, 1),
}  # fmt: skip
WORK = 800  # multiplications of a layer that take as long as one tree
WORDS, BITS = 8, 32  # of a node's set of categories


@dataclass(frozen=True)
class BoostedTrees:
    """Trees, one behind another: `tensors` holds every node's numbers, where each tree starts (`starts`), the
    sets of categories (`left_categories`), the constant of each output (`baseline`), the order in which a
    tree's columns stand (`order`), and the codes of each column of categories (`categories.NUMBER`).

    Shapes: x (N, D), NaN where a value is missing → scores (N, K).
    """

    kind: ClassVar[str] = "trees"
    tensors: dict[str, np.ndarray]

    @classmethod
    def of(cls, model: Any) -> "BoostedTrees":
        """Those of a fitted model of scikit-learn."""
        trees = [tree for iteration in model._predictors for tree in iteration]
        found = {name: _joined([tree.nodes[name] for tree in trees], kind) for name, kind in NODES.items()}
        sets = [tree.raw_left_cat_bitsets for tree in trees]
        sizes = [len(tree.nodes) for tree in trees]
        before = np.repeat(np.cumsum([0, *(len(one) for one in sets[:-1])]), sizes)
        found["bitset_idx"] = (found["bitset_idx"] + before).astype(np.uint32)
        found["starts"] = np.cumsum([0, *sizes]).astype(np.int64)
        found["left_categories"] = np.concatenate([*sets, np.zeros((1, WORDS), np.uint32)])
        found["baseline"] = np.asarray(model._baseline_prediction, np.float64).reshape(-1)
        chosen = np.zeros(model.n_features_in_, bool)
        if model.is_categorical_ is not None:
            chosen = np.asarray(model.is_categorical_, bool)
            codes = model._preprocessor.named_transformers_["encoder"].categories_ if chosen.any() else []
            found |= {f"categories.{i}": np.asarray(one, np.float64) for i, one in enumerate(codes)}
        found["order"] = np.concatenate([np.flatnonzero(chosen), np.flatnonzero(~chosen)]).astype(np.int64)
        return cls(found)

    @property
    def width(self) -> int:
        """How many columns they take."""
        return len(self.tensors["order"])

    @property
    def work(self) -> int:
        """About how many multiplications an example's way down all trees takes as long as."""
        return WORK * (len(self.tensors["starts"]) - 1)

    def check(self) -> "BoostedTrees":
        """The trees, or GradatimError for other numbers: a child stands behind its node, in its tree."""
        t = self.tensors
        self._check_kinds()
        try:
            sizes = np.diff(t["starts"])
            own = np.arange(len(t["value"])) - np.repeat(t["starts"][:-1], sizes)
            within = np.repeat(sizes, sizes)
            inner = t["is_leaf"] == 0
            sets = [name for name in t if name.startswith("categories.")]
            fits = [
                *(((t[child] > own) & (t[child] < within) | ~inner).all() for child in ("left", "right")),
                ((t["feature_idx"] >= 0) & (t["feature_idx"] < self.width)).all(),
                (t["bitset_idx"] < len(t["left_categories"])).all(), t["left_categories"].shape[1] == WORDS,
                len(sizes) % len(t["baseline"]) == 0, sorted(t["order"].tolist()) == list(range(self.width)),
                all(len(t[name]) == len(own) for name in NODES),
                (t["feature_idx"][t["is_categorical"] == 1] < len(sets)).all(), len(sets) <= self.width,
                all(len(t[name]) <= WORDS * BITS for name in sets),
            ]  # fmt: skip
        except (KeyError, IndexError, ValueError, TypeError, ZeroDivisionError) as error:
            raise GradatimError(f"the trees' numbers are damaged: {error!r}") from error
        if not all(fits):
            raise GradatimError("the trees' numbers are damaged: a node leads nowhere")
        return self

    def _check_kinds(self) -> None:
        """GradatimError naming a tensor that is missing, not finite, or of another type or number of axes."""
        columns = sum(name.startswith("categories.") for name in self.tensors)
        kinds = KINDS | {f"categories.{i}": (np.float64, 1) for i in range(columns)}
        for name, (kind, axes) in kinds.items():
            t = self.tensors.get(name)
            if t is None or t.dtype != kind or t.ndim != axes:
                raise GradatimError(f"the trees' numbers are damaged: {name}")
            if name in ("value", "baseline") and not np.isfinite(t).all():
                raise GradatimError(f"the trees' numbers are damaged: {name} is not finite")

    def scores(self, x: np.ndarray) -> np.ndarray:
        """The sums of the leaves that examples end in, (N, K), in scikit-learn's order."""
        t, x = self.tensors, self._in_order(np.asarray(x, np.float64))
        outputs = len(t["baseline"])
        found = np.zeros((len(x), outputs)) + t["baseline"]
        for number, start in enumerate(t["starts"][:-1].tolist()):
            found[:, number % outputs] += t["value"][self._leaves(x, start)]
        return found

    def _in_order(self, x: np.ndarray) -> np.ndarray:
        """Columns of categories first, as numbers of those that training has seen; NaN for others."""
        x = x[:, self.tensors["order"]]
        for i in range(self.width):
            known = self.tensors.get(f"categories.{i}")
            if known is None:
                break
            codes = np.full(len(x), np.nan)
            for place, value in enumerate(known):
                if not np.isnan(value):
                    codes[x[:, i] == value] = place
            x[:, i] = codes
        return x

    def _leaves(self, x: np.ndarray, start: int) -> np.ndarray:
        """The leaf of the tree at `start` in which each example ends, as a number among all nodes."""
        t, at = self.tensors, np.full(len(x), start)
        rows = np.arange(len(x))
        while len(rows := rows[t["is_leaf"][at[rows]] == 0]):
            node = at[rows]
            value = x[rows, t["feature_idx"][node]]
            left = value <= t["num_threshold"][node]
            of_set = t["is_categorical"][node] == 1
            if of_set.any():
                left[of_set] = self._in_sets(value[of_set], t["bitset_idx"][node[of_set]])
            left = np.where(np.isnan(value), t["missing_go_to_left"][node] == 1, left)
            at[rows] = start + np.where(left, t["left"][node], t["right"][node])
        return at

    def _in_sets(self, value: np.ndarray, number: np.ndarray) -> np.ndarray:
        """Whether each category is in its node's set, a bit each."""
        code = np.where(np.isnan(value), 0, value).astype(np.int64)
        words = self.tensors["left_categories"][number, code // BITS]
        return (words >> (code % BITS).astype(np.uint32)) & 1 == 1


def _joined(parts: list[np.ndarray], kind: Any) -> np.ndarray:
    return np.concatenate(parts).astype(kind)
