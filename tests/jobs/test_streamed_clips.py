"""Clips that stay in their files through the verbs; the oracle is the same run in memory."""

import json

import numpy as np
import pytest

import gradatim
from clip_drawings import draw_frames, draw_gif, draw_strip
from gradatim.checks import GradatimError, UsageError
from gradatim.data import streaming
from gradatim.data.sources.source import request_of, source_of
from gradatim.data.streamed_examples import StreamedExamples
from gradatim.jobs import sanity
from gradatim.runs.checkpoints import Checkpoints


def drawn(seed):
    """A clip (8, 8, 8) of noise that grows brighter or darker, by turns."""
    way = (1, -1)[seed % 2] * (np.arange(8)[:, None, None] - 3.5) * 20
    return (np.random.default_rng(seed).integers(80, 160, (8, 8, 8)) + way).astype(np.uint8)


def draw(folder, seed):
    """One of the forms that a clip's file has; its name."""
    name = f"{seed:02}" + ("", ".gif", ".png")[seed % 3]
    (draw_frames, draw_gif, draw_strip)[seed % 3](folder / name, drawn(seed))
    return name


def classes(folder):
    for seed in range(16):
        draw(folder / ("up", "down")[seed % 2], seed)
    return folder


def table(folder):
    lines = ["file,way,who"]
    lines += [f"{draw(folder, seed)},{('up', 'down')[seed % 2]},{seed // 4}" for seed in range(16)]
    (folder / "clips.csv").write_text("\n".join(lines))
    return folder / "clips.csv"


def captions(folder):
    lines = []
    for seed in range(12):
        name, way = draw(folder, seed), ("up", "down")[seed % 2]
        lines += [f"{name},it goes {way}", f"{name},{way}"]
    (folder / "captions.txt").write_text("\n".join(lines))
    return folder


QUICK = {"threads": 1, "quiet": True, "epochs": 2, "batch_size": 4, "input_size": [4, 8, 8]}
LITTLE = 15_000  # bytes of memory that are free
SMALL = {"width": 0.1, "mirror": False}
KINDS = {
    "classes": (classes, {"augment": "flip+crop", "network": SMALL}),
    "table": (table, {"augment": "colour+mixup", "network": SMALL, "target": "way", "group": "who"}),
    "captions": (captions, {"network": {**SMALL, "motion_size": 8, "embedding_size": 8}, "hidden": (8,)}),
}


@pytest.fixture(scope="module", params=KINDS)
def kind(request, tmp_path_factory):
    """What is learned from, and how."""
    write, how = KINDS[request.param]
    folder = tmp_path_factory.mktemp(request.param) / "some"
    folder.mkdir()
    return write(folder), {**QUICK, **how}


@pytest.fixture(scope="module")
def pair(kind, tmp_path_factory):
    """The same run in memory and streamed."""
    data, how = kind
    place = tmp_path_factory.mktemp("runs")
    return [gradatim.train(data, streaming=one, out=place / one, **how) for one in ("no", "yes")]


def records(run):
    lines = (run.path / "metrics.jsonl").read_text().splitlines()
    return [record for record in map(json.loads, lines) if "epoch" in record]


def numbers(run):
    left = {"seconds", "waiting"}
    return [{name: value for name, value in one.items() if name not in left} for one in records(run)]


def clips_of(examples):
    return examples.inputs if hasattr(examples, "inputs") else examples.x


def asked_of(how, **more):
    return request_of(
        **{name: how[name] for name in ("target", "group", "input_size") if name in how}, **more
    )


def test_a_streamed_run_is_the_run_in_memory(pair):
    held, streamed = pair
    assert isinstance(clips_of(streamed.data.train), StreamedExamples)
    assert isinstance(clips_of(held.data.train), np.ndarray)
    assert numbers(streamed) == numbers(held) and streamed.metrics == held.metrics
    assert streamed.config["data"]["fingerprint"] == held.config["data"]["fingerprint"]
    assert streamed.config["data"]["source"]["streaming"] == "yes"
    assert all(0 <= one["waiting"] <= 1 for one in records(streamed))
    for one, other in zip(held.model.parameters(), streamed.model.parameters(), strict=True):
        assert (one == other).all()
    text = (streamed.path / "report.html").read_text()
    assert "clips are streamed: they stay in their files" in text
    assert text.count("<img") == (held.path / "report.html").read_text().count("<img")
    assert streamed.config["choices"]["engine"].startswith("torch")
    assert held.config["choices"]["streaming"].endswith("kB are held in memory")


def test_it_is_asked_as_any_other(pair, kind, command, tmp_path, monkeypatch):
    (held, streamed), (data, how) = pair, kind
    found = held.evaluate(str(data))
    assert streamed.evaluate(str(data)) == found
    given = [f"--{name}={how[name]}" for name in ("target", "group") if name in how]
    asked = ("--input-size", "4,8,8", *given, "--json")
    facts = [json.loads(command("data", data, "--streaming", one, *asked)[0]) for one in ("no", "yes")]
    for one in facts:
        one.pop("notices", None)
    assert facts[0] == facts[1]
    command("predict", held.path, data, "--out", tmp_path / "held.csv")
    monkeypatch.setattr(streaming, "free_memory", lambda: LITTLE)
    again = streamed.evaluate(str(data))
    assert again["metrics"] == found["metrics"] and "stay in their files" in " ".join(again["notices"])
    command("predict", streamed.path, data, "--out", tmp_path / "streamed.csv")
    assert (tmp_path / "held.csv").read_text() == (tmp_path / "streamed.csv").read_text()


def test_killed_and_resumed_it_ends_at_the_same_bits(pair, kind, killed_and_resumed, tmp_path, monkeypatch):
    data, how = kind
    monkeypatch.chdir(tmp_path)
    again = killed_and_resumed(lambda **more: gradatim.train(data, streaming="yes", **how, **more), kill_at=4)
    assert numbers(again) == numbers(pair[1])
    for one, other in zip(pair[1].model.parameters(), again.model.parameters(), strict=True):
        assert (one == other).all()


def test_clips_that_would_fill_the_memory_are_streamed_without_being_asked(kind, monkeypatch):
    data, how = kind
    monkeypatch.setattr(streaming, "free_memory", lambda: LITTLE)
    found = source_of(data).read(data, asked_of(how))
    assert isinstance(clips_of(found), StreamedExamples) and "streaming" not in found.source


def test_one_reading_gives_the_fingerprint_of_memory(kind, monkeypatch):
    data, how = kind
    held, streamed = (source_of(data).read(data, asked_of(how, streaming=one)) for one in ("no", "yes"))
    monkeypatch.setattr(StreamedExamples, "ahead", None)  # nothing is decoded again
    assert streamed.fingerprint == held.fingerprint


def test_others_like_them_are_streamed_too(kind):
    data, how = kind
    source = source_of(data)
    held, streamed = (source.read(data, asked_of(how, streaming=one)) for one in ("no", "yes"))
    one, other = source.like(data, held), source.like(data, streamed)
    assert isinstance(clips_of(other), StreamedExamples)
    np.testing.assert_array_equal(clips_of(other).read(), clips_of(one))
    assert other.files == one.files and np.array_equal(other.y, one.y)


def test_what_needs_them_in_memory_says_so(kind, tmp_path):
    data, how = kind
    asked = {name: one for name, one in how.items() if name != "augment"}
    with pytest.raises(
        UsageError, match="the NumPy engine reads clips in memory, and these are streamed: --st"
    ):
        gradatim.train(data, streaming="yes", engine="numpy", out=tmp_path / "run", **asked)


def test_a_batch_is_learned_by_heart_as_in_memory(kind, tmp_path, monkeypatch):
    data, how = kind
    monkeypatch.setattr(sanity, "STEPS", 2)
    said = []
    for stays in ("no", "yes"):
        with pytest.raises(GradatimError, match="2 steps do not teach the network") as failed:
            gradatim.train(data, streaming=stays, sanity=True, out=tmp_path / "run", **how)
        said.append(str(failed.value))
    assert said[0] == said[1]


def test_a_clip_that_vanishes_stops_it_and_it_goes_on(kind, pair, tmp_path, monkeypatch):
    data, how = kind
    name = next(one for one in pair[1].data.train.files if "." not in one)  # a folder of frames
    one, save = (data if data.is_dir() else data.parent) / name, Checkpoints.save_if_due

    def vanishing(self, training):
        if training.step == 2:
            one.rename(tmp_path / "away")
        return save(self, training)

    monkeypatch.setattr(Checkpoints, "save_if_due", vanishing)
    try:
        with pytest.raises(
            GradatimError, match=rf"{name} is there no more.*bring it back.*go on with: .*--resume"
        ):
            gradatim.train(data, streaming="yes", out=tmp_path / "run", checkpoint_seconds=(0, 0), **how)
    finally:
        (tmp_path / "away").rename(one)
    monkeypatch.setattr(Checkpoints, "save_if_due", save)
    assert numbers(gradatim.train(resume=tmp_path / "run", quiet=True)) == numbers(pair[1])
