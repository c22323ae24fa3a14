"""What a network of music plays, frame by frame (curriculum E10)."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np

from gradatim.checks import UsageError, real
from gradatim.data.midi_files import read_midi
from gradatim.data.rolls import Roll
from gradatim.decoding.generating import Step
from gradatim.decoding.network_step import frame_step_of
from gradatim.problems.problem import Problem
from gradatim.random import generator

SHOWN = 64  # frames of a sample


def compose(
    network: Any, problem: Problem, prompt: str = "", length: int = SHOWN, seed: int = 0,
    temperature: float = 1.0, top_k: int | None = None,
) -> Roll:  # fmt: skip
    """A piece of `length` frames that the network plays, or plays on behind those of a MIDI file, `prompt`.

    Raises UsageError for a file that cannot be read, and for top_k.
    """
    if top_k is not None:
        raise UsageError(
            "top_k is for texts, of whose characters one is drawn; each note is drawn for itself"
        )
    step: str = problem.step  # type: ignore[attr-defined]
    before = read_midi(prompt, step).roll.frames if prompt else ()
    played = frames(frame_step_of(network), len(problem.names), before, seed, temperature)
    return Roll(np.stack(list(islice(played, length))), step)


def frames(
    step: Step, notes: int, before: Any = (), seed: int = 0, temperature: float = 1.0
) -> Iterator[np.ndarray]:
    """Frames (K,) of 0 and 1 without end: each is drawn, note by note, and is the next step's input.

        a_t, state_t = step(f_{t−1}, state_{t−1}),  f_0 = 0;   f_tk = 1 with probability σ(a_tk/τ)

    `before` are frames that have been played already. τ = 0 takes the notes of a probability above ½. The
    numbers drawn for frame t are a function of (seed, t): the same seed plays the same.

    >>> from itertools import islice
    >>> def climb(frame, state): return 9 * np.eye(4)[int(frame.argmax() + frame.max())] - 4, None
    >>> [frame.tolist() for frame in islice(frames(climb, 4, temperature=0), 2)]
    [[1, 0, 0, 0], [0, 1, 0, 0]]
    """
    temperature = real("temperature", temperature, at_least=0)
    a, state = step(np.zeros(notes), None)
    for frame in before:
        a, state = step(frame, state)
    position = 0
    while True:
        frame = (
            a > 0 if temperature == 0 else _uniform(seed, position, notes) < _sigmoid(a / temperature)
        ) * 1
        yield frame
        position += 1
        a, state = step(frame, state)


def _uniform(seed: int, position: int, notes: int) -> np.ndarray:
    return generator(seed, f"frame {position}").random(notes)


def _sigmoid(a: np.ndarray) -> np.ndarray:
    return 0.5 * (1 + np.tanh(a / 2))  # which no a is too large for
