"""A text that belongs to an input: what all such answers have in common (curriculum E12)."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import exp
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np

from gradatim.checks import real, whole
from gradatim.data.question import Question
from gradatim.problems.evidence import Answers, AnswersBeside, Evidence
from gradatim.problems.problem import Array, Head, Problem
from gradatim.problems.summed import Summed

LARGEST = 700.0  # nats whose exponential is a number
MOST_SHOWN = 12  # answers in a report
MOST_BEAM = 1000
DRAWN = ("temperature", "top_k", "seed", "first")
ROW = np.dtype([("text", object), ("nats", float), ("symbols", np.int64), ("others", object)])


class Alternative(NamedTuple):
    """One answer of several: its text, and log p as it is ranked."""

    text: str
    score: float


@dataclass(frozen=True)
class Texts(Problem):
    """A sequence of symbols out of `names`, read as a text. Abstract: a kind gives `scores_of`.

        p(y | x) = Π_t softmax(a_t)[y_t];   answer = the text of the sequence that beam search finds

    Outputs are rows (N,) of `ROW`: the answer's text, −log p of the right answers in nats, the symbols that
    these have, and the best answers as Alternatives; y (N,) holds the references of each in a tuple.

    `beam`, `length_penalty` and `coverage` say how the answer is looked for (see `decoding.beam_search`),
    `best` how many answers are given, and `copies` whether unknown words are copied (`decoding.copying`).
    Where there is a `temperature`, answers are drawn at it with a `seed`, of the `top_k` best symbols (see
    `decoding.sequence_sampling`); no record holds that.
    """

    losses: ClassVar[tuple[str, ...]] = ("cross_entropy",)
    of_vocabulary: ClassVar[tuple[str, ...]] = ("perplexity", "loss")

    beam: int = field(default=5, kw_only=True)
    best: int = field(default=1, kw_only=True)
    length_penalty: float = field(default=1.0, kw_only=True)
    coverage: float = field(default=0.0, kw_only=True)
    copies: bool = field(default=False, kw_only=True)
    temperature: float | None = field(default=None, kw_only=True)
    top_k: int | None = field(default=None, kw_only=True)
    seed: int = field(default=0, kw_only=True)
    first: int = field(default=0, kw_only=True)  # the number of the first example, by which draws differ

    @classmethod
    def pose(cls, question: Question, y: Array | None, loss: str | None) -> Self:
        """The symbols."""
        return cls(tuple(question.names), loss or "cross_entropy")

    def check(self) -> Self:
        """Symbols are texts, the beam has a prefix."""
        found = super().check()
        self.require(all(isinstance(name, str) for name in self.names), "names", "a list of texts")
        for name in ("beam", "best"):
            one = getattr(self, name)
            self.require(isinstance(one, int) and not isinstance(one, bool) and one > 0, name, "above 0")
        for name in ("length_penalty", "coverage"):
            one = getattr(self, name)
            self.require(isinstance(one, int | float) and one >= 0, name, "a number, 0 or more")
        self.require(isinstance(self.copies, bool), "copies", "true or false")
        return found

    def looked_for(
        self, beam: int | None, best: int | None, coverage: float | None = None, copies: bool = False
    ) -> "Texts":  # fmt: skip
        """The same, its answers looked for with another beam, the best of them given."""
        found = self.beam if beam is None else whole("beam", beam, 1, MOST_BEAM)
        n = self.best if best is None else whole("n_best", best, 1, MOST_BEAM)
        beta = self.coverage if coverage is None else real("coverage", coverage, at_least=0)
        return replace(self, beam=max(found, n), best=n, coverage=beta, copies=copies or self.copies)

    def drawn(self, temperature: float, top_k: int | None, seed: int) -> "Texts":
        """The same, its answers drawn at a temperature, of the k best symbols."""
        return replace(
            self, temperature=real("temperature", temperature, at_least=0), seed=whole("seed", seed, 0, None),
            top_k=None if top_k is None else whole("top_k", top_k, 1),
        )  # fmt: skip

    def counted_from(self, first: int) -> "Texts":
        """The same, the examples' numbers beginning there."""
        return replace(self, first=first)

    def as_dict(self) -> dict[str, Any]:
        """The problem for JSON; how answers are drawn is asked for each time."""
        return {name: one for name, one in super().as_dict().items() if name not in DRAWN}

    def head(self, examples: int | None = None) -> Head:
        """A score for each symbol."""
        return Head(len(self.names), f"softmax over {len(self.names):,} symbols, step by step")

    def scores_of(self, texts: Sequence[str], references: Sequence[tuple[str, ...]]) -> dict[str, float]:
        """How right texts are, the deciding measure first."""
        raise NotImplementedError

    def summed_scores(self, texts: Sequence[str], references: Sequence[tuple[str, ...]]) -> Summed | None:
        """The deciding one of `scores_of` by sums over texts."""
        return None

    def summed(self, a: Array, y: Array) -> Summed | None:
        """The deciding measure by sums over texts."""
        return self.summed_scores(a["text"].tolist(), list(y))

    def answer(self, a: Array) -> Array:
        """The texts."""
        return a["text"]

    def predictions(self, a: Array) -> Array:
        """The texts."""
        return a["text"]

    def measures(self, a: Array, y: Array) -> dict[str, float]:
        """How right the texts are; perplexity and loss of a symbol of the right answers."""
        loss = self.mean_loss(a, y)
        scores = self.scores_of(a["text"].tolist(), list(y))
        return {**scores, "perplexity": exp(min(loss, LARGEST)), "loss": loss}

    def mean_loss(self, a: Array, y: Array) -> float:
        """Nats a symbol."""
        return float(a["nats"].sum() / max(int(a["symbols"].sum()), 1))

    def example_losses(self, a: Array, y: Array) -> Array:
        """Nats a symbol of each example's right answers, (N,)."""
        return a["nats"] / np.maximum(a["symbols"], 1)

    def of_record(self, valid: dict[str, float]) -> dict[str, float]:
        """Perplexity."""
        return {"valid_perplexity": exp(min(valid["loss"], LARGEST))} if valid else {}

    def truths(self, y: Array) -> Array:
        """The first reference of each."""
        return np.array([some[0] for some in y], object)

    def columns(self, a: Array) -> dict[str, list[Any]]:
        """The texts; of several answers each, and its log p."""
        if self.best == 1:
            return {"prediction": a["text"].tolist()}
        found: dict[str, list[Any]] = {}
        for k in range(self.best):
            some = [others[k] if k < len(others) else Alternative("", float("nan")) for others in a["others"]]
            found[f"prediction {k + 1}"] = [one.text for one in some]
            found[f"score {k + 1}"] = [one.score for one in some]
        return found

    def arrays(self, a: Array) -> dict[str, Array]:
        """The texts."""
        return {"prediction": a["text"]}

    def evidence(self, a: Array, y: Array) -> Sequence[Evidence]:
        """Some answers, from the likeliest right ones to the unlikeliest."""
        rows = spread_over(self.example_losses(a, y)).tolist()
        return (Answers(rows, [a["text"][r] for r in rows], [tuple(y[r]) for r in rows]),)

    def answers_beside(
        self, problems: Sequence[Problem], outputs: Sequence[Array], y: Array
    ) -> Sequence[Evidence]:
        """Some inputs, from those whose right answers are likeliest to all networks to the unlikeliest."""
        nats = np.mean([one.example_losses(a, y) for one, a in zip(problems, outputs, strict=True)], 0)
        rows = spread_over(nats).tolist()
        said = [tuple(str(a["text"][r]) for a in outputs) for r in rows]
        how = "from the one whose right answer is likeliest to the networks to the one whose is least likely"
        return (AnswersBeside(rows, said, [tuple(y[r]) for r in rows], how),)


def spread_over(losses: Array) -> Array:
    """Rows at even places of the order of their losses (N,), the lowest and the highest among them.

    >>> spread_over(np.array([3.0, 1.0, 2.0])).tolist()
    [1, 2, 0]
    """
    order = np.argsort(losses, kind="stable")
    places = np.linspace(0, len(order) - 1, min(MOST_SHOWN, len(order))).round().astype(int)
    return order[np.unique(places)]
