"""Scenes of one to three coloured shapes: what is in them, a sentence that is true of them, their picture."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from gradatim.random import generator

COLOURS = {  # red, green, blue
    "red": (220, 50, 50), "green": (50, 180, 60), "blue": (60, 90, 230), "yellow": (235, 215, 50),
    "purple": (160, 50, 190), "white": (240, 240, 240), "orange": (240, 135, 30), "cyan": (60, 205, 215),
}  # fmt: skip
FORMS = ("circle", "square", "triangle", "cross", "diamond", "bar")
RADII = {"small": (0.102, 0.110), "large": (0.147, 0.158)}  # from and to, as shares of the picture's side
PLACES = (  # of a shape that is alone, by row and column of thirds
    ("at the top left", "at the top", "at the top right"),
    ("on the left", "in the middle", "on the right"),
    ("at the bottom left", "at the bottom", "at the bottom right"),
)
RELATIONS = ("above", "left of")
BRIGHTNESS = (0.8, 1.0)
GREY, NOISE = 40, 12  # of the ground, and how far a pixel's brightness moves from it
# Of the polygons that a form is made of, across and down from its middle, in radii
CORNERS: dict[str, list[list[tuple[float, float]]]] = {
    "square": [[(-0.89, -0.89), (0.89, -0.89), (0.89, 0.89), (-0.89, 0.89)]],  # the area of the circle
    "triangle": [[(0, -1), (-1, 0.75), (1, 0.75)]],
    "cross": [
        [(-1, -0.33), (1, -0.33), (1, 0.33), (-1, 0.33)], [(-0.33, -1), (0.33, -1), (0.33, 1), (-0.33, 1)]
    ],
    "diamond": [[(0, -1), (1, 0), (0, 1), (-1, 0)]],
    "bar": [[(-1, -0.4), (1, -0.4), (1, 0.4), (-1, 0.4)]],
}  # fmt: skip
FINER = 4  # a picture is drawn so many times larger, then each pixel is the mean of a square


class Shape(NamedTuple):
    """A shape, where it is, its middle and its radius as shares of the picture's side, and its brightness, a
    share of its colour's.
    """

    size: str
    colour: str
    form: str
    row: float
    column: float
    radius: float
    brightness: float

    def __str__(self) -> str:
        return f"a {self.size} {self.colour} {self.form}"


class Scene(NamedTuple):
    """Shapes from the first to the last that the sentence names, and the sentence."""

    shapes: tuple[Shape, ...]
    caption: str


def unseen_combinations(seed: int) -> tuple[tuple[str, str], ...]:
    """A colour and a form, six times: every form once, no colour twice; other ones for each of eight seeds.

    >>> unseen_combinations(0)[:2], unseen_combinations(1)[:2]
    ((('red', 'circle'), ('green', 'square')), (('green', 'circle'), ('blue', 'square')))
    """
    colours = tuple(COLOURS)
    return tuple((colours[(k + seed) % len(colours)], form) for k, form in enumerate(FORMS))


def draw_scene(seed: int, number: int, unseen: bool) -> Scene:
    """The scene of this number: a function of seed and number; `unseen` says whether one of its shapes is of
    the seed's unseen combinations, which no other scene has.

    >>> draw_scene(0, 3, False).caption
    'a large orange circle left of a small blue diamond'
    """
    drawn = generator(seed, f"scene {number}")
    count = int(drawn.integers(1, 4))
    held = unseen_combinations(seed)
    shared = [(c, f) for c in COLOURS for f in FORMS if (c, f) not in held]
    kinds = [shared[int(drawn.integers(len(shared)))] for _ in range(count)]
    if unseen:
        kinds[int(drawn.integers(count))] = held[int(drawn.integers(len(held)))]
    if count == 1:
        thirds = [(int(drawn.integers(3)), int(drawn.integers(3)))]
        said, link = PLACES[thirds[0][0]][thirds[0][1]], ""
    else:
        across = int(drawn.integers(3))
        link = RELATIONS[int(drawn.integers(2))]
        along = sorted(drawn.permutation(3)[:count].tolist())
        thirds, said = [(k, across) if link == "above" else (across, k) for k in along], ""
    shapes = [_shape(drawn, kind, third) for kind, third in zip(kinds, thirds, strict=True)]
    return Scene(tuple(shapes), f" {link} ".join(map(str, shapes)) + (f" {said}" if said else ""))


def _shape(drawn: np.random.Generator, kind: tuple[str, str], third: tuple[int, int]) -> Shape:
    """A shape of this colour and form somewhere in a third, at no edge of it."""
    size = tuple(RADII)[int(drawn.integers(len(RADII)))]
    radius = float(drawn.uniform(*RADII[size]))
    free = 1 / 6 - radius  # that its middle may move
    row, column = (float((k + 0.5) / 3 + drawn.uniform(-free, free)) for k in third)
    return Shape(size, *kind, row, column, radius, float(drawn.uniform(*BRIGHTNESS)))


def picture_of(scene: Scene, seed: int, number: int, side: int) -> np.ndarray:
    """The picture of a scene, (3, side, side) bytes: its shapes on a dark ground, a little noise on both."""
    noise = generator(seed, f"noise {number}").integers(-NOISE, NOISE + 1, (1, side, side))
    return np.clip(drawing_of(scene.shapes, side) + noise, 0, 255).astype(np.uint8)


def drawing_of(shapes: Sequence[Shape], side: int) -> np.ndarray:
    """Shapes on a dark ground, (3, side, side) brightnesses from 0 to 255."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (side * FINER, side * FINER), (GREY,) * 3)
    draw = ImageDraw.Draw(image)
    for shape in shapes:
        _draw(draw, shape, side * FINER)
    return np.moveaxis(np.asarray(image.reduce(FINER)), 2, 0).astype(np.int16)


def _draw(draw: Any, shape: Shape, side: int) -> None:
    """One shape on a pillow drawing; a triangle's middle is that of its mass."""
    x, y, r = (one * side for one in (shape.column, shape.row, shape.radius))
    fill = tuple(round(shape.brightness * one) for one in COLOURS[shape.colour])
    if shape.form == "circle":
        draw.ellipse((x - r, y - r, x + r, y + r), fill=fill)
        return
    for corners in CORNERS[shape.form]:
        draw.polygon([(x + r * across, y + r * down) for across, down in corners], fill=fill)
