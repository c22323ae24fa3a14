"""Names that people know from elsewhere: each is answered by what it is called here, or is nearest to."""

import pytest

from gradatim import catalog
from gradatim.checks import UsageError, did_you_mean, nearest_names
from gradatim.synonyms import NEAREST, SAME, key

NAMES = {row.name for row in catalog.entries()}


@pytest.mark.parametrize("here", sorted({*SAME, *NEAREST}))
def test_what_is_named_is_there_and_what_stands_for_it_is_not(here):
    assert here in NAMES
    others = f"{SAME.get(here, '')} {NEAREST.get(here, '')}".split()
    assert others and not {key(one) for one in others} & {key(name) for name in NAMES}


@pytest.mark.parametrize(
    ("name", "kind", "answer"),
    [
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
        ("cifar-10", "dataset", "it is not there yet; the nearest is fashion-mnist"),
        (
            "iris",
            "dataset",
            "choose from adult, blobs, circles, digits, fashion-mnist, mnist, moons, sine, spirals, steps, "
            "xor",
        ),
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


def test_a_meaning_that_is_no_choice_is_not_named():
    assert did_you_mean("mse", ["huber"]) == "choose from huber"
    assert nearest_names("amsgrad", ["adagrad"]) == "did you mean adagrad?"
    assert nearest_names("quux", ["adam"]) == ""
