"""Old inputs across a change of topic (E18)."""

from collections.abc import Sequence

import numpy as np

from gradatim.experiments.claim import Claim, Measures, Sizes, Threshold
from gradatim.experiments.lines import mean_of, panel_of_lines
from gradatim.experiments.sequence_tasks import since_topic
from gradatim.explain.charts.chart import Chart

NAMES = {"rnn": "RNN", "lstm": "LSTM"}


class ChangeOfTopic(Claim):
    """How far inputs from before a change of topic reach (Gers, Schmidhuber & Cummins 2000).

        influence_t = E ‖∂h_T/∂x_t‖_F;   share = Σ_{t<change} influence_t with the change / the same without

    What is asked for depends on the inputs since the last topic began. The forget gate can let go of the
    others at once, and keep the memory everywhere else.
    """

    title = "Information out of context: RNN against LSTM"
    claim = (
        "With a new topic an LSTM lets go of the inputs from before it: their influence on its last state "
        "falls below a tenth, its forget gate closes there and nowhere else. A plain recurrent network keeps "
        "a larger share of them, and answers worse."
    )
    data = (
        "sequences of numbers with a mark where a topic begins, at a step of their own, a new batch of 50 at "
        "every step; 200 others, which change at the middle, for the measures"
    )
    measure = (
        "share of the influence of the inputs before the change that is left, against the same inputs "
        "without a change; mean forget gate at the change, and at the other steps behind the first; mean squared "
        "error of the mean since the change; one layer of 32 units, Adam at 0.003"
    )
    thresholds = (
        Threshold("left_lstm", "LSTM: share of the influence that is left", "≤", 0.1),
        Threshold("gate_drop", "LSTM: mean forget gate elsewhere less that at the change", "≥", 0.3),
        Threshold("left_ratio", "share that is left in the RNN over that in the LSTM", "≥", 2.0),
        Threshold("error_ratio", "mean squared error of the RNN over that of the LSTM", "≥", 2.0),
    )
    sizes = Sizes(
        default={"length": 20, "hidden": 32, "steps": 3000, "sequences": 200},
        full={"length": 60, "hidden": 64, "steps": 20_000, "sequences": 1000},
    )

    def run(self, seed: int, length: int, hidden: int, steps: int, sequences: int) -> Measures:
        """Teach both cells, and follow the influence of every input on the last state."""
        from gradatim.experiments.influence import forget_gates, influences
        from gradatim.experiments.recurrent import Recurrent, judge, learn

        change = length // 2
        found: Measures = {"steps": list(range(length)), "change": change}
        for cell in NAMES:
            network = Recurrent(cell, 2, hidden, 1)
            learn(network, since_topic(length, -1), steps, seed)
            found[f"error_{cell}"] = judge(network, since_topic(length, change), seed)
            changed, same = (
                influences(network, since_topic(length, at), seed, sequences) for at in (change, None)
            )
            found[f"influence_{cell}"] = changed.tolist()
            found[f"without_{cell}"] = same.tolist()
            found[f"left_{cell}"] = float(changed[:change].sum() / same[:change].sum())
            if cell == "lstm":
                gates = forget_gates(network, since_topic(length, change), seed, sequences)
                found["gates"] = gates.tolist()
                others = np.delete(gates, (0, change))
                found["gate_drop"] = float(others.mean() - gates[change])
        found["left_ratio"] = found["left_rnn"] / found["left_lstm"]
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
            "step t", "mean forget gate", {"LSTM": (steps, mean_of(results, "gates"))},
            "the forget gate closes where the new topic begins",
        )  # fmt: skip
        return Chart(self.title, (left, right), columns=2)
