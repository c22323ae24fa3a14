"""The update of a step: the optimizer's equations with the numbers of one weight, and every weight's move."""

import numpy as np

from gradatim.explain.traces.networks.blocks import Block
from gradatim.explain.traces.networks.names import Names
from gradatim.explain.traces.networks.step import Arrays, Step
from gradatim.explain.traces.networks.update_numbers import equations_at
from gradatim.explain.traces.networks.update_text import LETTERS
from gradatim.explain.traces.networks.view import digits
from gradatim.explain.traces.record import Cell, Line, Part, Table
from gradatim.explain.traces.sums_as_text import number, short

SAID = ("lr", "weight_decay")  # settings that are said elsewhere


def update_parts(step: Step, names: Names, whole: bool) -> list[Part]:
    """Equations; then every number's move, or of a large network every parameter's."""
    setup = step.setup
    settings = ", ".join(f"{key} {value:g}" for key, value in setup.settings.items() if key not in SAID)
    said = f"{setup.optimizer}, η = {number(setup.lr)}" + (f", {settings}" if settings else "")
    remembered = bool(setup.t and any(step.old_state.values()))
    said += f"; step {step.t}" + (", with what it remembers of the steps before" if remembered else "")
    parts: list[Part] = [Line(f"The optimizer: {said}."), *_shaping(step)]
    place = _most(step)
    if place is None:
        return parts
    for text, filled in equations_at(step, place):
        parts.append(Line(f"  {text}"))
        if filled:
            parts.append(Line(f"  {' ' * 4}{filled}"))
    at = _name_of(names, *place)
    parts.append(Line(f"The numbers are those of {at}, whose gradient is the largest."))
    return [*parts, _every(step, names) if whole else _summary(step, names)]


def _shaping(step: Step) -> list[Part]:
    """What happens to the gradient and the weights in front of the update."""
    shaping, found = step.setup.shaping, []
    if shaping.l1 or shaping.l2:
        found.append("g = ∂L/∂w" + (f" + {shaping.l1:g} sign w" if shaping.l1 else "")
                     + (f" + {shaping.l2:g} w" if shaping.l2 else "") + "    weights only")  # fmt: skip
    if shaping.clip_norm is not None:
        before = float(np.sqrt(sum(float(np.sum(g**2)) for g in step.gradients.values())))
        found.append(f"g ← g · min(1, {shaping.clip_norm:g}/‖g‖)    ‖∂L/∂θ‖ = {short(before)}")
    if shaping.clip_value is not None:
        found.append(f"g ← g between −{shaping.clip_value:g} and {shaping.clip_value:g}")
    if shaping.weight_decay:
        found.append(f"w ← w (1 − η λ)    λ = {shaping.weight_decay:g}, weights only, in front of the step")
    return [Line(f"  {text}") for text in found]


def _most(step: Step) -> tuple[str, tuple[int, ...]] | None:
    """Where the largest gradient is."""
    found = [(float(np.abs(g).max()), name) for name, g in step.shaped.items() if g.size]
    if not found:
        return None
    _, name = max(found, key=lambda pair: pair[0])
    place = np.unravel_index(int(np.abs(step.shaped[name]).argmax()), step.shaped[name].shape)
    return name, tuple(int(i) for i in place)


def _name_of(names: Names, name: str, index: tuple[int, ...]) -> str:
    block, key = block_of(names, name)
    return names.weight(block, key, index)


def block_of(names: Names, name: str) -> tuple[Block, str]:
    """The block that a parameter of this name is in, and what it is called there."""
    for block in names.blocks:
        for number_of in range(block.start, block.stop):
            place = names.network.named_layers[number_of][0]
            if name.startswith(f"{place}."):
                key = name.removeprefix(f"{place}.")
                return block, key if number_of == block.start else f"{place}.{key}"
    raise AssertionError(name)


def _every(step: Step, names: Names) -> Table:
    """A row a number: gradient, state, and its move."""
    state = [key for key, of in step.new_state.items() if "" not in of]
    columns = ["weight", "w", "g" if step.setup.shaping.touches_gradients else "∂L/∂w"]
    columns += [f"{LETTERS.get(key, key)}, new" for key in state] + ["move", "new w"]
    rows: list[list[Cell]] = []
    for name in step.before:
        block, key = block_of(names, name)
        for index in np.ndindex(*step.before[name].shape):
            old, new = float(step.before[name][index]), float(step.after[name][index])
            held = [float(step.new_state[one][name][index]) for one in state]
            rows.append([names.weight(block, key, index), old, float(step.shaped[name][index]), *held,
                         new - old, new])  # fmt: skip
    order = {names.weight(*one): n for n, one in enumerate(names.every())}
    rows.sort(key=lambda row: order.get(str(row[0]), len(order)))
    moves = [step.after[name] - step.before[name] for name in step.before]
    of_state = [digits(*(of.ravel() for of in step.new_state[one].values())) for one in state]
    weights = [p.ravel() for p in step.before.values()]
    decimals = [0, digits(*weights), digits(*(g.ravel() for g in step.shaped.values())), *of_state,
                digits(*(m.ravel() for m in moves)), digits(*weights)]  # fmt: skip
    return Table("Update", columns, rows, decimals)


def _summary(step: Step, names: Names) -> Table:
    """A row a parameter: shape, norms of it, of its gradient and of its move."""
    rows: list[list[Cell]] = []
    for name, p in step.before.items():
        block, key = block_of(names, name)
        move = step.after[name] - p
        rows.append([f"{block.name}.{key}", " × ".join(map(str, p.shape)), _norm(p), _norm(step.shaped[name]),
                     _norm(move), _largest(names, block, key, step.shaped[name])])  # fmt: skip
    return Table("Update", ["parameter", "shape", "‖w‖", "‖g‖", "‖move‖", "largest gradient"], rows)


def _norm(a: np.ndarray) -> str:
    return short(float(np.linalg.norm(a)))


def _largest(names: Names, block: Block, key: str, g: np.ndarray) -> str:
    index = tuple(int(i) for i in np.unravel_index(int(np.abs(g).argmax()), g.shape))
    return f"{names.weight(block, key, index)} {short(float(g[index]), 3)}"


def arrays_of(arrays: Arrays, names: Names) -> dict[str, list]:
    """Parameters by the names of a trace, as nested lists."""
    found = {}
    for name, value in arrays.items():
        block, key = block_of(names, name)
        found[f"{block.name}.{key}"] = value.tolist()
    return found
