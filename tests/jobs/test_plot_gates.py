"""E15: gates over a text, drawn from a run."""

from html import unescape
from pathlib import Path
from re import sub

import numpy as np
import pytest

import gradatim
from gradatim.checks import UsageError
from gradatim.data.vocabulary import Vocabulary
from gradatim.explain.figures.gates import panel_of, wrapped
from gradatim.explain.text_features import features_of
from gradatim.explain.unit_scores import best_units
from gradatim.jobs.plot import plot
from gradatim.jobs.plots.gates import _values
from gradatim.models.building import build

LINES = (
    "the quick brown fox jumps over the lazy dog and runs away from it\n"
    "and the dog, who said (so they say) no, ran home to the old farm\n"
)
QUICK = {"hidden": 12, "epochs": 3, "batch_size": 4, "window": 12, "lr": 0.02, "quiet": True}


@pytest.fixture(scope="module")
def learned(tmp_path_factory):
    folder = tmp_path_factory.mktemp("gates")
    (folder / "book.txt").write_text(LINES * 60)
    return gradatim.train(folder / "book.txt", out=folder / "run", **QUICK)


@pytest.fixture
def run(learned, monkeypatch):
    """The run, in its own folder."""
    monkeypatch.chdir(learned.path.parent)
    return learned


def text_of_page(path):
    page = Path(path).read_text()
    return [
        unescape(sub("<[^>]*>", "", part.split("</div>")[0])) for part in page.split('<div class="text">')[1:]
    ]


def test_the_units_that_follow_most_are_drawn_with_their_text(run):
    said = plot("gates", run, out="g.svg")
    assert said["read"] == len(run.data.valid) and 1 <= len(said["units"]) <= 3
    row = next(row for row in said["ranking"] if row["feature"] == "a space")
    assert abs(row["score"]) > 0.9 > row["chance"] and row["p"] == pytest.approx(1 / 41)
    drawn = Path("g.svg").read_text()
    assert "follows" in drawn and "(chance 0." in drawn


def test_a_unit_and_a_gate_that_are_asked_for(run):
    one = {"unit": 3, "gate": "forget"}
    said = plot("gates", run, arguments=one, text="the dog\r\nran", out="g.html")
    assert said["units"] == [{"layer": 1, "gate": "forget", "unit": 3}] and said["read"] == 11
    assert text_of_page("g.html") == ["the dog\nran"]
    said = plot("gates", run, arguments={"unit": 3}, text="the dog", out="g.png")
    assert [one["gate"] for one in said["units"]] == [
        "input", "forget", "output", "candidate", "cell", "hidden",
    ]  # fmt: skip


def test_a_file_with_a_byte_order_mark_and_carriage_returns(run):
    Path("other.txt").write_bytes(b"\xef\xbb\xbfthe dog\r\nran home\r\n")
    plot("gates", run, arguments={"unit": 1, "gate": "cell"}, text="other.txt", out="g.html")
    assert text_of_page("g.html") == ["the dog\nran home\n"]
    assert plot("gates", "run", text="other.txt", arguments={"gate": "input"}, out="g.svg")["ranking"] == []


@pytest.mark.slow
def test_a_random_network_is_near_chance():
    """Ten untrained networks, of brackets around many words and of half a line: what stands far back."""
    words = np.array(LINES.replace("(", "").replace(")", "").split())
    over = []
    for seed in range(10):
        draws = np.random.default_rng(seed)
        lines = [" ".join(draws.choice(words, 14)) for _ in range(50)]
        text = "\n".join(f"({line})" if n % 3 == 0 else line for n, line in enumerate(lines))
        far = features_of(list(text))
        marks = {"brackets": far["being inside brackets"], "half": far["the position in the line"] > 30}
        vocabulary = Vocabulary(text)
        network = build({"name": "char_lm", "vocabulary_size": len(vocabulary), "hidden_size": 16}, seed)
        values = np.concatenate(list(_values(network, vocabulary.encode(text)).values()), 1)
        over += [abs(one.score) - one.chance for one in best_units(values, marks, seed)]
    assert len(over) == 20 and np.median(over) < 0.05 and max(over) < 0.2


def test_lines_are_wrapped_and_colours_span_the_unit_s_own_values():
    placed = wrapped([*list("abc\nd"), "ef"], 2)
    assert [(row, column, character) for row, column, _, character in placed] == [
        (0, 0, "a"), (0, 1, "b"), (1, 0, "c"), (1, 1, "↵"), (2, 0, "d"), (2, 1, "e"), (3, 0, "f"),
    ]  # fmt: skip
    panel = panel_of("", "abc", np.linspace(0.9, 1.0, 101))
    assert panel.level(0.9) == -1 and panel.level(1.0) == 1 and panel.level(0.95) == pytest.approx(0)
    assert panel_of("", "ab", np.ones(2)).level(1.0) == 0


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ({"text": ""}, "--text is empty: there is nothing to colour"),
        ({"text": "Ω!"}, "the text has characters that were not in the training text: 'Ω', '!'"),
        ({"text": "none.txt"}, "there is no file none.txt"),
        ({"arguments": {"unit": 13}}, "unit must be a whole number of at most 12; it is 13"),
        ({"arguments": {"gate": "reset"}}, "unknown gate 'reset'"),
        ({"arguments": {"layer": 2}}, "layer must be"),
        ({"arguments": {"units": 2}}, "plot gates takes no argument 'units'"),
        ({"arguments": {"start": 9}, "text": "the dog"}, "start must be"),
        ({"out": "g.pdf"}, "a figure is written to a .png or .svg file, not to g.pdf"),
    ],
)
def test_what_cannot_be_is_refused(run, how, sentence):
    with pytest.raises(UsageError) as error:
        plot("gates", run, **{"out": "g.svg", **how})
    assert str(error.value).startswith(sentence)


def test_other_networks_have_no_gates_and_other_plots_no_page(in_a_folder_of_its_own):
    run = gradatim.train("digits", hidden=4, epochs=1, out="digits", quiet=True, baselines=False)
    with pytest.raises(UsageError, match="is no language model"):
        plot("gates", run, out="g.svg")
    with pytest.raises(UsageError, match=r"not to c\.html"):
        plot("curves", run, out="c.html")
    with pytest.raises(UsageError, match="plot curves takes no option text"):
        plot("curves", run, text="x", out="c.svg")
