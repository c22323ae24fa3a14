"""--pos-weight: one number, or one for each label, kept in the run's settings."""

import json

import numpy as np
import pytest

rng = np.random.default_rng(0)
X = rng.standard_normal((120, 3))
LABELS = (X + rng.standard_normal((120, 3)) > 1).astype(int)


@pytest.mark.parametrize("text", ["4", "4,1,2.5"])
def test_it_is_read_and_kept(text, command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.savez("t.npz", x=X, y=LABELS)
    more = ("--epochs", 2, "--threads", 1, "--no-baselines", "--quiet")
    assert command("train", "t.npz", "--pos-weight", text, "--out", "run", *more)[0] == 0
    found = json.loads((tmp_path / "run" / "config.json").read_text())["settings"]["pos_weight"]
    assert found == [float(part) for part in text.split(",")]
    assert command("train", "--config", "run/config.json", "--out", "again", "--quiet")[0] == 0
    assert json.loads((tmp_path / "again" / "config.json").read_text())["settings"]["pos_weight"] == found


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["t.npz", "--pos-weight", "a lot"], "--pos-weight takes numbers such as 5 or 5,2.5; it is 'a lot'"),
        (["t.npz", "--pos-weight", "1,2"], "one for each of 3 labels; here are 2"),
        (["digits", "--pos-weight", "2"], "pos_weight is for answers of yes and no"),
    ],
)
def test_what_cannot_be(arguments, sentence, command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.savez("t.npz", x=X, y=LABELS)
    status, _, said = command("train", *arguments, "--epochs", 1)
    assert status == 2 and sentence in " ".join(said.split())
