"""What every problem is: the question whose answers a network's outputs are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from math import fsum, isfinite
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np

from gradatim.by_hand.losses.by_name import loss_by_name
from gradatim.by_hand.losses.loss import Loss
from gradatim.checks import GradatimError, UsageError, shown
from gradatim.data.encoders.encoder import Encoder
from gradatim.data.label_types import is_label_type
from gradatim.data.question import Question
from gradatim.problems.evidence import ByClass, Evidence
from gradatim.problems.summed import Summed

Array = np.ndarray
OWN_LOSS = "the network was trained with your own loss, which is not saved; evaluate it yourself"


class Head(NamedTuple):
    """How many outputs a network needs for a problem, and the reason in a sentence."""

    outputs: int
    sentence: str


@dataclass(frozen=True)
class Problem:
    """A question put to a network; its kinds are frozen records of numbers and texts. Abstract.

        a = f(x; θ);   L(a, y) is what training lowers, answer(a) what is decided for,
        measures(a, y) how right it was

    Shapes: a (N, …) outputs, y (N, …) targets as the data hold them.

    A kind says with `task` what `--task` calls it, with `losses` which losses can read its outputs, with
    `deciding` the measure that says which of two models is better and its sign, with `learners` which other
    models can stand beside its network (see `explain.baselines`).
    """

    kind: ClassVar[str]  # its name in the catalogue and in model.json
    task: ClassVar[str]
    losses: ClassVar[tuple[str, ...]]
    deciding: ClassVar[tuple[str, int]]
    learners: ClassVar[str] = ""
    learners_may_answer: ClassVar[bool] = True  # whether these say all that the network says
    reads_target: ClassVar[bool] = True  # whether examples must have one
    compares: ClassVar[bool] = False  # whether `evaluate` says what the models beside the network got, too
    says_pictures: ClassVar[bool] = False  # whether an answer is a picture as large as the one that is read
    says_places: ClassVar[bool] = False  # whether it is places in the picture that is read
    own_network: ClassVar[str] = ""  # the only one whose outputs are such answers; any where it is empty
    loss_falls: ClassVar[bool] = True  # whether nothing is learned where the training loss does not fall
    shows_samples: ClassVar[bool] = True  # whether what its network makes up is text for a person to read
    form: ClassVar[str] = ""  # what recipes call examples with this question; else they go by the data's
    of_vocabulary: ClassVar[tuple[str, ...]] = ()  # measures that hang on how a vocabulary cuts
    SEVERAL: ClassVar[str] = "mean probability"  # of one answer of several

    names: tuple = ()  # of the classes, labels or numbers
    loss: str | None = None  # that reads the outputs; None for a user's own

    @property
    def question(self) -> Question:
        """What examples must ask to be answered by this."""
        typed, void = getattr(self, "label_type", ""), getattr(self, "void", None)
        return Question(self.task, self.names, label_type=typed, void=void)

    @classmethod
    def pose(cls, question: Question, y: Array | None, loss: str | None) -> Self:
        """The problem that data pose, `question` what they say of their targets y (see `data.question`)."""
        return cls(tuple(question.names), loss or cls.losses[0])

    @classmethod
    def also_reads(cls, question: Question, y: Array | None) -> bool:
        """Whether this kind, where a loss of its own is asked for, reads targets y of another task, too."""
        return False

    def head(self, examples: int | None = None) -> Head:
        """The outputs that a network needs, and why; UsageError where there is nothing to learn."""
        raise NotImplementedError

    def own_outputs(self, a: Array, examples: Any) -> Array:
        """Of outputs for examples those that are for them: of a row that belongs to one task, its head's."""
        return a

    def truth(self, y: Array | None, x: Array) -> Array | None:
        """The right answers to encoded inputs x (N, …), for which the data have the targets y."""
        return y

    def targets(self, y: Array) -> Array:
        """The right answers as the loss reads them."""
        return y

    def predictions(self, a: Array) -> Array:
        """What the outputs stand for: probabilities (N, K), or numbers in their own units."""
        raise NotImplementedError

    def answer(self, a: Array) -> Array:
        """What is decided for."""
        raise NotImplementedError

    def truths(self, y: Array) -> Array:
        """The right answers, written as `arrays` writes predictions."""
        return y

    def arrays(self, a: Array) -> dict[str, Array]:
        """The predictions as arrays by name, the answers as `prediction`: what an .npz file holds."""
        return {"prediction": self.answer(a)}

    def pictures(self, a: Array) -> list[Array] | None:
        """The predictions as pictures (C, H, W) of bytes; None where they are none."""
        return None

    def columns(self, a: Array) -> dict[str, list[Any]]:
        """The predictions as they are written, by column."""
        return {"prediction": self.answer(a).tolist()}

    def listed(self, a: Array, places: Sequence[Any] = ()) -> tuple[list[int], dict[str, list[Any]]] | None:
        """Where an answer is a list: which example each item is of, and the items by column; None where there
        is one answer an example. `places` say where pixels of each picture are in its file (see
        `data.covering`), where they are known.
        """
        return None

    def columns_in_own_units(
        self, a: Array, encoder: Encoder, features: tuple[str, ...]
    ) -> dict[str, list[Any]]:
        """The same; what is said of encoded inputs is decoded into the columns that they come from."""
        return self.columns(a)

    def scores(self, a: Array, y: Array) -> dict[str, Array]:
        """Of each example a number (N,) by name, where new examples are their own right answers y."""
        return {}

    def measures(self, a: Array, y: Array) -> dict[str, float]:
        """How right the outputs are; the mean loss comes last."""
        return {**self.measures_of(self.predictions(a), y), "loss": self.mean_loss(a, y)}

    def measures_of(self, predictions: Array, y: Array) -> dict[str, float]:
        """How right predictions are, whatever model they come from."""
        raise NotImplementedError

    def by_class(self, a: Array, y: Array) -> ByClass | None:
        """How many examples of each class or label were found; None of what has none."""
        return None

    def with_transform(self, asked: str, y: Array | None) -> tuple["Problem", str]:
        """The problem whose training targets y are transformed, and what the transforms are."""
        raise UsageError("--target-transform is for a target of numbers; this one is not")

    def check_transform(self, asked: str, y: Array) -> None:
        """Raise UsageError naming the first row of the targets y that a transform is not defined for."""

    def outputs_of_scores(self, scores: Array) -> Array:
        """Outputs a whose predictions are those of another model, of its scores: log-probabilities (N, K) of
        classes, scores (N, K) of labels, or numbers (N, T) as `learners_targets` gives them.
        """
        return scores

    def learners_targets(self, y: Array) -> Array:
        """The targets as the models beside the network learn them."""
        return y

    def learners_predictions(self, found: Array) -> Array:
        """What these models say, as `predictions` gives it."""
        return found

    def measures_beside(self, a: Array, y: Array) -> dict[str, float]:
        """How right the network's outputs are, as other models are measured."""
        return self.measures_of(self.predictions(a), y)

    def loss_beside(self, a: Array, y: Array) -> float:
        """What the network and other models are told apart by: less is better."""
        name, sign = self.deciding
        return -sign * self.measures_beside(a, y)[name]

    def probability_of(self, y: Array, a: Array) -> Array:
        """The probabilities (N, …) that outputs give the right answers, where they give some."""
        raise NotImplementedError

    @property
    def mean_beside(self) -> str:
        """What the mean of the network and of other models is taken of."""
        return self.mean_of_members

    def summed(self, a: Array, y: Array) -> Summed | None:
        """The deciding measure by sums over examples that are independent; None where it is no such thing."""
        return None

    def answers_beside(
        self, problems: Sequence["Problem"], outputs: Sequence[Array], y: Array
    ) -> Sequence[Evidence]:
        """What a report of several runs can show of their outputs to the same examples, each run's read by
        its own problem.
        """
        return ()

    def constant(self, y: Array) -> tuple[str, str, Array]:
        """The best prediction (K,) that reads no input, for training targets y: its name, what it is."""
        raise NotImplementedError

    @property
    def mean_of_members(self) -> str:
        """What the mean of several networks is taken of: their outputs, or the probabilities behind them;
        empty where they have no mean.
        """
        return "outputs"

    def looked_for(
        self, beam: int | None, best: int | None, coverage: float | None = None, copies: bool = False
    ) -> "Problem":  # fmt: skip
        """The same, its answers looked for with another beam, the best of them given."""
        if beam is None and best is None and coverage is None and not copies:
            return self
        raise UsageError("--beam, --n-best, --coverage and --copy-unknown are for answers that are texts")

    def drawn(self, temperature: float, top_k: int | None, seed: int) -> "Problem":
        """The same, its answers drawn in place of looked for."""
        raise UsageError("--sample is for answers that are texts")

    def counted_from(self, first: int) -> "Problem":
        """The same, the examples' numbers beginning there: of answers that are drawn by them."""
        return self

    def settles(self, asked: str | None) -> bool:
        """Whether validation has anything to settle."""
        return asked is not None

    def settle(self, a: Array, y: Array, asked: str | None) -> "Problem":
        """The problem with what validation settles: a threshold, how far intervals reach."""
        return self

    def settled(self) -> str:
        """What validation has settled, in a sentence; nothing where there is nothing to say."""
        return ""

    def check_settling(self, asked: str | None, valid: Array | None) -> None:
        """Raise UsageError where what is asked to be settled cannot be."""
        if asked is not None:
            raise UsageError("a threshold decides between two classes; the target has none")

    def check_reach(self, valid: Array | None) -> None:
        """Raise GradatimError where validation targets lie beyond all measure from those of training."""

    def in_short(self, metrics: dict[str, float]) -> dict[str, float]:
        """Those of the measures that a few lines can hold."""
        return metrics

    def evidence(self, a: Array, y: Array) -> Sequence[Evidence]:
        """What a report can show of the outputs beside their measures."""
        return ()

    def notices(self, y: Array) -> list[str]:
        """What a person should know of the training targets before anything is learned."""
        return []

    def of_epoch(self, valid: dict[str, float]) -> dict[str, float]:
        """Those of the measures that training takes on validation that say something."""
        return valid

    def of_record(self, valid: dict[str, float]) -> dict[str, float]:
        """More measures of an epoch, of those that training takes on validation."""
        return {}

    def moving(self, moved: Array, most: int) -> list[tuple[str, list[int]]]:
        """What is worth drawing when columns move the predictions by `moved` (C, K): of each column, what
        they are and which; those that move most over all of them.
        """
        order = np.argsort(-moved.sum(0), kind="stable")[:most]
        return [(self.SEVERAL, sorted(order.tolist()))] * len(moved)

    @property
    def prediction_names(self) -> tuple[str, ...]:
        """What each of the predictions is of."""
        return tuple(map(str, self.names))

    @cached_property
    def reader(self) -> Loss:
        """The loss by which outputs are read; GradatimError where it was a user's own."""
        if self.loss is None:
            raise GradatimError(OWN_LOSS)
        return loss_by_name(self.loss)

    @property
    def has_own_loss(self) -> bool:
        """Whether outputs are read by a loss of the user's own, which no record holds."""
        return self.loss is None

    def example_losses(self, a: Array, y: Array) -> Array:
        """The loss of each example, (N,)."""
        return self.reader(a.astype(np.float64), self.targets(y))

    def mean_loss(self, a: Array, y: Array) -> float:
        """The mean loss over the examples, summed exactly."""
        return fsum(self.example_losses(a, y)) / len(a)

    def for_outputs(self, count: Callable[[], int]) -> Self:
        """The same, read by the loss that suits a network which came complete; `count` counts its outputs."""
        return self

    def with_own_loss(self) -> Self:
        """The same, its outputs read by a loss of the user's own, which no record holds."""
        return replace(self, loss=None)

    def check(self) -> Self:
        """The problem, or GradatimError naming an entry that cannot be."""
        texts = isinstance(self.names, tuple) and all(isinstance(n, str | int | float) for n in self.names)
        self.require(texts, "names", "a list of texts or numbers")
        losses = self.loss is None or self.loss in self.losses
        self.require(losses, "loss", " or ".join(self.losses))
        if hasattr(self, "label_type"):
            self.require(is_label_type(self.label_type), "label_type", "a type of NumPy's")
        return self

    def require(self, fits: bool, entry: str, wanted: str) -> None:
        """Raise GradatimError where an entry does not fit."""
        if not fits:
            raise GradatimError(
                f"{entry} of {self.kind} must be {wanted}; it is {shown(getattr(self, entry))}"
            )

    def as_dict(self) -> dict[str, Any]:
        """The problem for JSON."""
        found = {one.name: getattr(self, one.name) for one in fields(self)}
        if not found.get("label_type", True):
            del found["label_type"]  # of labels of the usual types, as records have always been
        if found.get("void", 0) is None:
            del found["void"]  # of masks whose pixels are all known, likewise
        return {"kind": self.kind, **{name: _plain(value) for name, value in found.items()}}


def are_numbers(values: Any, count: int) -> bool:
    """Whether these are so many finite numbers, as JSON holds them."""
    return (
        isinstance(values, tuple | list)
        and len(values) == count
        and all(isinstance(v, int | float) and not isinstance(v, bool) and isfinite(v) for v in values)
    )


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
