"""Captions of clips from arrays and folders to the report: learned, asked, sampled, refused."""

import numpy as np
import pytest

import gradatim
from clip_drawings import draw_frames
from gradatim.checks import UsageError

QUICK = {"threads": 1, "quiet": True}
SMALL = {"width": 0.3, "motion_size": 16, "embedding_size": 8, "mirror": False, "clip_dropout": 0.0}


def moving(n=48, seed=0):
    """Clips of a dark or a bright square that stays where it is or goes to the right, and the sentence."""
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 30, (n, 1, 6, 16, 16), dtype=np.uint8)
    said = []
    for i in range(n):
        goes, bright = i % 2, i // 2 % 2
        row, start = rng.integers(0, 12), rng.integers(0, 2 if goes else 12)
        for k in range(6):
            at = start + 2 * k * goes
            x[i, 0, k, row : row + 4, at : at + 4] += np.uint8(220 if bright else 90)
        said.append(f"the {('dark', 'bright')[bright]} one {('stays', 'goes')[goes]}")
    return x, said


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return gradatim.train(
        moving(), task="captioning", network=SMALL, hidden=16, epochs=40, batch_size=8, lr=0.01, valid=0,
        out=tmp_path_factory.mktemp("runs") / "run", **QUICK,
    )  # fmt: skip


def test_what_moves_and_how_it_looks_are_said(run):
    assert run.model.description["name"] == "clip_captioner"
    x, said = moving(16, seed=1)
    found = gradatim.load(run.path)
    assert np.mean([a == b for a, b in zip(found.predict(x).labels, said, strict=True)]) >= 0.8
    assert found.evaluate((x, said))["metrics"]["exact"] >= 0.8
    assert "Some answers" in (run.path / "report.html").read_text()


def test_one_clip_is_predicted_from_its_frames(run, tmp_path):
    x, _ = moving(2, seed=2)
    draw_frames(tmp_path / "clip", x[1, 0])
    found = run.predict(str(tmp_path / "clip"))
    assert found.files == ("clip",)
    assert found.labels.tolist() == run.predict(x[1:]).labels.tolist()
    drawn = run.predict(x, sample=True, seed=3, n_best=2)
    assert drawn.columns() == run.predict(x, sample=True, seed=3, n_best=2).columns()


@pytest.mark.parametrize(("model", "name"), [("lrcn", "clip_captioner")])
def test_a_name_stands_for_the_network_of_clips(model, name, tmp_path):
    run = gradatim.train(
        moving(8), task="captioning", model=model, network=SMALL, hidden=4, epochs=1, out=tmp_path / "a",
        **QUICK,
    )  # fmt: skip
    assert run.model.description["name"] == name


def test_networks_of_pictures_read_no_clips(tmp_path):
    with pytest.raises(UsageError, match=r"show_and_tell learns from pictures \(C, H, W\)"):
        gradatim.train(
            moving(8), task="captioning", model="show_and_tell", epochs=1, out=tmp_path / "a", **QUICK
        )
