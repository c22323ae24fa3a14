"""Data that drift: p(x) that moves, and p(y | x) that does (G10)."""

from collections.abc import Sequence

import numpy as np

from gradatim.experiments.claim import Claim, Measures, Sizes, Threshold
from gradatim.experiments.lines import mean_of, panel_of_lines
from gradatim.explain.charts.chart import Chart
from gradatim.random import generator
from gradatim.transfer.density_ratio import ratio_weights

MOVES = ("inputs", "answers")
MODELS = {"once": "fitted once", "reweighted": "reweighted", "refitted": "refitted"}
NOISE = 0.1


class Drift(Claim):
    """What mends a model over time depends on what moves (Shimodaira 2000; Sugiyama et al. 2007).

        inputs move    x ~ N(0, 1.5²) early, then N(m_t, ½²), m_t from −1.5 to 1.5;   y = sin 1.5x + noise
        answers move   x ~ N(0, ½²) all the time;   y = sin(1.5x + φ_t) + noise, φ_t from 0 to π

    A straight line is fitted once, on early rows; or on those rows with weights p_t(x)/p_0(x), for which the
    inputs of today are enough; or on the rows of the period before, with their answers.
    """

    title = "Data that drift: what reweighting mends"
    claim = (
        "Where the inputs move, early examples reweighted for today's inputs mend a model that was fitted "
        "once, without a new answer; where the answers to the same inputs move, they do not, and only new "
        "answers help."
    )
    data = (
        "drawn: sin(1.5x + φ) with noise 0.1. Inputs move: x of deviation 1.5 early, then of 0.5 around a "
        "mean that goes from −1.5 to 1.5. Answers move: x of deviation 0.5, φ from 0 to π"
    )
    measure = (
        "squared error of a straight line in each period; fitted once, on the early examples reweighted by "
        "logistic regression of early against today's inputs, or refitted on the examples of the period "
        "before; the share mended of the error beyond that of refitting, over all periods but the first"
    )
    thresholds = (
        Threshold("mended_inputs", "inputs move: share mended by reweighting", "≥", 0.8),
        Threshold("mended_answers", "answers move: share mended by reweighting", "≤", 0.1),
        Threshold("left_answers", "answers move: error left by refitting, of that fitted once", "≤", 0.2),
    )
    sizes = Sizes(
        default={"early": 1000, "rows": 300, "periods": 12},
        full={"early": 10_000, "rows": 2000, "periods": 50},
    )

    def run(self, seed: int, early: int, rows: int, periods: int) -> Measures:
        """Go through the periods, the inputs moving, then the answers."""
        found: Measures = {}
        for moves in MOVES:
            rng = generator(seed, f"drift {moves}")
            x0 = rng.normal(0, 1.5 if moves == "inputs" else 0.5, early)
            first = x0, _answers(x0, 0.0, rng)
            once = _line(*first)
            errors: dict[str, list[float]] = {name: [] for name in MODELS}
            before = None
            for place in np.linspace(-1, 1, periods):
                x = rng.normal(1.5 * place if moves == "inputs" else 0.0, 0.5, rows)
                y = _answers(x, np.pi * (place + 1) / 2 if moves == "answers" else 0.0, rng)
                weights = ratio_weights(x0[:, None], x[:, None], "logistic")
                lines = {"once": once, "reweighted": _line(*first, weights), "refitted": before or once}
                for name, line in lines.items():
                    errors[name].append(float(((np.polyval(line, x) - y) ** 2).mean()))
                before = tuple(_line(x, y))
            found |= {f"{moves}_{name}": error for name, error in errors.items()}
            total = {name: sum(error[1:]) for name, error in errors.items()}
            mended = total["once"] - total["reweighted"]
            found[f"mended_{moves}"] = mended / (total["once"] - total["refitted"])
            found[f"left_{moves}"] = total["refitted"] / total["once"]
        return found

    def chart(self, results: Sequence[Measures]) -> Chart:
        """The error by period, the mean over seeds, for both kinds of drift."""
        panels = []
        for moves in MOVES:
            lines = {}
            for name, words in MODELS.items():
                error = mean_of(results, f"{moves}_{name}")
                lines[words] = np.arange(1, len(error) + 1), error
            said = f"squared error by period where the {moves} move, of three models"
            caption = f"the {moves} move"
            panels.append(panel_of_lines("period", "squared error", lines, said, caption=caption, log_y=True))
        return Chart(self.title, tuple(panels))


def _answers(x: np.ndarray, phase: float, rng: np.random.Generator) -> np.ndarray:
    return np.sin(1.5 * x + phase) + rng.normal(0, NOISE, len(x))


def _line(x: np.ndarray, y: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
    """Slope and intercept with the least (weighted) squared error."""
    return np.polyfit(x, y, 1, w=None if weights is None else np.sqrt(weights))
