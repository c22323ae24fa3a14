"""Ten symbols are written down after a long pause (E17)."""

from collections.abc import Sequence

from gradatim.experiments.claim import Claim, Measures, Sizes, Threshold
from gradatim.experiments.lines import mean_of, panel_of_lines
from gradatim.experiments.sequence_tasks import COPIED, SYMBOLS, copying
from gradatim.explain.charts.chart import Chart

GUESSING = 1 - 1 / SYMBOLS  # share of symbols that are wrong without memory


class CopyTask(Claim):
    """The copy problem (Hochreiter & Schmidhuber 1997; in this form Arjovsky, Shah & Bengio 2016).

    s_1 … s_10, T − 1 blanks, a signal   →   s_1 … s_10;   without memory 7 of 8 symbols are wrong
    """

    title = "The copy task: RNN, GRU and LSTM"
    claim = (
        "After a pause of T steps gated cells write down more of ten symbols than a plain recurrent network "
        "with the same number of parameters' order, which does not do better than guessing at the longest T."
    )
    data = "sequences drawn by the rule, a new batch of 50 at every step; 1,000 others for the test"
    measure = (
        f"share of the {COPIED} symbols that are wrong by T; one layer of 96 units, Adam at 0.003, the norm "
        "of the gradient at most 1; judged at the longest T"
    )
    thresholds = (
        Threshold("gain_lstm", "RNN: share of wrong symbols less that of LSTM", "≥", 0.1),
        Threshold("gain_gru", "RNN: share of wrong symbols less that of GRU", "≥", 0.1),
        Threshold("wrong_rnn", "RNN: share of wrong symbols", "≥", 0.75),
    )
    sizes = Sizes(
        default={"lengths": (5, 20), "hidden": 96, "steps": 1500},
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
            found[f"gain_{cell}"] = found["wrong_rnn"] - found[f"wrong_{cell}"]
        return found

    def chart(self, results: Sequence[Measures]) -> Chart:
        """The share of wrong symbols by the pause."""
        from gradatim.experiments.recurrent import NAMES

        lengths = results[0]["lengths"]
        lines = {words: (lengths, mean_of(results, f"shares_{cell}")) for cell, words in NAMES.items()}
        words = f"share of wrong symbols by the pause; guessing has {GUESSING:.3f}"
        return Chart(self.title, (panel_of_lines("pause T", "share of symbols wrong", lines, words),))
