"""Pictures that stay in their files while what is learned of them is in memory: boxes, masks,
captions.

The oracle is the same run in memory.
"""

import json

import numpy as np
import pytest
from PIL import Image

import gradatim
from box_drawings import coco
from gradatim.checks import GradatimError, UsageError
from gradatim.data import streaming
from gradatim.data.sources.source import request_of, source_of
from gradatim.data.streamed_examples import StreamedExamples
from gradatim.jobs import sanity


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


QUICK = {"threads": 1, "quiet": True, "epochs": 2, "batch_size": 4}
LITTLE = 40_000  # bytes of memory that are free
KINDS = {
    "boxes": (boxes, {"augment": "flip+crop+colour", "network": {"width": 0.25, "depth": 1}}),
    "captions": (captions, {"network": {"stages": 2, "width": 0.25, "embedding_size": 8}, "hidden": (8,)}),
    "masks": (masks, {"augment": "flip+rotate:degrees=10+cutmix", "network": {"stages": 2, "width": 0.25}}),
}


@pytest.fixture(scope="module", params=KINDS)
def kind(request, tmp_path_factory):
    """A folder of one kind, and how it is learned from."""
    write, how = KINDS[request.param]
    return write(tmp_path_factory.mktemp(request.param) / "some"), {**QUICK, **how}


@pytest.fixture(scope="module")
def pair(kind, tmp_path_factory):
    """The same run in memory and streamed."""
    folder, how = kind
    place = tmp_path_factory.mktemp("runs")
    return [gradatim.train(folder, streaming=one, out=place / one, **how) for one in ("no", "yes")]


def records(run):
    lines = (run.path / "metrics.jsonl").read_text().splitlines()
    return [record for record in map(json.loads, lines) if "epoch" in record]


def numbers(run):
    left = {"seconds", "waiting"}
    return [{name: value for name, value in one.items() if name not in left} for one in records(run)]


def pictures_of(examples):
    return getattr(examples, "inputs", None) if hasattr(examples, "inputs") else examples.x


def test_a_streamed_run_is_the_run_in_memory(pair):
    held, streamed = pair
    assert isinstance(pictures_of(streamed.data.train), StreamedExamples)
    assert isinstance(pictures_of(held.data.train), np.ndarray)
    assert numbers(streamed) == numbers(held) and streamed.metrics == held.metrics
    assert streamed.config["data"]["fingerprint"] == held.config["data"]["fingerprint"]
    assert streamed.config["data"]["source"]["streaming"] == "yes"
    assert all(0 <= one["waiting"] <= 1 for one in records(streamed))
    for one, other in zip(held.model.parameters(), streamed.model.parameters(), strict=True):
        assert (one == other).all()
    text = (streamed.path / "report.html").read_text()
    assert "pictures are streamed: they stay in their files" in text
    assert text.count("<img") == (held.path / "report.html").read_text().count("<img")
    assert streamed.config["choices"]["engine"].startswith("torch")


def test_it_is_asked_as_any_other(pair, kind, command, tmp_path, monkeypatch):
    (held, streamed), (folder, _) = pair, kind
    found = held.evaluate(str(folder))
    assert streamed.evaluate(str(folder)) == found
    facts = [json.loads(command("data", folder, "--streaming", how, "--json")[0]) for how in ("no", "yes")]
    for one in facts:
        one.pop("notices", None)
    assert facts[0] == facts[1]
    command("predict", held.path, folder, "--out", tmp_path / "held.csv")
    monkeypatch.setattr(streaming, "free_memory", lambda: LITTLE)
    again = streamed.evaluate(str(folder))
    assert again["metrics"] == found["metrics"] and "stay in their files" in " ".join(again["notices"])
    command("predict", streamed.path, folder, "--out", tmp_path / "streamed.csv")
    assert (tmp_path / "held.csv").read_text() == (tmp_path / "streamed.csv").read_text()


def test_killed_and_resumed_it_ends_at_the_same_bits(pair, kind, killed_and_resumed, tmp_path, monkeypatch):
    folder, how = kind
    monkeypatch.chdir(tmp_path)
    again = killed_and_resumed(
        lambda **more: gradatim.train(folder, streaming="yes", **how, **more), kill_at=6
    )
    assert numbers(again) == numbers(pair[1])
    for one, other in zip(pair[1].model.parameters(), again.model.parameters(), strict=True):
        assert (one == other).all()


def test_pictures_that_would_fill_the_memory_are_streamed_without_being_asked(kind, monkeypatch):
    monkeypatch.setattr(streaming, "free_memory", lambda: LITTLE)
    found = source_of(kind[0]).read(kind[0], request_of())
    assert isinstance(pictures_of(found), StreamedExamples) and "streaming" not in found.source


def test_one_reading_gives_the_fingerprint_of_memory(kind, monkeypatch):
    folder, _ = kind
    held, streamed = (source_of(folder).read(folder, request_of(streaming=how)) for how in ("no", "yes"))
    monkeypatch.setattr(StreamedExamples, "ahead", None)  # nothing is decoded again
    assert streamed.fingerprint == held.fingerprint


def test_others_like_them_are_streamed_too(kind):
    folder, _ = kind
    source = source_of(folder)
    held, streamed = (source.read(folder, request_of(streaming=how)) for how in ("no", "yes"))
    one, other = source.like(folder, held), source.like(folder, streamed)
    assert isinstance(pictures_of(other), StreamedExamples)
    np.testing.assert_array_equal(pictures_of(other).read(), pictures_of(one))
    assert other.files == one.files and np.array_equal(other.y, one.y)


def test_what_needs_them_in_memory_says_so(kind, tmp_path):
    folder, how = kind
    asked = {name: one for name, one in how.items() if name != "augment"}
    with pytest.raises(UsageError, match="the NumPy engine reads pictures in memory, and these are streamed"):
        gradatim.train(folder, streaming="yes", engine="numpy", out=tmp_path / "run", **asked)


def test_a_batch_is_learned_by_heart_as_in_memory(kind, tmp_path, monkeypatch):
    folder, how = kind
    monkeypatch.setattr(sanity, "STEPS", 3)
    said = []
    for stays in ("no", "yes"):
        with pytest.raises(GradatimError, match="3 steps do not teach the network") as failed:
            gradatim.train(folder, streaming=stays, sanity=True, out=tmp_path / "run", **how)
        said.append(str(failed.value))
    assert said[0] == said[1]


def test_a_file_that_vanishes_is_named(kind, tmp_path, monkeypatch):
    folder, how = kind
    read, calls = StreamedExamples._fill, []
    one = next(path for path in sorted(folder.rglob("*.png")) if "label" not in path.parts)

    def vanishing(self, piece):
        calls.append(piece)
        if len(calls) == 3:
            one.rename(tmp_path / "away.png")
        return read(self, piece)

    monkeypatch.setattr(StreamedExamples, "_fill", vanishing)
    try:
        with pytest.raises(GradatimError, match=f"{one.name} is there no more.*bring it back"):
            gradatim.train(folder, streaming="yes", out=tmp_path / "run", **{**how, "epochs": 6})
    finally:
        (tmp_path / "away.png").rename(one)


def test_a_file_that_changes_is_named(kind):
    folder, _ = kind
    found = pictures_of(source_of(folder).read(folder, request_of(streaming="yes")))
    path = found.files.path(1)
    before = path.read_bytes()
    Image.new("L", (24, 20), 7).save(path)
    try:
        with pytest.raises(GradatimError, match=f"{path.name} shows another picture than at"):
            found.read()
    finally:
        path.write_bytes(before)
