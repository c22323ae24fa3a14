"""What was found of a network's answers: records of numbers and texts, each shown by a section of a report.

`section` names the file of `explain.sections` that shows it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from gradatim.problems.ranked import Ranked


@dataclass(frozen=True)
class Evidence:
    """One kind of finding. Abstract."""

    section: ClassVar[str]

    def beside(self, examples: Any) -> "Evidence":
        """The same, with what only the examples know."""
        return self

    def inside(self, network: Any, encoder: Any) -> "Evidence":
        """The same, with what only the network and its encoder know."""
        return self


@dataclass(frozen=True)
class Example:
    """An example as a person looks at it: a picture (C, H, W), or its features by name; its file's name; its
    row of a table, the first of which is 1; of a series, its D numbers over L steps as `lines` (L, D), and
    what they are called.
    """

    picture: np.ndarray | None = None
    values: dict[str, Any] | None = None
    name: str = ""
    row: int | None = None
    lines: np.ndarray | None = None
    line_names: tuple[str, ...] = ()


@dataclass(frozen=True)
class OfExamples(Evidence):
    """A finding about single examples: `rows` of the split, and the examples, once they are looked up.
    Abstract.
    """

    rows: Sequence[int]
    examples: tuple[Example, ...] = field(default=(), kw_only=True)


@dataclass(frozen=True)
class TaskMeasures(Evidence):
    """How right each of several tasks is: their names, and how many examples each was measured on; the
    measures themselves bear the names.
    """

    section: ClassVar[str] = "tasks"
    names: tuple
    counts: Sequence[int]


@dataclass(frozen=True)
class OfTask(Evidence):
    """What was found of one of several tasks, by its name: the `parts` that its own question shows."""

    section: ClassVar[str] = "task"
    name: str
    parts: tuple[Evidence, ...]


@dataclass(frozen=True)
class Confusion(Evidence):
    """Counts (K, K) of examples, or of `unit`s: rows are true classes, columns answers (curriculum B20)."""

    section: ClassVar[str] = "confusion"
    counts: np.ndarray
    names: tuple
    unit: str = "example"


@dataclass(frozen=True)
class ByClass(Evidence):
    """Counts (K,) of each class or label: the examples that have it and were found (`right`), the answers
    that say it, and the examples that have it, each of which may have `several` labels (curriculum B20).
    """

    section: ClassVar[str] = "by_class"
    right: np.ndarray
    answered: np.ndarray
    support: np.ndarray
    names: tuple
    several: bool = False
    unit: str = "example"

    @classmethod
    def of_counts(cls, counts: np.ndarray, names: tuple, unit: str = "example") -> "ByClass":
        """Of a confusion matrix (K, K), rows true classes, columns answers."""
        return cls(np.diag(counts).copy(), counts.sum(0), counts.sum(1), names, unit=unit)


@dataclass(frozen=True)
class Ranking(Evidence):
    """How well the score of each class or label orders the examples: of two classes the second one's; and
    from which score on that one is decided for, where one decides (curriculum B20).
    """

    section: ClassVar[str] = "ranking"
    classes: Sequence[Ranked]
    threshold: float | None = None


@dataclass(frozen=True)
class MetricTable(Evidence):
    """Metrics that were asked for, by name, on validation and on the examples that the network is judged on;
    None where one was not available.
    """

    section: ClassVar[str] = "metrics"
    names: tuple
    valid: Sequence[float | None]
    judged: Sequence[float | None]


@dataclass(frozen=True)
class Calibration(Evidence):
    """Probabilities (N,), whether what they were given to came true (N,), and what they are of."""

    section: ClassVar[str] = "calibration"
    p: np.ndarray
    came_true: np.ndarray
    of: str  # "probability of yes"
    binary: bool  # whether it is one class's probability of two


@dataclass(frozen=True)
class Mistakes(OfExamples):
    """The wrongly classified examples, those of the highest loss first: `rows` of the split, and of each what
    it is, what it was taken for, and the probability of both. `wrong` counts all that there are.
    """

    section: ClassVar[str] = "mistakes"
    true: Sequence[str]
    predicted: Sequence[str]
    probability: Sequence[float]  # of the predicted class
    probability_of_true: Sequence[float]
    wrong: int


@dataclass(frozen=True)
class Misses(OfExamples):
    """The examples that are answered worst, where answers are not classes: `rows` of the split, and of each
    what is told of the answer (`true`, `predicted`, …).
    """

    section: ClassVar[str] = "misses"
    told: Sequence[dict[str, Any]]


@dataclass(frozen=True)
class Answers(OfExamples):
    """Some inputs by their `rows` of the split, what is said of each, and the right answers to it."""

    section: ClassVar[str] = "answers"
    said: Sequence[str]
    references: Sequence[tuple[str, ...]]


@dataclass(frozen=True)
class AnswersBeside(OfExamples):
    """What several runs say of the same inputs, by their `rows` of the split: of each a tuple of texts, one a
    run; the right answers to it; and which rows these are.
    """

    section: ClassVar[str] = "answers_beside"
    said: Sequence[tuple[str, ...]]
    references: Sequence[tuple[str, ...]]
    chosen: str = ""


@dataclass(frozen=True)
class SamplesBeside(Evidence):
    """What several generating networks made at the end of training: a text for each run."""

    section: ClassVar[str] = "samples_beside"
    texts: Sequence[str]


@dataclass(frozen=True)
class Agreement(Evidence):
    """Which answers of several runs are right, (R, N)."""

    section: ClassVar[str] = "agreement"
    right: np.ndarray


@dataclass(frozen=True)
class Alignment(Evidence):
    """What a network attended to while it answered some inputs, by their `rows` of the split: the L units
    that it read, the T that it said, and the weights (T, L).
    """

    section: ClassVar[str] = "alignment"
    rows: Sequence[int]
    read: Sequence[tuple]
    said: Sequence[tuple]
    weights: Sequence[np.ndarray]


@dataclass(frozen=True)
class TaggedWords(Evidence):
    """Words that training knows and others, or other `parts` of the answers: how many each holds, and how
    many of these are right; and the words that are tagged wrongly most often: each with how often it comes,
    how often that is wrong, and the commonest mistake: its tag, and the tag it is given.
    """

    section: ClassVar[str] = "tagged_words"
    parts: tuple
    support: Sequence[int]
    right: Sequence[int]
    words: Sequence[str]
    counts: Sequence[int]
    wrong: Sequence[int]
    true: Sequence[str]
    predicted: Sequence[str]


@dataclass(frozen=True)
class Residuals(Evidence):
    """True and predicted numbers (N, T) in their own units, and the targets' names."""

    section: ClassVar[str] = "residuals"
    true: np.ndarray
    predicted: np.ndarray
    names: tuple


@dataclass(frozen=True)
class Coverage(Evidence):
    """How much of the truth lay in the central intervals that should hold `nominal` of it, and their mean
    widths by target, in its units; `by_validation` is the share in the intervals that validation has set.
    """

    section: ClassVar[str] = "coverage"
    nominal: Sequence[float]
    shares: Sequence[float]
    widths: Sequence[Sequence[float]]
    names: tuple
    by_validation: float | None = None


@dataclass(frozen=True)
class Forecast(OfExamples):
    """One forecast (H,), its interval and what came true, in the row of the split that `rows` names; the mean
    absolute error and the coverage (H,) of all of them by how far ahead; and the past before it.
    """

    section: ClassVar[str] = "forecast"
    mae: np.ndarray
    coverage: np.ndarray
    true: np.ndarray
    predicted: np.ndarray
    low: np.ndarray
    high: np.ndarray
    name: str
    past: np.ndarray = field(default_factory=lambda: np.empty(0))
    last_value: np.ndarray = field(default_factory=lambda: np.empty(0))  # the mean absolute error of naive
    seasonal: np.ndarray = field(default_factory=lambda: np.empty(0))  # forecasts by how far ahead, (H,)


@dataclass(frozen=True)
class Samples(Evidence):
    """What a generating network made at several stages of training: (epoch, text)."""

    section: ClassVar[str] = "samples"
    stages: Sequence[tuple[int, str]]


@dataclass(frozen=True)
class WordSamples(Samples):
    """The same of a network that writes words."""


@dataclass(frozen=True)
class RollSamples(Samples):
    """The same, pieces of music as `str` of a roll writes them."""

    section: ClassVar[str] = "roll_samples"


@dataclass(frozen=True)
class PieceRolls(Evidence):
    """What the frames of pieces cost, (S,) nats; the notes that they have (S, K) and the probabilities that
    these had. Beside the examples it is the mean cost of each piece, by its name, and the frames of the piece
    in the middle of them, `shown`.
    """

    section: ClassVar[str] = "piece_rolls"
    nats: np.ndarray
    true: np.ndarray
    p: np.ndarray
    names: tuple = ()
    shown: str = ""
    step: str = ""

    def beside(self, examples: Any) -> "PieceRolls":
        """The mean of each piece, and the frames of one."""
        ends, pieces = examples.offsets, tuple(map(str, examples.pieces))
        mean = np.add.reduceat(self.nats, ends[:-1]) / examples.lengths
        middle = int(np.argsort(mean, kind="stable")[(len(mean) - 1) // 2])
        frames = slice(ends[middle], ends[middle + 1])
        return PieceRolls(mean, self.true[frames], self.p[frames], pieces, pieces[middle], examples.step)


@dataclass(frozen=True)
class Reconstructions(OfExamples):
    """Encoded inputs (n, D), what a network makes of them (n, D), and their `rows` of the split."""

    section: ClassVar[str] = "reconstructions"
    x: np.ndarray
    again: np.ndarray


@dataclass(frozen=True)
class MaskPairs(OfExamples):
    """The pictures whose masks are answered worst: true and predicted class numbers (n, H, W), the mean IoU
    of each; the classes' names, and their shares (K,) of all known pixels of all pictures; the value of those
    that are not known.
    """

    section: ClassVar[str] = "masks"
    true: np.ndarray
    predicted: np.ndarray
    iou: Sequence[float]
    names: tuple
    shares: np.ndarray
    void: Any = None


@dataclass(frozen=True)
class BoxPairs(OfExamples):
    """The pictures whose objects are answered worst, of `size` (H, W): of each the boxes (m, 4) and class
    numbers of its objects, and those of the answers with their scores; the classes' names, and the mAP at an
    overlap of 0.5 of the best constant answer.
    """

    section: ClassVar[str] = "boxes"
    true: Sequence[np.ndarray]
    true_classes: Sequence[np.ndarray]
    predicted: Sequence[np.ndarray]
    predicted_classes: Sequence[np.ndarray]
    scores: Sequence[np.ndarray]
    names: tuple
    guess: float
    size: tuple[int, ...]


@dataclass(frozen=True)
class OneBoxPairs(BoxPairs):
    """The same of pictures with one object each; `guess` is the mean IoU of the best constant box."""

    section: ClassVar[str] = "one_box"


@dataclass(frozen=True)
class TrainedMap(Evidence):
    """The unit of a self-organising map, row and column (N, 2), that is nearest to each example, their
    classes (N,) and the names of these, where there are some; of the map the U-matrix (rows, columns) and the
    topology.
    """

    section: ClassVar[str] = "unit_map"
    places: np.ndarray
    classes: np.ndarray
    names: tuple
    u_matrix: np.ndarray = field(default_factory=lambda: np.empty((0, 0)))
    topology: str = "rectangular"

    def hits(self, number: int | None = None) -> np.ndarray:
        """How many examples each unit has, (rows, columns), of all or of one class."""
        rows, columns = self.u_matrix.shape
        places = self.places if number is None else self.places[self.classes == number]
        units = places[:, 0] * columns + places[:, 1]
        return np.bincount(units.astype(np.int64), minlength=rows * columns).reshape(rows, columns)


@dataclass(frozen=True)
class AttendedPlaces(OfExamples):
    """What is said of some pictures, as words, and how much each word attends to each place of the picture's
    maps: an array (T, h, w) for each picture, which sums to 1 over the places.
    """

    section: ClassVar[str] = "attended_places"
    words: Sequence[Sequence[str]]
    weights: Sequence[np.ndarray]
