"""Training on pictures that stay in their files, from the command to the report."""

import json

import numpy as np
import pytest
from PIL import Image

import gradatim
from gradatim.checks import GradatimError, UsageError
from gradatim.data import streaming
from gradatim.data.streamed_examples import StreamedExamples
from streamed_runs import check_same_run, check_same_weights, numbers

QUICK = {
    "threads": 1, "quiet": True, "epochs": 2, "batch_size": 8, "model": "small_cnn", "engine": "torch",
    "network": {"stages": 2, "width": 4},
}  # fmt: skip


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """60 pictures of three classes, 8×8, with a table of them."""
    folder, rng = tmp_path_factory.mktemp("streaming") / "photos", np.random.default_rng(0)
    lines = ["file,kind"]
    for i in range(60):
        (folder / "abc"[i % 3]).mkdir(parents=True, exist_ok=True)
        pixels = rng.integers(0, 120, (8, 8, 3)) + 120 * np.eye(3, dtype=int)[i % 3]
        Image.fromarray(pixels.astype(np.uint8)).save(folder / "abc"[i % 3] / f"{i:02d}.png")
        lines.append(f"photos/{'abc'[i % 3]}/{i:02d}.png,{'abc'[i % 3]}")
    (folder.parent / "table.csv").write_text("\n".join(lines))
    return folder


@pytest.fixture(scope="module")
def pair(photos, tmp_path_factory):
    """The same run in memory and streamed, its pictures augmented."""
    place = tmp_path_factory.mktemp("runs")
    return [
        gradatim.train(photos, streaming=how, augment="flip+crop", out=place / how, **QUICK)
        for how in ("no", "yes")
    ]


def test_a_streamed_run_is_the_run_in_memory(pair):
    held, streamed = pair
    assert isinstance(streamed.data.train.x, StreamedExamples)
    check_same_run(held, streamed, "60 pictures are streamed: they stay in their files")


def test_it_is_asked_as_any_other(pair, photos, command):
    held, streamed = pair
    assert streamed.evaluate(str(photos)) == held.evaluate(str(photos))
    assert command("predict", streamed.path, photos)[0] == command("predict", held.path, photos)[0]
    said = json.loads(command("data", photos, "--streaming", "yes", "--json")[0])
    assert said["fingerprint"] == json.loads(command("data", photos, "--json")[0])["fingerprint"]
    assert said["mean"] == pytest.approx(held.data.train.x.mean(), rel=0.1)


def test_killed_and_resumed_it_ends_at_the_same_bits(pair, photos, killed_and_resumed, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    again = killed_and_resumed(
        lambda **more: gradatim.train(photos, streaming="yes", augment="flip+crop", **QUICK, **more),
        kill_at=8,
    )
    assert numbers(again) == numbers(pair[1])
    check_same_weights(pair[1], again)


def test_a_table_of_pictures_is_streamed_too(photos, tmp_path):
    found = [
        gradatim.train(photos.parent / "table.csv", streaming=how, out=tmp_path / how, **QUICK)
        for how in ("no", "yes")
    ]
    assert isinstance(found[1].data.train.x, StreamedExamples)
    assert numbers(found[0]) == numbers(found[1]) and found[0].metrics == found[1].metrics


def test_a_file_that_vanishes_stops_it_and_it_goes_on(photos, tmp_path, monkeypatch):
    read, calls = StreamedExamples._fill, []

    def vanishing(self, piece):
        calls.append(piece)
        if len(calls) == 9:
            (photos / "a" / "00.png").rename(tmp_path / "00.png")
        return read(self, piece)

    monkeypatch.setattr(StreamedExamples, "_fill", vanishing)
    with pytest.raises(
        GradatimError, match=r"00\.png is there no more.*the state is saved, go on with: .*--resume"
    ):
        gradatim.train(photos, streaming="yes", out=tmp_path / "run", **{**QUICK, "epochs": 3})
    monkeypatch.setattr(StreamedExamples, "_fill", read)
    (tmp_path / "00.png").rename(photos / "a" / "00.png")
    assert len(gradatim.train(resume=tmp_path / "run", quiet=True).records) == 3


def test_pictures_that_would_fill_the_memory_are_streamed_without_being_asked(photos, tmp_path, monkeypatch):
    monkeypatch.setattr(streaming, "free_memory", lambda: 60 * 192)
    run = gradatim.train(photos, out=tmp_path / "run", **{**QUICK, "epochs": 1, "engine": "auto"})
    assert isinstance(run.data.train.x, StreamedExamples) and "streaming" not in run.config["data"]["source"]
    assert run.config["choices"]["engine"].startswith("torch: pictures are decoded")


@pytest.mark.parametrize("more, said", [
    ({"engine": "numpy"}, "the NumPy engine reads pictures in memory, and these are streamed: --str"),
    ({"model": "ensemble"}, "ensemble learns from pictures in memory, and these are streamed: --str"),
    ({"model": "rbm"}, "what reads no target needs all pictures in memory"),
    ({"pretrain": "rbm", "model": "mlp"}, "--pretrain needs pictures in memory"),
])  # fmt: skip
def test_what_needs_them_in_memory_says_so(photos, tmp_path, more, said):
    asked = {**QUICK, **more}
    if "model" in more:
        asked.pop("network", None)
        asked.pop("engine", None)
    with pytest.raises(UsageError, match=said):
        gradatim.train(photos, streaming="yes", out=tmp_path / "run", **asked)


def test_a_table_without_a_target_needs_them_in_memory_too(photos, tmp_path):
    table = photos.parent / "table.csv"
    with pytest.raises(UsageError, match="what reads no target needs all pictures in memory"):
        gradatim.train(table, model="rbm", streaming="yes", out=tmp_path / "run", threads=1, quiet=True)
