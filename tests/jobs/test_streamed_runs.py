"""Examples that stay in their files while what is learned of them is in memory, through the verbs: pictures
with boxes, masks and captions, and clips with classes and captions.

The oracle is the same run in memory.
"""

import json
from typing import Any, NamedTuple

import numpy as np
import pytest
from PIL import Image

import gradatim
from box_drawings import coco
from clip_drawings import draw_frames, draw_gif, draw_strip
from gradatim.checks import GradatimError, UsageError
from gradatim.data import streaming
from gradatim.data.sources.source import request_of, source_of
from gradatim.data.streamed_examples import StreamedExamples
from gradatim.jobs import sanity
from gradatim.runs.checkpoints import Checkpoints
from streamed_runs import check_same_run, check_same_weights, numbers


def boxes(folder):
    """20 pictures of a bright square each, some of none."""
    rng, some = np.random.default_rng(0), {}
    for i in range(20):
        left, top = (int(rng.integers(0, room)) for room in (14, 10))
        some[f"{i:02}.png"] = ((24, 20), [("cat", (left, top, left + 10, top + 10))] if i % 6 else [])
    return coco(folder, some)


def masks(folder):
    """20 noisy pictures with masks of a bright part."""
    rng = np.random.default_rng(0)
    for name in ("image", "label"):
        (folder / name).mkdir(parents=True)
    for i in range(20):
        x = rng.integers(0, 90, (12, 16))
        top, left = rng.integers(0, 6, 2)
        x[top : top + 5, left : left + 7] += 120
        Image.fromarray(x.astype(np.uint8)).save(folder / "image" / f"{i:02}.png")
        Image.fromarray((x > 100).astype(np.uint8) * 255).save(folder / "label" / f"{i:02}.png")
    return folder


def captions(folder):
    """12 pictures of one colour, each with two captions."""
    folder.mkdir(parents=True)
    lines = []
    for i in range(12):
        colour = ("red", "green", "blue")[i % 3]
        pixels = np.random.default_rng(i).integers(0, 120, (16, 16, 3))
        pixels[..., i % 3] += 120
        Image.fromarray(pixels.astype(np.uint8)).save(folder / f"{i:02}.png")
        lines += [f"{i:02}.png,a {colour} picture", f"{i:02}.png,{colour}"]
    (folder / "captions.txt").write_text("\n".join(lines))
    return folder


def drawn(seed):
    """A clip (8, 8, 8) of noise that grows brighter or darker, by turns."""
    way = (1, -1)[seed % 2] * (np.arange(8)[:, None, None] - 3.5) * 20
    return (np.random.default_rng(seed).integers(80, 160, (8, 8, 8)) + way).astype(np.uint8)


def draw(folder, seed):
    """One of the forms that a clip's file has; its name."""
    name = f"{seed:02}" + ("", ".gif", ".png")[seed % 3]
    (draw_frames, draw_gif, draw_strip)[seed % 3](folder / name, drawn(seed))
    return name


def clips_by_class(folder):
    folder.mkdir()
    for seed in range(16):
        draw(folder / ("up", "down")[seed % 2], seed)
    return folder


def clips_by_table(folder):
    folder.mkdir()
    lines = ["file,way,who"]
    lines += [f"{draw(folder, seed)},{('up', 'down')[seed % 2]},{seed // 4}" for seed in range(16)]
    (folder / "clips.csv").write_text("\n".join(lines))
    return folder / "clips.csv"


def clips_with_captions(folder):
    folder.mkdir()
    lines = []
    for seed in range(12):
        name, way = draw(folder, seed), ("up", "down")[seed % 2]
        lines += [f"{name},it goes {way}", f"{name},{way}"]
    (folder / "captions.txt").write_text("\n".join(lines))
    return folder


class Kind(NamedTuple):
    """What writes the files of a kind, how they are learned from, what an example is called, the free memory
    in bytes that is too little for them, and the step at which a run is killed.
    """

    write: Any
    how: dict[str, Any]
    noun: str
    little: int
    kill_at: int

    def request(self, **more):
        """What is asked of a source."""
        named = {name: self.how[name] for name in ("target", "group", "input_size") if name in self.how}
        return request_of(**named, **more)


QUICK = {"threads": 1, "quiet": True, "epochs": 2, "batch_size": 4}
NARROW = {"stages": 2, "width": 0.25}
SMALL = {"width": 0.1, "mirror": False}


def of_pictures(write, **how):
    return Kind(write, {**QUICK, **how}, "picture", 40_000, 6)


def of_clips(write, **how):
    return Kind(write, {**QUICK, "input_size": [4, 8, 8], **how}, "clip", 15_000, 4)


KINDS = {
    "boxes": of_pictures(boxes, augment="flip+crop+colour", network={"width": 0.25, "depth": 1}),
    "captions": of_pictures(captions, network={**NARROW, "embedding_size": 8}, hidden=(8,)),
    "masks": of_pictures(masks, augment="flip+rotate:degrees=10+cutmix", network=NARROW),
    "clips": of_clips(clips_by_class, augment="flip+crop", network=SMALL),
    "clips, table": of_clips(
        clips_by_table, augment="colour+mixup", network=SMALL, target="way", group="who"
    ),
    "clips, captions": of_clips(
        clips_with_captions, network={**SMALL, "motion_size": 8, "embedding_size": 8}, hidden=(8,)
    ),
}
PICTURES, CLIPS = ([name for name, one in KINDS.items() if one.noun == noun] for noun in ("picture", "clip"))


@pytest.fixture(scope="module", params=KINDS)
def kind(request):
    """One of the kinds."""
    return KINDS[request.param]


@pytest.fixture(scope="module")
def data(kind, tmp_path_factory):
    """Where its files are."""
    return kind.write(tmp_path_factory.mktemp("data") / "some")


@pytest.fixture(scope="module")
def pair(data, kind, tmp_path_factory):
    """The same run in memory and streamed."""
    place = tmp_path_factory.mktemp("runs")
    return [gradatim.train(data, streaming=one, out=place / one, **kind.how) for one in ("no", "yes")]


def examples_of(found):
    return found.inputs if hasattr(found, "inputs") else found.x


def test_a_streamed_run_is_the_run_in_memory(pair, kind):
    held, streamed = pair
    assert isinstance(examples_of(streamed.data.train), StreamedExamples)
    assert isinstance(examples_of(held.data.train), np.ndarray)
    check_same_run(held, streamed, f"{kind.noun}s are streamed: they stay in their files")
    assert streamed.config["choices"]["engine"].startswith("torch")
    assert held.config["choices"]["streaming"].endswith("kB are held in memory")


def test_it_is_asked_as_any_other(pair, data, kind, command, tmp_path, monkeypatch):
    held, streamed = pair
    found = held.evaluate(str(data))
    assert streamed.evaluate(str(data)) == found
    given = [f"--{name}={kind.how[name]}" for name in ("target", "group") if name in kind.how]
    size = [f"--input-size={','.join(map(str, kind.how['input_size']))}"] if "input_size" in kind.how else []
    asked = [*given, *size, "--json"]
    facts = [json.loads(command("data", data, "--streaming", one, *asked)[0]) for one in ("no", "yes")]
    for one in facts:
        one.pop("notices", None)
    assert facts[0] == facts[1]
    command("predict", held.path, data, "--out", tmp_path / "held.csv")
    monkeypatch.setattr(streaming, "free_memory", lambda: kind.little)
    again = streamed.evaluate(str(data))
    assert again["metrics"] == found["metrics"] and "stay in their files" in " ".join(again["notices"])
    command("predict", streamed.path, data, "--out", tmp_path / "streamed.csv")
    assert (tmp_path / "held.csv").read_text() == (tmp_path / "streamed.csv").read_text()


def test_killed_and_resumed_it_ends_at_the_same_bits(
    pair, data, kind, killed_and_resumed, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    again = killed_and_resumed(
        lambda **more: gradatim.train(data, streaming="yes", **kind.how, **more), kill_at=kind.kill_at
    )
    assert numbers(again) == numbers(pair[1])
    check_same_weights(pair[1], again)


def test_what_would_fill_the_memory_is_streamed_without_being_asked(data, kind, monkeypatch):
    monkeypatch.setattr(streaming, "free_memory", lambda: kind.little)
    found = source_of(data).read(data, kind.request())
    assert isinstance(examples_of(found), StreamedExamples) and "streaming" not in found.source


def held_and_streamed(data, kind):
    return (source_of(data).read(data, kind.request(streaming=one)) for one in ("no", "yes"))


def test_one_reading_gives_the_fingerprint_of_memory(data, kind, monkeypatch):
    held, streamed = held_and_streamed(data, kind)
    monkeypatch.setattr(StreamedExamples, "ahead", None)  # nothing is decoded again
    assert streamed.fingerprint == held.fingerprint


def test_others_like_them_are_streamed_too(data, kind):
    held, streamed = held_and_streamed(data, kind)
    one, other = (source_of(data).like(data, first) for first in (held, streamed))
    assert isinstance(examples_of(other), StreamedExamples)
    np.testing.assert_array_equal(examples_of(other).read(), examples_of(one))
    assert other.files == one.files and np.array_equal(other.y, one.y)


def test_what_needs_them_in_memory_says_so(data, kind, tmp_path):
    asked = {name: one for name, one in kind.how.items() if name != "augment"}
    said = f"the NumPy engine reads {kind.noun}s in memory, and these are streamed: --streaming no"
    with pytest.raises(UsageError, match=said):
        gradatim.train(data, streaming="yes", engine="numpy", out=tmp_path / "run", **asked)


def test_a_batch_is_learned_by_heart_as_in_memory(data, kind, tmp_path, monkeypatch):
    monkeypatch.setattr(sanity, "STEPS", 2)
    said = []
    for stays in ("no", "yes"):
        with pytest.raises(GradatimError, match="2 steps do not teach the network") as failed:
            gradatim.train(data, streaming=stays, sanity=True, out=tmp_path / "run", **kind.how)
        said.append(str(failed.value))
    assert said[0] == said[1]


@pytest.mark.parametrize("kind", PICTURES, indirect=True, scope="module")
def test_a_picture_that_vanishes_is_named(data, kind, tmp_path, monkeypatch):
    read, calls = StreamedExamples._fill, []
    one = next(path for path in sorted(data.rglob("*.png")) if "label" not in path.parts)

    def vanishing(self, piece):
        calls.append(piece)
        if len(calls) == 3:
            one.rename(tmp_path / "away.png")
        return read(self, piece)

    monkeypatch.setattr(StreamedExamples, "_fill", vanishing)
    try:
        with pytest.raises(GradatimError, match=f"{one.name} is there no more.*bring it back"):
            gradatim.train(data, streaming="yes", out=tmp_path / "run", **{**kind.how, "epochs": 6})
    finally:
        (tmp_path / "away.png").rename(one)


@pytest.mark.parametrize("kind", PICTURES, indirect=True, scope="module")
def test_a_picture_that_changes_is_named(data, kind):
    found = examples_of(source_of(data).read(data, kind.request(streaming="yes")))
    path = found.files.path(1)
    before = path.read_bytes()
    Image.new("L", (24, 20), 7).save(path)
    try:
        with pytest.raises(GradatimError, match=f"{path.name} shows another picture than at"):
            found.read()
    finally:
        path.write_bytes(before)


@pytest.mark.parametrize("kind", CLIPS, indirect=True, scope="module")
def test_a_clip_that_vanishes_stops_it_and_it_goes_on(data, kind, pair, tmp_path, monkeypatch):
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
            gradatim.train(data, streaming="yes", out=tmp_path / "run", checkpoint_seconds=(0, 0), **kind.how)
    finally:
        (tmp_path / "away").rename(one)
    monkeypatch.setattr(Checkpoints, "save_if_due", save)
    assert numbers(gradatim.train(resume=tmp_path / "run", quiet=True)) == numbers(pair[1])
