"""Ten symbols are written down after a long pause (E17)."""

from collections.abc import Sequence

from gradatim.experiments.claim import Claim, Measures, Sizes, Threshold
from gradatim.experiments.lines import mean_of, panel_of_lines
from gradatim.experiments.sequence_tasks import COPIED, SYMBOLS, copying
from gradatim.explain.charts.chart import Chart

GUESSING = 1 - 1 / SYMBOLS  # share of symbols that are wrong without memory


class CopyTask(Claim):
    """The copy problem (Hochreiter & Schmidhuber 1997; Arjovsky, Shah & Bengio 2016).

        s_1 … s_10, T − 1 blanks, a signal   →   s_1 … s_10;   without memory 7 of 8 symbols are wrong

    Nothing has to be added up or let go here, only handed on, which is what an orthogonal matrix does: the
    recurrent weights of each cell begin as one. Henaff, Szlam & LeCun (2016) found that networks like that
    copy well and add badly, and that the LSTM does the opposite.
    """

    title = "The copy task: RNN, GRU and LSTM"
    claim = (
        "To write down ten symbols after a pause, gates do not help: a plain recurrent network whose weights "
        "begin orthogonal learns it in fewer steps than gated cells, which are still wrong often when it is "
        "right."
    )
    data = "sequences drawn by the rule, a new batch of 50 at every step; 1,000 others for the test"
    measure = (
        f"share of the {COPIED} symbols that are wrong by T; one layer of 64 units, Adam at 0.003, the norm "
        "of the gradient at most 1; judged at the longest T"
    )
    thresholds = (
        Threshold("wrong_rnn", "RNN: share of wrong symbols", "≤", 0.05),
        Threshold("lead_gru", "GRU: share of wrong symbols less that of the RNN", "≥", 0.1),
        Threshold("lead_lstm", "LSTM: share of wrong symbols less that of the RNN", "≥", 0.1),
    )
    seeds = 3
    sizes = Sizes(
        default={"lengths": (5, 20), "hidden": 64, "steps": 1000},
        full={"lengths": (50, 100, 200, 500), "hidden": 128, "steps": 10_000},
    )

    def run(self, seed: int, lengths: Sequence[int], hidden: int, steps: int) -> Measures:
        """Teach each cell each length."""
        from gradatim.experiments.recurrent import CELLS, Recurrent, learn, wrong

        found: Measures = {"lengths": list(lengths)}
        for cell in CELLS:
            shares = []
            for length in lengths:
                network, task = Recurrent(cell, SYMBOLS + 2, hidden, SYMBOLS + 1), copying(length)
                learn(network, task, steps, seed, solved=0.01)
                shares.append(wrong(network, task, seed))
            found[f"shares_{cell}"], found[f"wrong_{cell}"] = shares, shares[-1]
        for cell in ("gru", "lstm"):
            found[f"lead_{cell}"] = found[f"wrong_{cell}"] - found["wrong_rnn"]
        return found

    def chart(self, results: Sequence[Measures]) -> Chart:
        """The share of wrong symbols by the pause."""
        from gradatim.experiments.recurrent import NAMES

        lengths = results[0]["lengths"]
        lines = {words: (lengths, mean_of(results, f"shares_{cell}")) for cell, words in NAMES.items()}
        words = f"share of wrong symbols by the pause; guessing has {GUESSING:.3f}"
        return Chart(self.title, (panel_of_lines("pause T", "share of symbols wrong", lines, words),))
