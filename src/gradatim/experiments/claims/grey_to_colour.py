"""From black-and-white to colour, and back: photographs of one kind for the other (G7)."""

from collections.abc import Sequence

import numpy as np

from gradatim.experiments.claim import Claim, Measures, Sizes, Table, Threshold
from gradatim.experiments.lines import panel_of_lines
from gradatim.experiments.small_pictures import accuracy, begun_from, drawn, in_grey, learn, photographs
from gradatim.explain.charts.chart import Chart

WAYS = {"source": "source only", "tuned": "fine-tuned", "target": "target only"}
DIRECTIONS = {"colour": "grey → colour", "grey": "colour → grey"}  # by the target
CLASSES = 10


class GreyToColour(Claim):
    """A network of black-and-white photographs used for coloured ones, and the other way (Pan & Yang 2010).

    source only: as it is;   fine-tuned: on a few labelled pictures of the target;
    target only: these from drawn weights
    """

    title = "From black-and-white to colour, and back"
    claim = (
        "A network of grey photographs serves for coloured ones, and a network of coloured ones for grey: "
        "fine-tuned on a few of the target it is better than one that learns from these alone, and no worse "
        "than it was."
    )
    data = (
        "photographs of CIFAR-10 at 16×16 pixels, in colours or in grey: 1,200 of the source; 100 others of "
        "the target with labels; 1,000 of its test, in the target's form, to be judged by"
    )
    measure = (
        "test accuracy, ten classes, of a convolutional network of two stages; the source's and the target's "
        "by Adam, its rate falling to 0; the same epochs fine-tuned and from drawn weights"
    )
    thresholds = (
        Threshold("colour_over_target", "grey → colour, fine-tuned, accuracy above target only", "≥", 0.04),
        Threshold("grey_over_target", "colour → grey, the same", "≥", 0.04),
        Threshold("colour_over_source", "grey → colour, fine-tuned, accuracy above source only", "≥", 0.0),
        Threshold("grey_over_source", "colour → grey, the same", "≥", 0.0),
    )
    sizes = Sizes(
        default={"pictures": 1200, "few": 100, "test": 1000, "epochs": 5},
        full={"pictures": 7000, "few": 500, "test": 8000, "epochs": 20},
    )

    def run(self, seed: int, pictures: int, few: int, test: int, epochs: int) -> Measures:
        """A network of each kind, and what it is worth for the other."""
        (x, y), judged = photographs(seed)
        both = {"source": (x[:pictures], y[:pictures]), "few": (x[pictures:][:few], y[pictures:][:few]),
                "test": (judged[0][:test], judged[1][:test])}  # fmt: skip
        forms = {"colour": both, "grey": {name: in_grey(rows) for name, rows in both.items()}}
        found: Measures = {}
        for there, here in (("grey", "colour"), ("colour", "grey")):
            target = forms[here]
            network = learn(drawn(seed, "network", CLASSES), forms[there]["source"], epochs, seed)
            right = {"source": accuracy(network, target["test"])}
            for way in ("tuned", "target"):
                begun = drawn(seed, "few", CLASSES)
                if way == "tuned":
                    begun = begun_from(network, seed, "few", CLASSES, head=True)
                right[way] = accuracy(learn(begun, target["few"], 2 * epochs, seed), target["test"])
            found |= {f"{here}_{way}": value for way, value in right.items()}
            found[f"{here}_over_target"] = right["tuned"] - right["target"]
            found[f"{here}_over_source"] = right["tuned"] - right["source"]
        return found

    def table(self, results: Sequence[Measures]) -> Table:
        """Test accuracy of each way in both directions: mean and deviation over seeds."""
        rows = []
        for target, words in DIRECTIONS.items():
            cells = [np.array([100 * one[f"{target}_{way}"] for one in results]) for way in WAYS]
            rows.append([words, *(f"{cell.mean():.1f} ± {cell.std():.1f}" for cell in cells)])
        return Table(["% right, mean ± deviation", *WAYS.values()], rows)

    def chart(self, results: Sequence[Measures]) -> Chart:
        """Test accuracy of every seed in both directions."""
        seeds = list(range(len(results)))
        panels = []
        for target, words in DIRECTIONS.items():
            lines = {said: (seeds, [one[f"{target}_{way}"] for one in results]) for way, said in WAYS.items()}
            said = f"test accuracy of each seed, {words}: source only, fine-tuned, target only"
            panels.append(panel_of_lines("seed", "test accuracy", lines, said, caption=words))
        return Chart(self.title, tuple(panels), columns=2)
