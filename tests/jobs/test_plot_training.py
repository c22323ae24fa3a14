"""A training replayed is the training that was; what cannot be drawn is said."""

import json

import pytest

from gradatim import plot, train
from gradatim.checks import UsageError


def test_a_run_replayed_ends_with_its_own_loss(tmp_path):
    run = train("moons", epochs=6, quiet=True, out=tmp_path / "m")
    found = plot("training", run, out=tmp_path / "m.svg")
    last = json.loads((run.path / "metrics.jsonl").read_text().splitlines()[-1])
    assert found["loss"] == last["train_loss"] and found["epochs"] == 6
    assert found["frames"] == 7  # one before the first epoch
    assert (tmp_path / "m.svg").stat().st_size < 1_000_000
    assert plot("training", str(run.path), out=tmp_path / "again.svg")["loss"] == found["loss"]


def test_data_are_learned_as_train_would(tmp_path):
    run = train("moons", epochs=3, hidden=[5], quiet=True, out=tmp_path / "m")
    found = plot("training", "moons", arguments={"epochs": 3}, hidden=[5], out=tmp_path / "m.svg")
    last = json.loads((run.path / "metrics.jsonl").read_text().splitlines()[-1])
    assert found["loss"] == last["train_loss"]


@pytest.mark.parametrize(
    ("things", "options", "sentence"),
    [
        ([], {}, "^name a run, or data to learn"),
        (["moons"], {"out": "m.png"}, r"^what moves is written to an \.svg file, not to m\.png"),
        (["moons"], {"arguments": {"frame": 3}}, "^plot training takes no argument 'frame'"),
        (["sine"], {"arguments": {"epochs": 1}}, "^a training is drawn of a run whose examples"),
        (["digits"], {"arguments": {"epochs": 1}}, "^a training is drawn over 2 of the 64 inputs of digits"),
    ],
)
def test_what_cannot_be_drawn_is_said(things, options, sentence):
    with pytest.raises(UsageError, match=sentence):
        plot("training", *things, **options)
