"""Clips of a coloured shape that does something, with a caption each; some pairs of the two held out."""

from math import pi, sin
from typing import NamedTuple

import numpy as np

from gradatim.checks import LARGEST, whole
from gradatim.data.clip_captions import captioned_clips
from gradatim.data.pairs import Pairs
from gradatim.data.teaching.shape_scenes import BRIGHTNESS, COLOURS, FORMS, NOISE, Shape, drawing_of
from gradatim.random import generator

ACTIONS = ("rises", "falls", "grows", "shrinks", "swings", "blinks")  # the same in a mirror
EVERY = 6  # of so many clips one is of the test part
SMALLEST = 24  # pixels on a side
WAY = 0.22  # that a shape moves up, down or aside from the middle, as a share of the picture's side
RADIUS = (0.15, 0.18)
GROWN, SHRUNK = 1.35, 0.65  # at the one end and the other, as shares of the radius
SWINGS, BLINKS = 1.5, 3  # in a clip, there and back


class Scene(NamedTuple):
    """Who does what, and the shape as it is in between."""

    shape: Shape
    action: str
    phase: float  # of what comes back, at the beginning

    @property
    def caption(self) -> str:
        """The sentence that is true of it."""
        article = "an" if self.shape.colour[0] in "aeiou" else "a"
        return f"{article} {self.shape.colour} {self.shape.form} {self.action}"


def is_held_out(colour: int, form: int, action: int, seed: int) -> bool:
    """Whether a shape with this action is of the test part: one action of every shape.

    >>> [is_held_out(1, 2, action, 0) for action in range(6)]
    [False, False, False, True, False, False]
    """
    return (colour + form + seed) % len(ACTIONS) == action


def moving_shapes(n: int = 1800, frames: int = 12, size: int = 32, seed: int = 0) -> Pairs:
    """Clips of one shape, colour × form × action, and the sentence that is true of each.

        "a red circle rises",   "a white cross blinks"

    Every sixth clip is of the test part and shows a shape with an action that no other clip shows together:
    48 of 288 pairs, other ones for each of six seeds. So each shape is seen with five actions, each action
    with 40 shapes, and who names both has learned shapes and actions, not pairs. Every clip is a function of
    (seed, its number).

    Shapes: clips (n, 3, frames, size, size) uint8. Raises UsageError for n below 12, fewer than 4 frames and
    a size below 24.

    >>> found = moving_shapes(n=12)
    >>> found.inputs.shape, found.references[1]
    ((12, 3, 12, 32, 32), ('an orange bar swings',))
    """
    n, frames = whole("n", n, 2 * EVERY, 100_000), whole("frames", frames, 4, 1000)
    size, seed = whole("size", size, SMALLEST, 512), whole("seed", seed, 0, LARGEST)
    tests = np.arange(n) % EVERY == EVERY - 1
    scenes = [draw_scene(seed, number, bool(test)) for number, test in enumerate(tests)]
    x = np.stack([clip_of(scene, seed, number, frames, size) for number, scene in enumerate(scenes)])
    return captioned_clips(
        x, [scene.caption for scene in scenes], name="moving_shapes", source={"name": "moving_shapes"},
        official_test=tests,
    )  # fmt: skip


def draw_scene(seed: int, number: int, unseen: bool) -> Scene:
    """The scene of this number; `unseen` says whether its pair of shape and action is held out."""
    drawn = generator(seed, f"moving shape {number}")
    colour, form = (int(drawn.integers(len(kinds))) for kinds in (COLOURS, FORMS))
    chosen = [k for k in range(len(ACTIONS)) if is_held_out(colour, form, k, seed) == unseen]
    action = ACTIONS[chosen[int(drawn.integers(len(chosen)))]]
    row, column = (float(drawn.uniform(0.45, 0.55)) for _ in range(2))
    radius, bright = float(drawn.uniform(*RADIUS)), float(drawn.uniform(*BRIGHTNESS))
    shape = Shape("", tuple(COLOURS)[colour], FORMS[form], row, column, radius, bright)
    return Scene(shape, action, float(drawn.uniform()))


def clip_of(scene: Scene, seed: int, number: int, frames: int, side: int) -> np.ndarray:
    """The clip of a scene, (3, frames, side, side) bytes, with a little noise."""
    drawn = [drawing_of(shapes_at(scene, t / (frames - 1)), side) for t in range(frames)]
    noise = generator(seed, f"noise of clip {number}").integers(-NOISE, NOISE + 1, (1, frames, side, side))
    return np.clip(np.stack(drawn, 1) + noise, 0, 255).astype(np.uint8)


def shapes_at(scene: Scene, t: float) -> list[Shape]:
    """The shape as it is at time t, from 0 to 1; none while it is away."""
    shape, action = scene.shape, scene.action
    way = 2 * t - 1  # from -1 to 1
    if action in ("rises", "falls"):
        return [shape._replace(row=shape.row + (way if action == "falls" else -way) * WAY)]
    if action in ("grows", "shrinks"):
        share = t if action == "grows" else 1 - t
        return [shape._replace(radius=shape.radius * (SHRUNK + (GROWN - SHRUNK) * share))]
    if action == "swings":
        return [shape._replace(column=shape.column + WAY * sin(2 * pi * (SWINGS * t + scene.phase)))]
    return [shape] if (2 * BLINKS * t + scene.phase) % 2 < 1 else []
