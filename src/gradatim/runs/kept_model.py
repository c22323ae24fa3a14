"""A model beside a network, as numbers: coefficients of a linear model, nodes of trees, constants."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from gradatim.checks import GradatimError
from gradatim.record_checks import COUNT, TEXT, Entries, ListOf, one_in
from gradatim.runs.boosted_trees import BoostedTrees

if TYPE_CHECKING:
    from gradatim.data.encoders.encoder import Encoder
    from gradatim.problems.problem import Problem

LEAST = 1e-12  # the probability of a class that the model has not seen
CERTAIN = 30.0  # the score of a label that every training row has; −30 of one that none has
MOST_WORDS = 500  # of a free text, for the trees


@dataclass(frozen=True)
class Linear:
    """x Wᵀ + b.   Shapes: x (N, D) → scores (N, K)."""

    kind: ClassVar[str] = "linear"
    tensors: dict[str, np.ndarray]  # weight (K, D), bias (K,)

    @classmethod
    def of(cls, model: Any) -> "Linear":
        """That of a fitted model of scikit-learn."""
        return cls({"weight": np.atleast_2d(model.coef_), "bias": np.atleast_1d(model.intercept_)})

    @property
    def work(self) -> int:
        """Multiplications of an example."""
        return self.tensors["weight"].size

    def scores(self, x: np.ndarray) -> np.ndarray:
        """The scores of encoded inputs."""
        return x @ self.tensors["weight"].T + self.tensors["bias"]

    def check(self) -> "Linear":
        """The model, or GradatimError where its numbers do not fit."""
        if not (_are_numbers(self.tensors, {"weight": 2, "bias": 1})
                and len(self.tensors["weight"]) == len(self.tensors["bias"])):  # fmt: skip
            raise GradatimError("the linear model's numbers are damaged")
        return self


@dataclass(frozen=True)
class Constant:
    """A number that is answered whatever the inputs.   Shapes: x (N, D) → scores (N, 1)."""

    kind: ClassVar[str] = "constant"
    work: ClassVar[int] = 1
    tensors: dict[str, np.ndarray]  # value (1,)

    def scores(self, x: np.ndarray) -> np.ndarray:
        """The value."""
        return np.full((len(x), 1), self.tensors["value"][0])

    def check(self) -> "Constant":
        """The model, or GradatimError where it has no value."""
        if not (_are_numbers(self.tensors, {"value": 1}) and len(self.tensors["value"]) == 1):
            raise GradatimError("the constant model's value is damaged")
        return self


def _are_numbers(tensors: dict[str, np.ndarray], axes: dict[str, int]) -> bool:
    """Whether these tensors are there, with so many axes each, and finite floating-point numbers."""
    return all(
        name in tensors and tensors[name].dtype.kind == "f" and tensors[name].ndim == n
        and bool(np.isfinite(tensors[name]).all())
        for name, n in axes.items()
    )  # fmt: skip


KINDS: dict[str, Any] = {one.kind: one for one in (Linear, BoostedTrees, Constant)}
FORM = Entries(
    {
        "name": TEXT, "what": TEXT, "parts": ListOf(one_in(tuple(KINDS)), at_least=1),
        "classes": ListOf(COUNT, distinct=True),
    },
)  # fmt: skip


@dataclass(frozen=True)
class KeptModel:
    """A fitted model: one part for each number or label, or one for all `classes` that it has seen."""

    name: str
    what: str
    parts: tuple[Any, ...]
    classes: tuple[int, ...] = ()

    @property
    def reads_raw(self) -> bool:
        """Whether it takes raw columns, as trees do, or the network's own inputs."""
        return any(part.kind == "trees" for part in self.parts)

    @property
    def work(self) -> float:
        """About how many multiplications an answer takes as long as."""
        return sum(part.work for part in self.parts)

    def outputs(self, problem: "Problem", encoder: "Encoder", raw: np.ndarray) -> np.ndarray:
        """Outputs a (N, K) as the network would have to give them, for raw inputs of the run's encoder, so
        that everything that reads a network's outputs reads these.
        """
        if self.reads_raw:
            few = encoder.without_rare_words(MOST_WORDS)
            x = few.tree_columns(encoder.common_words(raw, MOST_WORDS))
        else:
            x = encoder.encode(raw, np.float32)
        x = x.reshape(len(x), prod(x.shape[1:]))
        scores = [part.scores(x) for part in self.parts]
        if self.classes:
            return problem.outputs_of_scores(_of_all(scores[0], self.classes, len(problem.names)))
        return problem.outputs_of_scores(np.concatenate(scores, 1))

    def check_fit(self, trained: Any) -> None:
        """GradatimError unless it takes the inputs of a run's network and gives what the run's problem reads:
        tried on no examples.
        """
        encoder, problem = trained.encoder, trained.problem
        with np.errstate(all="ignore"):
            try:
                outputs = self.outputs(problem, encoder, encoder.raw(trained.template))
            except (ValueError, IndexError) as error:
                raise GradatimError(f"it does not fit the run's columns and targets: {error}") from error
        expected = outputs_beside(problem)
        if outputs.shape[1:] != (expected,):
            raise GradatimError(f"it gives outputs of shape {outputs.shape[1:]}; the run's have {expected}")

    @property
    def tensors(self) -> dict[str, np.ndarray]:
        """The numbers of all parts."""
        return {f"{i}.{name}": one for i, part in enumerate(self.parts) for name, one in part.tensors.items()}

    def as_dict(self) -> dict[str, Any]:
        """All else, for JSON."""
        kinds = [part.kind for part in self.parts]
        return {"name": self.name, "what": self.what, "parts": kinds, "classes": list(self.classes)}

    @classmethod
    def from_dict(cls, record: dict[str, Any], tensors: dict[str, np.ndarray]) -> "KeptModel":
        """The model of a record that was checked; GradatimError where its numbers are damaged."""
        parts = tuple(_parts(record["parts"], tensors))
        return cls(record["name"], record["what"], parts, tuple(record["classes"]))


def outputs_beside(problem: "Problem") -> int:
    """How many outputs the models beside the network give."""
    return problem.outputs_of_scores(np.zeros((1, len(problem.names)))).shape[1]


def _of_all(scores: np.ndarray, classes: tuple[int, ...], k: int) -> np.ndarray:
    """The log-probabilities of all K classes, of scores of those that the model has seen."""
    if scores.shape[1] == 1:  # of two classes the second one's, beside 0
        scores = np.concatenate([np.zeros_like(scores), scores], 1)
    scores = scores.astype(np.float64) - scores.max(1, keepdims=True)
    found = np.full((len(scores), k), np.log(LEAST))
    found[:, list(classes)] = scores - np.log(np.exp(scores).sum(1, keepdims=True))
    return found


def _parts(kinds: list[str], tensors: dict[str, np.ndarray]) -> Iterator[Any]:
    for i, kind in enumerate(kinds):
        own = {name.removeprefix(f"{i}."): t for name, t in tensors.items() if name.startswith(f"{i}.")}
        yield KINDS[kind](own).check()
