"""Weizmann actions with a sentence each: who does what."""

import numpy as np

from gradatim.checks import whole
from gradatim.data.clip_captions import captioned_clips
from gradatim.data.pairs import Pairs
from gradatim.data.weizmann import weizmann

PEOPLE = ("one", "two", "three", "four", "five", "six")  # in the order of the files' numbers
ACTIONS = {
    "one-hand wave": "waves one hand", "two-hand wave": "waves both hands", "jumping jack": "jumps in place",
    "bend": "bends",
}  # fmt: skip


def weizmann_captions(held: int = 0) -> Pairs:
    """The 24 clips of `weizmann`, each with the sentence that is true of it: its person and its action.

        "person three bends",   "person one waves both hands"

    The test part are six clips, one of each person: of person p = 0 … 5 action (p + held) mod 4. So every
    person and every action is seen in training, and never the two together: who names both has learned people
    and actions, not clips. `held` = 0, 1, 2 and 3 together test every clip once. There is no validation part:
    18 clips are too few to spare some. The files' numbers say who it is: the jumping jack of person five
    shows somebody in other clothes and another light, and that of person one other clothes, which no network
    that has not seen them can know.

    Raises UsageError for `held` outside 0 to 3; GradatimError where the files are nowhere to be found.
    """
    held = whole("held", held, 0, len(ACTIONS) - 1)
    clips = weizmann()
    assert clips.groups is not None and clips.y is not None
    person = np.unique(clips.groups, return_inverse=True)[1]
    actions = [ACTIONS[name] for name in clips.classes]
    captions = [f"person {PEOPLE[p]} {actions[k]}" for p, k in zip(person, clips.y, strict=True)]
    return captioned_clips(
        clips.x, captions, name="weizmann_captions", source={"name": "weizmann_captions"}, files=clips.files,
        official_test=clips.y == (person + held) % len(actions),
        official_valid=np.zeros(len(clips), bool),
    )  # fmt: skip
