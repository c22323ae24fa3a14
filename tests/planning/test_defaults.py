"""The recipe: what is chosen for which data, what is left as it was asked, and that each choice says why."""

import numpy as np
import pytest

import gradatim
from gradatim import catalog
from gradatim.data.dataset import Dataset
from gradatim.planning.defaults import LR, complete, recipe_for
from gradatim.planning.training_options import OF_NETWORK, Settings

DIGITS = {"hidden": (512,), "dropout": 0.5, "input_dropout": None, "epochs": 40, "batch_size": 32, "lr": 3e-3}
MANY_PICTURES = {
    "hidden": (1024, 1024), "dropout": 0.5, "input_dropout": 0.2, "epochs": 20, "batch_size": 128, "lr": 1e-3,
}  # fmt: skip
VECTORS = {**DIGITS, "hidden": (64,), "dropout": 0.1}
SMALL = {
    **VECTORS, "dropout": 0.25, "epochs": 200, "batch_size": 16, "weight_decay": 2.0, "patience": None,
    "keep": "last",
}  # fmt: skip
LARGE = {
    **VECTORS, "hidden": (128, 64), "epochs": 60, "batch_size": 256, "lr": 1e-3, "weight_decay": 0.3,
    "patience": 10,
}  # fmt: skip
CLIPS = {**VECTORS, "dropout": 0.5, "batch_size": 4, "clip_norm": 5.0}


@pytest.mark.parametrize(
    ("form", "examples", "expected"),
    [
        ("pictures", 1294, DIGITS),
        ("pictures", 9_999, DIGITS),
        ("pictures", 10_000, MANY_PICTURES),
        ("pictures", 54_000, MANY_PICTURES),
        ("vectors", 54_000, VECTORS),
        ("vectors", 10, VECTORS),
        ("clips", 10, CLIPS),
        ("clips", 200, {**CLIPS, "batch_size": 16}),
        (
            "teaching sets",
            432,
            {**VECTORS, "hidden": (64, 64), "dropout": 0.0, "epochs": 100, "batch_size": 16},
        ),
        (
            "functions of one number",
            216,
            {**VECTORS, "hidden": (64, 64), "dropout": 0.0, "epochs": 300, "batch_size": 16, "lr": 0.01},
        ),
    ],
)
def test_the_recipe_goes_by_the_form_and_the_number_of_examples(form, examples, expected):
    settings, said = complete(Settings(), recipe_for(form, examples), examples)
    assert {name: getattr(settings, name) for name in expected} == expected
    assert settings.schedule == "cosine"
    chosen = {name for name, value in expected.items() if value is not None}
    assert said.keys() == {*chosen, "schedule"}


@pytest.mark.parametrize(
    ("examples", "expected"), [(108, SMALL), (1999, SMALL), (2000, LARGE), (10**6, LARGE)]
)
def test_the_recipe_for_tables_goes_by_their_size(examples, expected):
    settings, said = complete(Settings(), recipe_for("tables", examples), examples)
    assert {name: getattr(settings, name) for name in expected} == expected
    where = "fewer than 2,000 rows" if examples < 2000 else "2,000 rows or more"
    assert said["hidden"].endswith(f": the default recipe for tables of {where}")
    assert said.keys() == {*(name for name, value in expected.items() if value is not None), "schedule"}


@pytest.mark.parametrize(
    ("characters", "asked", "streams", "epochs", "said"),
    [
        (100_000, {}, 16, 21, "21: about 4,095 updates, 195 an epoch"),
        (499_999, {}, 16, 5, "5: about 4,880 updates, 976 an epoch"),
        (500_000, {}, 32, 9, "9: about 4,392 updates, 488 an epoch"),
        (1_003_854, {}, 32, 5, "5: about 4,900 updates, 980 an epoch"),
        (1_999_999, {}, 32, 4, "4: about 7,812 updates, 1,953 an epoch"),
        (1000, {}, 16, 50, "50: about 50 updates, 1 an epoch"),
        (100_000, {"batch_size": 8, "window": 50}, 8, 16, "16: about 4,000 updates, 250 an epoch"),
    ],
)
def test_a_text_has_enough_updates_whatever_its_length(characters, asked, streams, epochs, said):
    settings, why = complete(Settings(**asked), recipe_for("texts", characters), characters)
    assert (settings.batch_size, settings.epochs, why["epochs"]) == (streams, epochs, said)
    assert (settings.hidden, settings.lr, settings.clip_norm) == ((320,), 6e-3, 5.0)


@pytest.mark.parametrize(
    ("characters", "epochs", "said"),
    [
        (2_876_589, 14, "14: about 39,326 updates, 2,809 an epoch"),
        (10**8, 4, "4: about 390,624 updates, 97,656 an epoch"),
    ],
)
def test_a_long_text_has_more_units_and_more_updates(characters, epochs, said):
    settings, why = complete(Settings(), recipe_for("texts", characters), characters)
    assert (settings.batch_size, settings.epochs, why["epochs"]) == (32, epochs, said)
    assert (settings.hidden, settings.lr, settings.dropout) == ((400,), 5e-3, 0.1)


def test_every_optimizer_has_a_learning_rate():
    assert set(LR) == set(catalog.names("optimizer"))


def test_decay_goes_with_adam_s_steps_and_patience_with_validation():
    asked = Settings(optimizer="momentum")
    settings, _ = complete(asked, recipe_for("tables", 5000), 5000, valid=False)
    assert (settings.weight_decay, settings.patience, settings.lr) == (None, None, 0.03)
    asked = Settings(weight_decay=0.0, patience=3)
    settings, said = complete(asked, recipe_for("tables", 5000), 5000)
    assert (settings.weight_decay, settings.patience) == (0.0, 3)
    assert not said.keys() & {"weight_decay", "patience"}


def test_the_last_epoch_is_kept_where_decay_makes_up_for_few_to_validate_on():
    for asked, valid in ((Settings(weight_decay=0.0), True), (Settings(patience=3), True),
                         (Settings(optimizer="sgd"), True), (Settings(), False)):  # fmt: skip
        settings, said = complete(asked, recipe_for("tables", 108), 108, valid=valid)
        assert settings.keep is None
        assert "keep" not in said
    asked = Settings(keep="best")
    assert complete(asked, recipe_for("tables", 108), 108)[0].keep == "best"


@pytest.mark.parametrize(("keep", "epoch"), [("best", 1), ("last", 6)])
def test_the_epoch_that_is_kept_is_the_one_that_was_asked_for(keep, epoch):
    """Random labels: what is learned is by heart, and the first epoch is the best on validation."""
    rng = np.random.default_rng(0)
    data = Dataset(rng.normal(size=(60, 4)), rng.integers(0, 2, 60), (0, 1))
    how = {"hidden": 64, "dropout": 0.0, "weight_decay": 0.0, "lr": 0.1, "schedule": "constant",
           "numbers": "auto"}  # fmt: skip
    run = gradatim.train(data, keep=keep, epochs=6, threads=1, quiet=True, **how)
    losses = [record["valid_loss"] for record in run.records]
    assert losses[0] == min(losses)
    assert run.trained.facts["epoch"] == epoch
    assert run.evaluate(split="valid")["metrics"]["loss"] == pytest.approx(losses[epoch - 1], rel=1e-4)


def test_each_choice_says_why():
    _, said = complete(Settings(), recipe_for("pictures", 54_000), 54_000)
    assert said["hidden"] == "1024, 1024: the default recipe for 10,000 pictures or more"
    assert said["epochs"] == "20: the default recipe for 10,000 pictures or more"
    assert said["schedule"] == "cosine: the default recipe"
    assert said["lr"] == "0.001: the default for adam"


def test_what_was_asked_stays():
    asked = Settings(epochs=3, hidden=(7,), optimizer="momentum", input_dropout=0.0)
    settings, said = complete(asked, recipe_for("pictures", 54_000), 54_000)
    assert (settings.epochs, settings.hidden, settings.input_dropout) == (3, (7,), 0.0)
    assert settings.lr == 0.03  # momentum's, whatever the data
    assert not said.keys() & {"epochs", "hidden", "input_dropout"}


def test_what_a_network_has_of_its_own_is_not_chosen():
    settings, said = complete(Settings(), recipe_for("pictures", 54_000), 54_000, besides=OF_NETWORK)
    assert [getattr(settings, name) for name in OF_NETWORK] == [None] * 4
    assert not said.keys() & set(OF_NETWORK)
    assert settings.batch_size == 128


def test_an_argument_of_the_network_is_not_said_to_be_chosen(tmp_path):
    run = gradatim.train("digits", network={"hidden": [8]}, epochs=1, quiet=True, out=tmp_path / "run")
    assert run.config["network"]["entry"]["hidden"] == [8]
    assert run.config["settings"]["hidden"] is None
    assert "hidden" not in run.config["choices"]


def test_many_pictures_get_their_network_and_go_on_with_it(tmp_path):
    rng = np.random.default_rng(0)
    x, y = rng.integers(0, 256, (12_000, 1, 2, 2)).astype(np.uint8), rng.integers(0, 2, 12_000)
    data = Dataset(x, y, (0, 1))
    whole = {"hidden": 4, "threads": 1, "quiet": True, "test": data.take(np.arange(9))}
    run = gradatim.train(data, valid=0.1, epochs=1, out=tmp_path / "run", **whole)
    assert run.config["network"]["entry"]["input_dropout"] == 0.2
    assert run.config["settings"]["batch_size"] == 128
    on = gradatim.train(data, resume=tmp_path / "run", epochs=2, test=whole["test"], quiet=True)
    assert on.config["network"]["entry"] == run.config["network"]["entry"]
    assert on.config["settings"]["input_dropout"] == 0.2


@pytest.mark.parametrize(
    ("form", "asked", "units", "dropout"),
    [
        ("tables", {"hidden": (4,)}, (), 0.0),
        ("tables", {"hidden": (15,)}, (), 0.0),
        ("tables", {"hidden": (16,)}, (), 0.25),
        ("tables", {"hidden": (128, 8)}, (), 0.0),
        ("tables", {}, (2,), 0.0),
        ("tables", {}, (), 0.25),
        ("tables", {"hidden": ()}, (), 0.25),
        ("pictures", {"hidden": (8,)}, (), 0.0),
        ("vectors", {"hidden": (1,)}, (), 0.0),
        ("sequences", {}, (8,), 0.0),
        ("tables", {"hidden": (4,), "dropout": 0.3}, (), 0.3),
    ],
)
def test_nothing_is_dropped_of_a_layer_with_few_units_unless_asked(form, asked, units, dropout):
    settings, said = complete(Settings(**asked), recipe_for(form, 100), 100, units=units)
    assert settings.dropout == dropout
    if not dropout:
        narrowest = min(units or asked["hidden"])
        some = "1 unit" if narrowest == 1 else f"{narrowest} units"
        assert said["dropout"] == f"0.0: a hidden layer of {some} has none to spare"


@pytest.mark.parametrize("how", [{"hidden": 4}, {"network": {"hidden": [4]}}, {"network": {"hidden": 4}}])
def test_xor_with_four_units_has_no_dropout(how, tmp_path):
    x = np.random.default_rng(0).uniform(-1, 1, (200, 2))
    y = (x[:, 0] * x[:, 1] > 0).astype(int)
    run = gradatim.train((x, y), epochs=1, quiet=True, out=tmp_path / "run", **how)
    assert run.config["network"]["entry"]["dropout"] == 0.0


def test_auto_that_is_asked_for_stays_where_it_is_a_way_of_its_own():
    settings, said = complete(Settings(numbers="auto"), recipe_for("columns", 1000), 1000)
    assert settings.numbers == "auto" and "numbers" not in said
    assert settings.precision == "float32" and "precision" not in said
