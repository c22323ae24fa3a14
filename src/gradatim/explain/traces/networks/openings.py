"""The units of a network as a page opens them: a group a block, and what a click on each shows."""

import numpy as np

from gradatim.explain.traces.networks.explainers.explainer import map_table
from gradatim.explain.traces.networks.explainers.table import explainer_of
from gradatim.explain.traces.networks.names import Names
from gradatim.explain.traces.networks.step import Step
from gradatim.explain.traces.networks.view import View
from gradatim.explain.traces.record import Beside, Group, Opening, Part, Table

MOST = 128  # units of a block that can be opened on a page
ALL = 420  # units of all blocks
ROOM = 54_000  # cells of all openings of a network over time, whose units have a row a step
FEWEST = 4  # units or steps of a block that can be opened in any case


def groups_of(step: Step, names: Names) -> list[Group]:
    """A group a block that has units, the largest units of a large one; of sequences every step besides."""
    blocks = [block for block in step.blocks if block.kind not in ("flatten", "dropout", "dropout_2012")]
    sizes = [View(step, block, names).count for block in blocks]
    most = MOST if sum(min(size, MOST) for size in sizes) <= ALL else max(ALL // len(blocks), 4)
    views = [View(step, block, names) for block in blocks]
    rooms = _shares([_need(view, most) if view.sequence else 0 for view in views])
    found = [_group(view, most, room) for view, room in zip(views, rooms, strict=True)]
    x = step.setup.x
    return [_input(x[0]), *found] if x.ndim == 4 else found


def _input(x: np.ndarray) -> Group:
    """The picture that the network reads, a channel a button."""
    shape = " × ".join(map(str, x.shape))
    openings = [
        Opening(
            f"x.{c + 1}", str(c + 1), *_shown(channel), [map_table(f"Channel {c + 1} of the input", channel)]
        )
        for c, channel in enumerate(x)
    ]
    return Group("x", f"the input, {shape}", "channel", openings)


def _group(view: View, most: int, room: int) -> Group:
    explainer, count = explainer_of(view.block.kind), view.count
    of_steps = view.sequence and hasattr(explainer, "steps")
    if view.sequence:
        units = 2 * room // 3 if of_steps else room
        most = min(most, max(units // _cells(explainer.opened_at(view, ["1"])), FEWEST))
    values = [view.of_unit(view.h, n) for n in range(count)]
    sizes = np.array([float(np.abs(value).max(initial=0)) for value in values])
    kept = np.sort(np.argsort(-sizes, kind="stable")[:most]).tolist()
    openings = [
        Opening(f"{view.block.name}.{n + 1}", str(view.label(n)).rpartition(".")[2], *_shown(values[n]),
                explainer.opened_at(view, [str(n + 1)]))
        for n in kept
    ]  # fmt: skip
    left = f"; shown are the {len(kept)} largest of {count:,}" if len(kept) < count else ""
    if of_steps:
        many = max(room // 3 // _cells(explainer.opened_at(view, ["t1"])), FEWEST)
        steps = range(min(len(view.h), many))
        left += f"; the first {many} of {len(view.h):,} steps" if many < len(view.h) else ""
        openings += [
            Opening(f"{view.block.name}.t{t + 1}", f"t{t + 1}", float(np.abs(view.h[t, 0]).max(initial=0)),
                    None, explainer.opened_at(view, [f"t{t + 1}"]))
            for t in steps
        ]  # fmt: skip
    shape = " × ".join(
        map(str, view.h.shape[1:] if not view.sequence else (view.h.shape[0], view.h.shape[2]))
    )
    return Group(view.block.name, f"{view.block.in_words}, {shape}{left}", explainer.word, openings)


def _need(view: View, most: int) -> int:
    """How many cells all openings of a block over time have."""
    explainer = explainer_of(view.block.kind)
    units = min(view.count, most) * _cells(explainer.opened_at(view, ["1"]))
    if not hasattr(explainer, "steps"):
        return units
    return 3 + max(3 * units // 2, 3 * len(view.h) * _cells(explainer.opened_at(view, ["t1"])))


def _shares(needs: list[int]) -> list[int]:
    """The room divided among blocks: what the small ones leave goes to the large ones.

    >>> _shares([5_000, 1_000_000])
    [5000, 49000]
    """
    left, found = ROOM, [0] * len(needs)
    for done, n in enumerate(sorted(range(len(needs)), key=lambda n: needs[n])):
        found[n] = min(needs[n], left // (len(needs) - done))
        left -= found[n]
    return found


def _cells(parts: list[Part]) -> int:
    """How many cells the tables of an opening have, at least 1."""
    every = [one for part in parts for one in (part.tables if isinstance(part, Beside) else [part])]
    return sum(len(row) for one in every if isinstance(one, Table) for row in one.rows) or 1


def _shown(value: np.ndarray) -> tuple[float, np.ndarray | None]:
    """What a unit's button shows: its value, or its map."""
    array = np.asarray(value, float)
    if array.ndim == 2 and array.size > 1:
        return float(array.max(initial=0)), array
    return float(array.ravel()[np.argmax(np.abs(array))]) if array.size else 0.0, None
