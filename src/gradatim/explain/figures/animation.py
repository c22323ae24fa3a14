"""A boundary that moves with training: one SVG, a frame for each epoch shown, without a script."""

import base64
import io
from collections.abc import Sequence
from html import escape
from typing import NamedTuple

import numpy as np

from gradatim.explain.figures.boundary import Plane, Points, tints
from gradatim.explain.figures.style import FONT, LIKE_IT, THEMES, Theme
from gradatim.printable import legible

WIDTH, HEIGHT = 640, 560
LEFT, TOP, SIDE_X, SIDE_Y = 54, 62, 560, 360  # of the plane
LOW, TALL = 462, 56  # of the learning curve
SECONDS = 0.18  # a frame
PAUSE = 8  # frames that the last one stays
MOST_POINTS = 300


class Frame(NamedTuple):
    """The network after an epoch: what it decides where, its loss, its accuracy."""

    epoch: int
    plane: Plane
    loss: float | None
    accuracy: float


class Animation(NamedTuple):
    """Frames in order, the examples among them, and the names in the picture."""

    frames: Sequence[Frame]
    points: Points
    names: Sequence[str]
    classes: Sequence[str]
    title: str

    def svg(self, theme: str) -> str:
        """The whole file, light or dark; a reader who wants no motion sees the last frame."""
        return _svg(self, THEMES[theme])


def _svg(film: Animation, theme: Theme) -> str:
    count = len(film.frames) + PAUSE
    length = SECONDS * count
    share = 100 / count
    style = (
        f"text{{font-family:'{FONT}',{LIKE_IT};font-size:12px;fill:{theme.ink}}}"
        ".f{visibility:hidden}"
        f".f{{animation:one {length:.2f}s step-end infinite}}"
        f".last{{animation:last {length:.2f}s step-end infinite}}"
        f"@keyframes one{{0%{{visibility:visible}}{share:.4f}%{{visibility:hidden}}}}"
        f"@keyframes last{{0%{{visibility:visible}}{share * (PAUSE + 1):.4f}%{{visibility:hidden}}}}"
        "@media(prefers-reduced-motion:reduce){.f{animation:none}.last{visibility:visible}}"
    )
    words = f"{film.title}: the boundary after each of {len(film.frames)} epochs shown"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
        f'height="{HEIGHT}" role="img" aria-label="{escape(legible(words))}"><style>{style}</style>'
        f'<rect width="100%" height="100%" style="fill: {theme.paper}"/>',
        f'<text x="{LEFT}" y="24" style="font-size:16px;font-weight:bold">'
        f"{escape(legible(film.title))}</text>",
        *_curve(film, theme),
    ]
    for number, frame in enumerate(film.frames):
        last = number == len(film.frames) - 1
        parts.append(
            f'<g class="f{" last" if last else ""}" style="animation-delay:{number * SECONDS:.2f}s">'
            f"{_frame(film, frame, theme)}</g>"
        )
    return "".join([*parts, *_examples(film, theme), *_axes(film, theme), "</svg>\n"])


def _frame(film: Animation, frame: Frame, theme: Theme) -> str:
    """Tints, boundary, words, and the dot on the learning curve."""
    loss = "" if frame.loss is None else f", loss {frame.loss:.3f}"
    words = f"epoch {frame.epoch}{loss}, accuracy {frame.accuracy:.1%}"
    dot = ""
    if frame.loss is not None:
        x, y = _place_on_curve(film, frame)
        dot = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="{theme.lines[1]}"/>'
    drawn = _image(frame.plane, theme) + _lines(frame.plane, theme)
    return f'<text x="{LEFT}" y="48">{words}</text>{drawn}{dot}'


def _image(plane: Plane, theme: Theme) -> str:
    """The tints as a small PNG, stretched by the browser."""
    from PIL import Image

    colours = (255 * tints(plane.probabilities, theme)[::-1]).round().astype(np.uint8)
    held = io.BytesIO()
    Image.fromarray(colours).convert("P", palette=Image.Palette.ADAPTIVE, colors=64).save(
        held, "PNG", optimize=True
    )
    data = base64.b64encode(held.getvalue()).decode()
    return (
        f'<image x="{LEFT}" y="{TOP}" width="{SIDE_X}" height="{SIDE_Y}" preserveAspectRatio="none" '
        f'href="data:image/png;base64,{data}"/>'
    )


def _lines(plane: Plane, theme: Theme) -> str:
    """Where another class begins to be decided for."""
    from contourpy import contour_generator

    p = plane.probabilities
    k = p.shape[-1]
    found = []
    for number in [1] if k == 2 else range(k):
        ahead = p[..., number] - np.delete(p, number, -1).max(-1)
        for line in map(np.asarray, contour_generator(z=ahead).lines(0.0)):
            x = LEFT + SIDE_X * line[:, 0] / (p.shape[1] - 1)
            y = TOP + SIDE_Y * (1 - line[:, 1] / (p.shape[0] - 1))
            found.append("M" + "L".join(f"{a:.0f} {b:.0f}" for a, b in zip(x, y, strict=True)))
    style = f'fill="none" stroke="{theme.ink}" stroke-width="1.8"'
    return f'<path d="{"".join(found)}" {style}/>' if found else ""


def _examples(film: Animation, theme: Theme) -> list[str]:
    """The examples: a circle, a square, a triangle or a diamond by their class."""
    across, up = film.frames[0].plane.across, film.frames[0].plane.up
    rows = np.unique(np.linspace(0, len(film.points.x) - 1, MOST_POINTS).astype(int))
    parts = []
    for row in rows:
        x = LEFT + SIDE_X * (film.points.x[row, 0] - across[0]) / (across[-1] - across[0])
        y = TOP + SIDE_Y * (1 - (film.points.x[row, 1] - up[0]) / (up[-1] - up[0]))
        parts.append(mark(int(film.points.y[row]), x, y, theme))
    return parts


def mark(number: int, x: float, y: float, theme: Theme) -> str:
    """The mark of a class at a place."""
    shapes = ("M-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0", "M-3-3h6v6h-6z", "M0-4L3.6 3H-3.6z", "M0-4L4 0L0 4L-4 0z",
              "M-4-3h8L0 4z", "M-1.3-4h2.6v2.7h2.7v2.6h-2.7V4h-2.6v-2.7H-4v-2.6h2.7z")  # fmt: skip
    return (
        f'<path transform="translate({x:.1f} {y:.1f})" d="{shapes[number]}" fill="{theme.lines[number]}" '
        f'stroke="{theme.paper}" stroke-width="0.8"/>'
    )


def _axes(film: Animation, theme: Theme) -> list[str]:
    """The frame, the ends of both axes, their names, and the classes' marks."""
    plane = film.frames[0].plane
    frame = f'fill="none" stroke="{theme.ink}" stroke-width="1"'
    parts = [f'<rect x="{LEFT}" y="{TOP}" width="{SIDE_X}" height="{SIDE_Y}" {frame}/>']
    for value, x, anchor in ((plane.across[0], LEFT, "start"), (plane.across[-1], LEFT + SIDE_X, "end")):
        parts.append(_text(x, TOP + SIDE_Y + 16, _number(value), anchor))
    for value, y in ((plane.up[0], TOP + SIDE_Y), (plane.up[-1], TOP + 10)):
        parts.append(_text(LEFT - 6, y, _number(value), "end"))
    parts.append(_text(LEFT + SIDE_X / 2, TOP + SIDE_Y + 16, film.names[0], "middle"))
    parts.append(_text(LEFT - 6, TOP + SIDE_Y / 2, film.names[1], "end"))
    right = float(LEFT + SIDE_X)
    for number in range(len(film.classes) - 1, -1, -1):
        name = film.classes[number]
        parts.append(_text(right, 48, name, "end"))
        right -= 7.2 * len(name) + 12
        parts.append(mark(number, right + 4, 44, theme))
        right -= 14
    return parts


def _curve(film: Animation, theme: Theme) -> list[str]:
    """The loss of the frames as a line below."""
    shown = [frame for frame in film.frames if frame.loss is not None]
    if len(shown) < 2:
        return []
    places = " ".join(f"{x:.1f},{y:.1f}" for x, y in (_place_on_curve(film, frame) for frame in shown))
    return [
        f'<polyline points="{places}" fill="none" stroke="{theme.lines[0]}" stroke-width="1.8"/>',
        f'<path d="M{LEFT} {LOW}v{TALL}h{SIDE_X}" fill="none" stroke="{theme.ink}" stroke-width="1"/>',
        _text(LEFT, LOW + TALL + 16, "training loss by epoch", "start"),
        _text(LEFT + SIDE_X, LOW + TALL + 16, f"{shown[-1].epoch}", "end"),
        _text(LEFT - 6, LOW + TALL, "0", "end"),
        _text(LEFT - 6, LOW + 10, f"{max(frame.loss or 0.0 for frame in shown):.2g}", "end"),
    ]


def _place_on_curve(film: Animation, frame: Frame) -> tuple[float, float]:
    highest = max(one.loss or 0.0 for one in film.frames) or 1.0
    x = LEFT + SIDE_X * frame.epoch / max(film.frames[-1].epoch, 1)
    return x, LOW + TALL * (1 - (frame.loss or 0.0) / highest)


def _text(x: float, y: float, words: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(legible(words))}</text>'


def _number(value: float) -> str:
    return f"{value:.3g}".replace("-", "−")
