"""The numbers of the Theano tutorials on deep learning: accuracy, and minutes (F6, F7, F4)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradatim.experiments.claim import Claim, Measures, Sizes, Table, Threshold
from gradatim.experiments.digits import Splits
from gradatim.experiments.lines import mean_of
from gradatim.experiments.pretrained import error_of, parts_of, stack
from gradatim.explain.axes import Axis, logarithmic
from gradatim.explain.charts.chart import Chart, Curve, Panel

if TYPE_CHECKING:
    from gradatim.nn.rbm import RBM

WHOLE = 50_000  # pictures that the tutorials learn from
DROPOUT, INPUT_DROPOUT = 0.4, 0.1
FASTER = 2  # than the tutorials, at least


class Tutorial(NamedTuple):
    """What a tutorial says of its network: test error in per cent (None of a machine alone), and minutes."""

    words: str
    short: str
    error: float | None
    minutes: float
    epochs: tuple[int, int]  # of the whole: each hidden layer's, and all layers'


TUTORIALS = {
    "dbn": Tutorial("deep belief network 500–500–2000", "DBN", 1.34, 716, (10, 50)),
    "sda": Tutorial("stacked denoising autoencoders 1000–1000–1000", "SdA", 1.30, 1029, (10, 40)),
    "rbm": Tutorial("Boltzmann machine of 500 units, PCD-15", "RBM", None, 122, (15, 0)),
}


class TheanoTutorials(Claim):
    """The accuracy and the time of three networks of the Deep Learning Tutorials (LISA lab, 2008–2015).

        minutes = Σ_stages  seconds an epoch · 50,000/n · epochs of the whole / 60

    n is the number of pictures of the form that runs: of the larger form the minutes are those that it took.
    """

    title = "The Theano tutorials' networks, today"
    claim = (
        "A deep belief network and stacked denoising autoencoders are as accurate as in the Theano "
        "tutorials, and they and a Boltzmann machine with persistent chains take less than half of the "
        "tutorials' minutes."
    )
    data = (
        "MNIST: 3,000 pictures to learn from, 1,000 to choose the epoch by, 5,000 of the official test; "
        "drawn anew by each seed; three tenths of the epochs. In the larger form 50,000, 10,000 and "
        "10,000, and all epochs"
    )
    measure = (
        "test error in per cent less a bound: the tutorials' 1.34 and 1.30 in the larger form; of 3,000 "
        "pictures 15, which says that the networks learn and no more; minutes of the whole by the clock, "
        "scaled up from the median epoch of each stage where 3,000 pictures are learned from"
    )
    thresholds = (
        Threshold("excess_dbn", "DBN: test error above the bound, in %", "≤", 0.0),
        Threshold("excess_sda", "SdA: test error above the bound, in %", "≤", 0.0),
        *(Threshold(f"timed_{name}", f"{one.short}: minutes of the whole, half of {one.minutes:,.0f}", "≤",
                    one.minutes / FASTER) for name, one in TUTORIALS.items()),
    )  # fmt: skip
    sizes = Sizes(
        default={"data": "mnist", "train": 3000, "valid": 1000, "test": 5000, "width": 1.0, "share": 0.3,
                 "bounds": (15.0, 15.0)},
        full={"data": "mnist", "train": WHOLE, "valid": 10_000, "test": 10_000, "width": 1.0, "share": 1.0,
              "bounds": (1.34, 1.30)},
    )  # fmt: skip
    seeds = 3

    def run(
        self, seed: int, data: str, train: int, valid: int, test: int, width: float, share: float,
        bounds: tuple[float, float],
    ) -> Measures:  # fmt: skip
        """Train the two networks and the machine; `width` and `share` are of units and of epochs."""
        splits = parts_of(data, seed, train, valid, test)
        found: Measures = {}
        ways: dict[str, Any] = {
            "dbn": ((500, 500, 2000), "rbm", 0.1, {}),
            "sda": ((1000,) * 3, "denoising", None, {"noise": 0.3}),
        }  # fmt: skip
        for (name, (hidden, kind, lr, how)), bound in zip(ways.items(), bounds, strict=True):
            units = [max(2, round(width * n)) for n in hidden]
            error, seconds = learn_network(splits, units, kind, lr, how, TUTORIALS[name].epochs, share, seed)
            found[f"error_{name}"], found[f"excess_{name}"] = 100 * error, 100 * error - bound
            found[f"timed_{name}"] = _minutes(seconds, TUTORIALS[name], train)
        _, seconds = learn_machine(splits, max(2, round(width * 500)), share, seed)
        return found | {"timed_rbm": _minutes(seconds, TUTORIALS["rbm"], train)}

    def table(self, results: Sequence[Measures]) -> Table:
        """Error and minutes beside the tutorials', means over seeds."""
        rows = []
        for name, one in TUTORIALS.items():
            errors = ["–", "–"]
            if one.error is not None:
                errors = [f"{one.error:.2f}", f"{float(mean_of(results, f'error_{name}')):.2f}"]
            minutes = f"{float(mean_of(results, f'timed_{name}')):.1f}"
            rows.append([one.words, *errors, f"{one.minutes:,.0f}", minutes])
        heads = ["mean over seeds", "test error %: theirs", "ours", "minutes: theirs", "ours, of the whole"]
        return Table(heads, rows)

    def chart(self, results: Sequence[Measures]) -> Chart:
        """The minutes of both."""
        places = np.arange(len(TUTORIALS))
        theirs = np.array([one.minutes for one in TUTORIALS.values()])
        ours = np.array([mean_of(results, f"timed_{name}") for name in TUTORIALS], dtype=float)
        curves = [Curve("class", places, theirs, "the tutorials", 0), Curve("class", places, ours, "here", 1)]
        ticks = tuple((float(k), one.short) for k, one in enumerate(TUTORIALS.values()))
        axes = (
            Axis("network", -0.3, len(TUTORIALS) - 0.7, ticks),
            logarithmic("minutes", [*theirs.tolist(), *ours.tolist()]),
        )
        words = "minutes that three networks take, in the tutorials and here"
        return Chart(self.title, (Panel(*axes, tuple(curves), words, key=True),))


def learn_network(
    splits: Splits, hidden: list[int], kind: str, lr: float | None, how: Mapping[str, Any],
    epochs: tuple[int, int], share: float, seed: int,
) -> tuple[float, dict[str, list[float]]]:  # fmt: skip
    """Pretraining and training of the whole: the test error, and the seconds of each epoch by stage."""
    from gradatim.unsupervised.pretraining import Pretraining

    network = stack(splits.train[0].shape[1], hidden, seed, dropout=DROPOUT, input_dropout=INPUT_DROPOUT)
    alone, together = (max(1, round(share * n)) for n in epochs)
    loop = Pretraining(
        network, splits.train, valid=splits.valid, kind=kind, pretrain_epochs=alone, pretrain_lr=lr, how=how,
        epochs=together, batch_size=100, lr=1e-3, schedule="cosine", seed=seed,
    )  # fmt: skip
    seconds: dict[str, list[float]] = defaultdict(list)
    for record in loop:
        seconds[record.stage].append(record.seconds)
    loop.keep()
    return error_of(network, splits.test), seconds


def learn_machine(
    splits: Splits, units: int, share: float, seed: int
) -> tuple["RBM", dict[str, list[float]]]:  # fmt: skip
    """Persistent contrastive divergence with 15 steps of Gibbs sampling: the machine, and the seconds of each
    epoch.
    """
    from gradatim.nn.rbm import RBM
    from gradatim.unsupervised.rbm import ContrastiveDivergence

    machine = RBM(splits.train[0].shape[1], units)
    machine.draw_parameters(seed, "")
    epochs = max(1, round(share * TUTORIALS["rbm"].epochs[0]))
    loop = ContrastiveDivergence(
        machine, splits.train[0], epochs=epochs, lr=0.1, batch_size=20, k=15, persistent=True, seed=seed
    )
    return machine, {"machine": [record.seconds for record in loop]}


def _minutes(seconds: Mapping[str, list[float]], whole: Tutorial, pictures: int) -> float:
    """The minutes of all stages, each as long as its median epoch times its epochs on all pictures."""
    alone, together = whole.epochs
    in_all = sum(median(each) * (together if not stage else alone) for stage, each in seconds.items())
    return in_all * WHOLE / pictures / 60
