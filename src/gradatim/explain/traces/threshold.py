"""Threshold units that are gates, and a net of three that is XOR, as truth tables."""

from collections.abc import Callable, Sequence
from itertools import product

from gradatim.by_hand.mcculloch_pitts import GATES, XOR, ThresholdUnit, fires, patterns, run
from gradatim.checks import known, whole
from gradatim.explain.traces.arguments import vector
from gradatim.explain.traces.record import Cell, Line, Table, Trace
from gradatim.explain.traces.threshold_drawing import threshold_drawing

SOURCE = "McCulloch & Pitts, A logical calculus of the ideas immanent in nervous activity (1943)"
TRUTH: dict[str, Callable[..., int]] = {
    "and": lambda a, b: a & b,
    "or": lambda a, b: a | b,
    "not": lambda a: 1 - a,
    "x1-and-not-x2": lambda a, b: a & (1 - b),
    "nor": lambda a, b: 1 - (a | b),
}  # what each is to say
RULE = (
    "A threshold unit is on or off, and its connections are fixed. One inhibitory input that is on keeps it "
    "silent; otherwise it fires when at least θ of its excitatory inputs are on."
)
EQUATION = "  y = 1 where no inhibitory input is on and Σ_i x_i ≥ θ, otherwise y = 0"


def threshold(gate: str = "and", threshold: int | None = None) -> Trace:
    """One unit as a gate: and, or, not, x1-and-not-x2, nor (McCulloch & Pitts 1943).

        y = 1 where no inhibitory input is on and Σ of the excitatory inputs ≥ θ, otherwise 0

    `threshold` is θ; the gate's own where none is given. Raises UsageError for a gate that is none of these.

    >>> threshold("x1-and-not-x2").table("Truth table").column("y")
    [0, 0, 1, 0]
    """
    unit = GATES[known("gate", gate, GATES)]
    if threshold is not None:
        unit = unit._replace(threshold=whole("threshold", threshold, 0))
    names = tuple(sorted((*unit.excitatory, *unit.inhibitory)))
    words = gate.upper().replace("-", " ").replace("X", "x")
    rows: list[list[Cell]] = []
    right = 0
    for on in patterns(names):
        y, wanted = fires(unit, on), TRUTH[gate](*on.values())
        right += y == wanted
        count = sum(on[name] for name in unit.excitatory)
        inhibited = "yes" if any(on[name] for name in unit.inhibitory) else "no"
        rows.append([*on.values(), count, inhibited, y, wanted])
    said = f"The unit is {words}." if right == len(rows) else (
        f"With θ = {unit.threshold} the unit says {right} of {len(rows)} rows of {words}.")  # fmt: skip
    return Trace(f"A threshold unit: {words}", "A1", SOURCE, [
        Line(RULE),
        Line(EQUATION),
        Line(f"Excitatory: {_listed(unit.excitatory)}. Inhibitory: {_listed(unit.inhibitory)}. "
             f"θ = {unit.threshold}."),
        Table("Truth table", [*names, "excitation", "inhibited", "y", words], rows),
        Line(said),
        Line("The same unit as a weighted sum: " + _weighed(unit) + "."),
    ], threshold_drawing([names, ["y"]], {"y": unit}))  # fmt: skip


def xor_threshold(thresholds: Sequence[float] = (1, 1, 1)) -> Trace:
    """XOR as a net of three units: OR of (x1 AND NOT x2) and (x2 AND NOT x1).

        z1 = x1 AND NOT x2,   z2 = x2 AND NOT x1,   y = z1 OR z2

    No single unit is XOR; two in front of one are. `thresholds` are θ of z1, z2 and y. Raises UsageError for
    other than three whole numbers.

    >>> xor_threshold().table("Truth table").column("y")
    [0, 1, 1, 0]
    """
    net = {
        name: unit._replace(threshold=whole(f"the threshold of {name}", int(theta) if theta == int(theta)
                                            else theta, 0))
        for (name, unit), theta in zip(XOR.items(), vector("thresholds", thresholds, 3), strict=True)
    }  # fmt: skip
    rows: list[list[Cell]] = []
    for on in patterns(("x1", "x2")):
        said = run(net, on)
        rows.append([*said.values(), on["x1"] ^ on["x2"]])
    right = sum(row[-1] == row[-2] for row in rows)
    units: list[list[Cell]] = [
        [name, _listed(unit.excitatory), _listed(unit.inhibitory), unit.threshold, meaning]
        for (name, unit), meaning in zip(
            net.items(), ("x1 AND NOT x2", "x2 AND NOT x1", "z1 OR z2"), strict=True
        )
    ]
    return Trace("XOR as a net of threshold units", "A1", SOURCE, [
        Line(RULE),
        Line(EQUATION),
        Table("The units", ["unit", "excitatory", "inhibitory", "θ", "as XOR has it"], units),
        Table("Truth table", ["x1", "x2", "z1", "z2", "y", "xor"], rows),
        Line(f"y is XOR in {right} of 4 rows."),
        Line(_no_single_unit()),
    ], threshold_drawing([["x1", "x2"], ["z1", "z2"], ["y"]], net))  # fmt: skip


def _no_single_unit() -> str:
    """Every unit of two inputs, tried: how many of XOR's four rows the best says."""
    best = 0
    for kinds in product(("unused", "excites", "inhibits"), repeat=2):
        named = list(zip(("x1", "x2"), kinds, strict=True))
        excitatory = tuple(name for name, kind in named if kind == "excites")
        inhibitory = tuple(name for name, kind in named if kind == "inhibits")
        for theta in range(4):
            unit = ThresholdUnit(excitatory, theta, inhibitory)
            best = max(best, sum(fires(unit, on) == on["x1"] ^ on["x2"] for on in patterns(("x1", "x2"))))
    return (
        "All 36 single units were tried: each input excitatory, inhibitory or unused, each θ from 0 to 3. "
        f"The best says {best} of the 4 rows of XOR, so a layer between the inputs and the output is needed."
    )


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names) or "none"


def _weighed(unit: ThresholdUnit) -> str:
    """The unit as Σ w x ≥ θ: an inhibitory input weighs as much as all excitatory ones together could."""
    heavy = max(len(unit.excitatory) - unit.threshold + 1, 1)
    terms = [*unit.excitatory, *(f"−{heavy if heavy > 1 else ''}{name}" for name in unit.inhibitory)]
    text = " + ".join(terms).replace("+ −", "− ")
    return f"y = 1 where {text or '0'} ≥ {unit.threshold}"
