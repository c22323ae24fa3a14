"""Pictures of coloured shapes with a caption each, some combinations of colour and form held out."""

import numpy as np

from gradatim.checks import LARGEST, whole
from gradatim.data.captions import captioned_pictures
from gradatim.data.pairs import Pairs
from gradatim.data.teaching.shape_scenes import draw_scene, picture_of

EVERY = 6  # of so many scenes one is of the test part
SMALLEST = 24  # pixels on a side, of which a small shape has four


def shape_captions(n: int = 7200, size: int = 40, seed: int = 0) -> Pairs:
    """Pictures of one to three shapes, colour × form × size × place, and the sentence that is true of each.

        "a small red cross above a large white square",   "a large blue circle at the top left"

    Every sixth scene is of the test part and holds a shape of a combination of colour and form that no other
    scene has (`shape_scenes.unseen_combinations`, six of 48, other ones for another seed): who names all of
    it has learned colours and forms, not combinations. Every scene is a function of (seed, its number): the
    first 100 of 400 are those of 100.

    Shapes: pictures (n, 3, size, size) uint8. Raises UsageError for n below 12 and a size below 24.

    >>> found = shape_captions(n=12)
    >>> found.inputs.shape, found.references[1]
    ((12, 3, 40, 40), ('a small green triangle above a large cyan cross',))
    """
    n, size = whole("n", n, 2 * EVERY, 100_000), whole("size", size, SMALLEST, 512)
    seed = whole("seed", seed, 0, LARGEST)
    tests = np.arange(n) % EVERY == EVERY - 1
    scenes = [draw_scene(seed, number, bool(test)) for number, test in enumerate(tests)]
    x = np.stack([picture_of(scene, seed, number, size) for number, scene in enumerate(scenes)])
    captions = [scene.caption for scene in scenes]
    return captioned_pictures(
        x, captions, name="shape_captions", source={"name": "shape_captions"}, official_test=tests
    )
