"""What has no memory: windows, convolutions and recurrent networks (E23)."""

from collections.abc import Sequence

from gradatim.experiments.claim import Claim, Measures, Sizes, Threshold
from gradatim.experiments.lines import mean_of, panel_of_lines
from gradatim.experiments.sequence_tasks import delayed
from gradatim.explain.charts.chart import Chart

ARMS = {
    "window": "window network", "convolution": "1-D convolutions", "rnn": "RNN", "gru": "GRU", "lstm": "LSTM",
}  # fmt: skip
CHANCE = 0.5


class WithoutMemory(Claim):
    """The answer depends on one input k steps back (Elman 1990).

        y_t = x_{t−k};   a window of w steps sees x_t … x_{t−w+1}: enough for k < w, and nothing for k ≥ w

    Two causal convolutions of width (w + 1)/2 see w steps, too. Inputs are fair coins, so that what stands
    outside a window cannot be guessed from what stands in it: half of the answers are wrong, whatever the
    network.
    """

    title = "What has no memory"
    claim = (
        "A window of w steps answers without error as long as the input that is asked for stands in it, and "
        "no better than chance one step further back; so do convolutions. A recurrent network answers there, "
        "too."
    )
    data = "sequences of 30 fair coins, a new batch of 50 at every step; 1,000 others for the test"
    measure = (
        "share of wrong answers by the distance k; windows of w = 5 steps; 32 units each, Adam at 0.003, the "
        "norm of the gradient at most 1; learning ends early where the running loss is below 0.01"
    )
    thresholds = (
        Threshold("window_inside", "window: the largest error at k < 5", "≤", 0.01),
        Threshold("window_outside", "window: the smallest error at k ≥ 5", "≥", CHANCE - 0.02),
        Threshold("convolution_inside", "convolutions: the largest error at k < 5", "≤", 0.01),
        Threshold("convolution_outside", "convolutions: the smallest error at k ≥ 5", "≥", CHANCE - 0.02),
        Threshold("lstm", "LSTM: the largest error at any k", "≤", 0.01),
    )
    seeds = 3
    sizes = Sizes(
        default={"distances": (0, 4, 5, 8), "window": 5, "hidden": 32, "length": 30, "steps": 1200},
        full={"distances": (0, 1, 2, 3, 4, 5, 6, 8, 10, 15, 20), "window": 5, "hidden": 64, "length": 60,
              "steps": 6000},
    )  # fmt: skip

    def run(
        self, seed: int, distances: Sequence[int], window: int, hidden: int, length: int, steps: int
    ) -> Measures:
        """Teach every network every distance."""
        from gradatim.experiments.recurrent import learn, wrong
        from gradatim.experiments.windows import network_of

        found: Measures = {"distances": list(distances)}
        for arm in ARMS:
            errors = []
            for back in distances:
                network, task = network_of(arm, window, hidden), delayed(length, back)
                learn(network, task, steps, seed, solved=0.01)
                errors.append(wrong(network, task, seed))
            found[f"errors_{arm}"] = errors
        for arm in ("window", "convolution"):
            by_distance = dict(zip(distances, found[f"errors_{arm}"], strict=True))
            found[f"{arm}_inside"] = max((e for k, e in by_distance.items() if k < window), default=0.0)
            found[f"{arm}_outside"] = min((e for k, e in by_distance.items() if k >= window), default=1.0)
        found["lstm"] = max(found["errors_lstm"])
        return found

    def chart(self, results: Sequence[Measures]) -> Chart:
        """The error by the distance."""
        distances = results[0]["distances"]
        lines = {words: (distances, mean_of(results, f"errors_{arm}")) for arm, words in ARMS.items()}
        words = "share of wrong answers by distance: windows end where they end"
        return Chart(self.title, (panel_of_lines("steps back k", "share of answers wrong", lines, words),))
