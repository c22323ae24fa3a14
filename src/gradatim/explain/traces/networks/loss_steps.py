"""The loss of a sequence, a row a step."""

import numpy as np

from gradatim.explain.traces.networks.step import Setup, Step, judged
from gradatim.explain.traces.networks.view import digits
from gradatim.explain.traces.record import Cell, Table

MOST = 200  # steps in a table


def step_losses(setup: Setup, outputs: np.ndarray) -> np.ndarray:
    """The loss of every step, (T,), of all the network's outputs."""
    found = setup.loss(judged(setup, outputs), setup.y)
    return np.asarray(found).reshape(-1)


def loss_table(step: Step) -> Table:
    """What each step reads, what is right, the probability of that, its loss, and what it sends back."""
    setup, outputs = step.setup, judged(step.setup, step.output)
    flat = outputs.reshape(len(outputs), -1)
    losses = step_losses(setup, step.output)
    slopes = np.linalg.norm(judged(setup, step.g[-1]).reshape(flat.shape), axis=1)
    right = _right(setup, flat)
    said = _in_words(setup, len(flat))
    numbers = flat[:, 0] if flat.shape[1] == 1 else None
    rows: list[list[Cell]] = []
    for t in range(min(len(flat), MOST)):
        row: list[Cell] = [t + 1, *(column[t] for column in said)]
        row += [] if numbers is None else [float(numbers[t])]
        row += [] if right is None else [float(right[t])]
        rows.append([*row, float(losses[t]), float(slopes[t])])
    columns = ["step", *(["reads"] if len(said) > 1 else []), "target"]
    places = [0] * len(columns)
    for name, array in (("a", numbers), ("p of it", right)):
        if array is not None:
            columns.append(name)
            places.append(4 if name != "a" else digits(array))
    caption = "The loss, step by step" + (f", the first {MOST} of {len(flat):,}" if len(flat) > MOST else "")
    return Table(caption, [*columns, "loss", "‖∂L/∂a‖"], rows, [*places, digits(losses), digits(slopes)])


def next_table(step: Step) -> Table:
    """The loss of every step before and after the update."""
    before, after = (step_losses(step.setup, outputs) for outputs in (step.output, step.next_h[-1]))
    rows: list[list[Cell]] = [
        [t + 1, float(b), float(a), float(a - b)]
        for t, (b, a) in enumerate(zip(before[:MOST], after[:MOST], strict=True))
    ]
    places = [0, digits(before), digits(after), digits(after - before)]
    return Table("The next pass", ["step", "loss before", "loss after", "moved"], rows, places)


def _right(setup: Setup, outputs: np.ndarray) -> np.ndarray | None:
    """The probability of the right class at every step, where the targets are class numbers."""
    y = np.asarray(setup.y)
    if y.dtype.kind not in "iu" or y.shape != (len(outputs),) or outputs.shape[1] == 1:
        return None
    if not hasattr(setup.loss, "probabilities"):
        return None
    p = np.asarray(setup.loss.probabilities(outputs))
    return p[np.arange(len(p)), y] if p.shape == outputs.shape else None


def _in_words(setup: Setup, steps: int) -> list[list[str]]:
    """What each step reads, where that has a name, and its target."""
    y = np.asarray(setup.y).reshape(steps, -1)
    answers = (
        setup.answers if len(setup.answers) == steps else [", ".join(f"{v:g}" for v in row) for row in y]
    )
    reads = [list(setup.steps)] if len(setup.steps) == steps else []
    return [*reads, list(answers)]
