"""France, and many words later French (E17)."""

from collections.abc import Sequence

from gradatim.experiments.claim import Claim, Measures, Sizes, Threshold
from gradatim.experiments.lines import mean_of, panel_of_lines
from gradatim.explain.charts.chart import Chart


class DistantWord(Claim):
    """A language model whose last word depends on a distant one (Bengio, Simard & Frasconi 1994).

        i grew up in FRANCE . <k words> . so i speak fluent   →   FRENCH

    The network predicts every word from those before it, and nothing tells it which of them matters.
    """

    title = "A word that depends on a distant one"
    claim = (
        "Every recurrent language model knows the language from a country that was named a few words before; "
        "many words before, an LSTM knows it still, and a plain recurrent network is wrong often."
    )
    data = "sentences drawn by a rule, a new batch of 50 at every step; 1,000 others for the test"
    measure = (
        "share of sentences whose last word is not the likeliest, by the number of words between; one layer "
        "of 64 units, cross entropy of all words, Adam at 0.003, the norm of the gradient at most 1; judged "
        "at the largest distance; guessing has 7/8"
    )
    thresholds = (
        Threshold("wrong_lstm", "LSTM: share of last words wrong", "≤", 0.05),
        Threshold("lead", "RNN: share of last words wrong less that of the LSTM", "≥", 0.1),
        Threshold("near", "largest share wrong of any cell at the smallest distance", "≤", 0.05),
    )
    seeds = 3
    sizes = Sizes(
        default={"distances": (4, 20), "hidden": 64, "steps": 1500},
        full={"distances": (5, 15, 40, 80, 160), "hidden": 64, "steps": 5000},
    )

    def run(self, seed: int, distances: Sequence[int], hidden: int, steps: int) -> Measures:
        """Teach each cell each distance."""
        from gradatim.experiments.distant_words import WORDS, sentences
        from gradatim.experiments.recurrent import CELLS, Recurrent, learn, wrong_at_the_end

        found: Measures = {"distances": list(distances)}
        for cell in CELLS:
            shares = []
            for between in distances:
                network, task = Recurrent(cell, len(WORDS), hidden, len(WORDS)), sentences(between)
                learn(network, task, steps, seed)
                shares.append(wrong_at_the_end(network, task, seed))
            found[f"shares_{cell}"], found[f"wrong_{cell}"] = shares, shares[-1]
        found["lead"] = found["wrong_rnn"] - found["wrong_lstm"]
        found["near"] = max(found[f"shares_{cell}"][0] for cell in CELLS)
        return found

    def chart(self, results: Sequence[Measures]) -> Chart:
        """The share of wrong last words by the distance."""
        from gradatim.experiments.recurrent import NAMES

        distances = results[0]["distances"]
        lines = {words: (distances, mean_of(results, f"shares_{cell}")) for cell, words in NAMES.items()}
        words = "share of last words wrong by the words between: the gated cells remember the country"
        return Chart(self.title, (panel_of_lines("words between", "share wrong", lines, words),))
