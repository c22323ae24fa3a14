"""Everything in the catalogue shows itself whole, and its examples run."""

import doctest
import json
import os
import shlex
import subprocess
import sys

import pytest

from gradatim import catalog
from gradatim.checks import UsageError
from gradatim.cli.app import app
from gradatim.explain.entry_text import entry_text
from gradatim.jobs.show import explained, show

ROWS = catalog.entries()
WITHOUT_EQUATIONS = ("dataset", "text", "music", "sound", "source", "page", "experiment")
EXPLAINED = {(row.kind, row.name): explained(row) for row in ROWS}
COMMANDS = {line: row.kind for row in ROWS for line in EXPLAINED[row.kind, row.name]["example"]["commands"]}
# Of what is quick there are several of a kind that differ in a name only: one of each is run in `make test`
QUICK = [
    "gradatim data digits", "gradatim plot activations relu", "gradatim plot losses huber",
    "gradatim plot schedules one_cycle", "gradatim trace conv-size", "gradatim trace forward-run",
    "gradatim show resnet20 --batch-size 32 --svg resnet20.svg",
    "gradatim show mlp in_features=64 hidden=128 out_features=10 --svg mlp.svg",
]  # fmt: skip
FETCHED = ("mnist", "adult", "tinyshakespeare", "sonnets", "warpeace", "multi30k", "weizmann",
           "weizmann_captions", "flickr8k", "spoken_digits", "school", "usps", "mnist-m",
           "hymenoptera", "digits_on_canvas", "cifar10")  # fmt: skip
LONG = (*FETCHED, "moving_shapes", "shape_captions", "--model", "--augment")  # whose training is cut short


def run(line: str) -> None:
    """A command line in this process."""
    command, *words = shlex.split(line)
    assert command == "gradatim"
    app(words, standalone_mode=False)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.kind}-{row.name}")
def test_an_entry_has_sentence_equation_call_example_and_home(row):
    found = EXPLAINED[row.kind, row.name]
    assert found["sentence"].endswith(".") and found["text"]
    assert bool(found["equation"]) or row.kind in WITHOUT_EQUATIONS
    assert found["example"]["python"] or found["example"]["commands"]


@pytest.mark.parametrize("home", sorted({row.home for row in ROWS}))
def test_a_python_example_stands_alone(home):
    row = next(row for row in ROWS if row.home == home)
    text = EXPLAINED[row.kind, row.name]["example"]["python"]
    test = doctest.DocTestParser().get_doctest(text, {}, home, None, None)
    said: list[str] = []
    doctest.DocTestRunner(verbose=False).run(test, out=said.append)
    assert not said, "".join(said)


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_is_one(line):
    import typer

    _, verb, *words = shlex.split(line)
    command = typer.main.get_command(app).commands[verb]
    assert command.make_context(verb, words).params


@pytest.mark.parametrize("line", QUICK)
def test_a_command_runs(line, capsys):
    assert line in COMMANDS
    run(line)
    assert capsys.readouterr().out


REPRODUCED = "gradatim reproduce"  # whose runs and verdicts are those of tests/experiments


@pytest.mark.slow
@pytest.mark.parametrize("line", [line for line in COMMANDS if line not in QUICK and REPRODUCED not in line])
def test_every_command_runs(line):
    if any(name in line for name in FETCHED) and "GRADATIM_DATA" not in os.environ:
        pytest.skip("GRADATIM_DATA names no folder to find the data in")
    if line.startswith("gradatim train") and any(name in line for name in LONG):
        line += " --max-minutes 0.02"
    run(line)


def test_a_function_is_shown_without_torch_or_numpy():
    script = (
        "import sys, json\nfrom gradatim.jobs.show import show\n"
        "for name in ('adam', 'relu', 'lstm', 'huber', 'MLPClassifier', 'rnn', 'digits'): show(name)\n"
        "print(json.dumps([name for name in ('torch', 'numpy', 'sklearn') if name in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []


def test_show_prints_the_parts_in_their_order():
    text = entry_text(show("clip_norm"))
    parts = ["clip_norm (clipping)", "g ← g · min(1, τ/‖g‖₂)", "paper      Pascanu", "call       clip_norm(",
             "code       gradatim.functional.clipping:clip_norm", "clipping.py:", "curriculum C9", "example",
             ">>> from gradatim.functional.clipping import clip_norm", ">>> import numpy as np",
             "gradatim train digits --clip-norm 1"]  # fmt: skip
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


def test_a_class_is_found_by_its_name_and_a_familys_is_not():
    assert show("PReLU")["entries"] == show("prelu")["entries"]
    with pytest.raises(UsageError, match="unknown name 'ResNet'"):
        show("ResNet")


def test_a_parameter_is_said_in_the_docstrings_words():
    found = {p["name"]: p for p in show("lateral")["entries"][0]["parameters"]}
    assert found["init"] == {"name": "init", "default": "'uniform'",
                             "says": "`init` names an initialiser for V."}  # fmt: skip
    assert found["steps"]["says"] == ""


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("conv_recurrent", {"in_features": 9, "num_classes": 6}),
        ("sequence_decoder", {"in_features": 4, "num_symbols": 3}),
        ("encoder_decoder", {"vocabulary_size": 4, "num_symbols": 3}),
        ("attention_encoder_decoder", {"vocabulary_size": 4, "num_symbols": 3, "hidden_size": 8}),
    ],
)
def test_networks_that_read_sequences_are_drawn_without_an_example(name, arguments):
    assert show(name, arguments)["graph"]["layers"]
