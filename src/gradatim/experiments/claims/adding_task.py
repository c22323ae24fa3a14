"""Two marked numbers far apart are added (E17)."""

from collections.abc import Sequence

from gradatim.experiments.claim import Claim, Measures, Sizes, Table, Threshold
from gradatim.experiments.lines import mean_of, panel_of_lines
from gradatim.experiments.sequence_tasks import adding
from gradatim.explain.charts.chart import Chart

SOLVED = 0.01
STOP = 0.004  # the running loss at which learning ends


class AddingTask(Claim):
    """The adding problem (Hochreiter & Schmidhuber 1997, experiment 4).

        y = Σ_t m_t v_t,   m marks one number of each half;   who ignores the sequence has the error 1/6

    The last state must hold a number that was read up to T steps before.
    """

    title = "The adding task: RNN, GRU and LSTM"
    claim = (
        "Gated cells learn to add two marked numbers of a long sequence; with the same steps, units and rate "
        "a plain recurrent network does not."
    )
    data = "sequences drawn by the rule, a new batch of 50 at every step; 1,000 others for the test"
    measure = (
        "mean squared error of the test by the length T; one layer of 64 units, Adam at 0.003, the norm of "
        "the gradient at most 1; learning ends early where the running loss is below 0.004; judged at the "
        "longest T"
    )
    thresholds = (
        Threshold("error_lstm", "LSTM: mean squared error", "<", SOLVED),
        Threshold("error_gru", "GRU: mean squared error", "<", SOLVED),
        Threshold("error_rnn", "RNN: mean squared error", "≥", SOLVED),
    )
    sizes = Sizes(
        default={"lengths": (50,), "hidden": 64, "steps": 1500},
        full={"lengths": (50, 100, 200), "hidden": 64, "steps": 8000},
    )

    def run(self, seed: int, lengths: Sequence[int], hidden: int, steps: int) -> Measures:
        """Teach each cell each length."""
        from gradatim.experiments.recurrent import CELLS, Recurrent, judge, learn

        found: Measures = {"lengths": list(lengths)}
        for cell in CELLS:
            errors, taken = [], []
            for length in lengths:
                network, task = Recurrent(cell, 2, hidden, 1), adding(length)
                taken.append(learn(network, task, steps, seed, solved=STOP).steps)
                errors.append(judge(network, task, seed))
            found[f"errors_{cell}"], found[f"steps_{cell}"] = errors, taken
            found[f"error_{cell}"] = errors[-1]
        return found

    def table(self, results: Sequence[Measures]) -> Table:
        """For each length how many seeds solve it, and the steps that they took."""
        from gradatim.experiments.recurrent import NAMES

        rows = []
        for k, length in enumerate(results[0]["lengths"]):
            cells = []
            for cell in NAMES:
                steps = [one[f"steps_{cell}"][k] for one in results if one[f"errors_{cell}"][k] < SOLVED]
                mean = f", {sum(steps) / len(steps):,.0f} steps" if steps else ""
                cells.append(f"{len(steps)} of {len(results)}{mean}")
            rows.append([str(length), *cells])
        return Table(["T: seeds that solve it, mean steps", *NAMES.values()], rows)

    def chart(self, results: Sequence[Measures]) -> Chart:
        """The error by the length."""
        from gradatim.experiments.recurrent import NAMES

        lengths = results[0]["lengths"]
        lines = {words: (lengths, mean_of(results, f"errors_{cell}")) for cell, words in NAMES.items()}
        words = "mean squared error by length: the RNN stays where guessing is, 1/6"
        return Chart(self.title, (panel_of_lines("steps T", "mean squared error", lines, words, log_y=True),))
