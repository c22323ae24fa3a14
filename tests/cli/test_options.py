"""The options of the command line are made from where they are declared: an option is added in one file."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import typer

from gradatim.cli.app import VERBS, app
from gradatim.cli.options import ORDER, GroupedCommand, with_options
from gradatim.planning.data_options import DataOptions
from gradatim.planning.options import option, options_of
from gradatim.planning.text_answers import TEXTS
from gradatim.planning.training_options import OF_LR, Settings

FIELDS = {one.name: known for record in (DataOptions, Settings) for one, known, _ in options_of(record)}
QUICK = ["--epochs", "2", "--hidden", "8", "--threads", "1", "--quiet"]


def flags_of(verb):
    """Every option of a verb, and its help."""
    parameters = typer.main.get_command(app).commands[verb].params
    return {flag: one.help for one in parameters if one.param_type_name == "option" for flag in one.opts}


def sections_of(text):
    """The options that `--help` lists under each heading."""
    found, heading = {}, None
    for line in text.splitlines():
        if line.endswith(":") and not line.startswith(" "):
            heading = line[:-1]
            found[heading] = []
        elif heading and line.startswith("  -"):
            found[heading].append(line.split()[0])
    return found


@pytest.mark.parametrize("name", FIELDS)
def test_every_declared_option_is_one_of_train_with_its_help(name):
    assert flags_of("train")[f"--{name.replace('_', '-')}"] == FIELDS[name].help


def test_no_flag_of_a_verb_stands_twice():
    for verb, command in typer.main.get_command(app).commands.items():
        flags = [flag for one in command.params for flag in one.opts]
        assert len(flags) == len(set(flags)), verb


def test_the_finder_takes_the_options_that_it_has_a_use_for():
    flags = flags_of("plot")
    for name in FIELDS:
        assert (f"--{name.replace('_', '-')}" in flags) == (name in OF_LR)


def test_help_lists_options_under_what_they_belong_to(command):
    found = sections_of(command("train", "--help")[1])
    assert list(found) == [group for group in ORDER if group != TEXTS]  # which predict has
    for name, known in FIELDS.items():
        assert f"--{name.replace('_', '-')}" in found[known.group]
    assert {"--model", "--weights", "--pretrained"} <= set(found["Network"])
    assert {"--out", "--resume", "--config", "--json", "--quiet"} <= set(found["Run"])
    assert list(sections_of(command("evaluate", "--help")[1])) == ["Arguments", "Options"]


def test_an_option_that_is_declared_is_one_that_is_typed():
    @dataclass(frozen=True)
    class Weather:
        sun_shine: float | None = option("Hours a day.", group="Data", above=0)
        rain: str = option("little or much.", "little", choices=("little", "much"))

    given = {}

    @with_options(Weather)
    def verb(place: str, **options) -> None:
        """A verb."""
        given.update(options, place=place)

    small = typer.Typer(rich_markup_mode=None)
    small.command(cls=GroupedCommand)(verb)
    small(["Rome", "--sun-shine", "2.5"], standalone_mode=False)
    assert given == {"place": "Rome", "sun_shine": 2.5, "rain": None}


def test_a_run_is_run_again_by_its_config_and_by_its_report_s_command(command):
    status, out, err = command("train", "digits", *QUICK, "activation=tanh", "--json")
    assert status == 0, err
    first = json.loads(out)
    status, out, err = command("train", "--config", "runs/digits-1/config.json", "--quiet", "--json")
    assert (status, err) == (0, "")
    assert json.loads(out) == {"run": "runs/digits-2", "metrics": first["metrics"]}
    status, out, _ = command(
        "train", "--config", "runs/digits-1/config.json", "activation=relu", "--seed", "2", "--quiet"
    )
    config = json.loads(Path("runs/digits-3/config.json").read_text())
    assert status == 0 and config["settings"]["seed"] == 2
    assert config["network"]["asked"] == {"activation": "relu"}


def test_an_optimizer_s_settings_stand_behind_its_name(command):
    metrics = []
    for optimizer in ("momentum", "momentum:momentum=0.99", "momentum:momentum=0.9"):
        status, out, err = command("train", "digits", *QUICK, "--optimizer", optimizer, "--json")
        assert (status, err) == (0, "")
        metrics.append(json.loads(out)["metrics"])
    assert metrics[0] == metrics[2] != metrics[1]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (
            ["digits", "--window", "32"],
            "--window is for texts, texts of words and texts for word vectors; digits (pictures) has no use",
        ),
        (
            ["book.txt", "--class-weight", "balanced"],
            "--class-weight is for classification; book (texts) has no use",
        ),
        (
            ["book.txt", "--model", "mlp"],
            "mlp does not learn from texts; char_lm does: leave out --model mlp",
        ),
        (
            ["digits", "--optimizer", "momentum:lr=0.1"],
            "momentum takes no argument 'lr': choose from momentum; the optio",
        ),
        (["digits", "--optimizer", "adamw:weight_decay=1"], "; the option is --weight-decay"),
        (
            ["digits", "--optimizer", "adam:beta=0.5"],
            "adam takes no argument 'beta': did you mean beta2 or beta1?",
        ),
        (["digits", "--optimizer", "adam:beta1=2"], "beta1 must be a number at least 0 and below 1; it is 2"),
        (["digits", "--config", "mine.json"], "mine.json: unknown option 'epoch': did you mean epochs?"),
        (["--config", "none.json"], "there is no file none.json"),
    ],
)
def test_what_cannot_be_is_one_sentence_and_exit_2(command, arguments, says):
    Path("book.txt").write_text("the quick brown fox\n" * 40)
    Path("mine.json").write_text('{"epoch": 3}')
    status, out, err = command("train", *arguments)
    assert (status, out) == (2, "")
    assert says in err and len(err.splitlines()) == 1
    assert not Path("runs").exists()


def test_help_says_of_each_verb_what_the_verb_says_of_itself():
    commands = typer.main.get_command(app).commands
    assert list(commands) == list(VERBS)
    for name, sentence in VERBS.items():
        assert commands[name].name == name
        assert " ".join(commands[name].help.split()).startswith(sentence)


def test_help_imports_no_verb_and_a_verb_no_other():
    seen = "print(*sorted(m.rsplit('.')[-1] for m in sys.modules if m.startswith('gradatim.cli.verbs.')))"
    for words, expected in (("--help", ""), ("list --help", "list")):
        script = (
            f"import sys; sys.argv = ['gradatim', *{words.split()!r}]\n"
            f"from gradatim.cli.main import main\ntry: main()\nexcept SystemExit: {seen}"
        )
        out = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
        assert out.stdout.splitlines()[-1] == expected


MEANT = {
    "train": {
        "--learning-rate": "--lr", "--learning_rate=0.1": "--lr", "--LR": "--lr",
        "--batchsize": "--batch-size", "--batch_size": "--batch-size",
        "--opt": "--optimizer", "--max-epochs": "--epochs",
        "--epoch": "--epochs", "--random-state": "--seed", "--val-split": "--valid", "--preci": "--precision",
        "--output-dir": "--out", "--grad-clip": "--clip-norm", "--gpu": "--device", "-z": "",
    },
    "predict": {"--output": "--out"}, "evaluate": {"--format": "--json"},
    "sample": {"--max-tokens": "--length"}, "plot": {"--learning-rate": ""}, "doctor": {"--qqqq": ""},
}  # fmt: skip


@pytest.mark.parametrize(("verb", "asked"), [(verb, asked) for verb in MEANT for asked in MEANT[verb]])
def test_an_option_that_there_is_not_is_answered_by_the_one_that_is_meant(command, verb, asked):
    meant = MEANT[verb][asked]
    status, _, said = command(verb, asked, "1")
    assert status == 2
    sentence = f"No such option: {asked.partition('=')[0]}" + (f"; did you mean {meant}?" if meant else "")
    assert said.rstrip().endswith(sentence)
