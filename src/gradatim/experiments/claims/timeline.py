"""Machines of 1943 to 1995 on one small data set (I6)."""

import warnings
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from gradatim.data.loading import load_data
from gradatim.estimators.adaline import Adaline
from gradatim.estimators.mlp_classifier import MLPClassifier
from gradatim.estimators.perceptron import Perceptron
from gradatim.experiments.claim import Claim, Measures, Sizes, Table, Threshold
from gradatim.experiments.digits import LARGEST, Rows
from gradatim.experiments.lines import mean_of
from gradatim.explain.axes import Axis, linear
from gradatim.explain.charts.chart import Chart, Curve, Panel, Reference
from gradatim.random import generator

SIDE = 8  # pixels
INK = 0.5  # a pixel above it is on: McCulloch and Pitts's inputs are 0 or 1
MIDDLE = [SIDE * row + column for row in (3, 4) for column in (3, 4)]  # a one has ink here, a zero has none
MOST_OF_IT = 2  # of the four middle pixels of a picture: so many say that it is a one


class Machine(NamedTuple):
    """A machine of its year: what it is called, whether it learns, and who published it."""

    year: int
    name: str
    learns: str
    paper: str


MACHINES = {
    "unit": Machine(1943, "threshold unit", "nothing", "McCulloch & Pitts, A logical calculus"),
    "net": Machine(1943, "net of threshold units", "nothing", "McCulloch & Pitts, A logical calculus"),
    "perceptron": Machine(1958, "perceptron", "one unit", "Rosenblatt, The perceptron"),
    "adaline": Machine(1960, "ADALINE", "one unit", "Widrow & Hoff, Adaptive switching circuits"),
    "backpropagation": Machine(1986, "backpropagation", "both layers", "Rumelhart, Hinton & Williams"),
    "svm": Machine(1995, "support-vector machine", "a unit behind a kernel", "Cortes & Vapnik"),
}  # fmt: skip


class Timeline(Claim):
    """From the threshold unit to the support-vector machine: each on the same two questions about pictures.

    Two pictures stand side by side, each a zero or a one. Are both a one (and)? Is exactly one of them
    (exclusive or)? One unit answers the first; what no line separates, one unit cannot answer (Minsky &
    Papert 1969). A net of units can, and backpropagation finds its weights.
    """

    title = "Machines of 1943 to 1995 on the same small data"
    claim = (
        "A single unit, by hand in 1943, learned in 1958 and 1960, answers whether both pictures are a "
        "one, but not whether exactly one is; a net of such units by hand answers both; backpropagation "
        "in 1986 and the support-vector machine in 1995 learn both."
    )
    data = (
        "zeros and ones of the handwritten digits (scikit-learn) in pairs side by side, 16 × 8 pixels: 400 "
        "pairs to learn from and 400 for the test, of other pictures, drawn anew by each seed"
    )
    measure = "test accuracy on each question; half of the pairs have each answer"
    thresholds = (
        Threshold("and_least", "least accuracy of all machines but the net, both are a one", "≥", 0.9),
        Threshold("xor_single", "best accuracy of a single unit, exactly one is", "≤", 0.8),
        Threshold("xor_net", "accuracy of the net by hand, exactly one is", "≥", 0.85),
        Threshold("xor_backpropagation", "accuracy of backpropagation, exactly one is", "≥", 0.9),
        Threshold("xor_svm", "accuracy of the support-vector machine, exactly one is", "≥", 0.9),
    )
    sizes = Sizes(default={"pairs": 400, "epochs": 200})

    def run(self, seed: int, pairs: int, epochs: int) -> Measures:
        """Every machine on both questions."""
        found: Measures = {}
        for question in ("and", "xor"):
            (x, y), (x_test, y_test) = pairs_of_digits(seed, pairs, question)
            answers = {
                "unit": _unit_by_hand(x_test, question),
                "net": _net_by_hand(x_test, question),
                **_learned(seed, epochs, x, y, x_test),
            }
            for name, answer in answers.items():
                found[f"{question}_{name}"] = float((answer == y_test).mean())
        single = ("unit", "perceptron", "adaline")
        found["and_least"] = min(found[f"and_{name}"] for name in MACHINES if name != "net")
        found["xor_single"] = max(found[f"xor_{name}"] for name in single)
        return found

    def chart(self, results: Sequence[Measures]) -> Chart:
        """Accuracy on both questions, machine by machine, means of all seeds."""
        places = np.arange(len(MACHINES))
        questions = {"and": "both are a one", "xor": "exactly one is a one"}
        curves = [
            Curve(
                "class", places, np.array([mean_of(results, f"{key}_{name}") for name in MACHINES]), said, k
            )
            for k, (key, said) in enumerate(questions.items())
        ]
        labels = [f"{one.year} net" if key == "net" else str(one.year) for key, one in MACHINES.items()]
        ticks = tuple((float(k), label) for k, label in enumerate(labels))
        axes = (
            Axis("machine of the year", -0.3, len(MACHINES) - 0.7, ticks),
            linear("test accuracy", [0.4, 1.0]),
        )
        chance = Reference((-0.3, 0.5), (len(MACHINES) - 0.7, 0.5), "a guess")
        words = "test accuracy of machines of 1943 to 1995 on and, and on exclusive or"
        return Chart(self.title, (Panel(*axes, (chance, *curves), words, key=True),))

    def table(self, results: Sequence[Measures]) -> Table:
        """Each machine with its paper and its mean accuracies; 1969 stands where it belongs."""
        rows = []
        for before, after in pairwise([*MACHINES, ""]):
            machine = MACHINES[before]
            said = [f"{float(mean_of(results, f'{key}_{before}')):.1%}" for key in ("and", "xor")]
            rows.append([str(machine.year), machine.name, machine.learns, *said, machine.paper])
            if machine.year < 1969 <= (MACHINES[after].year if after else 0):
                worst = f"≤ {float(mean_of(results, 'xor_single')):.1%}"
                rows.append(
                    ["1969", "the failure of one unit", "", "", worst, "Minsky & Papert, Perceptrons"]
                )
        return Table(["year", "machine", "what is learned", "and", "exclusive or", "paper"], rows)


def pairs_of_digits(seed: int, pairs: int, question: str) -> tuple[Rows, Rows]:
    """Pairs to learn from, and pairs of other pictures for the test; half of them have each answer.

    Shapes: x (pairs, 128) in [0, 1], y (pairs,) of 0 and 1.
    """
    data = load_data("digits")
    x, y = data.x.reshape(len(data.x), -1) / LARGEST["digits"], np.asarray(data.y)
    draw = generator(seed, f"pairs {question}")
    pictures = [draw.permutation(np.flatnonzero(y == digit)) for digit in (0, 1)]
    found = []
    for part in (0, 1):  # to learn from, and for the test
        of_digit = [np.array_split(one, 2)[part] for one in pictures]
        answer = np.arange(pairs) % 2
        left = draw.integers(2, size=pairs)
        if question == "xor":
            right = left ^ answer
        else:
            other = draw.integers(3, size=pairs)  # of the three pairs that are not two ones
            left = np.where(answer == 1, 1, other // 2)
            right = np.where(answer == 1, 1, other % 2)
        rows = [np.stack([x[draw.choice(of_digit[digit])] for digit in digits]) for digits in (left, right)]
        order = draw.permutation(pairs)
        found.append((np.hstack(rows)[order], answer[order]))
    return found[0], found[1]


def threshold_unit(x: np.ndarray, weights: np.ndarray, threshold: float) -> np.ndarray:
    """McCulloch and Pitts's unit on inputs of 0 and 1: 1 where Σ wᵢxᵢ ≥ θ, otherwise 0.

    >>> threshold_unit(np.array([[0, 1], [1, 1]]), np.array([1, 1]), 2).tolist()
    [0, 1]
    """
    return (x @ weights >= threshold).astype(int)


def _middles() -> tuple[np.ndarray, np.ndarray]:
    """Weights that count the middle pixels of the left picture, and of the right one."""
    left, right = np.zeros((2, 2 * SIDE * SIDE), dtype=int)
    left[MIDDLE] = 1
    right[[SIDE * SIDE + pixel for pixel in MIDDLE]] = 1
    return left, right


def _unit_by_hand(x: np.ndarray, question: str) -> np.ndarray:
    """One unit on the middle pixels: both pictures' together, or for exclusive or what comes nearest."""
    left, right = _middles()
    ink = (x > INK).astype(int)
    return threshold_unit(ink, left + right, 3 * MOST_OF_IT if question == "and" else MOST_OF_IT)


def _net_by_hand(x: np.ndarray, question: str) -> np.ndarray:
    """A unit for each picture that sees a one, a third for both; or without and is exclusive or."""
    left, right = _middles()
    ink = (x > INK).astype(int)
    ones = np.stack([threshold_unit(ink, one, MOST_OF_IT) for one in (left, right)], 1)
    both = threshold_unit(ones, np.array([1, 1]), 2)
    if question == "and":
        return both
    return threshold_unit(np.column_stack([ones, both]), np.array([1, 1, -2]), 1)


def _learned(
    seed: int, epochs: int, x: np.ndarray, y: np.ndarray, x_test: np.ndarray
) -> dict[str, np.ndarray]:
    """The answers of the machines that learn, with a plain setting of each."""
    from sklearn.svm import SVC

    machines: dict[str, Any] = {
        "perceptron": Perceptron(random_state=seed, max_iter=epochs),
        "adaline": Adaline(random_state=seed, max_iter=epochs),
        "backpropagation": MLPClassifier((16,), activation="tanh", max_iter=epochs, random_state=seed),
        "svm": SVC(kernel="rbf"),
    }
    with warnings.catch_warnings():  # one unit cannot converge on exclusive or, which is the point
        warnings.simplefilter("ignore", ConvergenceWarning)
        return {name: machine.fit(x, y).predict(x_test) for name, machine in machines.items()}
