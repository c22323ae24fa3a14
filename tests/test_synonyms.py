"""Names that people know from elsewhere: each is answered by what it is called here, or is nearest to."""

import pytest
import typer

from gradatim import catalog
from gradatim.checks import UsageError, did_you_mean, nearest_names
from gradatim.cli.app import app
from gradatim.jobs.train import train
from gradatim.planning.data_options import DATA_NAMES
from gradatim.planning.training_options import NAMES as SETTINGS
from gradatim.synonyms import NEAREST, OF_VERBS, OPTIONS, SAME, TABLES, key

NAMES = {row.name for row in catalog.entries()}


def first(kind):
    """The names of a kind as an error lists them: the first twelve."""
    names = sorted(entry.name for entry in catalog.entries(kind))
    return ", ".join(names[:12]) + (", …" if len(names) > 12 else "")


@pytest.mark.parametrize("here", sorted({*SAME, *NEAREST}))
def test_what_is_named_is_there_and_what_stands_for_it_is_not(here):
    assert here in NAMES
    others = f"{SAME.get(here, '')} {NEAREST.get(here, '')}".split()
    assert others and not {key(one) for one in others} & {key(name) for name in NAMES}


@pytest.mark.parametrize("here", OPTIONS)
def test_what_an_option_is_called_elsewhere_is_none_here(here):
    options = (*DATA_NAMES, *SETTINGS)
    assert here in options and not set(OPTIONS[here].split()) & set(options)


@pytest.mark.parametrize("here", OF_VERBS)
def test_what_an_option_of_the_command_line_is_called_elsewhere_is_none_here(here):
    verbs = typer.main.get_command(app).commands.values()
    flags = {
        flag.removeprefix("--").replace("-", "_") for verb in verbs for p in verb.params for flag in p.opts
    }
    assert here in flags and not set(OF_VERBS[here].split()) & flags


def test_a_table_that_is_not_brought_has_no_name_here():
    assert not set(map(key, TABLES.split())) & {key(name) for name in NAMES}


@pytest.mark.parametrize(
    ("name", "kind", "answer"),
    [
        ("logloss", "loss", "did you mean cross_entropy?"),
        ("l1_loss", "loss", "did you mean absolute_error?"),
        ("crossentropy", "loss", "did you mean cross_entropy?"),
        ("rmse", "loss", "it is not there yet; the nearest is squared_error"),
        ("sgdm", "optimizer", "did you mean momentum?"),
        ("adam-w", "optimizer", "did you mean adamw?"),
        ("RMSProp", "optimizer", "did you mean rmsprop?"),
        ("lrelu", "activation", "did you mean leaky_relu?"),
        ("gelu_tanh", "activation", "did you mean gelu?"),
        ("swiglu", "activation", "it is not there yet; the nearest is silu"),
        ("logistic", "activation", "did you mean sigmoid?"),
        ("fc", "layer", "did you mean dense?"),
        ("Conv2D", "layer", "did you mean conv2d?"),
        ("maxpool", "layer", "did you mean max_pool2d?"),
        ("bn", "layer", "did you mean batch_norm?"),
        ("ConvTranspose2d", "layer", "did you mean conv_transpose2d?"),
        ("deconv", "layer", "did you mean conv_transpose2d?"),
        ("MultiheadAttention", "layer", "did you mean multi_head_attention?"),
        ("ResNet-18", "network", "did you mean resnet18?"),
        ("lenet", "network", "did you mean lenet5?"),
        ("GaussianProcessRegressor", "estimator", "did you mean multi_task_gaussian_process?"),
        ("bert", "network", "it is not there yet; the nearest is transformer"),
        ("gan", "network", "it is not there yet; the nearest is vae"),
        ("mlp", "estimator", f"mlp is a network; choose from {first('estimator')}"),
        ("sigmoid", "penalty", f"sigmoid is an activation; choose from {first('penalty')}"),
        ("lasso", "penalty", "did you mean l1?"),
        ("elastic_net", "penalty", "it is not there yet; the nearest is l1 or l2"),
        ("warmup", "schedule", "it is not there yet; the nearest is cosine"),
        ("backprop", "trace", "did you mean backprop-or?"),
        ("lstm_cell", "trace", "did you mean lstm?"),
        ("make_circles", "dataset", "did you mean circles?"),
        ("mse", "loss", "did you mean squared_error?"),
        ("MSELoss", "loss", "did you mean squared_error?"),
        ("mae", "loss", "did you mean absolute_error?"),
        ("BCEWithLogitsLoss", "loss", "did you mean binary_cross_entropy?"),
        ("swish", "activation", "did you mean silu?"),
        ("linear", "activation", "did you mean identity?"),
        ("Linear", "layer", "did you mean dense?"),
        ("LSTM", "layer", "did you mean lstm?"),
        ("BatchNorm2d", "layer", "did you mean batch_norm?"),
        ("Adam", "optimizer", "did you mean adam?"),
        ("NAG", "optimizer", "did you mean nesterov?"),
        ("glorot-uniform", "initialiser", "did you mean xavier_uniform?"),
        ("ReduceLROnPlateau", "schedule", "did you mean plateau?"),
        ("adabelief", "optimizer", "it is not there yet; the nearest is adam"),
        ("LayerNorm", "layer", "did you mean layer_norm?"),
        ("hardtanh", "activation", "it is not there yet; the nearest is tanh"),
        ("cifar-10", "dataset", "did you mean cifar10?"),
        ("iris", "dataset", f"choose from {first('dataset')}"),
    ],
)
def test_a_name_known_elsewhere_is_answered_by_its_meaning(name, kind, answer):
    with pytest.raises(UsageError) as error:
        catalog.find(name, kind)
    assert str(error.value) == f"unknown {kind} {name!r}: {answer}"


def test_a_name_that_none_is_near_to_is_told_where_all_are():
    with pytest.raises(UsageError, match=r"^unknown name 'iris': gradatim list shows every name$"):
        catalog.lookup("iris")
    with pytest.raises(UsageError, match=r"^unknown name 'adabelief': it is not there yet; .* is adam$"):
        catalog.lookup("adabelief")


def test_a_network_called_like_a_layer_is_told_so():
    with pytest.raises(UsageError, match=r"^unknown network 'LSTM': lstm is a layer; choose from alexnet, "):
        catalog.find("LSTM", "network")


@pytest.mark.parametrize(
    ("name", "said"), [("learning_rate", "lr"), ("max_iter", "epochs"), ("random_state", "seed")]
)
def test_an_option_known_elsewhere_is_answered_by_its_meaning(name, said):
    with pytest.raises(UsageError, match=rf"unknown option '{name}': did you mean {said}\?"):
        train("digits", **{name: 1})


def test_a_meaning_that_is_no_choice_is_not_named():
    assert did_you_mean("mse", ["huber"]) == "choose from huber"
    assert nearest_names("amsgrad", ["adagrad"]) == "did you mean adagrad?"
    assert nearest_names("quux", ["adam"]) == ""
