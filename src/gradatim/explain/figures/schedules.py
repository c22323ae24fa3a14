"""Learning-rate schedules over a training (curriculum C8)."""

import numpy as np

from gradatim import catalog
from gradatim.explain.figures.panels import Line, Panel, panels_figure
from gradatim.explain.figures.style import Picture
from gradatim.training.scheduling import Plateau, schedule_of

STEPS = 1000  # of the training that is drawn
WARMUP = 0.1
EPOCHS = 40  # of the one that plateau watches
FORMULAS = {
    "constant": "always 1",
    "cosine": "½(1 + cos πs)",
    "step": "a factor at each milestone",
    "exponential": "the same ratio at every step",
    "inverse_time": "1/(1 + decay · s)",
    "one_cycle": "half a cosine up, half a cosine down",
    "plateau": "a factor when the loss stays where it is",
}


def schedules_figure(texts: list[str]) -> Picture:
    """The schedules, each a name or `NAME:key=value`, side by side."""
    title = "Schedules of the learning rate" if len(texts) > 1 else ""
    return panels_figure([schedule_panel(text) for text in texts], title)


def schedule_panel(text: str) -> Panel:
    """The factor on the learning rate by the share s of the steps; plateau's by epochs of an example."""
    name, _, given = text.partition(":")
    schedule = schedule_of(text)
    formula = FORMULAS.get(name) or catalog.find(name, "schedule").sentence.rstrip(".")
    notes = (formula, given.replace(",", ", ")) if given else (formula,)
    if isinstance(schedule, Plateau):
        return _plateau(name, schedule, notes)
    steps = range(STEPS + 1)
    s = np.array(steps) / STEPS
    lines = [Line("factor", s, np.array([schedule(step, STEPS) for step in steps]))]
    if "warmup" not in given and name != "one_cycle":  # which begins with a rise of its own
        warmed = schedule_of(f"{text}{',' if given else ':'}warmup={WARMUP}")
        lines.append(Line(f"with warmup={WARMUP}", s, np.array([warmed(step, STEPS) for step in steps])))
    return Panel(name, notes, "share s of the steps", "factor", lines, y_limits=(-0.05, 1.1))


def _plateau(name: str, schedule: Plateau, notes: tuple[str, ...]) -> Panel:
    """What it does with a loss that falls for half of the epochs and then stays."""
    epochs = np.arange(1, EPOCHS + 1)
    losses = 0.15 + 0.85 * np.exp(-np.minimum(epochs - 1, EPOCHS // 2) / 6)
    factors = []
    for loss in losses:
        factors.append(schedule(0, 1))
        schedule.after(float(loss))
    at = np.repeat(epochs, 2)[1:]  # a factor holds for the whole epoch
    lines = [
        Line("factor", at.astype(float), np.repeat(factors, 2)[:-1]),
        Line("validation loss (an example)", epochs.astype(float), losses, 2),
    ]
    return Panel(name, notes, "epoch", "factor", lines, y_limits=(-0.05, 1.1))
