"""What a Boltzmann machine cannot learn from, or should not: in Python and on the command line."""

import numpy as np
import pytest

import gradatim
from gradatim import UsageError
from gradatim.estimators import BernoulliRBM
from gradatim.nn.gaussian_rbm import GaussianRBM
from gradatim.nn.rbm import RBM

RNG = np.random.default_rng(0)
HOW = {"model": "rbm", "epochs": 1, "threads": 1, "out": "run"}


def csv(name, rows, header="a,b,c"):
    with open(name, "w") as file:  # noqa: PTH123
        file.write("\n".join([header, *(",".join(map(str, row)) for row in rows)]) + "\n")
    return name


@pytest.mark.parametrize("model", ["rbm", "gaussian_rbm"])
@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("k=0", "k must be a whole number of at least 1; it is 0"),
        ("k=1.5", "k must be a whole number of at least 1; it is 1.5"),
        ("tempering=1", "tempering must be 0 for none, or at least 2 temperatures"),
        ("persistent=maybe", "persistent must be true or false; it is 'maybe'"),
        ("centred=2", "centred must be true or false; it is 2"),
        ("momentum=1", "momentum must be a number at least 0 and below 1; it is 1"),
        ("sparsity_target=2", "sparsity_target must be a number above 0 and below 1; it is 2"),
    ],
)
def test_an_argument_that_cannot_be_is_refused(model, given, expected, command):
    _, words = command("train", "moons:n=60", "--model", model, given, "--out", "run", status=2)
    assert expected in words
    name, _, value = given.partition("=")
    network = {name: value if value == "maybe" else float(value) if "." in value else int(value)}
    with pytest.raises(UsageError, match=expected):
        gradatim.train("moons:n=60", **HOW | {"model": model, "network": network, "quiet": True})


@pytest.mark.parametrize("model", ["rbm", "gaussian_rbm"])
def test_one_row_and_columns_that_never_vary_are_refused(model, command):
    one = csv("one.csv", [[0.3, 0.7, 1]])
    _, words = command("train", one, "--model", model, status=2)
    assert "one has one row: no column varies, so that there is nothing to learn" in words
    constant = csv("constant.csv", [[3, 7, 1]] * 30)
    _, words = command("train", constant, "--model", model, status=2)
    assert "constant has no column to learn from" in words


def test_arrays_that_never_vary():
    rows = np.full((40, 3), 0.5)
    with pytest.raises(UsageError, match="no column varies from row to row, so that there is nothing to"):
        gradatim.train((rows, None), **HOW | {"model": "gaussian_rbm", "quiet": True})


def test_arrays_that_never_vary_are_said_of_binary_units(capsys):
    gradatim.train((np.full((40, 3), 0.5), None), **HOW)
    assert "no column varies from row to row: the machine learns the one row" in "".join(capsys.readouterr())


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("model", ["rbm", "gaussian_rbm"])
def test_numbers_that_are_not_finite_are_named(model, bad):
    rows = RNG.random((40, 3))
    rows[7, 2] = bad
    with pytest.raises(UsageError, match=r"the inputs hold (nan|inf) at example 7, feature 2"):
        gradatim.train((rows, None), **HOW | {"model": model, "quiet": True})
    with pytest.raises(ValueError, match=r"NaN|infinity"):
        BernoulliRBM(n_components=2).fit(rows)


@pytest.mark.parametrize("model", ["rbm", "gaussian_rbm"])
def test_a_number_that_is_missing_from_a_table_is_filled_in(model):
    """It has a column of its own that says so: 3 + 1 units; all scales between 0 and 1 for binary units."""
    rows = np.column_stack([RNG.normal(0, 1e-3, 60), RNG.normal(1e4, 1e3, 60), RNG.random(60)]).tolist()
    rows[7][0] = "nan"
    run = gradatim.train(csv("gap.csv", rows), **HOW | {"model": model, "quiet": True})
    assert run.trained.module().visible == 4
    x = run.trained.encoder.inputs(run.data.train)
    assert x[:, :3].std(0).min() > 0.05
    assert model == "gaussian_rbm" or (x.min() == 0 and x.max() == 1)
    assert gradatim.load("run").evaluate() == run.evaluate()


def test_a_target_that_the_task_does_not_have_is_said(command):
    rows = [[*RNG.random(2), RNG.choice(["x", "y"])] for _ in range(60)]
    table = csv("table.csv", rows, "a,b,kind")
    _, words = command("train", table, "--target", "kind", "--model", "rbm", "--epochs", 1, "--out", "run")
    assert "note: reconstruction learns no target: 'kind' stays out of the inputs" in words
    assert gradatim.load("run").trained.module().visible == 2
    _, words = command("train", table, "--model", "rbm", "--epochs", 1, "--out", "other")
    assert "learns no target" not in words


def test_log_z_of_more_than_20_units_is_refused_and_estimated():
    for machine in (RBM(21, 21), GaussianRBM(3, 21), RBM(31, 21, classes=10)):
        with pytest.raises(
            UsageError, match=r"2\^21 states are too many .* for at most 20 units, and .*anneal"
        ):
            machine.log_partition()


def test_more_hidden_units_than_examples_are_said_on_the_command_line(command):
    table = csv("small.csv", RNG.random((40, 3)))
    _, words = command("train", table, "--model", "rbm", "--hidden", 64, "--epochs", 1, "--out", "run")
    assert "note: 64 hidden units learn from 29 examples: a machine with more units" in words
