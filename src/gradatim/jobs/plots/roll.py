"""The piano roll of a MIDI file; of a run, of a piece beside what the network expected."""

from pathlib import Path
from typing import Any

import numpy as np

from gradatim.checks import UsageError, unknown_argument, whole
from gradatim.data.midi_files import is_midi, read_midi
from gradatim.data.rolls import STEP, note_of
from gradatim.explain.figures.roll import rolls_figure
from gradatim.explain.figures.style import short
from gradatim.jobs.plots.request import Drawing, PlotRequest, as_run, name_of
from gradatim.runs.asking import ask

OF_FILE, OF_RUN = ("step", "frames"), ("piece", "frames")
MOST = 256  # frames that are drawn where no number is asked for


def roll(asked: PlotRequest) -> Drawing:
    """The notes of a MIDI file in frames of a `step`. Of a run the notes of one of the pieces that it is
    judged on, number `piece`, and the probabilities that the network gave them before they sounded.
    """
    thing = asked.one("name one MIDI file or one run, such as piece.mid or runs/jsb-chorales-1")
    of_file = isinstance(thing, str | Path) and is_midi(Path(thing))
    for key in asked.arguments:
        if key not in (takes := OF_FILE if of_file else OF_RUN):
            raise unknown_argument("plot roll", key, takes)
    most = whole("frames", asked.arguments.get("frames", MOST), 1)
    if of_file:
        return _of_file(Path(thing), str(asked.arguments.get("step", STEP)), most)
    return _of_run(as_run(thing, asked.options.get("data")), asked.arguments, most)


def _of_file(path: Path, step: str, most: int) -> Drawing:
    found = read_midi(path, step).roll
    words = _words(len(found), most, step)
    figure = rolls_figure([("", found.frames[:most])], step, short(path.name, 60), words)
    return Drawing(figure, {"frames": len(found), "notes": int(found.frames.sum())})


def _of_run(run: Any, arguments: dict[str, Any], most: int) -> Drawing:
    examples = run.data.judged
    if examples is None or not hasattr(examples, "roll"):
        raise UsageError(f"{run.path} did not learn from music; gradatim train jsb-chorales makes such a run")
    number = whole("piece", arguments.get("piece", 0), 0, len(examples) - 1)
    one = examples.take(np.array([number]))
    a, y = ask(run.trained, one)
    p = run.trained.problem.predictions(a)
    nats = run.trained.problem.mean_loss(a, y)
    panels = [("notes", one.roll(0)[:most]), ("probabilities that the network gave them before", p[:most])]
    title = f"{one.pieces[0]} of {name_of(run)}"
    words = f"{_words(len(p), most, one.step)}; {nats:.2f} nats a frame"
    return Drawing(
        rolls_figure(panels, one.step, title, words), {"piece": one.pieces[0], "nll_per_frame": nats}
    )


def _words(frames: int, most: int, step: str) -> str:
    shown = f"the first {most:,} of {frames:,} frames" if frames > most else f"{frames:,} frames"
    return f"{shown}, each {note_of(step)}"
