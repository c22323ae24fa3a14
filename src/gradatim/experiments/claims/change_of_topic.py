"""Old inputs across a change of topic (E18)."""

from collections.abc import Sequence

import numpy as np

from gradatim.experiments.claim import Claim, Measures, Sizes, Threshold
from gradatim.experiments.lines import mean_of, panel_of_lines
from gradatim.experiments.sequence_tasks import latest_topic
from gradatim.explain.charts.chart import Chart

NAMES = {"rnn": "RNN", "lstm": "LSTM"}
ANY = -1  # a change at a step of each sequence's own
STOP = 2e-4
OTHERS = 1000  # added to the seed of sequences that a unit is chosen on


class ChangeOfTopic(Claim):
    """How far inputs from before a change of topic reach (Gers, Schmidhuber & Cummins 2000).

        influence_t = E ‖∂h_T/∂x_t‖_F

    What is asked for is the number with which the latest topic began: it has to be kept while numbers that do
    not matter go by, and to be let go when the next topic begins. A forget gate can do one and the other.
    """

    title = "Information out of context: RNN against LSTM"
    claim = (
        "With a new topic an LSTM lets go of what it kept: the influence of the old number on its last state "
        "falls to a third, for forget gates close there. A plain recurrent network lets go, too, but it is "
        "moved by the numbers that do not matter more than by the one that does, and answers far worse."
    )
    data = (
        "sequences of numbers with a mark where a topic begins, a new batch of 50 at every step; 200 others, "
        "of one topic, or of two of which the second begins in the middle, for the measures"
    )
    measure = (
        "influence of the first number with a second topic over that without; drop of the mean forget gate "
        "at the change, of the unit where it is the largest on other sequences; influence of the number with "
        "which the second topic begins over the mean of those behind it; mean squared errors; one layer of "
        "32 units, Adam at 0.003, learning ends early where the running loss is below 0.0002"
    )
    thresholds = (
        Threshold("left_lstm", "LSTM: share of the old number's influence that is left", "≤", 1 / 3),
        Threshold("gate_drop", "LSTM: drop of a forget gate at the change", "≥", 0.25),
        Threshold("selective_lstm", "LSTM: influence of what matters over that of what does not", "≥", 1.2),
        Threshold("selective_rnn", "RNN: influence of what matters over that of what does not", "≤", 0.8),
        Threshold("error_ratio", "mean squared error of the RNN over that of the LSTM", "≥", 5.0),
    )
    seeds = 3
    sizes = Sizes(
        default={"length": 20, "hidden": 32, "steps": 2500, "sequences": 200},
        full={"length": 60, "hidden": 64, "steps": 20_000, "sequences": 1000},
    )

    def run(self, seed: int, length: int, hidden: int, steps: int, sequences: int) -> Measures:
        """Teach both cells, and follow the influence of every input on the last state."""
        from gradatim.experiments.influence import forget_gates, influences
        from gradatim.experiments.recurrent import Recurrent, judge, learn

        change = length // 2
        found: Measures = {"steps": list(range(length)), "change": change}
        two, one = latest_topic(length, change), latest_topic(length, None)
        for cell in NAMES:
            network = Recurrent(cell, 2, hidden, 1)
            learn(network, latest_topic(length, ANY), steps, seed, solved=STOP)
            found[f"error_{cell}"] = judge(network, two, seed)
            changed, same = (influences(network, task, seed, sequences) for task in (two, one))
            found[f"influence_{cell}"] = changed.tolist()
            found[f"without_{cell}"] = same.tolist()
            found[f"left_{cell}"] = float(changed[0] / same[0])
            found[f"selective_{cell}"] = float(changed[change] / changed[change + 1 :].mean())
            if cell == "lstm":
                unit = _drops(forget_gates(network, two, seed + OTHERS, sequences), change).argmax()
                gates = forget_gates(network, two, seed, sequences)
                found["gates"] = gates[:, unit].tolist()
                found["gate_drop"] = float(_drops(gates, change)[unit])
        found["error_ratio"] = found["error_rnn"] / found["error_lstm"]
        return found

    def chart(self, results: Sequence[Measures]) -> Chart:
        """The influence of each step, and the forget gate."""
        steps = results[0]["steps"]
        lines = {
            f"{words}, {said}": (steps, mean_of(results, f"{key}_{cell}"))
            for cell, words in NAMES.items()
            for key, said in (("influence", "a new topic in the middle"), ("without", "one topic"))
        }
        left = panel_of_lines(
            "step t of the input", "influence ‖∂h_T/∂x_t‖", lines,
            "influence on the last state by step: what stands before the new topic is let go", log_y=True,
        )  # fmt: skip
        right = panel_of_lines(
            "step t", "forget gate of one unit", {"LSTM": (steps, mean_of(results, "gates"))},
            "the forget gate closes where the new topic begins",
        )  # fmt: skip
        return Chart(self.title, (left, right), columns=2)


def _drops(gates: np.ndarray, change: int) -> np.ndarray:
    """By how much the gates (T, H) are lower at the change than at the other steps behind the first, (H,)."""
    return np.delete(gates, (0, change), 0).mean(0) - gates[change]
