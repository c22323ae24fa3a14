"""E12: unknown words of a translation, copied from what was attended to, and the coverage penalty."""

import json
import sys
from itertools import product

import numpy as np
import pytest

from gradatim.checks import UsageError
from gradatim.cli.main import main
from gradatim.jobs.plot import plot
from gradatim.jobs.train import train

DOES = {"schläft": "sleeps", "läuft": "runs", "frisst": "eats", "singt": "sings"}
WHO = {"Hunde": "dogs", "Katzen": "cats", "Fische": "fish", "Kinder": "children"}
WHERE = {"hier": "here", "dort": "there", "oben": "above"}
NAMES = ["".join(letters) for letters in product("BDF", "aeio", "lmn", "aeio")]


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("pairs") / "pairs.tsv"
    rng, lines = np.random.default_rng(0), []
    for name in NAMES:  # half of the subjects are known: which it is must be read
        does, where = rng.choice(list(DOES)), rng.choice(list(WHERE))
        known = rng.choice(list(WHO))
        for who in (name, known):
            words = [who, does, where] if rng.random() < 0.5 else [where, does, who]
            lines.append(f"{' '.join(words)}\t{WHO.get(who, who)} {DOES[does]} {WHERE[where]}\n")
    path.write_text("".join(lines), "utf-8")
    return path


def learned(file, out, **more):
    options = {
        "hidden": 24,
        "epochs": 12,
        "lr": 0.02,
        "text_units": "words",
        "dropout": 0.0,
        "batch_size": 16,
    }
    return train(str(file), out=out, quiet=True, task="translation", **{**options, **more})


@pytest.fixture(scope="module")
def run(file, tmp_path_factory):
    return learned(file, tmp_path_factory.mktemp("runs") / "run")


def test_an_unknown_word_is_the_one_attended_to_most(run, tmp_path):
    """The weights are those that `plot attention` draws."""
    sentences = ["dort singt Quux", "Zebedee läuft hier"]
    plain = run.predict(sentences).columns()["prediction"]
    assert plain == ["<unk> sings there", "<unk> runs here"]
    copied = run.predict(sentences, copy_unknown=True).columns()["prediction"]
    for sentence, before, after in zip(sentences, plain, copied, strict=True):
        weights = np.array(plot("attention", run, sentence, out=tmp_path / "a.svg")["weights"])
        read = sentence.split()
        assert after == before.replace("<unk>", read[weights[0, : len(read)].argmax()])
    several = run.predict(sentences, copy_unknown=True, n_best=2, coverage=0.2).columns()
    assert several["prediction 1"] == copied
    assert run.predict(sentences).columns()["prediction"] == plain


def test_the_command_line_copies_too(run, tmp_path, capsys, monkeypatch):
    text = tmp_path / "new.txt"
    text.write_text("oben frisst Xanthippe\n", "utf-8")
    more = ["--copy-unknown", "--coverage", "0.1", "--json"]
    monkeypatch.setattr(sys, "argv", ["gradatim", "predict", str(run.path), str(text), *more])
    with pytest.raises(SystemExit) as ended:
        main()
    assert not ended.value.code
    (row,) = json.loads(capsys.readouterr().out)["predictions"]
    wanted = run.predict(["oben frisst Xanthippe"], copy_unknown=True, coverage=0.1).columns()["prediction"]
    assert [row["prediction"]] == wanted and "<unk>" not in wanted[0]


def test_where_nothing_can_be_copied_it_is_said(file, run, tmp_path):
    with pytest.raises(UsageError, match="coverage must be a number at least 0"):
        run.predict(["hier"], coverage=-1)
    deaf = learned(file, tmp_path / "deaf", model="encoder_decoder", epochs=1)
    with pytest.raises(UsageError, match="unknown words are copied by attention; this network"):
        deaf.predict(["hier"], copy_unknown=True)
    with pytest.raises(UsageError, match="a coverage penalty needs a network that attends"):
        deaf.predict(["hier"], coverage=0.1)
    digits = train("digits", model="mlp", epochs=1, quiet=True, out=tmp_path / "digits")
    with pytest.raises(UsageError, match="--copy-unknown are for answers that are texts"):
        digits.predict("digits", copy_unknown=True)
