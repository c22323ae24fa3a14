"""Music through every verb: trained, resumed, measured, played, drawn, predicted, refused."""

import json
from pathlib import Path

import mido
import numpy as np
import pytest

import gradatim
from gradatim import UsageError
from gradatim.data.midi_files import read_midi
from gradatim.data.rolls import KEYS, Roll
from gradatim.explain.stored_measurements import read_measurements
from gradatim.problems.evidence import PieceRolls, RollSamples
from gradatim.runs.tensors import read_tensors

QUICK = {"quiet": True, "threads": 1, "hidden": 16, "epochs": 4, "lr": 0.02, "batch_size": 4}


@pytest.fixture
def songs():
    """Scales: from each note the next one of C major, from wherever a piece begins."""
    scale = [k - 21 for k in range(60, 84) if k % 12 in (0, 2, 4, 5, 7, 9, 11)]
    rng = np.random.default_rng(0)
    for number in range(30):
        frames = np.zeros((int(rng.integers(6, 20)), KEYS))
        places = (rng.integers(len(scale)) + np.arange(len(frames))) % len(scale)
        frames[np.arange(len(frames)), np.array(scale)[places]] = 1
        Path("songs").mkdir(exist_ok=True)
        Roll(frames).write(f"songs/{number:02}.mid")
    return "songs"


def test_scales_are_learned_and_played(songs):
    run = gradatim.train(songs, out="run", **{**QUICK, "epochs": 60, "dropout": 0.0})
    assert run.trained.network["name"] == "music_rnn" and run.config["data"]["kind"] == "music"
    assert run.metrics["accuracy"] > 0.9 and run.metrics["nll_per_frame"] < 1.0
    assert gradatim.load("run").evaluate() == run.evaluate()
    begin = np.zeros((2, KEYS))
    begin[[0, 1], [39, 41]] = 1  # C4 D4
    Roll(begin).write("begin.mid")
    played = run.sample("begin.mid", 4, temperature=0)
    assert str(played) == "E4 F4 G4 A4"


def test_every_measure_is_that_of_the_frames(songs):
    run = gradatim.train(songs, out="run", **QUICK)
    test = run.data.test
    Path("apart").mkdir()
    for i in range(len(test)):
        Roll(test.roll(i)).write(f"apart/{i:02}.mid")
    found = run.predict("apart")
    p, y = found.probabilities.astype(np.float64), test.y
    nll = -(y * np.log(p) + (1 - y) * np.log(1 - p)).sum(1)
    assert run.metrics["nll_per_frame"] == pytest.approx(nll.mean(), rel=1e-5)
    assert run.evaluate("apart")["metrics"] == pytest.approx(run.metrics, rel=1e-6)
    rows = [row.split(",")[:3] for row in found.to_csv().splitlines()]
    assert rows[0] == ["piece", "frame", "prediction"] and rows[1][:2] == ["00", "0"]
    kept = {type(one): one for one in read_measurements(run.folder).evidence}
    each = kept[PieceRolls]
    ends = np.cumsum(test.lengths)
    by_piece = [part.mean() for part in np.split(nll, ends[:-1])]
    assert each.nats == pytest.approx(np.array(by_piece), rel=1e-5) and each.names == test.pieces
    middle = sorted(by_piece)[(len(by_piece) - 1) // 2]
    assert each.nats[each.names.index(each.shown)] == pytest.approx(middle, rel=1e-5)
    assert [epoch for epoch, _ in kept[RollSamples].stages] == [1, 2, 3, 4]
    assert all("valid_accuracy" not in record for record in run.records)


def test_a_run_that_stops_goes_on_to_the_same_weights(songs):
    whole = gradatim.train(songs, out="whole", **QUICK)
    gradatim.train(songs, out="half", **{**QUICK, "epochs": 2, "schedule": "constant"})
    other = gradatim.train(songs, out="other", **{**QUICK, "schedule": "constant"})
    more = gradatim.train(resume="half", epochs=4, quiet=True)
    one, two = (read_tensors(run.folder.model, "model", "np")[0] for run in (other, more))
    assert one.keys() == two.keys() and all(np.array_equal(one[name], two[name]) for name in one)
    again = gradatim.train(songs, out="again", **QUICK)
    assert again.metrics == whole.metrics


def test_the_batches_change_no_measure(songs):
    """A network in float64 is asked for every piece alone and for all: to 1e-12."""
    run = gradatim.train(songs, out="run", precision="float64", **{**QUICK, "epochs": 1})
    test = run.data.test
    alone = [run.trained.problem.mean_loss(*_asked(run, test.take(np.array([i])))) for i in range(len(test))]
    assert run.metrics["nll_per_frame"] == pytest.approx(np.average(alone, weights=test.lengths), rel=1e-12)


def _asked(run, examples):
    from gradatim.runs.asking import ask

    return ask(run.trained, examples)


def test_commands(songs, command):
    out, _ = command("train", songs, "--epochs", 2, "--hidden", 8, "--batch-size", 4, "--threads", 1,
                     "--out", "run", "cell=gru")  # fmt: skip
    assert "test nll per frame" in out and "+" not in out.split("test accuracy")[0]
    _, said = command("sample", "run", "--out", "piece.mid", "--length", 16, "--seed", 3)
    assert "piece.mid" in said
    midi = mido.MidiFile("piece.mid")
    assert all(21 <= m.note <= 108 for track in midi.tracks for m in track if not m.is_meta)
    command("sample", "run", "--out", "again.mid", "--length", 16, "--seed", 3)
    assert Path("piece.mid").read_bytes() == Path("again.mid").read_bytes()
    assert "exists already" in command("sample", "run", "--out", "piece.mid", status=2)[1]
    out, _ = command("sample", "run", "--length", 16, "--seed", 3, "--json")
    played = read_midi("piece.mid").roll
    assert " ".join(json.loads(out)["text"].split()[: len(played)]) == str(played)
    assert ".mid or .midi" in command("sample", "run", "--out", "piece.txt", status=2)[1]
    command("plot", "roll", "piece.mid", "--out", "file.png")
    command("plot", "roll", "run", "piece=1", "--out", "run.svg")
    assert Path("file.png").stat().st_size > 5000 and "probabilities" in Path("run.svg").read_text()
    assert (
        "takes no argument" in command("plot", "roll", "piece.mid", "piece=1", "--out", "a.png", status=2)[1]
    )
    page = Path("run/report.html").read_text()
    assert "nats a frame" in page and page.count('aria-label="a piece played after epoch') == 2
    out, _ = command("predict", "run", "piece.mid")
    assert out.startswith("piece,frame,prediction,p(A0)") and len(out.splitlines()) == len(played) + 1


def test_a_roll_is_drawn_with_its_axes_in_both_themes_and_the_same_twice():
    frames = np.zeros((8, KEYS))
    frames[range(8), range(39, 47)] = 1
    Roll(frames, "eighth").write("a.mid")
    for theme, paper in (("light", "#ffffff"), ("dark", "#14171a")):
        for name in ("a", "b"):
            facts = gradatim.plot(
                "roll", "a.mid", arguments={"step": "eighth"}, out=f"{name}.svg", theme=theme
            )
            assert (facts["frames"], facts["notes"]) == (8, 8)
        drawn = Path("a.svg").read_text()
        assert drawn == Path("b.svg").read_text() and f"fill: {paper}" in drawn
        for words in ("quarter notes", "C4", "a.mid", "8 frames, each an eighth note"):
            assert words in drawn, words


def test_what_is_no_music_is_refused(songs, command):
    run = gradatim.train(songs, out="run", **{**QUICK, "epochs": 1})
    Path("a.mid").write_text("do re mi")
    assert "is no MIDI file" in command("predict", "run", "a.mid", status=2)[1]
    assert "is no MIDI file" in command("train", "a.mid", status=2)[1]
    for other in ("digits", "sonnets"):
        assert "the network learns from music" in command("predict", "run", other, status=2)[1]
    with pytest.raises(UsageError, match="each note is drawn for itself"):
        run.sample(top_k=3)
    with pytest.raises(UsageError, match="did not learn from music"):
        gradatim.train("xor", out="xor", epochs=1, quiet=True)
        gradatim.plot("roll", "xor", out="xor.png")
    assert (
        "does not learn from music; music_rnn does"
        in command("train", songs, "--model", "tagger", status=2)[1]
    )


def test_one_piece_is_enough_to_learn_from():
    rng = np.random.default_rng(0)
    Roll((rng.random((640, KEYS)) < 0.03) * 1).write("one.mid")
    run = gradatim.train("one.mid", out="run", **QUICK)
    assert run.config["data"]["splits"] == {"train": 14, "valid": 2, "test": 4}
    assert 0 < run.metrics["nll_per_frame"] < 30
