"""An option is declared once: its bounds are checked, and what has no use for it refuses it in a sentence."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import gradatim
from gradatim.checks import UsageError
from gradatim.planning.config_file import read_config_file
from gradatim.planning.data_options import DATA_NAMES, DataOptions
from gradatim.planning.options import options_of
from gradatim.planning.training_options import NAMES, OF_LR, Settings, settings_from

OUTSIDE = {"at_least": lambda bound: bound - 1, "above": lambda bound: bound, "below": lambda bound: bound}
FIELDS = {one.name: (known, kind) for one, known, kind in options_of(Settings)}


def test_every_field_is_an_option_and_no_option_stands_twice():
    assert tuple(FIELDS) == NAMES
    assert tuple(one.name for one, *_ in options_of(DataOptions)) == DATA_NAMES
    assert not set(NAMES) & set(DATA_NAMES)
    assert set(OF_LR) <= {*NAMES, *DATA_NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_a_file_for_config_may_hold_every_setting(name, in_a_folder_of_its_own):
    value = {"hidden": "[3]", "optimizer": '"sgd"'}.get(name, '"x"')
    Path("c.json").write_text(f'{{"{name}": {value}}}')
    assert read_config_file("c.json").keys() == {name}


@pytest.mark.parametrize(
    ("name", "word", "bound"),
    [
        (name, word, bound)
        for name, (known, _) in FIELDS.items()
        for word, bound in known.bounds
        if word in OUTSIDE
    ],  # at most infinity, none is outside
)
def test_a_value_outside_its_bounds_is_named(name, word, bound):
    value = OUTSIDE[word](bound)
    asked = [value] if name == "hidden" else value
    with pytest.raises(UsageError) as error:
        settings_from({name: asked})
    assert str(error.value).startswith(f"{name} must be a ")
    assert f"{word.replace('_', ' ')} {bound:g}" in str(error.value)
    assert str(error.value).endswith(f"it is {value!r}")


@pytest.mark.parametrize("name", [name for name, (known, _) in FIELDS.items() if known.choices])
def test_a_value_that_is_no_choice_is_named(name):
    with pytest.raises(
        UsageError, match=f"^{name} must be {' or '.join(FIELDS[name][0].choices)}; it is 'x'$"
    ):
        settings_from({name: "x"})


@pytest.mark.parametrize("name", [name for name, (_, kind) in FIELDS.items() if kind in (int, int | None)])
@pytest.mark.parametrize("value", [1.5, "3", True])
def test_a_whole_number_is_one(name, value):
    with pytest.raises(
        UsageError,
        match=f"^{name} must be a whole number of at least .; it is {value!r}$",
    ):
        settings_from({name: value})


@pytest.fixture(scope="module")
def frame():
    rng = np.random.default_rng(0)
    return pd.DataFrame({"x": rng.normal(size=80), "y": np.arange(80) % 2, "z": rng.normal(size=80)})


@pytest.mark.parametrize(
    ("data", "asked", "sentence"),
    [
        (
            "digits",
            {"window": 32},
            "--window is for texts, texts of words and texts for word vectors; "
            "digits (pictures) has no use for it",
        ),
        (
            "frame",
            {"window": 32, "target": "y"},
            "--window is for texts, texts of words and texts for word vectors; "
            "data (tables) has no use for it",
        ),
        (
            "frame",
            {"class_weight": "balanced", "target": "z"},
            "--class-weight is for classification; data (tables) has no use for it",
        ),
        (
            "frame",
            {"class_weight": "balanced", "target": "y,z"},
            "--class-weight is for classification; data (tables) has no use for it",
        ),
        (
            "book.txt",
            {"class_weight": "balanced"},
            "--class-weight is for classification; book (texts) has no use for it",
        ),
        (
            "book.txt",
            {"input_dropout": 0.1},
            "--input-dropout is for tables, pictures, clips, vectors and sentences; book (texts) has "
            "no use for it",
        ),
        (
            "book.txt",
            {"target": "y"},
            "--target is not for a text: every character is predicted from those before it",
        ),
        ("digits", {"group": "y"}, "--group is for tables: CSV, TSV and Parquet files, and data frames"),
        (
            "digits",
            {"schema": "s.json"},
            "--schema is for tables: CSV, TSV and Parquet files, and data frames",
        ),
        (
            "frame",
            {"threshold": "f1", "target": "z"},
            "a threshold decides between two classes; the target has none",
        ),
        ("digits", {"threshold": "f1"}, "a threshold decides between two classes; the target has 10"),
        (
            "digits",
            {"model": "char_lm"},
            "char_lm does not learn from pictures; mlp does: leave out --model char_lm",
        ),
        ("book.txt", {"model": "mlp"}, "mlp does not learn from texts; char_lm does: leave out --model mlp"),
        (
            "frame",
            {"model": "lenet5", "target": "y"},
            "lenet5 learns from pictures (C, H, W); an example here has the shape (2,)",
        ),
    ],
)
def test_what_the_data_have_no_use_for_is_refused_and_leaves_no_run(data, asked, sentence, frame):
    Path("book.txt").write_text("the quick brown fox\n" * 40)
    with pytest.raises(UsageError) as error:
        gradatim.train(frame if data == "frame" else data, epochs=1, quiet=True, **asked)
    assert str(error.value) == sentence
    assert not Path("runs").exists()


def test_the_transforms_of_a_target_that_can_be_asked_for_are_those_that_there_are():
    from gradatim.data.target_transforms import TRANSFORMS

    [known] = [known for one, known, _ in options_of(Settings) if one.name == "target_transform"]
    assert known.choices == (*TRANSFORMS, "auto")
