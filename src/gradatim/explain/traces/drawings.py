"""The network or the cell of a trace, drawn with its numbers: SVG in the colours of the page around it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape

WIDTH, HEIGHT, R = 560, 330, 30
ROOM, LEGIBLE = 104, 9  # for a unit with its bias; lines whose numbers can be read
EDGE = 'stroke="currentColor" stroke-width="1.4" fill="none"'
BOX = 'fill="var(--panel, none)" stroke="currentColor" stroke-width="1.4"'


def network_drawing(
    weights: Mapping[tuple[int, int], float], layers: Sequence[Sequence[int]], values: Mapping[int, float]
) -> str:
    """Units in columns, each with its number and value; weights (i, j) on the lines, biases (0, j) below.

    Between two columns with more than `LEGIBLE` lines the weights are left to the tables.

    >>> drawn = network_drawing({(1, 2): 0.5, (0, 2): -1.0}, [[1], [2]], {1: 3.0, 2: 0.5})
    >>> drawn.count("<circle"), drawn.count("<line"), "b = −1" in drawn
    (2, 1, True)
    """
    places, column = {}, {}
    height = max(HEIGHT, ROOM * max(len(layer) for layer in layers))
    for k, layer in enumerate(layers):
        x = 60 + k * (WIDTH - 120) / max(len(layers) - 1, 1)
        for n, unit in enumerate(layer):
            places[unit], column[unit] = (x, height * (n + 1) / (len(layer) + 1)), k
    lines = Counter(column[j] for i, j in weights if i)
    parts = []
    for (i, j), w in weights.items():
        if i:
            (x, y), (to, end) = places[i], places[j]
            parts.append(f'<line x1="{x:.0f}" y1="{y:.0f}" x2="{to:.0f}" y2="{end:.0f}" {EDGE}/>')
            if lines[column[j]] > LEGIBLE:
                continue
            share = 0.34 if y != end else 0.5  # crossing lines have their numbers apart
            parts.append(_text(x + share * (to - x), y + share * (end - y) - 7, _number(w), 15, "halo"))
    for unit, (x, y) in places.items():
        parts.append(f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{R}" {BOX}/>')
        value = _number(values[unit]) if unit in values else "?"  # as a problem is drawn
        parts.append(_text(x, y - 4, str(unit), 12, "dim") + _text(x, y + 14, value, 15))
        if (0, unit) in weights:
            parts.append(_text(x, y + R + 17, f"b = {_number(weights[0, unit])}", 13, "dim"))
    return _picture("The network: its units' outputs, and the weights on the lines", parts, height)


def lstm_drawing(gates: Mapping[str, float]) -> str:
    """The cell of one step: the memory above, the gates below, and every value where it arises.

    `gates` are f, i, C̃, o, C before, C and h.

    >>> lstm_drawing({"f": 1, "i": 0.5, "C̃": 0, "o": 1, "C before": 0, "C": 0, "h": 0}).count("<rect")
    4
    """
    x = {"f": 130, "i": 220, "C̃": 310, "o": 400}
    memory = "M40 60H520M130 60V230M220 140V230M310 140V230M220 140H310M265 140V60M460 60V140M400 230V140H520"
    read = "M40 290H400M130 290V270M220 290V270M310 290V270M400 290V270"
    parts = [f'<path d="{memory}{read}" {EDGE}/>']
    for name, at in x.items():
        sign = "tanh" if name == "C̃" else "σ"
        parts.append(f'<rect x="{at - 34}" y="215" width="68" height="55" rx="5" {BOX}/>')
        parts.append(_text(at, 236, f"{name} · {sign}", 13, "dim") + _text(at, 258, _number(gates[name]), 15))
    for at, y, sign in ((130, 60, "×"), (265, 60, "+"), (265, 140, "×"), (460, 140, "×")):
        parts.append(f'<circle cx="{at}" cy="{y}" r="13" {BOX}/>' + _text(at, y + 5, sign, 16))
    parts.append(f'<ellipse cx="460" cy="98" rx="26" ry="14" {BOX}/>' + _text(460, 103, "tanh", 12, "dim"))
    parts += [
        _text(40, 38, f"C before {_number(gates['C before'])}", 14, anchor="start"),
        _text(525, 38, f"C {_number(gates['C'])}", 14, anchor="end"),
        _text(525, 170, f"h {_number(gates['h'])}", 14, anchor="end"), _text(40, 310, "[h, x]", 14),
    ]  # fmt: skip
    return _picture("The LSTM cell at its last step, with the value of every gate", parts)


def _picture(said: str, parts: Sequence[str], height: int = HEIGHT) -> str:
    style = 'font-family="inherit" role="img"'
    view = f'viewBox="0 0 {WIDTH} {height}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {view} {style} aria-label="{said}">{"".join(parts)}</svg>'
    )


def _number(value: float) -> str:
    """Four digits, without zeros that say nothing."""
    text = f"{value:.4f}".rstrip("0").rstrip(".").replace("-", "−")
    return "0" if text == "−0" else text


def _text(x: float, y: float, words: str, size: int, kind: str = "", anchor: str = "middle") -> str:
    name = f' class="{kind}"' if kind else ""
    place = f'x="{x:.0f}" y="{y:.0f}" font-size="{size}" text-anchor="{anchor}"'
    return f'<text {place} fill="currentColor"{name}>{escape(words)}</text>'
