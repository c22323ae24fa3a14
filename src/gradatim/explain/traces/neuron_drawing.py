"""A biological neuron with its parts named, and below it, part under part, the unit of a network."""

from collections.abc import Sequence

from gradatim.explain.traces.sums_as_text import number
from gradatim.explain.traces.svg_parts import BOX, arrow, circle, line, path, svg, text

WIDTH, HEIGHT = 720, 560
CELL = 'fill="var(--panel, none)" stroke="currentColor" stroke-width="1.8" stroke-linejoin="round"'
LIMB = 'fill="none" stroke="currentColor" stroke-width="2.2" stroke-linecap="round"'
TWIG = 'fill="none" stroke="currentColor" stroke-width="1.3" stroke-linecap="round"'
NAME = 'stroke="var(--valid, #3b7dc4)" stroke-width="1.1" fill="none"'
PAIR = 'stroke="var(--valid, #3b7dc4)" stroke-width="1" fill="none" stroke-dasharray="2 5"'
SYNAPSE = 'fill="var(--valid, #3b7dc4)" stroke="none"'
LIMBS = (  # from the cell body outwards, and the twigs of each
    ("M205 120C170 100 140 80 92 62", "M150 85C138 66 126 54 112 44M118 70C104 74 92 78 78 80"),
    ("M196 145C160 145 128 142 80 140", "M136 142C122 132 112 122 98 112M112 141C100 150 90 156 74 162"),
    ("M205 170C172 192 142 208 96 226", "M152 202C142 216 134 226 124 242M122 214C106 210 94 206 80 202"),
)
TIPS = ((92, 62), (80, 140), (96, 226))  # where other cells' axons end
PAIRS = ((130, 232, 352), (238, 230, 366), (331, 154, 374), (470, 192, 374), (646, 212, 346))
BODY = (
    "M190 145C186 118 206 98 236 100C264 98 284 116 296 140L316 145L296 150C284 176 264 192 236 190"
    "C206 192 186 172 190 145Z"
)


def neuron_drawing(x: Sequence[float], w: Sequence[float], b: float, a: float, y: float, f: str) -> str:
    """The neuron above, the unit below with its numbers; dotted lines join what corresponds.

    >>> drawn = neuron_drawing([1, 0, 1], [0.5, -1, 2], 0, 2.5, 1, "step")
    >>> all(word in drawn for word in ("dendrites", "cell body", "axon", "synapse"))
    True
    """
    words = "A biological neuron with its parts named, and below it the unit of a network, part under part"
    return svg(WIDTH, HEIGHT, words, [*_neuron(), *_unit(x, w, b, a, y, f), *_pairs()])


def _neuron() -> list[str]:
    parts = [path(limb, LIMB) + path(twigs, TWIG) for limb, twigs in LIMBS]
    for x, y in TIPS:
        parts.append(path(f"M18 {y - 10}C40 {y - 10} 50 {y - 6} {x - 11} {y}", TWIG))
        parts.append(circle(x - 7, y, 4.5, SYNAPSE))
    parts += [path(BODY, CELL), circle(238, 145, 19, CELL), circle(240, 146, 5, SYNAPSE)]
    parts.append(path("M316 145H580", LIMB))
    for left in (340, 398, 456, 514):
        parts.append(f'<rect x="{left}" y="136" width="48" height="18" rx="8" {CELL}/>')
    for end in (88, 145, 202):
        parts.append(path(f"M580 145C600 145 612 {end} 640 {end}", LIMB))
        parts.append(circle(646, end, 4.5, SYNAPSE))
    parts.append(path("M690 62C664 74 656 84 654 90C652 110 668 128 652 145C668 168 652 186 654 204"
                      "C660 220 674 226 690 232", TWIG))  # fmt: skip
    parts += _names()
    return parts


def _names() -> list[str]:
    """Each part's name, with a line to it."""
    return [
        text(10, 22, "dendrites receive", 18, anchor="start"), line(104, 29, 122, 50, NAME),
        text(236, 66, "cell body adds up", 18), line(240, 72, 240, 98, NAME),
        text(238, 216, "nucleus", 16, "dim"), line(238, 202, 238, 166, NAME),
        text(330, 100, "axon hillock fires", 18, anchor="start"), line(344, 106, 314, 138, NAME),
        text(448, 190, "axon sends", 18), line(448, 175, 448, 156, NAME),
        text(466, 128, "myelin sheath", 16, "dim"),
        text(710, 40, "synapses pass it on", 18, anchor="end"), line(640, 47, 646, 80, NAME),
        text(710, 256, "the next cell", 16, "dim", "end"),
        text(10, 262, "other cells’ axons", 16, "dim", "start"),
    ]  # fmt: skip


def _unit(x: Sequence[float], w: Sequence[float], b: float, a: float, y: float, f: str) -> list[str]:
    parts = []
    middle = 400.0
    heights = [middle + 60 * (k - (len(x) - 1) / 2) for k in range(len(x))]
    for k, (value, weight, height) in enumerate(zip(x, w, heights, strict=True), 1):
        parts.append(arrow(84, height, 207, middle + 0.25 * (height - middle)))
        parts.append(circle(62, height, 22) + text(62, height + 5, number(value), 18))
        parts.append(text(24, height + 5, f"x{k}", 16, "dim"))
        share = 0.42
        parts.append(
            text(84 + share * 123, height + share * 0.75 * (middle - height) - 6,
                 f"w{k} = {number(weight)}", 16, "halo")
        )  # fmt: skip
    parts += [
        circle(238, middle, 31), text(238, middle - 4, "Σ", 19), text(238, middle + 16, number(a), 16),
        arrow(238, middle + 66, 238, middle + 33), text(238, middle + 82, f"b = {number(b)}", 16, "dim"),
        arrow(269, middle, 299, middle),
        f'<rect x="300" y="{middle - 24}" width="62" height="48" rx="5" {BOX}/>',
        text(331, middle + 5, f, 15),
        arrow(362, middle, 580, middle), text(470, middle - 10, f"y = {number(y)}", 18),
    ]  # fmt: skip
    for end in (-57, 0, 57):
        parts.append(arrow(580, middle, 664, middle + end))
    parts.append(circle(580, middle, 3, SYNAPSE))
    parts.append(text(710, middle + 100, "weights of the next units", 16, "dim", "end"))
    parts.append(text(10, middle + 30 + 30 * len(x), "inputs and their weights", 16, "dim", "start"))
    return parts


def _pairs() -> list[str]:
    """Dotted lines from each part down to what stands for it."""
    return [line(at, start, at, end, PAIR) for at, start, end in PAIRS]
