"""A step of learning as a trace."""

from functools import partial
from typing import Any

import numpy as np

from gradatim.by_hand.graph_network import GraphNetwork
from gradatim.explain.traces.drawings import network_drawing
from gradatim.explain.traces.networks.blocks import read_by, readers_of
from gradatim.explain.traces.networks.explainers.explainer import map_table
from gradatim.explain.traces.networks.explainers.table import explainer_of
from gradatim.explain.traces.networks.loss_parts import loss_parts
from gradatim.explain.traces.networks.loss_steps import next_table
from gradatim.explain.traces.networks.names import Names
from gradatim.explain.traces.networks.openings import groups_of
from gradatim.explain.traces.networks.step import Setup, Step, is_sequence, judged, work_through
from gradatim.explain.traces.networks.update_parts import arrays_of, update_parts
from gradatim.explain.traces.networks.view import View, digits
from gradatim.explain.traces.record import Beside, Cell, Line, Part, Table, Trace
from gradatim.explain.traces.sums_as_text import number, short

ROWS = "B5 B6"
SMALL = 150  # parameters of a network that is shown whole
NUMBERS = 400  # outputs of all its layers
INPUTS = 12  # that are named one by one
DRAWN = 14  # units in a drawing


def trace_of(setup: Setup, unit: str | None = None) -> Trace:
    """Forward, loss, backward, update and the next pass of a setup, or one `unit` of it opened.

    Raises UsageError for a unit that is not there, or an input or target that does not fit.
    """
    step = work_through(setup)
    names = Names(setup.network, setup.x[0].size, setup.units)
    whole = is_small(step)
    parts = _opened(step, names, unit) if unit is not None else _all(step, names, whole)
    return Trace(
        setup.title, ROWS, "", parts, _drawing(step, names), values=values_of(step, names),
        groups=None if unit is not None else partial(groups_of, step, names),
    )  # fmt: skip


def is_small(step: Step) -> bool:
    """Whether every number has its place on the page."""
    outputs = sum(h.size for h in step.h)
    return step.setup.network.theta.size <= SMALL and outputs <= NUMBERS


def _all(step: Step, names: Names, whole: bool) -> list[Part]:
    views = [View(step, block, names) for block in step.blocks]
    parts = [*_given(step, names), _layers(step, names)]
    for view in views:
        if view.block.kind != "flatten" or len(views) == 1:
            parts += explainer_of(view.block.kind).forward(view, whole)
    parts += loss_parts(step)
    for view in reversed(views):
        if view.block.kind != "flatten":
            parts += [*_added(view), *explainer_of(view.block.kind).backward(view, whole)]
    parts = _once([*parts, *update_parts(step, names, whole)])
    return [*parts, *_next(step, names, whole)]


def _added(view: View) -> list[Part]:
    """Of an output that several layers read: that what they send back is added."""
    readers = readers_of(view.step.setup.network, view.block, view.step.blocks)
    if len(readers) < 2:
        return []
    names = [one.name for one in readers]
    who = f"{', '.join(names[:-1])} and {names[-1]}"
    return [Line(f"{view.block.name} is read by {who}: ∂L/∂h is the sum of what they send back.")]


def _once(parts: list[Part]) -> list[Part]:
    """The parts without sentences and equations that were there before."""
    seen: set[str] = set()
    found: list[Part] = []
    for part in parts:
        if isinstance(part, Line) and part.text in seen:
            continue
        found.append(part)
        if isinstance(part, Line):
            seen.add(part.text)
    return found


def _opened(step: Step, names: Names, unit: str) -> list[Part]:
    """One unit, filter or step: h1.3, or its number where units are numbered."""
    name, *tail = str(unit).strip().split(".")
    if not tail and name.isdigit() and names.units is not None:
        for block in step.blocks:
            if block.layer.shapes and int(name) in (
                row := [names.unit(block, n) for n in range(names.count(block))]
            ):
                name, tail = block.name, [str(row.index(int(name)) + 1)]
                break
    block = names.block(name)
    view = View(step, block, names)
    explainer = explainer_of(block.kind)
    head = _given(step, names)
    if not tail:
        small = is_small(step)
        return [*head, *explainer.forward(view, small), *_added(view), *explainer.backward(view, small)]
    return [*head, *explainer.opened_at(view, tail)]


def _given(step: Step, names: Names) -> list[Part]:
    """Where the numbers are from, the input, and which δ is meant."""
    setup = step.setup
    flat = setup.x.ravel()
    called = setup.names or tuple(f"x{i + 1}" for i in range(flat.size))
    few = flat.size <= INPUTS and not setup.names and setup.x.ndim == 2
    said = ["x = (" + ", ".join(number(float(v)) for v in flat) + ")"] if few else []
    said = [", ".join([*said, *setup.sentences])] + ([setup.where] if setup.where else [])
    sign = "δ = ∂L/∂z, so weights move against δ" if setup.sign > 0 else "δ = −∂L/∂z, so weights move with δ"
    text = ". ".join([*said, f"Here {sign}; all numbers are in double precision."])
    parts: list[Part] = [Line(text[:1].upper() + text[1:] if not few else text)]
    parts += _shape_of_input(step)
    if setup.names and len(setup.names) == flat.size:
        shown = np.argsort(-np.abs(flat), kind="stable")[:40] if flat.size > 40 else np.arange(flat.size)
        rows: list[list[Cell]] = [[called[i], float(flat[i])] for i in shown.tolist()]
        caption = "The input as the network sees it" + (
            f"; the largest 40 of {flat.size:,}" if flat.size > 40 else ""
        )
        parts.append(Table(caption, ["input", "x"], rows, digits(flat)))
    return parts


def _shape_of_input(step: Step) -> list[Part]:
    """A small picture's channels, or a sequence of numbers with a row a step; symbols are in the loss."""
    setup = step.setup
    if is_sequence(setup.network):
        few = setup.x.shape[-1] <= INPUTS and not setup.steps
        shown = few or is_small(step)
        return [Beside([map_table("x, a row a step", setup.x[:, 0])])] if shown else []
    if setup.x.ndim <= 2 or not is_small(step):
        return []
    return [Beside([map_table(f"x, channel {c + 1}", one) for c, one in enumerate(setup.x[0])])]


def _layers(step: Step, names: Names) -> Table:
    """What the network is made of, by the names that --unit and --set take."""
    rows: list[list[Cell]] = []
    graph = isinstance(step.setup.network, GraphNetwork)
    for block in step.blocks:
        layers = step.setup.network.layers[block.start : block.stop]
        shape = step.h[block.stop].shape
        shown = (shape[0], *shape[2:]) if is_sequence(step.setup.network) else shape[1:]
        count = sum(int(np.prod(s)) for layer in layers for s in layer.shapes.values())
        units: Cell = ""
        if names.units is not None and block.layer.shapes:
            units = ", ".join(str(names.unit(block, n)) for n in range(names.count(block)))
        reads = ", ".join(read_by(step.setup.network, block, step.blocks))
        rows.append(
            [
                block.name,
                block.in_words,
                *([reads] if graph else []),
                " × ".join(map(str, shown)),
                count,
                *([units] if names.units else []),
            ]
        )
    columns = ["name", "layer", *(["reads"] if graph else []), "output", "parameters"]
    return Table("Layers", [*columns, *(["units"] if names.units else [])], rows)


def _next(step: Step, names: Names, whole: bool) -> list[Part]:
    """The outputs and the loss of the next pass beside those of this one."""
    setup = step.setup
    rows: list[list[Cell]] = []
    for block in step.blocks:
        before, after = step.h[block.stop], step.next_h[block.stop]
        view = View(step, block, names)
        if whole and before.ndim == 2 and not view.sequence and block.kind != "flatten":
            rows += [[view.label(n), float(before[0, n]), float(after[0, n]), float((after - before)[0, n])]
                     for n in range(before.shape[1])]  # fmt: skip
    if not rows and len(judged(setup, step.output)) > 1:
        return [next_table(step), *_loss_before_and_after(step)]
    if not rows:
        before, after = (judged(setup, one).ravel() for one in (step.output, step.next_h[-1]))
        rows = [[f"y.{n + 1}", float(b), float(a), float(a - b)]
                for n, (b, a) in enumerate(zip(before[:16], after[:16], strict=True))]  # fmt: skip
    moves = digits([row[3] for row in rows])
    return [Table("The next pass", ["unit", "h before", "h after", "moved"], rows, [0, 4, 4, moves]),
            *_loss_before_and_after(step)]  # fmt: skip


def _loss_before_and_after(step: Step) -> list[Part]:
    drop = step.loss - step.next_loss
    said = "falls" if drop > 0 else "rises" if drop < 0 else "stays"
    return [
        Table("The loss", ["before", "after", "drop"], [[step.loss, step.next_loss, drop]],
              digits([min(abs(step.loss), abs(drop)) or 1.0])),
        Line(f"The loss of this example {said} from {short(step.loss, 6)} to {short(step.next_loss, 6)}."),
    ]  # fmt: skip


def _drawing(step: Step, names: Names) -> str:
    """The network with its numbers, where it is a few numbered units."""
    blocks = [block for block in step.blocks if block.layer.shapes]
    if names.units is None or sum(map(len, names.units)) > DRAWN or step.setup.x.ndim != 2:
        return ""
    values = dict(zip(names.units[0], step.setup.x[0].tolist(), strict=True))
    weights: dict[tuple[int, int], float] = {}
    for block, front, row in zip(blocks, names.units, names.units[1:], strict=False):
        own = View(step, block, names).own(step.before)
        values |= dict(zip(row, step.h[block.stop][0].tolist(), strict=True))
        weights |= {
            (i, j): float(own["weight"][b, a]) for b, j in enumerate(row) for a, i in enumerate(front)
        }
        if "bias" in own:
            weights |= {(0, j): float(own["bias"][b]) for b, j in enumerate(row)}
    return network_drawing(weights, names.units, values)


def values_of(step: Step, names: Names) -> dict[str, Any]:
    """Everything in full precision, for JSON."""
    layers = {
        block.name: {"z": step.h[block.start + 1].tolist(), "h": step.h[block.stop].tolist(),
                     "delta": (step.setup.sign * step.g[block.start + 1]).tolist()}
        for block in step.blocks
    }  # fmt: skip
    return {
        "x": step.setup.x.tolist(), "target": np.asarray(step.setup.y).tolist(), "loss": step.loss,
        "next_loss": step.next_loss, "output": step.output.tolist(), "next_output": step.next_h[-1].tolist(),
        "delta_is": "dL/dz" if step.setup.sign > 0 else "-dL/dz", "layers": layers,
        "parameters": arrays_of(step.before, names), "gradients": arrays_of(step.gradients, names),
        "new_parameters": arrays_of(step.after, names),
        "state": {key: arrays_of(of, names) for key, of in step.new_state.items() if "" not in of},
    }  # fmt: skip
